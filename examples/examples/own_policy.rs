//! A company's own tools and rules on top of the built-in policy.

use clearance::{Context, Engine, Layer, Policy, Request};

const POLICY: &str = r#"
[[program]]
names = "acme"
syntax = "clap"
flags = "-v --verbose"
[[program.sub]]
names = "status"
operands = "text*"
[[program.sub]]
names = "release"
effects = "publish"

[[deny]]
argv = ["make", "deploy"]
why = "deployments run in the pipeline"
"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let policy = Policy::builtin().layer(Layer::Organisation, "acme.toml", POLICY)?;
    let engine = Engine::from_policy(&policy)?;
    let context = Context::new("/home/dev/project").home("/home/dev");
    for command in [
        "acme status -v api",
        "acme release",
        "make deploy",
        "make test",
    ] {
        let decision = engine.evaluate(&Request::command(command), &context);
        println!("{:5} {command}", decision.verdict());
        for finding in decision.findings() {
            println!("      {}: {}", finding.rule, finding.message);
        }
    }
    Ok(())
}
