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
