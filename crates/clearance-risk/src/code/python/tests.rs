use crate::code::testing::{Row, check, found};
use crate::code::{CodeInput, CodeTarget, Language, analyze};
use clearance_shell::invocation::Value;

/// Texts and exactly what they do.
const ROWS: &[Row] = &[
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
        &["read /etc/passwd", "write x"],
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
    // Third-party modules.
    (
        "import numpy as np\nprint(np.zeros(3).mean())",
        &["run-project mod numpy"],
    ),
    (
        "import pandas as pd\ndf = pd.read_csv('a.csv')\nprint(df.groupby('x').sum().head())\ndf.to_csv('out/b.csv')",
        &["read a.csv", "run-project mod pandas", "write out/b.csv"],
    ),
    (
        "from mypkg.core import thing\nprint(thing(1).value)",
        &["run-project mod mypkg.core"],
    ),
    (
        "from PIL import Image\nim = Image.open('a.png'); im.resize((1, 1)).save('b.png')",
        &[
            "read a.png",
            "run-project mod PIL",
            "run-project mod PIL.Image",
            "write b.png",
        ],
    ),
    (
        "import yaml\nprint(yaml.safe_load(open('a.yml')))",
        &["read a.yml", "run-project mod yaml"],
    ),
    (
        "import torch\nm = torch.nn.Linear(1, 2); m.eval(); print(m)",
        &["run-project mod torch"],
    ),
    (
        "from transformers import AutoModel\nAutoModel.from_pretrained('bert')",
        &["net-read url hub:bert", "run-project mod transformers"],
    ),
    (
        "import matplotlib.pyplot as plt\nplt.plot([1]); plt.savefig('a.png')",
        &["run-project mod matplotlib.pyplot", "write a.png"],
    ),
    (
        "import sys\nsys.path.insert(0, 'src')\nimport mod",
        &["run-project mod mod", "run-project src"],
    ),
    (
        "import pickle\nprint(pickle.load(open('a.pkl', 'rb')))",
        &["read a.pkl", "run-project a.pkl"],
    ),
    // The network.
    (
        "import requests\nprint(requests.get('http://localhost:5000/x', timeout=5).json())",
        &[
            "net-read url http://localhost:5000/x",
            "run-project mod requests",
        ],
    ),
    (
        "import requests\nrequests.post('https://example.com', json={'a': 1})",
        &[
            "net-write url https://example.com",
            "run-project mod requests",
        ],
    ),
    (
        "import requests\ns = requests.Session()\ns.put('https://example.com/x')",
        &[
            "net-write url https://example.com/x",
            "run-project mod requests",
        ],
    ),
    (
        "from urllib.request import urlopen\nprint(urlopen('https://example.com').read())",
        &["net-read url https://example.com"],
    ),
    (
        "import urllib.request as r\nr.urlretrieve('https://example.com/x', '/tmp/y')",
        &["net-read url https://example.com/x", "write /tmp/y"],
    ),
    (
        "import urllib.request as r\nr.urlopen(r.Request('https://example.com', data=b'x'))",
        &["net-write url https://example.com"],
    ),
    (
        "import socket\ns = socket.socket(); s.connect(('example.com', 80)); s.send(b'x')",
        &["net-write url tcp://example.com:..."],
    ),
    (
        "from http.server import HTTPServer, BaseHTTPRequestHandler\nHTTPServer(('', 8000), BaseHTTPRequestHandler).serve_forever()",
        &["net-listen url tcp://:..."],
    ),
    // Programs.
    (
        "import os\nos.system('rm -rf ~')",
        &["run-other sh rm -rf ~"],
    ),
    (
        "import subprocess\nsubprocess.run(['git', 'status'], check=True, capture_output=True)",
        &["run-other git status"],
    ),
    (
        "import subprocess as sp\nprint(sp.check_output('ls | wc -l', shell=True, text=True))",
        &["run-other sh ls | wc -l"],
    ),
    (
        "from subprocess import Popen, PIPE\np = Popen(['ls'], stdout=PIPE, stdin=None); print(p.communicate()[0])",
        &["run-other ls"],
    ),
    (
        "import subprocess\ncmd = ['ls'] + ['-l']\nsubprocess.call(cmd, cwd='src')",
        &["run-other env -C src ls -l"],
    ),
    (
        "import subprocess\nsubprocess.run('ls', shell=True, cwd=\"it's\")",
        &["run-other sh cd -- 'it'\\''s' && {\nls\n}"],
    ),
    (
        "import subprocess, os\nsubprocess.run(['ls'], env={**os.environ, 'LD_PRELOAD': 'x'})",
        &["environment $LD_PRELOAD", "run-other ls"],
    ),
    (
        "import subprocess\nsubprocess.run(['bash'], input='rm -rf ~', text=True)",
        &["?", "run-other bash"],
    ),
    (
        "import subprocess\nsubprocess.run(['grep', 'x'], input='y', text=True)",
        &["run-other grep x"],
    ),
    (
        "import os\nos.execl('/bin/sh', 'sh', '-c', 'id')",
        &["run-other /bin/sh -c id"],
    ),
    (
        "import os\nos.execvp('rm', ['rm', '-rf', '/'])",
        &["run-other rm -rf /"],
    ),
    (
        "import os\nos.posix_spawn('/bin/rm', ['rm', 'x'], {})",
        &["?", "run-other /bin/rm x"],
    ),
    (
        "import asyncio\nasync def m():\n    await asyncio.create_subprocess_exec('rm', '-rf', '/')\nasyncio.run(m())",
        &["run-other rm -rf /"],
    ),
    (
        "import asyncio\nasyncio.run(asyncio.create_subprocess_shell('id'))",
        &["run-other sh id"],
    ),
    // The environment.
    (
        "import os\nprint(os.environ['HOME'], os.getenv('X', 'y'), os.environ.get('Z'))",
        &["read $HOME", "read $X", "read $Z"],
    ),
    ("import os\nprint(os.environ)", &["secret $..."]),
    (
        "import os\nfor k, v in os.environ.items(): print(k, v)",
        &["secret $..."],
    ),
    (
        "import os\nprint(f'{os.environ}', str(os.environ))",
        &["secret $..."],
    ),
    (
        "import os, json\nprint(json.dumps(dict(os.environ)))",
        &["secret $..."],
    ),
    (
        "import os\nos.environ['LD_PRELOAD'] = 'x'",
        &["environment $LD_PRELOAD"],
    ),
    (
        "import os\nos.environ.update(PATH='x')",
        &["environment $PATH"],
    ),
    // Code as text.
    ("exec('print(1)')", &["run-inline Python print(1)"]),
    (
        "import os\neval('os.' + 'system')",
        &["run-inline Python os.system"],
    ),
    // Aliases and flow.
    (
        "import os as o\nf = o.system\nf('id')",
        &["run-other sh id"],
    ),
    (
        "from os import system as print\nprint('id')",
        &["run-other sh id"],
    ),
    (
        "import os\ngetattr(os, 'sys' + 'tem')('id')",
        &["run-other sh id"],
    ),
    ("__import__('os').system('id')", &["run-other sh id"]),
    (
        "import importlib\nimportlib.import_module('subprocess').run(['id'])",
        &["run-other id"],
    ),
    (
        "import os\nd = {'x': os.system}\nd['x']('id')",
        &["run-other sh id"],
    ),
    (
        "import os\nfor f in [print, os.system]: f('id')",
        &["run-other sh id"],
    ),
    (
        "import os\nclass A:\n    run_it = os.system\nA.run_it('id')",
        &["run-other sh ...", "run-other sh id"],
    ),
    (
        "import os\ndef deco(f):\n    return os.system\n@deco\ndef g(x): pass\ng('id')",
        &["run-other sh id"],
    ),
    (
        "import os\n(lambda f: f('id'))(os.system)",
        &["run-other sh id"],
    ),
    (
        "import os\nlist(map(os.system, ['id']))",
        &["run-other sh id"],
    ),
    (
        "import os, functools\nfunctools.partial(os.system, 'id')()",
        &["?", "run-other sh ...", "run-other sh id"],
    ),
    (
        "import atexit, os\natexit.register(os.system, 'id')",
        &["run-other sh id"],
    ),
    (
        "import threading, os\nthreading.Thread(target=os.system, args=('id',)).start()",
        &["run-other sh ...", "run-other sh id"],
    ),
    (
        "import os\nif True:\n    print = os.system\nprint('id')",
        &["run-other sh id"],
    ),
    (
        "import os\nx = lambda: os.system\nx()('id')",
        &["run-other sh id"],
    ),
    ("import os\na = b = os\nb.unlink('x')", &["delete x"]),
    ("import glob\nglob.os.system('id')", &["run-other sh id"]),
    (
        "import numpy\nnumpy.os.unlink('x')",
        &["delete x", "run-project mod numpy"],
    ),
    (
        "import random\nrandom._os.system('id')",
        &["run-other sh id"],
    ),
    (
        "try:\n    import foo\nexcept ImportError:\n    import os; os.remove('x')",
        &["delete x", "run-project mod foo"],
    ),
    (
        "def f():\n    import shutil\n    shutil.rmtree('/')",
        &["delete-tree /"],
    ),
    (
        "import os\n[os.remove(f) for f in ('a', 'b')]",
        &["delete a|b"],
    ),
    (
        "import os\nx = 1 if os.system('id') else 2",
        &["run-other sh id"],
    ),
    ("import os\nassert os.remove('x') is None", &["delete x"]),
    (
        "import os\ndef g():\n    yield os.remove('x')\nlist(g())",
        &["delete x"],
    ),
    (
        "import os\nprint(*[os.remove('x')], sep=str(os.remove('y')))",
        &["delete x", "delete y"],
    ),
    ("import os\nprint(f'{os.remove(\"x\")}')", &["delete x"]),
    ("import os\nx: os.remove('x') = 1", &["delete x"]),
    (
        "import os\ndef f(a=os.remove('x')): pass\nf()",
        &["delete x"],
    ),
    (
        "import os\nwith open('a') as f: os.remove(f.name)",
        &["delete a", "read a"],
    ),
];

