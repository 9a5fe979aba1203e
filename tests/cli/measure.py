"""Measuring: any command in place of a runtime, and a runtime in whose place a script stands."""
import base64
import contextlib
import csv
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

from harness import (FULL, HALE, case, emitted, expect, good, hale, main, only_these, refused,
                     write)

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


@case("every run of every model is a row of its own process")
def _():
    good(*command(*NETWORKS, runs=3))
    found = rows()
    expect(archs() == sorted(3 * NETWORKS), str(found))
    for row in found:
        expect([row[c] for c in ("latency_ms", "low_ms", "high_ms", "readings")] ==
               ["1.5", "1.5", "1.5", "1"], str(row))
        expect(row["runtime"] == SAYS, str(row))
    expect(runs_of_command() == 6, "a process each")


@case("the readings of a process give their median and the interval around nine tenths")
def _():
    good(*command(NETWORKS[0], line="for i in 3 1 2; do echo took $i ms; done; : {model}"))
    row = rows()[0]
    expect([row[c] for c in ("latency_ms", "low_ms", "high_ms", "readings")] ==
           ["2", "1.1", "2.9", "3"], str(row))


@case("what is in the file is not measured again")
def _():
    good(*command(*NETWORKS, runs=3))
    whole = text_of()
    good(*command(*NETWORKS, runs=3))
    expect(text_of() == whole and runs_of_command() == 6, "nothing is appended, nothing is run")
    good(*command(*NETWORKS, runs=5))
    expect(text_of().startswith(whole) and archs() == sorted(5 * NETWORKS), "two runs more")


@case("shapes that options give are written down, and each is measured on its own")
def _():
    models("a.onnx")
    shaped = HEADER.strip() + ",shape\n"
    good(*command("a.onnx"), "--batch", 2)
    good(*command("a.onnx"), "--batch", 2)
    good(*command("a.onnx"), "--shape", "input:3x3x32x32")
    good(*command("a.onnx"))
    good(*command("a.onnx"))
    text = text_of()
    expect(text.startswith(shaped), text)
    shapes = [row["shape"] for row in csv.DictReader(text.splitlines())]
    expect(shapes == ["input:2x3x32x32", "input:3x3x32x32", ""], str(shapes))
    write("here.csv", HEADER)
    refused(*command("a.onnx"), "--batch", 2, says=["line 1: found", "expected", ",shape"])


@case("a file that was cut short goes on where it ended")
def _():
    good(*command(*NETWORKS, runs=2))
    lines = text_of().splitlines()
    for kept in ("\n".join(lines[:3]) + "\n", "\n".join(lines[:3]), HEADER, HEADER.strip(), ""):
        write("here.csv", kept)
        good(*command(*NETWORKS, runs=2))
        expect(text_of().startswith(kept) and archs() == sorted(2 * NETWORKS), f"from {kept!r}")


@case("files are told by their path from the folder of the CSV")
def _():
    models("a.onnx", "nets/b.onnx", "nets/deep/c.onnx")
    pathlib.Path("results").mkdir()
    home = pathlib.Path.cwd()
    words = command("./a.onnx", "nets", "nets/b.onnx", "nets/*.onnx", home / "a.onnx", NETWORKS[0],
                    output="results/here.csv")
    good(*words)
    expected = sorted(["../a.onnx", "../nets/b.onnx", "../nets/deep/c.onnx", NETWORKS[0],
                       str(home / "a.onnx")])
    expect(archs("results/here.csv") == expected, str(archs("results/here.csv")))
    os.chdir("nets")
    good(*command("../a.onnx", "b.onnx", "deep", output=home / "results/here.csv"))
    os.chdir(home)
    expect(archs("results/here.csv") == expected, "the same from another folder")
    os.chdir("results")
    good(*command("../nets/b.onnx", "../nets/deep", output="../above.csv"))
    expect(archs("../above.csv") == ["nets/b.onnx", "nets/deep/c.onnx"], text_of("../above.csv"))
    os.chdir(home)


