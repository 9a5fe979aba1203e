"""Open dimensions: expressions of names, empty tensors, and what messages ask for."""
import pathlib
import sys

import wire
from harness import Skipped, case, expect, good, good_json, main, refused

CASES = pathlib.Path(sys.argv[2]).resolve() / "cases"


def given(name):
    """The model of a public bug report."""
    path = CASES / name / "m.onnx"
    if not path.is_file():
        raise Skipped(f"{path} is not there")
    return str(path)


def inspected(*words):
    return good_json("inspect", *words)["model"]


def shapes(ports):
    return {port["name"]: port["shape"] for port in ports}


def decoder(path="decoder.onnx", past="past + seq"):
    return wire.model(path, [
        wire.node("MatMul", ["q", "k"], ["s"]), wire.node("Add", ["s", "mask"], ["a"]),
        wire.node("Softmax", ["a"], ["p"]), wire.node("MatMul", ["p", "v"], ["y"])],
        [wire.value("q", ["B", 8, "seq", 64]), wire.value("k", ["B", 8, 64, past]),
         wire.value("v", ["B", 8, past, 64]), wire.value("mask", ["B", 1, "seq", past])],
        [wire.value("y", ["B", 8, "seq", 64])])


@case("sums of names follow: dim-expr")
def _():
    found = inspected(given("dim-expr"), "--dim", "B=1", "--dim", "past=96", "--dim", "seq=32")
    expect(found["macs"] == 2 * 8 * 32 * 64 * 128, str(found))
    expect(shapes(found["inputs"])["mask"] == "1x1x32x128", str(found["inputs"]))


@case("an empty cache is accepted: kv-zero")
def _():
    path = given("kv-zero")
    found = inspected(path, "--dim", "past_len=0")
    expect(found["macs"] == 2 * 16 * 128 and found["uncovered"] == [], str(found))
    ir = good("inspect", path, "--dim", "past_len=0", "--passes", "infer-shapes", "--print", "ir")
    expect("tensor<1x16x0x128xf32>" in ir.out and "-> tensor<1x16x1x128xf32>" in ir.out, ir.out)
    good("score", path, "--dim", "past_len=0")


@case("each open name is listed once: ux-dim-dup")
def _():
    refused("inspect", given("ux-dim-dup"), "--dim", "nope=3", says=[
        "--dim: no open dimension 'nope'; there are: 'B', 'seq', 'past'; "
        "give --dim B=N --dim seq=N --dim past=N"])


@case("a convolution of no rows costs nothing")
def _():
    path = wire.model("none.onnx", [wire.node("Conv", ["x", "w"], ["y"])],
                      [wire.value("x", ["N", 32, "H", 5]), wire.value("w", [16, 32, 1, 1])],
                      [wire.value("y", ["N", 16, "H", 5])])
    for batch, rows in ((0, 8), (1, 0), (0, 0), (1, 8)):
        found = inspected(path, "--dim", f"N={batch}", "--dim", f"H={rows}")
        expect(found["macs"] == batch * rows * 5 * 16 * 32, str(found))
        expect(shapes(found["outputs"]) == {"y": f"{batch}x16x{rows}x5"}, str(found))
        expect(found["uncovered"] == [] and found["parameters"] == 512, str(found))
        good("score", path, "--dim", f"N={batch}", "--dim", f"H={rows}")


@case("a cache that grows by Concat has the extent of both")
def _():
    path = wire.model("grown.onnx", [
        wire.node("Concat", ["past_k", "k"], ["kk"], axis=2),
        wire.node("Transpose", ["kk"], ["kt"], perm=[0, 1, 3, 2]),
        wire.node("MatMul", ["q", "kt"], ["s"])],
        [wire.value("past_k", ["B", 8, "past", 64]), wire.value("k", ["B", 8, "seq", 64]),
         wire.value("q", ["B", 8, "seq", 64])],
        [wire.value("s", ["B", 8, "seq", "total"]), wire.value("kk", ["B", 8, "total", 64])])
    expect(shapes(inspected(path)["outputs"]) ==
           {"s": "Bx8xseqxpast + seq", "kk": "Bx8xpast + seqx64"}, str(inspected(path)))
    found = inspected(path, "--dim", "B=1", "--dim", "past=96", "--dim", "seq=32")
    expect(found["macs"] == 8 * 32 * 64 * 128, str(found))
    expect(shapes(found["outputs"])["kk"] == "1x8x128x64", str(found["outputs"]))


