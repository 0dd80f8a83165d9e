use crate::code::Language;
use crate::code::testing::{Row, check};

const ROWS: &[Row] = &[
    ("puts 1 + 2", &[]),
    ("puts [3, 1].sort.map { |x| x * 2 }.join(',')", &[]),
    (
        "require 'json'; d = JSON.parse(STDIN.read); puts d['a'].length",
        &[],
    ),
    (
        "%w[a b].each_with_index { |s, i| puts \"#{i}: #{s.upcase}\" }",
        &[],
    ),
    ("puts $_.gsub(/a(b)/, 'x') if $_ =~ /y/", &[]),
    ("h = {a: 1, 'b' => 2}; h.each { |k, v| puts \"#{k}\" }", &[]),
    ("def f(n) n + 1 end; puts f(2)", &[]),
    ("puts ARGV.map(&:to_i).sum", &[]),
    ("x = 3; puts x > 2 ? 'a' : 'b'", &[]),
    ("puts File.read('a.txt').lines.count", &["read a.txt"]),
    (
        "require \"yaml\"; c = YAML.load_file('a.yml'); puts c.inspect",
        &["read a.yml"],
    ),
    (
        "YAML.safe_load(File.read('a.yml')); puts 'ok'",
        &["read a.yml"],
    ),
    ("File.write('b.txt', 'x')", &["write b.txt"]),
    (
        "File.open('/etc/x', 'w+') { |f| f.write('y') }",
        &["write /etc/x"],
    ),
    ("puts Dir.glob('*.rb').sort", &["list *.rb"]),
    (
        "require 'fileutils'; FileUtils.rm_rf('/x')",
        &["delete-tree /x"],
    ),
    ("File.delete(x = 'a')", &["delete ..."]),
    ("puts ENV['HOME']", &["read $HOME"]),
    ("puts ENV.to_h", &["secret $..."]),
    ("ENV['PATH'] = 'x'", &["environment $PATH"]),
    ("system('rm -rf ~')", &["run-other sh rm -rf ~"]),
    ("puts `id`", &["run-other sh id"]),
    ("puts %x(id)", &["run-other sh id"]),
    ("puts %Q(#{system('id')})", &["run-other sh id"]),
    ("puts 'x' =~ /#{system('id')}/", &["run-other sh id"]),
    ("exec \"rm #{x = 1}\"", &["run-other sh ..."]),
    ("puts \"#{`id`}\"", &["run-other sh id"]),
    ("puts \"#{system('id')}\"", &["run-other sh id"]),
    ("Kernel.system('id')", &["?"]),
    ("Object.send(:system, 'id')", &["?"]),
    ("[1].send('sys' + 'tem', 'id')", &["?"]),
    ("method(:system).call('id')", &["?"]),
    ("eval 'x'", &["?"]),
    ("instance_eval('x')", &["?"]),
    ("IO.popen('id')", &["?"]),
    ("open('|id')", &["?"]),
    ("IO.read('|id')", &["?"]),
    ("require './x'", &["?"]),
    ("load 'x.rb'", &["?"]),
    ("require 'open3'; Open3.capture2('id')", &["?"]),
    ("Process.kill(9, 1)", &["?"]),
    ("['id'].each(&:system)", &["?"]),
    ("['id'].each(&method(:system))", &["?"]),
    ("Class.new", &["?"]),
    ("def puts(x) `id` end", &["?", "run-other sh id"]),
    ("Marshal.load(x)", &["?"]),
    ("require 'fiddle'; Fiddle.dlopen('x')", &["?"]),
    ("puts <<~A\n x\nA\n", &["?"]),
    ("puts 'open", &["?"]),
    ("at_exit { foo }", &["?"]),
];

#[test]
fn one_liners_tell_their_effects() {
    check(Language::Ruby, ROWS);
}