@case("rows go to stdout, and no file is left of the networks that hale draws")
def _():
    run = good(*command(*NETWORKS, output="-", line="test -s {model} && echo {model} >> log; "
                                                    "echo took 1.5 ms"))
    write("out.csv", run.out)
    expect(archs("out.csv") == sorted(NETWORKS), run.out)
    paths = pathlib.Path("log").read_text().splitlines()
    expect(len(paths) == 2 and all(path.endswith(".onnx") for path in paths), str(paths))
    expect(not any(pathlib.Path(path).exists() for path in paths), str(paths))


def one_fails(line, *says, timeout=60):
    """bad.onnx fails with one message that names it, good.onnx gets its rows."""
    models("bad.onnx", "good.onnx")
    line = "case {model} in bad*) " + line + ";; esac; " + SAYS
    run = refused(*command("bad.onnx", "good.onnx", line=line, runs=2, timeout=timeout), says=says)
    expect(run.err.startswith("hale: bad.onnx: "), "the model is named", run)
    expect(archs() == ["good.onnx"] * 2 and runs_of_command() == 2, text_of())


@case("a command that fails, or dies, fails its model alone")
def _():
    one_fails("exit 3", "exit status 3")
    one_fails("echo first >&2; echo no such layer >&2; exit 3", "exit status 3: no such layer\n")
    one_fails("kill -9 $$", "killed by signal 9")


@case("output without milliseconds fails its model alone")
def _():
    one_fails("echo nothing to see; exit 0", f"--pattern '{PATTERN}'", "begins 'nothing to see")
    for number in ("1.2.3", "0", "99999999999"):
        one_fails(f"echo took {number} ms; exit 0",
                  f"'{number}' found, expected a positive number of milliseconds")


@case("a command that takes too long is ended, with its own children")
def _():
    one_fails("sleep 9; echo took 1 ms; exit 0", "no answer for 2 seconds", "--timeout", timeout=2)
    one_fails("while :; do echo x; sleep 0.1; done", "no answer for 2 seconds", timeout=2)
    one_fails("exec >&-; sleep 9", "no answer for 2 seconds", timeout=2)
    one_fails("(sleep 3; echo > late); exit 0", "no answer for 2 seconds", timeout=2)
    time.sleep(1.5)
    expect(not pathlib.Path("late").exists(), "its children are ended too")


@case("models that are none fail alone")
def _():
    models("good.onnx")
    write("noise.onnx", b"nonsense")
    pathlib.Path("empty").mkdir()
    bad = ["absent.onnx", "noise.onnx", "no*.such", "empty", "perceptron/x", "nothing/1"]
    run = refused(*command(*bad, "good.onnx", runs=2), lines=len(bad))
    for name in bad:
        expect(f"hale: {name}: " in run.err, f"{name} is named", run)
    expect(archs() == ["good.onnx"] * 2, text_of())


@case("an interrupted measurement leaves whole rows and no other file")
def _():
    for how in (signal.SIGINT, signal.SIGTERM):
        pathlib.Path("temporary").mkdir(exist_ok=True)
        words = command(*NETWORKS, line=SAYS + "; ! test -e wait || { touch waits; "
                                                "(sleep 1; touch late); }")
        with environment(TMPDIR="temporary"):
            good(*words[:-1])
            write("wait", "")
            process = subprocess.Popen([HALE, *map(str, words)], stderr=subprocess.PIPE)
            deadline = time.monotonic() + 60
            while not pathlib.Path("waits").exists() and time.monotonic() < deadline:
                time.sleep(0.01)
            process.send_signal(how)
            told = process.communicate()[1].decode()
        expect(process.returncode == -how, f"the shell sees {how}, not {process.returncode}")
        expect(told == "hale: interrupted; the same command goes on from here.csv\n", told)
        only_these("temporary", [])
        expect(archs() == NETWORKS[:1], text_of())
        time.sleep(1.5)
        only_these(".", ["here.csv", "log", "temporary", "wait", "waits"])  # its children are ended
        for name in ("here.csv", "wait", "waits"):
            pathlib.Path(name).unlink()


@case("a CSV of another kind is refused and left as it was")
def _():
    for text in ("arch,latency_ms\nperceptron/0,1.5\n", "x", "\n" + HEADER, FULL,
                 HEADER.replace("low_ms", "low")):
        write("here.csv", text)
        refused(*command(*NETWORKS), says=["hale: here.csv: line 1: found '", HEADER.strip()])
        expect(text_of() == text and runs_of_command() == 0, f"from {text!r}")
    write("here.csv", HEADER + '"perceptron/0,1,1,1,1,x\n')
    refused(*command(*NETWORKS), says="hale: here.csv: line 2: a quote is never closed")


