"""What the tests of `hale measure` share: models, what the CSV holds, and stand-ins."""
import contextlib
import csv
import os
import pathlib
import shutil
import sys

from harness import emitted, expect, write

HEADER = "arch,latency_ms,low_ms,high_ms,readings,runtime\n"
NETWORKS = ["perceptron/0", "recurrent/1"]
SAYS = 'echo {model} >> log; echo "took 1.5 ms"'
PATTERN = "took ([0-9.]+) ms"


def command(*models, line=SAYS, pattern=PATTERN, output="here.csv", runs=1, timeout=60):
    """The words that measure models with a command line."""
    return ["measure", "--runner", "command", "--command", line, "--pattern", pattern, "-o", output,
            "--runs", runs, "--timeout", timeout, *models]


def onnxruntime(*models, runner="onnxruntime", runs=1, timeout=20):
    return ["measure", "--runner", runner, "--packages", "packages", "-o", "here.csv", "--runs",
            runs, "--timeout", timeout, *models]


def models(*names):
    """One small network in a file of each of these names, and no other file."""
    whole = pathlib.Path(emitted()[4]).read_bytes()
    for entry in pathlib.Path().iterdir():
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    for name in names:
        pathlib.Path(name).parent.mkdir(parents=True, exist_ok=True)
        write(name, whole)
    return list(names)


def text_of(path="here.csv"):
    return pathlib.Path(path).read_bytes().decode()


def rows(path="here.csv"):
    text = text_of(path)
    expect(text.startswith(HEADER) and text.endswith("\n"), text)
    return list(csv.DictReader(text.splitlines()))


def archs(path="here.csv"):
    return sorted(row["arch"] for row in rows(path))


def runs_of_command():
    log = pathlib.Path("log")
    return len(log.read_text().splitlines()) if log.exists() else 0


@contextlib.contextmanager
def environment(**variables):
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def program(name, text, folder="bin"):
    """A program of this text, alone in a folder for PATH."""
    pathlib.Path(folder).mkdir(exist_ok=True)
    path = pathlib.Path(folder, name)
    path.write_text(text)
    path.chmod(0o755)
    return str(path.parent.resolve())


def node(load='{"ready": "fake 7"}', run='{"milliseconds": [2.0] * request["run"]}'):
    """In place of node: a script that gives these answers, in a folder for PATH."""
    pathlib.Path("packages/node_modules/onnxruntime-node").mkdir(parents=True, exist_ok=True)
    return program("node", f"""#!{sys.executable}
import json, os, sys, time
open("arguments", "w").write(repr(sys.argv[-2:]))
for line in sys.stdin:
    request = json.loads(line)
    open("requests", "a").write(line)
    answer = {load} if "load" in request else {run}
    print(answer if isinstance(answer, str) else json.dumps(answer), flush=True)
""")
