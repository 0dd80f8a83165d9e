//! Names of files that tools run, load or obey, and of files of code.

use crate::run::base_name;
use crate::spec::Lang;

/// A source of a compiled language, by its name.
pub(super) fn code_file(path: &[u8]) -> bool {
    let name = base_name(path);
    let extension = name.rsplit(|&b| b == b'.').next().unwrap_or_default();
    let sources: &[&[u8]] = &[
        b"c", b"h", b"cc", b"cpp", b"cxx", b"hpp", b"rs", b"go", b"swift", b"hs", b"ml", b"cr",
        b"nim", b"dart", b"zig", b"s", b"S", b"o", b"a", b"so",
    ];
    sources.contains(&extension)
}

/// A file that is run by a shell, by its name.
pub(super) fn is_script(name: &[u8]) -> bool {
    let end = name.iter().rposition(|&b| b == b'.');
    let extension = end.and_then(|at| name.get(at + 1..));
    matches!(
        extension,
        None | Some(b"sh" | b"bash" | b"zsh" | b"ksh" | b"command" | b"mk")
    )
}

/// A file that says what some tool of the project runs.
pub(super) fn is_recipe(name: &[u8]) -> bool {
    const RECIPES: &[&[u8]] = &[
        b"Gemfile",
        b"Rakefile",
        b"Makefile",
        b"makefile",
        b"GNUmakefile",
        b"justfile",
        b"Justfile",
        b"package.json",
        b"Taskfile.yml",
        b"Vagrantfile",
        b"build.gradle",
        b"mise.toml",
        b".mise.toml",
        b"noxfile.py",
        b"tox.ini",
        b"Taskfile.yaml",
        b"CMakePresets.json",
        b"build.rs",
    ];
    RECIPES.contains(&name)
}

/// A file by which this one tool is told what to run.
pub(super) fn is_recipe_of(name: &[u8], tool: &str) -> bool {
    let compose = name.ends_with(b"compose.yml") || name.ends_with(b"compose.yaml");
    match tool {
        "docker" | "docker-compose" => compose,
        "terraform" => name.ends_with(b".tf") || name.ends_with(b".tf.json"),
        "pre-commit" => name == b".pre-commit-config.yaml",
        "hk" => name.ends_with(b"lefthook.yml") || name.ends_with(b"lefthook.yaml"),
        "guard" => name == b"Procfile",
        "composer" => name == b"composer.json",
        "deno" => matches!(name, b"deno.json" | b"deno.jsonc"),
        "mvn" => name == b"pom.xml",
        "meson" => name == b"meson.build",
        "zig" => name == b"build.zig",
        "wrangler" => name.starts_with(b"wrangler."),
        "snakemake" => name == b"Snakefile" || name.ends_with(b".smk"),
        "dub" => name.starts_with(b"dub."),
        "mage" => name == b"magefile.go",
        "melos" => name == b"melos.yaml",
        "sam" => name.starts_with(b"template.") || name == b"samconfig.toml",
        "skaffold" => name == b"skaffold.yaml",
        "forge" => name == b"foundry.toml",
        "tuist" => name.ends_with(b".swift"),
        "nix-shell" | "nix-build" => name.ends_with(b".nix"),
        "gnuplot" | "yosys" | "octave" | "vvp" | "ghdl" | "torchrun" | "accelerate"
        | "wasmtime" => {
            !name.ends_with(b".csv") && !name.ends_with(b".dat") && !name.ends_with(b".txt")
        }
        _ => false,
    }
}

/// Files that tools load without being told to.
pub(super) fn is_loaded(name: &[u8]) -> bool {
    matches!(
        name,
        b"conftest.py"
            | b"setup.py"
            | b"sitecustomize.py"
            | b"usercustomize.py"
            | b"CMakeLists.txt"
    ) || name.windows(8).any(|w| w == b".config.")
}

/// Files in no language that is analysed, whose words project tools obey.
pub(super) fn is_obeyed(path: &[u8]) -> bool {
    let name = base_name(path);
    name.ends_with(b".gradle")
        || name.ends_with(b".gradle.kts")
        || matches!(
            name,
            b".npmrc"
                | b".yarnrc"
                | b".yarnrc.yml"
                | b".bazelrc"
                | b"gradle-wrapper.properties"
                | b".Rprofile"
                | b".Renviron"
                | b".irbrc"
                | b".pryrc"
                | b".gdbinit"
                | b".lldbinit"
                | b".iex.exs"
                | b".rspec"
        )
        || path.ends_with(b".cargo/config.toml")
        || path.ends_with(b".cargo/config")
}

/// The language of a file of code, by its name.
pub(super) fn code_language(name: &[u8]) -> Option<Lang> {
    let extension = name.rsplit(|&b| b == b'.').next().unwrap_or_default();
    Some(match extension {
        b"py" => Lang::Python,
        b"js" | b"cjs" | b"mjs" | b"jsx" => Lang::Javascript,
        b"ts" | b"cts" | b"mts" | b"tsx" => Lang::Typescript,
        b"rb" => Lang::Ruby,
        _ => return None,
    })
}