@case("a CSV that ends in the middle of a row is refused")
def _():
    text = HEADER + "perceptron/0,1.5,1"
    write("here.csv", text)
    refused(*command(*NETWORKS), says="hale: here.csv: line 2: found 3 fields, expected 6")
    expect(text_of() == text, "it is as it was")


@case("a CSV without a folder is refused before anything is measured")
def _():
    refused(*command(*NETWORKS, output="absent/here.csv"), says="no folder 'absent'")
    only_these(".", [])


@case("stdin, which could be read only once, is no model")
def _():
    models("good.onnx")
    refused(*command("-", "good.onnx", runs=2), stdin=pathlib.Path("good.onnx").read_bytes(),
            says="hale: -: is read once, expected a file")
    expect(archs() == ["good.onnx"] * 2, text_of())


@case("a model's path is one word of the shell, whatever is in it")
def _():
    names = models("a b.onnx", "it's.onnx", '"c".onnx', "$(echo > hit).onnx", "d;echo > hit.onnx",
                   "`e`.onnx", "f\\.onnx", "{threads}{model}.onnx")
    good(*command(*names, line="test -f {model} && printf '%s\\n' {model} >> log; echo took 1 ms"))
    expect(sorted(pathlib.Path("log").read_text().splitlines()) == sorted(names), "as they are")
    expect(archs() == sorted(names), text_of())
    only_these(".", [*names, "here.csv", "log"])


@case("a command is told the threads")
def _():
    good(*command(NETWORKS[0], line="echo took {threads}.{threads} ms; : {model}"), "--threads", 7)
    expect(rows()[0]["latency_ms"] == "7.7", text_of())


@case("a pattern has one group")
def _():
    for pattern, says in (("took", "has 0 groups"), ("(took) ([0-9.]+)", "has 2 groups"),
                          ("(took", "--pattern '(took': ")):
        refused(*command(NETWORKS[0], pattern=pattern), status=2, says=says)
        expect(not pathlib.Path("here.csv").exists() and runs_of_command() == 0, pattern)


@case("a line without an end is searched to a limit")
def _():
    letters = "head -c 3000000 /dev/zero | tr '\\0' 1"
    good(*command(NETWORKS[0], line=f"{SAYS}; echo; {letters}; : {{model}}", pattern="took (.*) ms"))
    refused(*command(NETWORKS[1], line=f"{letters}; : {{model}}", pattern="took (.*) ms"),
            says="nothing that --pattern")


@case("a file has one runtime, and /dev/null none")
def _():
    good(*command(NETWORKS[0]))
    text = text_of()
    refused(*command(NETWORKS[1], line=f"true; {SAYS}"),
            says=["here.csv: has rows of", "expected one runtime a file"])
    expect(text_of() == text, "nothing added")
    good(*command(NETWORKS[0], output="/dev/null"))


@case("processes that disagree are warned of")
def _():
    count = 'echo >> count; echo took "$(wc -l < count)" ms; : {model}'
    run = hale(*command(NETWORKS[0], line=count, runs=3))
    expect(run.status == 0 and run.err.startswith(f"hale: warning: {NETWORKS[0]}: its 3 processes "
                                                  "took 1.00 to 3.00 ms"), "a warning", run)
    expect([row["latency_ms"] for row in rows()] == ["1", "2", "3"], text_of())


