//! Texts and exactly what they do: modules, the network, programs, code as text.

use crate::code::testing::Row;

/// Texts and exactly what they do.
pub(super) const ROWS: &[Row] = &[
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
