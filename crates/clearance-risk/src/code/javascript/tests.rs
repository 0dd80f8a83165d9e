use crate::code::Language;
use crate::code::testing::{Row, check, found};

const ROWS: &[Row] = &[
    ("console.log(1 + 2)", &[]),
    (
        "const a = [3, 1]; a.sort((x, y) => x - y); console.log(a.map(x => x * 2).join(','))",
        &[],
    ),
    (
        "for (const [k, v] of Object.entries({a: 1})) console.log(`${k}=${v}`)",
        &[],
    ),
    (
        "let s = ''; process.stdin.on('data', d => s += d).on('end', () => { const v = JSON.parse(s); console.log(v.a?.b ?? 'none') })",
        &[],
    ),
    (
        "if (/a\\/b[/]/.test('x')) { console.log('y') } else console.log(4 / 2 / 1)",
        &[],
    ),
    (
        "const f = async ({a, b = 2}, ...rest) => { await null; return a + b }; f({a: 1}).then(console.log)",
        &[],
    ),
    (
        "class A { #x = 1; static y = 2; get z() { return this.#x } m(v) { return v + this.z } } console.log(new A().m(2))",
        &[],
    ),
    (
        "switch (process.argv.length) { case 1: break; default: process.exit(1) }",
        &[],
    ),
    (
        "try { throw new Error('x') } catch (e) { console.error(e.message) } finally { }",
        &[],
    ),
    (
        "label: for (let i = 0, n = 3; i < n; i++) { if (i) continue label }",
        &[],
    ),
    (
        "const by = {}; for (const t of [{s: 'a'}]) by[t.s] = (by[t.s] || 0) + 1; console.log(by)",
        &[],
    ),
    ("var x = y => ({z: y}), w = function g() { return g }", &[]),
    (
        "console.log(new Date().toISOString(), Math.max(...[1, 2]), Number('3').toFixed(2))",
        &[],
    ),
    (
        "console.log(String.fromCharCode(96), [...new Set([1, 1])].length, Buffer.from('a').toString('hex'))",
        &[],
    ),
    (
        "console.log(require('os').platform(), process.version)",
        &[],
    ),
    ("const {parse} = JSON; console.log(parse('{}'))", &[]),
    (
        "const s = require('fs').readFileSync('a.md', 'utf8'); console.log(s.split('\\n').length)",
        &["read a.md"],
    ),
    (
        "const fs = require('node:fs'); fs.writeFileSync('out/' + 'a.json', JSON.stringify({}))",
        &["write out/a.json"],
    ),
    (
        "import fs, { writeFileSync as w } from 'fs'; w('b.txt', 'x'); fs.unlinkSync('c.txt')",
        &["delete c.txt", "write b.txt"],
    ),
    (
        "import * as m from './lib/a.mjs'\nconsole.log(m.run2(3))",
        &["run-project mod ./lib/a.mjs"],
    ),
    (
        "console.log(require('./package.json').version)",
        &["read ./package.json"],
    ),
    (
        "console.log(require('lodash').uniq([1]))",
        &["run-project mod lodash"],
    ),
    (
        "const p = require('path'); require('fs').rmSync(p.join('build', 'x'), {recursive: true, force: true})",
        &["delete-tree build/x"],
    ),
    (
        "const fs = require('fs'); for (const f of fs.readdirSync('src')) console.log(fs.readFileSync('src/' + f).length)",
        &["list src", "read glob:src/*"],
    ),
    (
        "const {promises: fs} = require('fs'); (async () => { await fs.writeFile('x', '') })()",
        &["write x"],
    ),
    (
        "require('fs').promises.rm('/', {recursive: true})",
        &["delete-tree /"],
    ),
    (
        "fetch('https://example.com/a').then(r => r.json()).then(j => console.log(j))",
        &["net-read url https://example.com/a"],
    ),
    (
        "fetch('https://example.com', {method: 'POST', body: 'x'})",
        &["net-write url https://example.com"],
    ),
    (
        "require('https').get('https://example.com/x', r => r.on('data', d => console.log(d)))",
        &["net-read url https://example.com/x"],
    ),
    (
        "require('http').createServer((q, r) => r.end('x')).listen(3000)",
        &["net-listen url ..."],
    ),
    ("console.log(process.env.HOME)", &["read $HOME"]),
    (
        "const {HOME} = process.env; console.log(HOME)",
        &["read $HOME"],
    ),
    ("console.log(process.env)", &["secret $..."]),
    ("console.log(JSON.stringify(process.env))", &["secret $..."]),
    ("console.log({...process.env})", &["secret $..."]),
    ("process.env.PATH = '/x'", &["environment $PATH"]),
    (
        "require('child_process').execSync('rm -rf ~')",
        &["run-other sh rm -rf ~"],
    ),
    (
        "require('child_process').spawnSync('git', ['status', '-s'])",
        &["run-other git status -s"],
    ),
    (
        "const {execSync: e} = require('child_process'); e('i' + 'd')",
        &["run-other sh id"],
    ),
    (
        "const cp = require('child_process'); const f = cp.exec; f(`echo ${1}`)",
        &["run-other sh ..."],
    ),
    (
        "require('child_process').execFileSync('ls', ['-l'], {cwd: 'src'})",
        &["run-other env -C src ls -l"],
    ),
    (
        "require('child_process').spawn('bash', {stdio: [0, 1, 2]})",
        &["run-other bash"],
    ),
    (
        "require('child_process').execSync('ls', {env: {LD_PRELOAD: 'x'}})",
        &["environment $LD_PRELOAD", "run-other sh ls"],
    ),
    (
        "require('child_process').spawn('bash', [], {input: 'x', shell: '/bin/sh'})",
        &["?", "run-other sh bash"],
    ),
    ("eval('1 + 1')", &["run-inline JavaScript 1 + 1"]),
    (
        "setTimeout(() => require('fs').unlinkSync('a'), 10)",
        &["delete a"],
    ),
    (
        "['a', 'b'].forEach(f => require('fs').unlinkSync(f))",
        &["delete a|b"],
    ),
    (
        "[require('fs').unlinkSync].map(f => f('/etc/x'))",
        &["delete /etc/x"],
    ),
    (
        "const o = {run: require('child_process').execSync}; o.run('id')",
        &["run-other sh id"],
    ),
    (
        "function f(g) { g('id') } f(require('child_process').execSync)",
        &["run-other sh id"],
    ),
    ("Deno.readTextFileSync('a')", &["read a"]),
    ("await Bun.write('a', 'b')", &["write a"]),
];