@case("wrong usage exits with 2 and measures nothing")
def _():
    def wrong(*words, says):
        refused("measure", *words, NETWORKS[0], status=2, says=says)

    output = ["-o", "here.csv"]
    line = ["--command", SAYS, "--pattern", PATTERN]
    refused(*command(), status=2, says="measure: expected models")
    wrong(*output, says="--runner")
    wrong("--runner", "command", *line, says="--output")
    wrong("--runner", "tflite", *output, says=["no runner 'tflite'", "onnxruntime", "command"])
    wrong("--runner", "onnxruntime", *line, *output, says="--runner command")
    wrong("--runner", "onnxruntime", "--command", SAYS, *output, says="--runner command")
    wrong("--runner", "command", *output, says="--command and --pattern")
    wrong("--runner", "command", "--command", SAYS, *output, says="--command and --pattern")
    for option in ("--runs", "--threads", "--milliseconds", "--timeout"):
        wrong("--runner", "command", *line, *output, option, "0",
              says=f"{option}: found 0, expected at least 1")
    wrong("--runner", "command", *line, *output, "--runs", "-1", says="whole number")
    wrong("--runner", "command@1.2", *line, *output, says="'command' takes no version")
    for runner in ("onnxruntime-python", "opencv", "pytorch"):
        wrong("--runner", runner + "@1.2.3", *output, says=f"'{runner}' takes no version")
    for runner in ("onnxruntime", "tfjs", "tract", "opencv"):
        wrong("--runner", runner, "--accelerator", "cuda", *output,
              says=f"--accelerator: '{runner}' runs on processors")
    for version in ("", "latest", "1.2;x"):
        wrong("--runner", f"onnxruntime@{version}", *output,
              says=f"version '{version}' found, expected 1.22.0")
    wrong("--runner", "onnxruntime", "--optimisation", "most", *output, says="all, extended, basic")
    wrong("--runner", "onnxruntime", "--shape", "1x3", *output, says="--shape")
    only_these(".", [])


@case("a package that is not installed is named with what installs it")
def _():
    pathlib.Path("packages").mkdir()
    for runner, package in (("onnxruntime", "onnxruntime-node"), ("onnxruntime-web",) * 2,
                            ("tfjs", "@tensorflow/tfjs-backend-wasm"),
                            ("tfjs-cpu", "@tensorflow/tfjs-backend-cpu"), ("tract", "tractjs")):
        refused(*onnxruntime(NETWORKS[0], runner=runner),
                says=[f"hale: {NETWORKS[0]}: {package} is not installed in packages", "--install"])
    with environment(HOME=os.getcwd()):
        refused("measure", "--runner", "onnxruntime@1.18.0", "-o", "here.csv", NETWORKS[0],
                says=[os.getcwd() + "/.local/share/hale/onnxruntime-node-1.18.0", "--install"])
        for runner in ("tfjs", "tfjs-cpu"):
            refused("measure", "--runner", runner, "-o", "here.csv", NETWORKS[0],
                    says=[os.getcwd() + "/.local/share/hale/tfjs-4.22.0", "--install"])
    refused(*command(NETWORKS[0]), "--install", says="npm has nothing for 'command'")
    only_these(".", ["packages"])


@case("npm installs the version that is asked for")
def _():
    node()
    folder = program("npm", '#!/bin/sh\necho "$@" > asked\n')
    with environment(PATH=folder):
        good(*onnxruntime(NETWORKS[0], runner="onnxruntime@1.18.0"), "--install")
        asked = pathlib.Path("asked").read_text()
        expect(asked.startswith("install ") and "--ignore-scripts" in asked and
               asked.endswith(" --prefix packages onnxruntime-node@1.18.0\n"), asked)
        program("npm", "#!/bin/sh\necho no network >&2\nexit 1\n")
        refused(*onnxruntime(NETWORKS[1]), "--install", says="npm: exit status 1: no network")
    expect(archs() == NETWORKS[:1], text_of())


@case("npm installs all packages of a runtime, and each that is absent is named")
def _():
    tfjs = ["@tensorflow/tfjs-backend-wasm", "@tensorflow/tfjs-core", "onnx-proto"]
    folder = program("npm", '#!/bin/sh\necho "$@" > asked\n')
    with environment(PATH=folder):
        for absent in tfjs:
            refused(*onnxruntime(NETWORKS[0], runner="tfjs@4.20.0"), "--install",
                    says=[f"hale: {NETWORKS[0]}: {absent} is not installed in packages"])
            pathlib.Path("packages/node_modules", absent).mkdir(parents=True)
        asked = text_of("asked")
        expect(asked.endswith(" --prefix packages @tensorflow/tfjs-backend-wasm@4.20.0 "
                              "@tensorflow/tfjs-core@4.20.0 onnx-proto@8.0.1\n"), asked)
        node()
        good(*onnxruntime(NETWORKS[0], runner="tfjs"))
    expect(text_of("arguments") == f"['packages', '{tfjs[0]}']", text_of("arguments"))