def same_padding(at, kernel, stride, dilation):
    """What PyTorch exports for TensorFlow's "same" padding of a plane whose size is open: of each
    axis max((ceil(n / s) - 1) * s + (k - 1) * d + 1 - n, 0), in halves."""
    reach = (kernel - 1) * dilation + 1
    nodes = [wire.node("Shape", [at], [at + "_shape"])]
    for name, axis in (("_h", 2), ("_w", 3)):
        n = at + name
        nodes += [
            wire.integers(n + "_axis", axis), wire.integers(n + "_s", stride),
            wire.integers(n + "_1", 1), wire.integers(n + "_k", reach),
            wire.integers(n + "_0", 0), wire.integers(n + "_2", 2), wire.integers(n + "_to", [0]),
            wire.node("Gather", [at + "_shape", n + "_axis"], [n], axis=0),
            wire.node("Cast", [n], [n + "_f"], to=1),
            wire.node("Cast", [n + "_s"], [n + "_sf"], to=1),
            wire.node("Div", [n + "_f", n + "_sf"], [n + "_q"]),
            wire.node("Ceil", [n + "_q"], [n + "_c"]),
            wire.node("Cast", [n + "_c"], [n + "_places"], to=7),
            wire.node("Sub", [n + "_places", n + "_1"], [n + "_steps"]),
            wire.node("Mul", [n + "_steps", n + "_s"], [n + "_last"]),
            wire.node("Add", [n + "_last", n + "_k"], [n + "_end"]),
            wire.node("Sub", [n + "_end", n], [n + "_lacks"]),
            *([wire.node("Clip", [n + "_lacks", n + "_0"], [n + "_pad"])] if axis == 2 else
              [wire.node("Cast", [n + "_lacks"], [n + "_lacks_f"], to=1),
               wire.node("Relu", [n + "_lacks_f"], [n + "_pad_f"]),
               wire.node("Cast", [n + "_pad_f"], [n + "_pad"], to=7)]),
            wire.node("Div", [n + "_pad", n + "_2"], [n + "_half"]),
            wire.node("Sub", [n + "_pad", n + "_half"], [n + "_rest"]),
            wire.node("Unsqueeze", [n + "_half", n + "_to"], [n + "_before"]),
            wire.node("Unsqueeze", [n + "_rest", n + "_to"], [n + "_after"])]
    # From the last axis to the first, in pairs; ONNX has all begins, then all ends.
    return nodes + [
        wire.integers(at + "_zeros", [0, 0, 0, 0]), wire.integers(at + "_pairs", [-1, 2]),
        wire.integers(at + "_from", [-1]), wire.integers(at + "_until", [-2**63]),
        wire.integers(at + "_of", [0]), wire.integers(at + "_by", [-1]),
        wire.node("Concat", [at + "_w_before", at + "_w_after", at + "_h_before", at + "_h_after",
                             at + "_zeros"], [at + "_all"], axis=0),
        wire.node("Reshape", [at + "_all", at + "_pairs"], [at + "_rows"]),
        wire.node("Slice", [at + "_rows", at + "_from", at + "_until", at + "_of", at + "_by"],
                  [at + "_turned"]),
        wire.node("Transpose", [at + "_turned"], [at + "_columns"], perm=[1, 0]),
        wire.node("Reshape", [at + "_columns", at + "_from"], [at + "_pads"]),
        wire.node("Pad", [at, at + "_pads"], [at + "_padded"])]