/// Texts that reach for programs, files or the language by detours: not understood, or the
/// effect is told.
const DETOURS: &[&str] = &[
    "eval(x)",
    "eval(atob('cmVxdWlyZQ=='))",
    "(0, eval)('require(\"fs\")' + y)",
    "new Function('return process')()",
    "Function(x)()",
    "(() => {}).constructor('return process')()",
    "[].constructor.constructor('return this')()",
    "''['constructor']['constructor']('x')()",
    "const k = 'constr' + 'uctor'; [][k][k]('x')()",
    "const k = ['c', 'onstructor'].join(''); ({})[k][k]('x')()",
    "(async () => {}).__proto__.constructor('x')",
    "let c = Object.getPrototypeOf(async () => {}).constructor",
    "const {constructor} = () => {}; constructor('x')()",
    "globalThis.process.binding('fs')",
    "globalThis['ev' + 'al']('x')",
    "process.binding('spawn_sync')",
    "process.mainModule.require('child_process')",
    "process['main' + 'Module'].require('fs')",
    "process[k]('x')",
    "module.constructor._load('child_process')",
    "require.main.require('fs').unlinkSync(x)",
    "require('mod' + y)",
    "require(['child', 'process'].reverse().join('_'))",
    "import(x)",
    "import('child_' + 'process').then(m => m.execSync('id'))",
    "require('vm').runInNewContext('x')",
    "require('module')._load('fs')",
    "require('child_process')['ex' + k]('id')",
    "require('child_process')['exec' + 'Sync']('id')",
    "const {[k]: f} = require('child_process'); f('id')",
    "const {...cp} = require('child_process'); cp.execSync('id')",
    "Object.values(require('child_process')).forEach(f => f('id'))",
    "Object.entries(require('fs'))[3][1]('x')",
    "Reflect.apply(require('child_process').execSync, null, ['id'])",
    "Reflect.get(require('fs'), 'unlinkSync')('x')",
    "new Proxy({}, {get: () => require('child_process').execSync}).x('id')",
    "require('child_process').execSync.call(null, 'id')",
    "require('child_process').execSync.apply(null, ['id'])",
    "require('child_process').execSync.bind(null, 'id')()",
    "Function.prototype.call.call(require('child_process').execSync, null, 'id')",
    "['id'].forEach(require('child_process').execSync)",
    "Promise.resolve('id').then(require('child_process').execSync)",
    "require('child_process').execSync`id`",
    "setTimeout('process.exit()', 1)",
    "new (require('worker_threads').Worker)('x', {eval: true})",
    "const o = {get f() { return require('child_process').execSync }}; o.f('id')",
    "class A { get f() { return require('child_process').execSync } } new A().f('id')",
    "class A { static [Symbol.hasInstance](x) { require('child_process').execSync('id') } } 1 instanceof A",
    "const o = {toString() { require('child_process').execSync('id') }}; `${o}`",
    "const o = {valueOf: () => require('child_process').execSync('id')}; o + 1",
    "const t = {then(r) { require('child_process').execSync('id') }}; await t",
    "Array.prototype.map = require('child_process').execSync; ['x'].map('id')",
    "console.log = require('child_process').execSync; console.log('id')",
    "JSON.parse = eval; JSON.parse('x')",
    "let f = console.log; function g() { { let f } f = require('child_process').execSync } g(); f('id')",
    "require('fs').writeFileSync(x, 'y')",
    "require('fs').rmSync(process.argv[2], {recursive: true})",
    "\\u0065val('x')",
    "<!-- comment\nrequire('fs')",
    "with (require('child_process')) execSync('id')",
    "({}).__defineGetter__('x', eval)",
    "Error.prepareStackTrace = (e, s) => s[0].getThis()",
    "WebAssembly.instantiate(x)",
    "process.dlopen(module, './x.node')",
    "require('./x.node')",
    "process.kill(1)",
    "arguments.callee.caller('x')",
    "undefinedName('x')",
    "require('shelljs').rm('-rf', '/')",
    "require('execa')('rm')",
    "a = 1; } b",
    "'open",
    "`open ${1",
    "var x = `a${`b${`c`}`}`; y(",
];

#[test]
fn texts_tell_their_effects() {
    check(Language::JavaScript, ROWS);
}

#[test]
fn detours_are_not_taken_for_harmless() {
    let harmless: Vec<_> = DETOURS
        .iter()
        .filter(|code| {
            found(Language::JavaScript, code)
                .iter()
                .all(|f| f.starts_with("list") || f.starts_with("read"))
        })
        .collect();
    assert!(harmless.is_empty(), "{harmless:#?}");
}

#[test]
fn separators_of_lines_end_comments() {
    let found = found(
        Language::JavaScript,
        "// note\u{2028}require('fs').unlinkSync('a')",
    );
    assert_eq!(found, ["delete a"]);
}