@case("a runtime keeps its memory between runs; a command is run as it is")
def _():
    variable = "MALLOC_TRIM_THRESHOLD_"
    with environment(PATH=node(load=f'{{"ready": os.environ.get("{variable}", "unset")}}')):
        good(*onnxruntime(NETWORKS[0]))
        expect(int(rows()[0]["runtime"]) > 1 << 30, text_of())
    pathlib.Path("here.csv").unlink()
    good(*command(NETWORKS[0], line=f'test -z "${variable}" && echo took 1 ms; : {{model}}'))


@case("programs that are not there are named")
def _():
    node()
    with environment(PATH=os.getcwd()):
        says = "cannot be run: No such file or directory"
        refused(*onnxruntime(NETWORKS[0]), says=[f"hale: {NETWORKS[0]}: ", f"node {says}"])
        refused(*onnxruntime(NETWORKS[0]), "--install", says=f"npm {says}")
    only_these(".", ["bin", "packages"])


@case("a runtime is asked to load the model, and then for readings until they are stable")
def _():
    models("a.onnx")
    with environment(PATH=node()):
        good(*onnxruntime("a.onnx", runs=2), "--threads", 1, "--optimisation", "basic")
    expect(archs() == ["a.onnx"] * 2, text_of())
    for row in rows():
        expect(row["latency_ms"] == "2" and row["runtime"] == "fake 7", str(row))
        expect(int(row["readings"]) >= 20, str(row))
    expect(text_of("arguments") == "['packages', 'onnxruntime-node']", text_of("arguments"))
    load = text_of("requests").splitlines()[0]
    for part in ('"load":"a.onnx"', '"threads":1', '"optimisation":"basic"', '"element":"f32"',
                 '"dims":[1,3,32,32]'):
        expect(part in load, load)


@case("a runtime that gives no readings fails the model with what it said")
def _():
    ready = '{"ready": "fake 7"}'
    for load, run, says in (
            ('{"error": "no kernel for Foo"}', "{}", "no kernel for Foo"),
            (ready, '{"error": "out of memory"}', "out of memory"),
            ('"Segfault"', "{}", "'Segfault' found, expected an answer in JSON"),
            (ready, '{"milliseconds": [2.0, 2.0]}', "2 readings found, expected 1"),
            (ready, '{"milliseconds": [0]}', "a reading of 0 found"),
            (ready, '{"milliseconds": ["x"]}', 'a reading of "x" found'),
            (ready, "{}", "0 readings found, expected 1"),
            (ready, 'sys.exit("no luck")', "the process ended: no luck"),
            (ready, "time.sleep(9)", "no answer for 3 seconds")):
        with environment(PATH=node(load, run)):
            refused(*onnxruntime(NETWORKS[0], timeout=3), says=[f"hale: {NETWORKS[0]}: ", says])
        expect(not pathlib.Path("here.csv").exists(), says)


def package(name, text):
    """A package of this source in place of the one that npm would install."""
    folder = pathlib.Path("packages/node_modules", name)
    folder.mkdir(parents=True)
    write(folder / "package.json", '{"version": "7.5"}')
    write(folder / "index.js", text)


ONNXRUNTIME_NODE = """
const fs = require('fs');
exports.env = {};
exports.Tensor = class { constructor(...made) { this.made = made; } };
exports.InferenceSession = { create: async (path, options) => ({ run: async (feeds) => {
  const fed = Object.entries(feeds).map(([name, { made: [type, data, dims] }]) =>
    [name, type, data.length, dims]);
  fs.writeFileSync('fed', JSON.stringify([path, options.graphOptimizationLevel,
                                          options.intraOpNumThreads, fed]));
  return { y: { data: new Float32Array(4) } };
} }) };
"""