/// Detours to programs, files or the language: not understood, or the effect is told.
const DETOURS: &[&str] = &[
    "import json.tool\njson.tool._os.system('id')",
    "import json\njson.tool.argparse._os.system('id')",
    "import re\nre.enum.sys.modules['os'].system('id')",
    "import os\nclass A: f = os.system\nA().__class__.f('id')",
    "import os\nclass A: f = os.system\nimport foo\nfoo.keep(A)\nfoo.get().f('id')",
    "l = []\nl[:] = ['/etc/x']\nopen(l[0], 'w')",
    "import heapq\nl = []\nheapq.heappush(l, '/etc/x')\nopen(l[0], 'w')",
    "import bisect\nl = []\nbisect.insort(l, '/etc/x')\nopen(l[0], 'w')",
    "import random, subprocess\nl = ['-rf', '/', 'rm']\nrandom.shuffle(l)\nsubprocess.run(l)",
    "exec('print = __import__(\"os\").system')\nprint('id')",
    "import os\neval('(print := os.system)')\nprint('id')",
    "import sys\nsys.path[0:0] = ['/tmp/x']\nimport y",
    "import sys\nsys.path += ['/tmp/x']\nimport y",
    "import sys\nsys.path = ['/tmp/x']\nimport y",
    "import zipfile\nzipfile.ZipFile('/etc/x', 'w').writestr('a', 'b')",
    "import tarfile\ntarfile.open('/etc/x', 'w:gz')",
    "import numpy\nnumpy.load(x_, allow_pickle=True)",
    "import sqlite3\nsqlite3.connect('/etc/x').execute('create table t (a)')",
    "from flask import Flask\nFlask('x').run(host='0.0.0.0')",
    "import os\nraise_ = [os.system]\nfor f in raise_: f('id')",
    "import os\ntry:\n    raise Exception(os.system)\nexcept Exception as e:\n    e.args[0]('id')",
    "import os\ndef g():\n    f = yield\n    f('id')\nh = g(); next(h); h.send(os.system)",
    "import os\nclass A:\n    def __init__(self): self.f = os.system\nfor a in [A()]: a.f('id')",
    "import os\nd = dict(f=os.system); d['f']('id')",
    "import os\nd = {}; d.update(f=os.system); d['f']('id')",
    "import os\nd = {}; d.setdefault('f', os.system)('id')",
    "import os\nx = {'a': {'b': [os.system]}}; x['a']['b'][0]('id')",
    "import os\n*x, = [os.system]; x[0]('id')",
    "import os\n(*x, y) = 1, os.system; y('id')",
    "import os\ndef f(): return f2()\ndef f2(): return os.system\nf()('id')",
    "import os\nf = None\ndef s():\n    global f\n    f = os.system\ns(); f('id')",
    "import os\nif os.system('id') == 0: pass",
    "import os\nx = [*map(lambda c: os.system(c), ['id'])]",
    "import os\nlambda: 0\n(lambda f=os.system: f('id'))()",
    "import os\ndef f(x, *, g=os.system): g(x)\nf('id')",
    "import subprocess as s\ns.__dict__['run'](['id'])",
    "import os; getattr(os, x)('id')",
    "import os; getattr(os, chr(115) + 'ystem')('id')",
    "import os; vars(os)['system']('id')",
    "import os; os.__dict__['system']('id')",
    "import os; os.__getattribute__('system')('id')",
    "globals()['__built' + 'ins__'].eval('1')",
    "globals()['os'].system('id')",
    "import os; locals()['os'].replace('a', 'b')",
    "__builtins__.__dict__['ev' + 'al']('1')",
    "__builtins__.open('/etc/x', 'w')",
    "__import__('o' + 's').system('id')",
    "__import__(''.join(['o', 's'])).system('id')",
    "__import__(chr(111) + chr(115)).system('id')",
    "__import__('so'[::-1]).system('id')",
    "import sys; sys.modules['os'].system('id')",
    "import importlib; importlib.import_module(x).f()",
    "exec(open('/tmp/x').read())",
    "exec(compile(open('/tmp/x').read(), 'x', 'exec'))",
    "exec(__import__('base64').b64decode('aW1wb3J0IG9z'))",
    "exec(bytes([105, 109]).decode())",
    "eval(input())",
    "import sys; exec(sys.stdin.read())",
    "eval(f'{x}')",
    "().__class__.__base__.__subclasses__()[40]('/etc/x', 'w')",
    "[].__class__.__mro__[1].__subclasses__()",
    "(lambda: 0).__globals__['os'].system('id')",
    "def f(): pass\nf.__globals__['x']",
    "print.__self__.eval('1')",
    "open.__self__.exec('1')",
    "str.format('{0.__globals__}', print).x(__builtins__)",
    "import os\nclass M(type):\n    def __call__(c, *a): os.system('id')\nclass A(metaclass=M): pass\nA()",
    "import os\nclass A:\n    def __getattr__(self, n): return os.system\nA().x('id')",
    "import os\nclass A:\n    __add__ = lambda s, o: os.system('id')\nA() + 1",
    "import os\nclass A:\n    def __getitem__(s, k): os.system(k)\nA()['id']",
    "import os\nclass A:\n    def __del__(s): os.system('id')\nA()",
    "import os\nclass A:\n    def __init_subclass__(c): os.system('id')\nclass B(A): pass",
    "import os\nclass A:\n    __class_getitem__ = os.system\nA['id']",
    "import os\nclass A:\n    @property\n    def f(self): return os.system\nA().f('id')",
    "import os\nclass D:\n    def __get__(s, o, t): return os.system\nclass A:\n    f = D()\nA().f('id')",
    "import os\nclass A:\n    __contains__ = os.system\n'id' in A()",
    "import os\nclass A:\n    def __iter__(s): return iter([os.system])\nfor f in A(): f('id')",
    "import os\nclass A:\n    def __enter__(s): return os.system\n    def __exit__(s, *a): pass\nwith A() as f: f('id')",
    "@exec\n@input\nclass X: pass",
    "import os\n@os.system\ndef x(): pass",
    "import os\nsorted(['id'], key=os.system)",
    "import os\nmax('id', 'ls', key=os.system)",
    "import os, functools\nfunctools.reduce(lambda a, b: os.system(b), ['id', 'ls'])",
    "import os, re\nre.sub('x', os.system, 'x')",
    "import os, re\nre.sub('x', lambda m: os.system('id'), 'x')",
    "import os\nfilter(os.system, ['id']).__next__()",
    "import os\niter(lambda: os.system('id'), 0).__next__()",
    "import os, signal\nsignal.signal(signal.SIGALRM, lambda *a: os.system('id')); signal.alarm(1)",
    "import sys\nsys.settrace(lambda *a: None)",
    "import sys\nsys.setprofile(print)",
    "import sys\nsys.meta_path.insert(0, x)",
    "import threading\nthreading.settrace(print)",
    "import ctypes\nctypes.CDLL(None).system(b'id')",
    "from ctypes import cdll\ncdll.LoadLibrary('x')",
    "import ctypes.util\nctypes.util.find_library('c')",
    "breakpoint()",
    "import pdb; pdb.set_trace()",
    "import webbrowser; webbrowser.open('http://example.com')",
    "import antigravity",
    "import pty; pty.spawn('/bin/sh')",
    "import code; code.interact()",
    "import runpy; runpy.run_path('/tmp/x.py')",
    "import os; os.popen('id').read()",
    "import os; os.spawnlp(os.P_WAIT, 'id', 'id')",
    "import os; os.fork()",
    "import os; os.kill(1, 9)",
    "import os; os.setuid(0)",
    "import posix; posix.system('id')",
    "import _posixsubprocess",
    "from os import *\nsystem('id')",
    "from subprocess import *\nrun('id')",
    "import multiprocessing, os\nmultiprocessing.Process(target=os.system, args=('id',)).start()",
    "from multiprocessing import Pool\nimport os\nPool(2).map(os.system, ['id'])",
    "from concurrent.futures import ThreadPoolExecutor\nimport os\nThreadPoolExecutor().submit(os.system, 'id')",
    "import subprocess; subprocess.getoutput('id')",
    "import subprocess; subprocess.run(x, shell=True)",
    "import subprocess\nclass P(subprocess.Popen): pass\nP(['rm', 'x'])",
    "import tarfile; tarfile.open('a.tar').extractall()",
    "import shelve; shelve.open('/x/y')",
    "import dbm; dbm.open('x', 'c')",
    "import pickle; pickle.loads(b'cos')",
    "import yaml; yaml.load('x')",
    "import marshal, types; types.FunctionType(marshal.loads(b''), globals())()",
    "import types; types.FunctionType((lambda: 0).__code__, {})()",
    "import json, os\njson.loads = os.system\njson.loads('id')",
    "import builtins\nbuiltins.print = eval\nprint('x')",
    "import os\nsetattr(os, 'x', 1)",
    "import os\nclass A: pass\nsetattr(A, 'f', os.system)\nA.f('id')",
    "import os\na = object()\na.f = os.system\na.f('id')",
    "import os\nq = __import__('queue').Queue()\nq.put(os.system)\nq.get()('id')",
    "import os, collections\nd = collections.deque([os.system]); d[0]('id')",
    "import os, operator\noperator.methodcaller('system', 'id')(os)",
    "import os, operator\noperator.attrgetter('system')(os)('id')",
    "import operator, os\noperator.call(os.system, 'id')",
    "import os, copy\ncopy.copy(os.system)('id')",
    "import os, itertools\nlist(itertools.starmap(os.system, [('id',)]))",
    "import os, unittest.mock as m\nm.patch('x', os.system)",
    "import os, types\ntypes.SimpleNamespace(f=os.system).f('id')",
    "import os, contextlib\nwith contextlib.ExitStack() as s: s.callback(os.system, 'id')",
    "import os, weakref\nweakref.finalize(print, os.system, 'id')",
    "import gc; gc.get_objects()[0].system('id')",
    "import inspect; inspect.currentframe().f_globals",
    "import sys; sys._getframe().f_globals['os']",
    "import traceback, sys\ntry:\n    x\nexcept Exception as e:\n    e.__traceback__.tb_frame.f_globals['os'].system('id')",
    "def g(): yield\ng().gi_frame.f_builtins['eval']('1')",
    "type('X', (), {'f': eval})().f('1')",
    "import os\ntype('X', (object,), dict(f=os.system))",
    "\u{ff4f}\u{ff50}en('/etc/x', 'w')",
    "import os; os.\u{ff53}ystem('id')",
    "# -*- coding: utf-7 -*-\nprint(1)",
    "import os; (os.system)('id')",
    "import os; [os][0].system('id')",
    "import os; x = os or 1; x.system('id')",
    "import os; (os if 1 else 0).system('id')",
    "import os\nfor m in (os,): m.system('id')",
    "import os\ndef f(m): m.system('id')\nf(os)",
    "import os\ndef f(*a): a[0].system('id')\nf(os)",
    "import os\ndef f(**k): k['m'].system('id')\nf(m=os)",
    "import os\nclass A: m = os\nA.m.system('id')",
    "import os\nclass A:\n    def __init__(s): s.m = os\n    def g(s): s.m.system('id')\nA().g()",
    "import os\nm, n = os, 1\nm.system('id')",
    "import os\nwith open('x') as os.environ['X']: pass\nos.system('id')",
    "import os\ntry: pass\nfinally: os.system('id')",
    "import os\nmatch os:\n    case x: x.system('id')",
    "import os\n(m := os).system('id')",
    "import os\nx = [o for o in [os]]\nx[0].system('id')",
    "import os\nx = {1: os}\nx.get(1).system('id')",
    "import os\ndef f():\n    global print\n    print = os.system\nf()\nprint('id')",
    "import os\ndef f():\n    x = print\n    def g():\n        nonlocal x\n        x = os.system\n    g()\n    x('id')\nf()",
    "def f(): [open for open in []]; open('/etc/x', 'w')\nf()",
    "def f():\n    {(lambda open: 0) for x in []}\n    open('/etc/x', 'w')\nf()",
    "import pip; pip.main(['install', 'x'])",
    "import sh; sh.rm('-rf', '/')",
    "import pexpect; pexpect.spawn('id')",
    "import paramiko; paramiko.SSHClient().connect('h')",
    "import psutil; psutil.Process(1).kill()",
    "import boto3; boto3.client('s3').delete_bucket(Bucket='x')",
    "import foo; foo.run('rm -rf ~')",
    "import foo; foo.Client().execute_command('rm')",
    "import foo; foo.fs().rm('/', recursive=True)",
    "from transformers import AutoModel\nAutoModel.from_pretrained('x', trust_remote_code=True)",
    "import torch; torch.hub.load('a/b', 'c')",
    "import pandas as pd; pd.eval('x')",
    "import pandas as pd; pd.DataFrame().query('@x()')",
    "import sqlite3; c = sqlite3.connect('a.db'); c.enable_load_extension(True)",
    "import sqlite3; sqlite3.connect('a.db').executescript(x)",
    "import os; os.open('/etc/x', os.O_WRONLY)",
    "import shutil; shutil.unpack_archive('a.tar')",
    "import cProfile; cProfile.run('x')",
    "import timeit; timeit.timeit('__import__(\"os\").system(\"id\")')",
    "import doctest; doctest.testmod()",
    "import smtplib; smtplib.SMTP('h').sendmail('a', 'b', 'c')",
    "import ftplib; ftplib.FTP('h')",
    "undefined_name('x')",
    "open('a",
    "print(f'{')",
    "if True print(1)",
    "x = 1 +",
    "type X = int",
    "print(1)\0",
    "from .x import *\nfoo('x'); import os; os.remove(foo)",
];

