//! Texts and exactly what they do: the language, files.

use crate::code::testing::Row;

/// Texts and exactly what they do.
pub(super) const ROWS: &[Row] = &[
    // Computing and printing.
    ("print('hi')", &[]),
    ("print(1 + 2 * 3 ** 4 // 5 % 6)", &[]),
    (
        "import json, sys\nprint(json.dumps(json.load(sys.stdin), indent=2))",
        &[],
    ),
    ("import sys; print(sys.version_info[:3])", &[]),
    (
        "x = [i ** 2 for i in range(10) if i % 2]; print(sum(x), x[1:3], x[-1])",
        &[],
    ),
    (
        "d = {k: v for k, v in zip('ab', (1, 2))}\nfor k, v in sorted(d.items(), key=lambda kv: -kv[1]):\n    print(f'{k!r}: {v:>{5}.2f} {v=}')",
        &[],
    ),
    (
        "def f(n):\n    return 1 if n < 2 else n * f(n - 1)\nprint(f(5))",
        &[],
    ),
    (
        "class A:\n    def __init__(self, x):\n        self.x = x\n    def m(self):\n        return self.x\nprint(A(3).m())",
        &[],
    ),
    (
        "import re\nm = re.search(r'(\\d+)', 'a1')\nif m:\n    print(m.group(1))\nelse:\n    print('none')",
        &[],
    ),
    (
        "try:\n    1 / 0\nexcept (ZeroDivisionError, ValueError) as e:\n    print(e)\nfinally:\n    pass",
        &[],
    ),
    (
        "from collections import Counter, defaultdict\nc = Counter('aab')\nprint(c.most_common(1)[0][0])\nd = defaultdict(list)\nd['x'].append(1)",
        &[],
    ),
    (
        "import math, random, time, datetime\nprint(math.pi, random.random(), time.time(), datetime.datetime.now().isoformat())",
        &[],
    ),
    (
        "import hashlib, base64, struct\nprint(hashlib.md5(b'x').hexdigest(), base64.b64encode(b'y'), struct.unpack('<I', b'abcd'))",
        &[],
    ),
    (
        "while True:\n    break\nelse:\n    pass\nx: int = 3\nx += 1\ndel x",
        &[],
    ),
    ("with_x = 1; match = 2; print(match, with_x)", &[]),
    (
        "match 3:\n    case 1 | 2:\n        print('a')\n    case {'k': v}:\n        print(v)\n    case _:\n        print('b')",
        &[],
    ),
    (
        "from __future__ import annotations\nfrom typing import List\ndef f(a: List[int], *args, b=2, **kw) -> None: ...\nf([1], 2, b=3)",
        &[],
    ),
    (
        "lst = [1, 2, 3]; lst.remove(2); lst.insert(0, 'x'); print(lst)",
        &[],
    ),
    ("a, (b, *c) = 1, (2, 3, 4); print(a, b, c)", &[]),
    ("if (n := len('abc')) > 2: print(n)", &[]),
    (
        "import asyncio\nasync def main():\n    await asyncio.sleep(1)\nasyncio.run(main())",
        &[],
    ),
    (
        "from dataclasses import dataclass, field\n@dataclass\nclass P:\n    x: int = 0\n    y: list = field(default_factory=list)\nprint(P(x=1))",
        &[],
    ),
    (
        "import functools\n@functools.lru_cache(maxsize=None)\ndef fib(n): return n if n < 2 else fib(n-1) + fib(n-2)\nprint(fib(10))",
        &[],
    ),
    (
        "print('''triple \"quoted\" ''' 'joined' r'\\d' b'x'.decode())",
        &[],
    ),
    ("print(f\"{'nested'} {f'{1}'} {{literal}}\")", &[]),
    (
        "import sys\nfor line in sys.stdin:\n    print(line.rstrip())",
        &[],
    ),
    (
        "import inspect, json\nprint(inspect.getsource(json.dumps)); print(dir(json)); help(json)",
        &[],
    ),
    ("import urllib.parse; print(urllib.parse.quote('a b'))", &[]),
    (
        "import threading\ndef w(n): print(n)\nt = threading.Thread(target=w, args=(1,)); t.start(); t.join()",
        &[],
    ),
    ("print('%s/%d' % ('a', 1), '{}-{x}'.format(1, x=2))", &[]),
    ("\tprint('indented')", &[]),
    ("global x\nx = 1\nprint(x if x else None)", &[]),
    (
        "import traceback\ntry:\n    raise ValueError('x') from None\nexcept Exception:\n    traceback.print_exc()",
        &[],
    ),
    (
        "import contextlib\n@contextlib.contextmanager\ndef c():\n    yield 1\nwith c() as v:\n    print(v)",
        &[],
    ),
    (
        "print(any(x in 'abc' for x in 'cd') and not all([]) or 1 is not None)",
        &[],
    ),
    ("exit(0 if True else 1)", &[]),
    (
        "import zlib, io, csv\nr = csv.reader(io.StringIO('a,b'))\nprint(list(r), zlib.crc32(b'x'))",
        &[],
    ),
    // Files.
    ("print(open('a.txt').read())", &["read a.txt"]),
    (
        "with open('src/a.py', 'rb') as f, open('b.txt', mode='w') as g:\n    g.write(f.read().decode())",
        &["read src/a.py", "write b.txt"],
    ),
    ("f = open('a', 'r+'); f.close()", &["read a", "write a"]),
    (
        "p = 'x.py'\ns = open(p).read()\ns = s.replace('a', 'b', 1)\nopen(p, 'w').write(s)",
        &["read x.py", "write x.py"],
    ),
    (
        "for p in ['a', 'b']:\n    open(p, 'w').close()",
        &["write a|b"],
    ),
    (
        "import os\nfor n in os.listdir('d'):\n    print(open(os.path.join('d', n)).read())",
        &["list d", "read glob:d/*"],
    ),
    (
        "import os\nfor r, ds, fs in os.walk('src'):\n    for f in fs:\n        print(os.path.join(r, f))",
        &["list src"],
    ),
    (
        "import os\nfor r, ds, fs in os.walk('src'):\n    for f in fs:\n        open(os.path.join(r, f))",
        &["list src", "read glob:src/**/*", "read glob:src/*"],
    ),
    (
        "import glob\nfor f in sorted(glob.glob('out/*.json')):\n    print(open(f).read())",
        &["list glob:out/*.json", "read glob:out/*.json"],
    ),
    (
        "for i in range(3):\n    open(f'/app/out/{i}.txt', 'w').write('x')",
        &["write glob:/app/out/*.txt"],
    ),
    (
        "from pathlib import Path\np = Path('a') / 'b.txt'\nprint(p.read_text()); p.write_text('x'); p.unlink()",
        &["delete a/b.txt", "read a/b.txt", "write a/b.txt"],
    ),
    (
        "from pathlib import Path\nfor p in Path('d').glob('*.py'):\n    print(p.name, p.stat().st_size)",
        &["list d", "list glob:d/**"],
    ),
    (
        "from pathlib import Path\np = Path('d/x.txt'); print(p.parent.exists(), p.with_suffix('.md').read_text())",
        &["list d", "read d/x.md"],
    ),
    (
        "from pathlib import Path\nPath('a').rename('b'); Path('c').mkdir(parents=True); Path.home().joinpath('.x').touch()",
        &["write a", "write b", "write c", "write ~/.x"],
    ),
    (
        "import os\nos.remove('a'); os.rename('b', 'c'); os.makedirs('d', exist_ok=True); os.chmod('e', 0o755)",
        &["change-mode e", "delete a", "write b", "write c", "write d"],
    ),
    (
        "import shutil\nshutil.rmtree('build', ignore_errors=True); shutil.copy('a', 'b')",
        &["delete-tree build", "read a", "write b"],
    ),
    (
        "import os, shutil\nshutil.rmtree(os.path.expanduser('~'))",
        &["delete-tree ~"],
    ),
    (
        "import json\nwith open('a.json') as f:\n    d = json.load(f)\nd['x'] = 1\nwith open('a.json', 'w') as f:\n    json.dump(d, f)",
        &["read a.json", "write a.json"],
    ),
    (
        "import tempfile\nwith tempfile.TemporaryDirectory() as d:\n    open(d + '/x', 'w')",
        &[
            "write /tmp/tmp.made-by-the-code",
            "write /tmp/tmp.made-by-the-code/x",
        ],
    ),
    (
        "import zipfile\nwith zipfile.ZipFile('a.zip') as z:\n    print(z.namelist()); z.extractall('out')",
        &["read a.zip", "write out"],
    ),
    (
        "import gzip\nprint(gzip.open('a.gz', 'rt').read())",
        &["read a.gz"],
    ),
    (
        "import fileinput\nfor l in fileinput.input('a', inplace=True): print(l)",
        &["write a"],
    ),
    (
        "import io, codecs\nio.open('a', 'w'); codecs.open('b', 'w')",
        &["write a", "write b"],
    ),
    (
        "import builtins\nbuiltins.open('/etc/x', 'w')",
        &["write /etc/x"],
    ),
    (
        "import os\nos.symlink('/etc/passwd', 'x')",
        &["write /etc/passwd", "write x"],
    ),
    (
        "import logging\nlogging.basicConfig(filename='a.log'); logging.FileHandler('b.log')",
        &["write a.log", "write b.log"],
    ),
    (
        "import sys\nsys.stdout = open('log.txt', 'w')\nprint('x')",
        &["write log.txt"],
    ),
    (
        "import os\nprint(os.path.exists('a'), os.path.getsize('b'), os.getcwd())",
        &["list a", "list b"],
    ),
    (
        "import os\nos.chdir('sub')\nopen('x', 'w')",
        &["list sub", "list sub/sub", "write sub/x", "write x"],
    ),
    (
        "import configparser, os\nprint(os.path.join('/a', 'b', '/c'))\nopen(os.path.join('/a', '/c'))",
        &["read /c"],
    ),
    (
        "name = 'x'\nif name:\n    name = 'y'\nopen('d/' + name, 'a')",
        &["write d/x|d/y"],
    ),
    ("import sys\nopen(sys.argv[1], 'w')", &["write ..."]),
    (
        "def save(path, text):\n    with open(path, 'w') as f:\n        f.write(text)\nsave('a.txt', 'x')\nsave(path='b.txt', text='y')",
        &["write a.txt|b.txt"],
    ),
    (
        "class W:\n    def __init__(self, p):\n        self.p = p\n    def go(self):\n        open(self.p, 'w')\nW('o.txt').go()",
        &["write o.txt"],
    ),
    (
        "import sqlite3\nc = sqlite3.connect(':memory:')\nc.execute('create table t (a)')",
        &[],
    ),
    (
        "import sqlite3\nc = sqlite3.connect('a.db').cursor()\nprint(c.execute('select 1').fetchall())",
        &["db-read a.db", "read a.db", "run-inline Sql select 1"],
    ),
];