@case("the script of ONNX Runtime loads the model, feeds its inputs and times the runs")
def _():
    models("a.onnx")
    package("onnxruntime-node", ONNXRUNTIME_NODE)
    good(*onnxruntime("a.onnx"), "--threads", 2, "--optimisation", "basic")
    expect(rows()[0]["runtime"] == "onnxruntime-node 7.5", text_of())
    expect(text_of("fed") == '["a.onnx","basic",2,[["input","float32",3072,[1,3,32,32]]]]',
           text_of("fed"))


TRACT_WORKER = """
const fs = require('fs');
self.addEventListener('message', ({ data: { type, body, uid } }) => {
  if (type === 'load' && !body.options.optimize) {
    console.error('panicked at \\'not yet implemented\\'\\n  in a stack');
    return self.postMessage({ type: 'error', body: new Error('unreachable'), uid });
  }
  const { tensors, data, ...rest } = body;
  const fed = (tensors || []).map((each) => [each.data.length, each.shape]);
  fs.appendFileSync('asked', JSON.stringify([type, rest, fed]) + '\\n');
  self.postMessage({ type, body: 3, uid });
});
"""


@case("the script of tract runs the package's worker in place, and says why tract gave up")
def _():
    models("a.onnx")
    worker = base64.b64encode(TRACT_WORKER.encode()).decode()
    package("tractjs", f'const worker = "data:application/javascript;base64,{worker}";')
    good(*onnxruntime("a.onnx", runner="tract"))
    expect(rows()[0]["runtime"] == "tractjs 7.5", text_of())
    load, run = text_of("asked").splitlines()[:2]
    expect(load == '["load",{"options":{"format":"onnx","optimize":true,'
           '"inputFacts":{"0":["float32",[1,3,32,32]]}}},[]]', load)
    expect(run == '["predict",{"modelId":3},[[3072,[1,3,32,32]]]]', run)
    again = onnxruntime("a.onnx", runner="tract", runs=2)
    refused(*again, "--threads", 2, says="tract has 1 thread, found 2")
    run = refused(*again, "--optimisation", "disabled", says="panicked at 'not yet implemented'")
    expect("in a stack" not in run.err and "unreachable" not in run.err, "the reason alone", run)


ONNXRUNTIME = """
class GraphOptimizationLevel:
    ORT_ENABLE_ALL = ORT_ENABLE_EXTENDED = ORT_ENABLE_BASIC = ORT_DISABLE_ALL = 0
class SessionOptions: pass
__version__ = "7.5"
def get_available_providers(): return ["CUDAExecutionProvider", "CPUExecutionProvider"]
class InferenceSession:
    def __init__(self, path, options, providers):
        open("session", "w").write(f"{options.intra_op_num_threads} {providers}")
        self.get_providers = lambda: providers
    def run(self, outputs, feeds):
        open("feeds", "w").write(str({n: (str(v.dtype), v.shape) for n, v in feeds.items()}))
"""


@case("a package of a Python's own is measured on its processors or an accelerator that it has")
def _():
    words = ["measure", "--runner", "onnxruntime-python", "--runs", 1, "-o", "here.csv"]
    models("a.onnx")
    refused(*words, "--python", "no-python", "a.onnx",
            says="no-python cannot be run: No such file or directory")
    with environment(PYTHONPATH="", PYTHONNOUSERSITE="1"):
        refused(*words, "a.onnx", says=["No module named", "install pip's onnxruntime", "--python"])
    pathlib.Path("onnxruntime.py").write_text(ONNXRUNTIME)
    with environment(PYTHONPATH=os.getcwd()):
        refused(*words, "--accelerator", "vulkan", "a.onnx",
                says=["no accelerator 'vulkan'", "CUDAExecutionProvider, CPUExecutionProvider"])
        good(*words, "--threads", 1, "a.onnx")
        expect(rows()[0]["runtime"] == "onnxruntime 7.5", text_of())
        expect(text_of("session") == "1 ['CPUExecutionProvider']", text_of("session"))
        expect("('float32', (1, 3, 32, 32))" in text_of("feeds"), text_of("feeds"))
        pathlib.Path("here.csv").unlink()
        good(*words, "--accelerator", "cuda", "a.onnx")
        expect(rows()[0]["runtime"] == "onnxruntime 7.5 cuda", text_of())
        expect(text_of("session").endswith("['CUDAExecutionProvider', 'CPUExecutionProvider']"),
               text_of("session"))


main()
