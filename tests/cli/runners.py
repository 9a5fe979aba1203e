"""Runtimes that a script measures: their packages, what the script is asked, and the scripts."""
import base64
import os
import pathlib

from harness import case, expect, good, main, only_these, refused, write
from measuring import (NETWORKS, archs, command, environment, models, node, onnxruntime, program,
                       rows, text_of)


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