@case("padding that is computed from the size of a plane follows")
def _():
    layers = [(3, 2, 1), (5, 1, 2), (7, 2, 1), (1, 2, 1)]  # kernel, stride, dilation; depthwise
    nodes, inputs, x = [], [wire.value("x", ["N", 8, "H", "W"])], "x"
    for i, (kernel, stride, dilation) in enumerate(layers):
        inputs.append(wire.value(f"w{i}", [8, 1, kernel, kernel]))
        nodes += [*same_padding(x, kernel, stride, dilation),
                  wire.node("Conv", [x + "_padded", f"w{i}"], [f"y{i}"], group=8,
                            strides=[stride] * 2, dilations=[dilation] * 2)]
        x = f"y{i}"
    path = wire.model("same.onnx", nodes, inputs, [wire.value(x, ["N", 8, "h", "w"])])
    for height, width in ((331, 331), (224, 97), (1, 1), (33, 64)):
        found = inspected(path, "--dim", f"H={height}", "--dim", f"W={width}", "--batch", 2)
        macs = 0
        for kernel, stride, _ in layers:
            height, width = -(-height // stride), -(-width // stride)
            macs += 2 * 8 * height * width * kernel ** 2
        expect(found["macs"] == macs and found["uncovered"] == [], f"{macs}: {found}")
        expect(shapes(found["outputs"]) == {x: f"2x8x{height}x{width}"}, str(found["outputs"]))


@case("attention's products grow with the square of the length: quad-seq")
def _():
    for length, macs in ((4096, 9126805504), (8192, 35433480192)):
        found = inspected(given("quad-seq"), "--dim", "b=1", "--dim", f"s={length}")
        expect(found["macs"] == macs, f"{length}: {found['macs']}")


@case("expressions are evaluated however they are written")
def _():
    for text, words, extent in (("past+seq", ("past=96", "seq=32"), 128),
                                ("past + seq", ("past + seq=128", "seq=32"), 128),
                                ("past + seq", ("past+seq=128", "seq=32"), 128),
                                ("Max(1, 4*seq)", ("seq=32",), 128),
                                ("floor((past + 2*seq)/2) + 1", ("past=190", "seq=32"), 128),
                                ("total - past", ("total=130", "past=2", "seq=32"), 128)):
        dims = [word for each in ("B=1", *words) for word in ("--dim", each)]
        found = inspected(decoder(past=text), *dims)
        expect(found["macs"] == 2 * 8 * 32 * 64 * extent, f"{text}: {found}")


@case("what follows from names is told where it is open, and contradictions are")
def _():
    path = decoder()
    found = inspected(path, "--dim", "B=1", "--dim", "seq=2")
    expect(shapes(found["inputs"])["mask"] == "1x1x2xpast + seq", str(found["inputs"]))
    refused("inspect", path, "--dim", "past=96", "--dim", "past + seq=100", "--dim", "seq=32",
            says="--dim: 'past + seq' is given as 100, but it is 128 by past=96, seq=32")
    refused("inspect", path, "--shape", "q:1x8x32x64", "--dim", "seq=33",
            says="--dim: 'seq' is given as 33 and by --shape as 32")
    refused("inspect", path, "--dim", "sequence=1", says="did you mean 'seq'?")
    run = refused("score", path, says=["are not fixed: give --dim ", "--dim past=N"])
    words = run.err.split("give ")[1].split(", a number")[0].replace("=N", "=3").split()
    good("score", path, *words)


@case("empty tensors cost nothing on any command")
def _():
    head = [wire.value("w", [16, 3, 3, 3]), wire.value("m", [16, 10])]
    images = wire.model("images.onnx", [
        wire.node("Conv", ["x", "w"], ["a"]), wire.node("Relu", ["a"], ["b"]),
        wire.node("GlobalAveragePool", ["b"], ["c"]), wire.node("Flatten", ["c"], ["d"]),
        wire.node("MatMul", ["d", "m"], ["y"])],
        [wire.value("x", ["N", 3, 8, 8]), *head], [wire.value("y", ["N", 10])])
    steps = wire.model("steps.onnx", [
        wire.node("GRU", ["x", "g", "r"], ["", "h"], hidden_size=16),
        wire.node("Softmax", ["x"], ["s"]), wire.node("ReduceMean", ["s"], ["n"]),
        wire.node("Transpose", ["s"], ["t"]), wire.node("MatMul", ["t", "x2"], ["y"])],
        [wire.value("x", ["S", 1, 64]), wire.value("g", [1, 48, 64]),
         wire.value("r", [1, 48, 16]), wire.value("x2", [64, "S", 8])],
        [wire.value("h", [1, 1, 16]), wire.value("n", [1, 1, 1]), wire.value("y", [64, 1, 8])])
    for path, words, written in ((images, ("--dim", "N=0"), 0),
                                 (images, ("--shape", "x:0x3x8x8"), 0),
                                 (steps, ("--dim", "S=0"), 4 * (64 * 8 + 16 + 1)),
                                 (decoder(), ("--dim", "B=1", "--dim", "seq=0", "--dim", "past=0"),
                                  0)):
        found = inspected(path, *words)
        expect(found["macs"] == 0 and found["bytes_written"] == written, f"{path}: {found}")
        for kind in ("ir", "ops", "kernels", "encoding", "summary"):
            text = good("inspect", path, *words, "--print", kind).out
            expect("nan" not in text and "inf" not in text.replace("infer", ""), text)
        good("inspect", path, *words, "--fusion", "none")
        for result in good_json("score", path, *words, "--ops")["results"]:
            expect(0 < result["latency_ms"] < 10, str(result))
            expect(all(0 <= each["share"] <= 1 for each in result["ops"]), str(result))
    refused("score", images, "--batch", 0, status=2, says="--batch")
    refused("score", images, "--dim", "N=-1", status=2, says="expected SYMBOL=VALUE")


main()
