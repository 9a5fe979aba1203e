"""Bad files: one clear line each, exit status 1, nothing half-written."""
import pathlib
import random

import wire
from harness import *


def small_onnx():
    return pathlib.Path(emitted()[9]).read_bytes()


def refused_model(name, data):
    """Refused by everything that reads models, from a file and from stdin."""
    path = write(name, data)
    refused("score", path, says=f"hale: {name}: ")
    refused("inspect", path, says=f"hale: {name}: ")
    refused("score", "-", stdin=data, says="hale: -: ")


@case("an empty file is no model")
def _():
    refused_model("empty.onnx", b"")


@case("truncated models are refused")
def _():
    whole = small_onnx()
    rng = random.Random(5)
    some = [rng.randrange(len(whole)) for _ in range(40)]
    for length in [1, 2, 3, 10, 100, len(whole) - 1, *some]:
        path = write("cut.onnx", whole[:length])
        refused("score", path, says="hale: cut.onnx: ")


@case("random bytes are no model")
def _():
    rng = random.Random(6)
    for length in (1, 7, 64, 1000, 100_000):
        refused_model("noise.onnx", rng.randbytes(length))


@case("other kinds of files are no models")
def _():
    for name, data in (("a.onnx", b"Dear Sir or Madam,\n"), ("b.onnx", b"{}"),
                       ("c.onnx", b"\x89PNG\r\n\x1a\n" + bytes(100)), ("d.onnx", b"PK\x03\x04abcd"),
                       ("e.onnx", pathlib.Path(HALE).read_bytes()[:100_000])):
        refused_model(name, data)


def varint_field(number, payload):
    length = len(payload)
    encoded = bytearray([number << 3 | 2])
    while length >= 0x80:
        encoded.append(length & 0x7F | 0x80)
        length >>= 7
    encoded.append(length)
    return bytes(encoded) + payload


@case("a node without an operand that it needs is refused by everything that reads models")
def _():
    for op in ("Conv", "MatMul", "Gemm", "LSTM", "QLinearConv", "Attention"):
        wire.model("few.onnx", [wire.node(op, ["x"], ["y"])], [wire.value("x", [1, 8, 8])],
                   [wire.value("y", [1, 8, 8])])
        for words in (["score"], ["inspect"], ["inspect", "--print", "kernels"]):
            refused(*words, "few.onnx", says="hale: few.onnx: ")
        run = hale("inspect", "few.onnx", "--print", "ops")
        expect(run.status in (0, 1), op, run)


@case("names in messages are cut, and shown where they are text")
def _():
    wire.model("long.onnx", [wire.node("Relu", ["n" * 100_000], ["y"])], [],
               [wire.value("y", [1])])
    run = refused("score", "long.onnx", says=["n [..] n", "which nothing produces"])
    expect(len(run.err) < 5000, str(len(run.err)))
    wire.model("odd.onnx", [wire.node("Relu", [b"\xff\xc2\x85\x1b"], ["y"])], [],
               [wire.value("y", [1])])
    refused("score", "odd.onnx", says="\\xff\\xc2\\x85\\x1b")


@case("a model without nodes is refused")
def _():
    opset = varint_field(8, b"\x10\x0d")
    graph = varint_field(7, varint_field(2, b"nothing"))
    refused_model("nodes0.onnx", b"\x08\x08" + graph + opset)
    refused_model("graph0.onnx", b"\x08\x08" + opset)


@case("a folder and a missing file are no models")
def _():
    pathlib.Path("folder.d").mkdir()
    refused("inspect", "folder.d", says="hale: folder.d: ")
    refused("inspect", "absent.onnx", says="hale: absent.onnx: ")


@case("names with line ends and control characters stay on one line")
def _():
    refused("score", "two\nlines\x1b[31m.onnx", says="two lines\\x1b[31m.onnx: ")


@case("a device file that is cut anywhere is refused")
def _():
    good("adapt", "--measurements", measurements(), "-o", "whole.hale")
    data = pathlib.Path("whole.hale").read_bytes()
    for length in range(0, len(data), 10):
        write("cut.hale", data[:length])
        refused("score", "--space", "nasbench201", "--archs", "-", "--device", "cut.hale",
                stdin=FULL, says="hale: cut.hale: ")


