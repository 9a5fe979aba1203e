"""What the command line's tests share: running the binary, stating expectations, reporting as TAP.

A case is a function with the decorator @case("what must hold"). `main(globals())` runs a file's
cases in a temporary folder each.
"""
import csv
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import traceback

HALE = str(pathlib.Path(sys.argv[1]).resolve())

REFERENCES = [
    "|avg_pool_3x3~0|+|none~0|skip_connect~1|+|nor_conv_1x1~0|skip_connect~1|skip_connect~2|",
    "|nor_conv_3x3~0|+|none~0|skip_connect~1|+|none~0|none~1|skip_connect~2|",
    "|skip_connect~0|+|skip_connect~0|avg_pool_3x3~1|+|none~0|skip_connect~1|none~2|",
    "|avg_pool_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|nor_conv_3x3~2|",
    "|none~0|+|nor_conv_1x1~0|none~1|+|nor_conv_3x3~0|nor_conv_1x1~1|nor_conv_1x1~2|",
    "|skip_connect~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_1x1~0|none~1|nor_conv_3x3~2|",
    "|nor_conv_3x3~0|+|avg_pool_3x3~0|skip_connect~1|+|none~0|nor_conv_1x1~1|avg_pool_3x3~2|",
    "|skip_connect~0|+|nor_conv_3x3~0|nor_conv_1x1~1|+|avg_pool_3x3~0|nor_conv_3x3~1|"
    "nor_conv_3x3~2|",
    "|avg_pool_3x3~0|+|none~0|skip_connect~1|+|none~0|nor_conv_1x1~1|avg_pool_3x3~2|",
    "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|"
    "nor_conv_3x3~2|",
]
FULL = REFERENCES[-1]  # every edge a 3x3 convolution: a class of its own
OPERATIONS = ["avg_pool_3x3", "nor_conv_1x1", "nor_conv_3x3", "none", "skip_connect"]
SPACES = ["nasbench201", "fbnet", "ofa-mobilenetv3", "graph"]
with open(pathlib.Path(__file__).resolve().parents[2] / "data/devices.csv", encoding="utf-8") as table:
    BUILT_IN_DEVICES = [row["name"] for row in csv.DictReader(table)]
DEVICES = ["titan_rtx_256", "gold_6226", "fpga", "pixel2", "raspi4", "eyeriss"]  # of nasbench201
DEFAULT_DEVICE = "onnxruntime-1.22-all-1t"

cases = []


def case(name):
    def register(function):
        cases.append((name, function))
        return function

    return register


class Skipped(Exception):
    """What a case needs is not there."""


class Run:
    def __init__(self, process):
        self.status = process.returncode
        self.out = process.stdout.decode("utf-8", "replace")
        self.err = process.stderr.decode("utf-8", "replace")
        self.bytes = process.stdout

    def __str__(self):
        return f"status {self.status}\nstdout: {self.out[:2000]}\nstderr: {self.err[:2000]}"


def hale(*words, stdin=b""):
    if isinstance(stdin, str):
        stdin = stdin.encode()
    return Run(subprocess.run([HALE, *map(str, words)], input=stdin, capture_output=True))


def expect(condition, what, run=None):
    if not condition:
        raise AssertionError(what if run is None else f"{what}\n{run}")


def good(*words, stdin=b""):
    """Runs and expects success without a word on stderr."""
    run = hale(*words, stdin=stdin)
    expect(run.status == 0 and run.err == "", f"{words}: expected success", run)
    return run


def good_json(*words, stdin=b""):
    value = json.loads(good(*words, "--format", "json", stdin=stdin).out)
    expect(value["hale"] == 1, "the schema number is 1")
    return value


def refused(*words, stdin=b"", status=1, says=(), lines=1):
    """Runs and expects an exit status and exactly that many lines, each from hale, on stderr."""
    run = hale(*words, stdin=stdin)
    expect(run.status == status, f"{words}: expected status {status}", run)
    found = run.err.splitlines()
    expect(len(found) == lines and run.err.endswith("\n"), f"{words}: expected {lines} line(s)",
           run)
    expect(all(line.startswith("hale: ") for line in found), f"{words}: 'hale: ' in front", run)
    for text in [says] if isinstance(says, str) else says:
        expect(text in run.err, f"{words}: expected '{text}' in the message", run)
    return run


def only_these(folder, names):
    found = sorted(p.name for p in pathlib.Path(folder).iterdir())
    expect(found == sorted(names), f"expected only {sorted(names)}, found {found}")


def write(name, text):
    path = pathlib.Path(name)
    if isinstance(text, bytes):
        path.write_bytes(text)
    else:
        path.write_text(text)
    return str(path)


def measurements(rows=None, name="measured.csv"):
    """A CSV of all references with made-up latencies, or of these rows."""
    if rows is None:
        rows = [(arch, 2.0 + 1.5 * i) for i, arch in enumerate(REFERENCES)]
    return write(name, "arch,latency_ms\n" + "".join(f"{arch},{ms}\n" for arch, ms in rows))


def architectures(count, seed=7):
    """The references and random others, each once."""
    rng = random.Random(seed)
    found = dict.fromkeys(REFERENCES)
    while len(found) < count:
        o = [rng.choice(OPERATIONS) for _ in range(6)]
        found[f"|{o[0]}~0|+|{o[1]}~0|{o[2]}~1|+|{o[3]}~0|{o[4]}~1|{o[5]}~2|"] = None
    return list(found)


def table(name="table.csv", devices=10, rows=1000, seed=11):
    """A latency table: on each device an operation costs its own, and some noise."""
    typical = [0.5, 1, 3, 0.05, 0.1]
    rng = random.Random(seed)
    costs = [[ms * rng.uniform(0.5, 1.5) for ms in typical] for _ in range(devices)]
    lines = ["arch," + ",".join(f"device{d}" for d in range(devices))]
    for arch in architectures(rows):
        counts = [arch.count(operation) for operation in OPERATIONS]
        latencies = [1 + sum(n * c for n, c in zip(counts, cost)) for cost in costs]
        noisy = [ms * rng.uniform(0.98, 1.02) for ms in latencies]
        lines.append(arch + "," + ",".join(f"{ms:.5g}" for ms in noisy))
    return write(name, "\n".join(lines) + "\n")


def emitted():
    """The references as ONNX files; their paths in order."""
    rows = good_json("suggest", "--space", "nasbench201", "--emit", "onnx")["suggestions"]
    return [row["file"] for row in rows]


def main():
    print(f"1..{len(cases)}")
    failures = 0
    home = os.getcwd()
    for number, (name, function) in enumerate(cases, 1):
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            try:
                function()
                print(f"ok {number} - {name}")
            except Skipped as reason:
                print(f"ok {number} - {name} # SKIP {reason}")
            except Exception:
                failures += 1
                print(f"not ok {number} - {name}")
                print("".join("# " + line for line in traceback.format_exc().splitlines(True)))
            os.chdir(home)
    sys.stdout.flush()
    sys.exit(1 if failures else 0)