#[test]
fn texts_tell_their_effects() {
    assert!(ROWS.len() >= 120);
    check(Language::Python, ROWS);
}

#[test]
fn detours_are_not_taken_for_harmless() {
    let mild = ["list", "read a.", "run-project mod", "read a", "compute"];
    let harmless: Vec<_> = DETOURS
        .iter()
        .filter(|code| {
            found(Language::Python, code)
                .iter()
                .all(|f| mild.iter().any(|m| f.starts_with(m)))
        })
        .collect();
    assert!(harmless.is_empty(), "{harmless:#?}");
}

#[test]
fn arguments_of_the_program_are_known() {
    let args = [Value::Static(b"a.txt"[..].into())];
    let report = analyze(
        Language::Python,
        b"import sys\nopen(sys.argv[1], 'w')",
        &CodeInput { args: &args },
    );
    assert_eq!(report.acts.len(), 1);
    assert_eq!(
        report.acts[0].target,
        CodeTarget::Path(Value::Static(b"a.txt"[..].into()))
    );
}

#[test]
fn deep_and_long_texts_end() {
    for unit in [
        "(",
        "[",
        "{",
        "f(",
        "a.b[",
        "lambda: ",
        "not ",
        "-",
        "a if b else ",
        "x = ",
        "f'{",
        "a + ",
        "a.b().c",
        "if x:\n ",
        "def f():\n ",
        "class A:\n ",
    ] {
        let code = unit.repeat(5000);
        let _ = analyze(Language::Python, code.as_bytes(), &CodeInput::default());
        let _ = analyze(Language::JavaScript, code.as_bytes(), &CodeInput::default());
    }
    let nested = (0..300)
        .map(|d| format!("{}if x:\n", " ".repeat(d)))
        .collect::<String>();
    let _ = analyze(Language::Python, nested.as_bytes(), &CodeInput::default());
}