@case("a device file with any damaged byte is refused")
def _():
    good("adapt", "--measurements", measurements(), "-o", "whole.hale")
    data = bytearray(pathlib.Path("whole.hale").read_bytes())
    for at in range(0, len(data), 10):
        data[at] ^= 0x41
        write("bad.hale", bytes(data))
        refused("score", "--space", "nasbench201", "--archs", "-", "--device", "bad.hale",
                stdin=FULL, says="hale: bad.hale: ")
        data[at] ^= 0x41


@case("measurements that are none are refused by line and column")
def _():
    bad = {
        "": "is empty",
        "arch,latency_ms\n": "no measurement",
        "arch,milliseconds\na,1\n": "no column 'latency_ms'",
        "latency_ms\n1\n": "no column 'arch'",
        f"arch,latency_ms\n{FULL},fast\n": "line 2, column 'latency_ms': found 'fast'",
        f"arch,latency_ms\n{FULL},nan\n": "line 2",
        f"arch,latency_ms\n{FULL},inf\n": "line 2",
        f"arch,latency_ms\n{FULL},-3\n": "line 2",
        f"arch,latency_ms\n{FULL},0\n": "line 2",
        f"arch,latency_ms\n{FULL},\n": "line 2",
        f"arch,latency_ms\n{FULL}\n": "line 2",
        f"arch,latency_ms\n{FULL},1,2\n": "line 2",
        "arch,latency_ms\nnonsense,1\n": "nonsense",
        f'arch,latency_ms\n"{FULL},1\n': "line 2",
        "arch,latency_ms\nabsent.onnx,1\n": "absent.onnx",
        "\0\0\0": "zero byte",
    }
    for text, says in bad.items():
        path = write("bad.csv", text)
        refused("adapt", "--measurements", path, "-o", "a.hale", says=["hale: ", "bad.csv", says])
        only_these(".", ["bad.csv"])


@case("tables that are none are refused by line and column")
def _():
    head = "arch,fpga\n"
    bad = {
        "": "is empty",
        head: "no row",
        "latency\n1\n": "expected 'arch,<device>,...'",
        "arch\nx\n": "expected 'arch,<device>,...'",
        "arch,a,a\nx,1,1\n": "device 'a' stands twice",
        "arch,a,\nx,1,1\n": "no device name",
        f"{head}{FULL},slow\n": "line 2, column 'fpga': found 'slow'",
        f"{head}{FULL},nan\n": "line 2",
        f"{head}{FULL},-1\n": "line 2",
        f"{head}{FULL},1e300\n": "found '1e300', expected a positive number of milliseconds, 1e-7",
        f"{head}{FULL},1e-300\n": "line 2",
        f"{head}{FULL},1,2\n": "line 2",
        f"{head}{FULL},1\n{FULL},2\n": "line 3",
        f"{head}nonsense,1\n": "nonsense",
        f"{head}{REFERENCES[0]},1\n": "reference",
    }
    for text, says in bad.items():
        path = write("bad.csv", text)
        refused("evaluate", "--space", "nasbench201", "--table", path, "--devices", "fpga",
                says=["hale: bad.csv: ", says])
        refused("train", "--space", "nasbench201", "--table", path, "--devices", "fpga", "--valid",
                "b", "-o", "a.hale", says="hale: bad.csv: ")
        only_these(".", ["bad.csv"])


@case("architectures that are none are refused each on a line")
def _():
    bad = ["", "x", FULL[:-1], FULL + "x", FULL.replace("3x3", "5x5", 1), FULL.upper(), FULL + FULL]
    text = "\n".join(bad + [FULL])
    run = refused("score", "--space", "nasbench201", "--archs", "-", stdin=text, lines=len(bad))
    expect(run.out.count(" ms ") == 1, "the good one is answered", run)
    refused("score", "--space", "nasbench201", "--archs", "-", stdin="", says="is empty")
    refused("score", "--space", "nasbench201", "--archs", "absent", says="absent: ")
    refused("score", "--space", "mobile", "--archs", "-", stdin="x", says="no space 'mobile'")
    for space, device, near in (("fbnet", "fpga", "9" + "-0" * 21),
                                ("ofa-mobilenetv3", "titan_rtx_64", "{}")):
        refused("score", "--space", space, "--device", device, "--archs", "-", stdin=near,
                says=near)


main()
