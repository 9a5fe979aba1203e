"""Any graph on any device: adapt and score in the space `graph`."""
import json
import pathlib

import wire
from any_graph import FOUR, TIMES, device, in_folders, score, without
from harness import case, emitted, expect, good, good_json, hale, main, measurements, refused, write


@case("a device of ten stopwatch numbers answers for any other network")
def _():
    path = device()
    for name, ms in (("residual/3", 4.0), ("temporal/4", None), ("text-decoder/2", 6.7)):
        answer = score(name, "--device", path)[0]
        low, high = answer["interval_ms"]
        expect(answer["space"] == "graph" and answer["arch"] is None, str(answer))
        expect(0 < low < answer["latency_ms"] < high, str(answer))
        expect(answer["verdict"] in ("interpolating", "extrapolating"), str(answer))
        expect(ms is None or ms / 2 < answer["latency_ms"] < 2 * ms, str(answer))


@case("adapt names the known device that measurements speak for, whatever its speed")
def _():
    for known in ("opencv-5.0-1t-xeon", "pytorch-2.11-eager-h100"):
        rows = {a["model"]: 3 * a["latency_ms"] for a in score(*TIMES, "--device", known)}
        path = measurements(list(rows.items()), "times.csv")
        done = good_json("adapt", "--measurements", path, "-o", "like.hale")["adapted"][0]
        expect(done["nearest"] == known, str(done))
    odd = {name: 1 / ms for name, ms in TIMES.items()}  # the larger, the faster
    path = measurements(list(odd.items()), "odd.csv")
    run = hale("adapt", "--measurements", path, "-o", "odd.hale", "--format", "json")
    expect(run.status == 0 and json.loads(run.out)["adapted"][0]["nearest"] is None, "none", run)


@case("an ONNX file is the network that it was emitted from")
def _():
    path = device()
    good("suggest", "--space", "graph", "--candidates", write("c.txt", "residual/3\n"), "--emit",
         "nets")
    by_file, by_name = score("nets/residual-3.onnx", "residual/3", "--device", path)
    expect(by_file["latency_ms"] == by_name["latency_ms"], f"{by_file} {by_name}")
    expect(by_file["macs"] == by_name["macs"] > 0, str(by_file))


@case("a larger batch takes longer")
def _():
    path = device()
    one, = score("residual/3", "--device", path)
    eight, = score("residual/3", "--batch", "8", "--device", path)
    expect(2 * one["latency_ms"] < eight["latency_ms"] < 16 * one["latency_ms"],
           f"{one} {eight}")


def of_batch(batch, path):
    """A device of nine stopwatch numbers, where an open batch is this one."""
    rows = [(good_json("inspect", name, "--print", "encoding")["encoding"]["arch"], ms)
            for name, ms in TIMES.items() if not name.startswith("ofa")]
    path_of_rows = measurements([(f'"{arch}"', ms) for arch, ms in rows], "rows.csv")
    run = hale("adapt", "--measurements", path_of_rows, "--batch", batch, "-o", path)
    expect(run.status == 0, "adapts, with a warning", run)
    return path


def steps(path, layout=0, op="GRU", extents=(16, 1)):
    """A recurrent layer of 16 numbers, of these steps and batch."""
    return wire.model(path, [wire.node(op, ["x", "w", "r"], ["", "y"], hidden_size=16,
                                       layout=layout)],
                      [wire.value("x", [*extents, 16]), wire.value("w", [1, 48, 16]),
                       wire.value("r", [1, 48, 16])], [wire.value("y", [1, extents[1], 16])])


@case("a batch is the axis that is one")
def _():
    path = steps("steps.onnx")
    one, = score(path, "--device", device())
    eight, = score(path, "--device", "any.hale", "--batch", 8)
    expect(eight["macs"] == 8 * one["macs"], f"{one} {eight}")
    two = wire.model("two.onnx", [wire.node("Conv", ["x", "w"], ["y"]),
                                  wire.node("Relu", ["state"], ["kept"])],
                     [wire.value("x", ["N", 32, 24, 24]), wire.value("w", [32, 32, 3, 3]),
                      wire.value("state", [2, 1, 64])],
                     [wire.value("y", ["N", 32, 22, 22]), wire.value("kept", [2, 1, 64])])
    rows = good("inspect", two, "--batch", 4, "--print", "ir").out
    expect("tensor<2x1x64xf32>" in rows and "tensor<4x32x24x24xf32>" in rows, rows)
    refused("score", two, "--batch", 4, "--dim", "N=2",
            says=["--batch 4: --dim gives input 'x' a batch of 2"])
    known = wire.model("known.onnx", [wire.node("Gexx", ["x"], ["z"]),
                                      wire.node("Relu", ["z"], ["y"])],
                       [wire.value("x", [1, 64])], [wire.value("y", [1, 64]),
                                                    wire.value("z", [1, 64])])
    plain, said = (score(known, "--device", "any.hale", *words)[0] for words in ((), ("--batch", 1)))
    expect(plain["latency_ms"] == said["latency_ms"], f"{plain} {said}")


def dilated(path, turned):
    """A depthwise convolution of dilation 2 as TensorFlow has it, between SpaceToBatchND and
    BatchToSpaceND: by Reshape, or by SpaceToDepth of a tensor whose batch stands second."""
    begin = [wire.integers("pads", [0, 0, 2, 2, 0, 0, 2, 2]),
             wire.node("Pad", ["x", "pads"], ["p"])]
    cut = [wire.integers(name, ends) for name, ends in
           (("from", [0, 0]), ("until", [32, 32]), ("of", [2, 3]))]
    end = [*cut, wire.node("Slice", ["z", "from", "until", "of"], ["y"])]
    if turned:
        to_batch = [wire.node("Transpose", ["p"], ["t"], perm=[1, 0, 2, 3]),
                    wire.node("SpaceToDepth", ["t"], ["d"], blocksize=2),
                    wire.node("Transpose", ["d"], ["b"], perm=[1, 0, 2, 3])]
        to_space = [wire.node("Transpose", ["c"], ["e"], perm=[1, 0, 2, 3]),
                    wire.node("DepthToSpace", ["e"], ["f"], blocksize=2),
                    wire.node("Transpose", ["f"], ["z"], perm=[1, 0, 2, 3])]
    else:
        to_batch = [wire.integers("parts", [-1, 8, 18, 2, 18, 2]),
                    wire.integers("rows", [-1, 8, 18, 18]),
                    wire.node("Reshape", ["p", "parts"], ["t"]),
                    wire.node("Transpose", ["t"], ["d"], perm=[3, 5, 0, 1, 2, 4]),
                    wire.node("Reshape", ["d", "rows"], ["b"])]
        to_space = [wire.integers("split", [2, 2, -1, 8, 16, 16]),
                    wire.integers("plane", [-1, 8, 32, 32]),
                    wire.node("Reshape", ["c", "split"], ["e"]),
                    wire.node("Transpose", ["e"], ["f"], perm=[2, 3, 4, 0, 5, 1]),
                    wire.node("Reshape", ["f", "plane"], ["z"])]
    return wire.model(path, [*begin, *to_batch,
                             wire.node("Conv", ["b", "w"], ["c"], group=8), *to_space, *end],
                      [wire.value("x", ["unk__7", 8, 32, 32]), wire.value("w", [8, 1, 3, 3])],
                      [wire.value("y", ["unk__8", 8, 32, 32])])


@case("a dilated convolution of TensorFlow costs what one with dilations does, of any batch")
def _():
    for turned in (False, True):
        path = dilated("dilated.onnx", turned)
        for batch in 1, 4:
            answer, = score(path, "--device", device(), "--batch", batch)
            expect(answer["macs"] == batch * 8 * 32 * 32 * 9, str(answer))
            expect(not any("batch: " in text for text in answer["assumptions"]), str(answer))


@case("which axis is the batch is followed to who takes it; what is guessed is said")
def _():
    later = wire.model("later.onnx", [wire.node("Relu", ["x"], ["z"]),
                                      wire.node("GRU", ["z", "w", "r"], ["", "y"], hidden_size=16)],
                       [wire.value("x", [30, 1, 16]), wire.value("w", [1, 48, 16]),
                        wire.value("r", [1, 48, 16])], [wire.value("y", [1, 1, 16])])
    answer, = score(later, "--device", device(), "--batch", 4)
    expect(answer["macs"] == 4 * 30 * 48 * 32, str(answer))
    expect(not any("batch: " in text for text in answer["assumptions"]), str(answer))
    guess = wire.model("guess.onnx", [wire.node("Relu", ["x"], ["y"])],
                       [wire.value("x", ["T", "M", 8])], [wire.value("y", ["T", "M", 8])])

    def seen(*words):
        found = good_json("inspect", guess, *words)["model"]
        return found["inputs"][0]["shape"], [text for text in found["assumptions"]
                                             if text.startswith("batch: ")]

    sentence = ("batch: taken as axis 0 of input 'x', which is a guess: --batch-axis x=AXIS says "
                "which it is")
    expect(seen() == ("TxMx8", [sentence]), str(seen()))
    expect(seen("--batch", 4) == ("4xMx8", [sentence]), str(seen("--batch", 4)))
    said = seen("--batch", 4, "--batch-axis", "x=1")
    expect(said == ("Tx4x8", []), str(said))
    answer, = score(guess, "--device", "any.hale", "--dim", "M=3")
    expect(sentence in answer["assumptions"], str(answer))
    refused("inspect", guess, "--batch-axis", "z=1", says="--batch-axis: no input 'z'")
    refused("inspect", guess, "--batch-axis", "x=3", says="expected one in [0, 2]")


@case("time goes to the kernels that take it")
def _():
    path = wire.model("branches.onnx", [
        wire.node("Conv", ["x", "w"], ["a"]), wire.node("Conv", ["x", "w"], ["b"]),
        wire.node("Sigmoid", ["a"], ["c"]), wire.node("Sigmoid", ["b"], ["d"])],
        [wire.value("x", [1, 32, 24, 24]), wire.value("w", [32, 32, 3, 3])],
        [wire.value(name, [1, 32, 22, 22]) for name in "cd"])
    answer, = score(path, "--device", device(), "--ops")
    shares = [row["share"] for row in answer["ops"] if "Conv" in row["operations"]]
    expect(len(shares) == 2 and shares[0] == shares[1], str(answer["ops"]))


@case("an open batch is each device's own, whatever device stands before it")
def _():
    one, eight = of_batch(1, "one.hale"), of_batch(8, "eight.hale")
    path = wire.convolution("open.onnx")
    alone = [score(path, "--device", device)[0] for device in (one, eight)]
    expect(4 < alone[1]["latency_ms"] / alone[0]["latency_ms"] < 16, str(alone))
    for devices in ((one, eight), (eight, one)):
        both = score(path, *(w for device in devices for w in ("--device", device)))
        expect(sorted(both, key=str) == sorted(alone, key=str), f"{both} {alone}")
        expect(both[0]["macs"] != both[1]["macs"], "multiply-adds are of the batch")
    shown = good_json("inspect", path)["model"]
    closed = good_json("inspect", wire.convolution("closed.onnx", 1))["model"]
    expect(shown["arch"] == closed["arch"], "what inspect calls it is of a batch of one")


@case("a batch that is said is that of networks that hale draws, too")
def _():
    path = device()
    plain, = score("residual/3", "--batch", 8, "--device", path)
    names = write("names.txt", "residual/3\n")
    listed = good_json("score", "--space", "graph", "--archs", names, "--batch", 8, "--device",
                       path)["results"]
    expect(listed[0]["latency_ms"] == plain["latency_ms"], f"{listed} {plain}")
    terms = good_json("inspect", "residual/3", "--print", "encoding")["encoding"]["arch"]
    refused("score", "--space", "graph", "--archs", write("terms.txt", terms + "\n"), "--batch", 8,
            "--device", path, says="--batch need an ONNX file")
    said = good_json("score", "residual/3", "--batch", 8, "--device", path)["results"][0]
    expect(any("batch of 8" in text for text in said["assumptions"]), str(said))
    rows = [f"{name},{ms * 8},{shape}" for name, ms, shape in
            (("residual/4", 0.5, "input:8x3x56x56"), ("residual/3", 4.0, "8x3x112x112"),
             ("classic/2", 2.0, ""))]
    csv = write("shaped.csv", "arch,latency_ms,shape\n" + "\n".join(rows) + "\n")
    run = hale("adapt", "--measurements", csv, "-o", "shaped.hale")
    expect(run.status == 0, "a network that was measured with another shape", run)


@case("a device states the batch that all of it was measured at")
def _():
    rows = []
    for channels in (1, 2, 4, 8):
        wire.convolution(f"g{channels}.onnx", group=channels)
        rows.append(f"g{channels}.onnx,{8 / channels},x:8x32x24x24")
    csv = write("eight.csv", "arch,latency_ms,shape\n" + "\n".join(rows) + "\n")
    run = hale("adapt", "--measurements", csv, "-o", "eight.hale", "--format", "json")
    expect(run.status == 0 and json.loads(run.out)["adapted"][0]["batch"] == 8, "", run)
    csv = write("mixed.csv", "arch,latency_ms,shape\n" + "\n".join(rows) +
                "\ng1.onnx,1,x:1x32x24x24\n")
    run = hale("adapt", "--measurements", csv, "-o", "mixed.hale", "--format", "json")
    expect(run.status == 0 and json.loads(run.out)["adapted"][0]["batch"] == 1, "", run)


@case("a model in another precision than the device was measured in says so")
def _():
    path = device()
    usual, = score(wire.convolution("f32.onnx", 1), "--device", path)
    expect(not usual["assumptions"], str(usual))
    half = wire.convolution("f16.onnx", 1, wire.F16)
    answer, = score(half, "--device", path)
    expect(answer["verdict"] == "extrapolating", str(answer))
    expect(any("100 % of its multiply-adds are in f16" in text and "f32" in text
               for text in answer["assumptions"]), str(answer))
    good("adapt", "--measurements", "any.csv", "--precision", "FP16", "-o", "half.hale")
    for model in (half, "f32.onnx"):
        answer, = score(model, "--device", "half.hale")
        expect(not any("multiply-adds" in text for text in answer["assumptions"]), str(answer))
    scales = ("s", "z"), ("t", "v")
    around = wire.model("qdq.onnx", [
        wire.node("DequantizeLinear", ["x", *scales[0]], ["a"]),
        wire.node("DequantizeLinear", ["w", *scales[1]], ["b"]),
        wire.node("Conv", ["a", "b"], ["c"]), wire.node("QuantizeLinear", ["c", *scales[0]], ["y"])],
        [wire.value("x", [1, 32, 24, 24], wire.U8), wire.value("w", [32, 32, 3, 3], wire.I8),
         wire.value("s", []), wire.value("z", [], wire.U8), wire.value("t", []),
         wire.value("v", [], wire.I8)], [wire.value("y", [1, 32, 22, 22], wire.U8)])
    answer, = score(around, "--device", path)
    expect(any("in ui8" in text for text in answer["assumptions"]), str(answer))
    whole = wire.convolution("i8.onnx", 1, wire.I8, op="ConvInteger")
    answer, = score(whole, "--device", "half.hale")
    expect(any("in i8" in text and "FP16" in text for text in answer["assumptions"]), str(answer))


@case("a convolution is what it is in either layout")
def _():
    first = wire.convolution("first.onnx", 1, group=32)
    last = wire.convolution("last.onnx", 1, group=32, op="NhwcConv", channels_last=True)
    one, other = score(first, last, "--device", device())
    expect(one["latency_ms"] == other["latency_ms"] and one["macs"] == other["macs"],
           f"{one} {other}")


@case("what a branch costs is counted, and said once")
def _():
    inner = wire.node("Conv", ["x", "w"], ["z"])
    branches = {"then_branch": wire.graph([inner], [], [wire.value("z", [1, 32, 22, 22])]),
                "else_branch": wire.graph([wire.node("Identity", ["y0"], ["z"])], [],
                                          [wire.value("z", [1, 32, 22, 22])])}
    path = wire.model("if.onnx", [wire.node("If", ["c"], ["y"], **branches)],
                      [wire.value("c", [], wire.BOOL), wire.value("x", [1, 32, 24, 24]),
                       wire.value("y0", [1, 32, 22, 22]), wire.value("w", [32, 32, 3, 3])],
                      [wire.value("y", [1, 32, 22, 22])])
    answer, = score(path, "--device", device(), "--ops")
    expect(answer["macs"] == 32 * 32 * 9 * 22 * 22, str(answer))
    expect(answer["coverage"] == {"nodes": 1.0, "macs": 1.0, "unknown_ops": []}, str(answer))
    expect(sum(row["macs"] for row in answer["ops"]) == answer["macs"], str(answer))
    shown = good_json("inspect", path)["model"]
    expect(shown["macs"] == answer["macs"], str(shown))
    expect(len(shown["assumptions"]) == len(set(shown["assumptions"])) > 0, str(shown))


@case("fewer than three measurements are refused, fewer than ten warned of")
def _():
    few = list(TIMES.items())
    refused("adapt", "--measurements", measurements(few[:2], "two.csv"), "-o", "x.hale",
            says="at least 3")
    run = hale("adapt", "--measurements", measurements(few[:4], "four.csv"), "-o", "x.hale")
    expect(run.status == 0 and "found 4 measurements" in run.err, "", run)
    expect(pathlib.Path("x.hale").is_file(), "written all the same")


@case("--ops says where the time goes")
def _():
    answer, = score("text-encoder/2", "--ops", "--device", device())
    rows = answer["ops"]
    expect(abs(sum(row["share"] for row in rows) - 1) < 1e-3, "shares of the whole")
    expect(abs(sum(row["latency_ms"] for row in rows) - answer["latency_ms"])
           < 1e-3 * answer["latency_ms"], "milliseconds of the whole")
    expect(sum(row["macs"] for row in rows) == answer["macs"], "all multiply-adds")
    expect([r["share"] for r in rows] == sorted((r["share"] for r in rows), reverse=True), "order")
    text = good("score", "text-encoder/2", "--ops", "--device", "any.hale").out
    expect("kernel" in text and "MatMul" in text, text)


@case("an unknown operation is answered as unknown, or refused, never as nothing")
def _():
    path = device()
    good("suggest", "--space", "graph", "--candidates", write("c.txt", "classic/5\nmixer/1\n"),
         "--emit", "nets")

    model = without("nets/mixer-1.onnx", b"Gemm", b"Gexx")
    answer, = score(model, "--device", path)
    expect(answer["verdict"] == "unknown" and answer["latency_ms"] > 0, str(answer))
    expect("Gexx" in answer["coverage"]["unknown_ops"], str(answer))
    expect(answer["coverage"]["nodes"] < 1, str(answer))
    expect(any("Gexx" in warning for warning in answer["warnings"]), str(answer))
    run = hale("score", model, "--device", path, "--fail-on", "unknown-op")
    expect(run.status == 1, "", run)
    refused("score", without("nets/classic-5.onnx", b"Relu", b"Rexu"), "--device", path,
            says=["Rexu", "expected at least 50 %"])


@case("a device of a searched space alone says what it lacks")
def _():
    refused("score", "residual/3", "--device", "fpga", says=["fpga", "graph"])


@case("a searched network is answered by its own section, else as any graph")
def _():
    files = emitted()
    good("suggest", "--space", "nasbench201", "--emit", "eight", "--batch", 8)
    larger, = score(str(next(pathlib.Path("eight").glob("*.onnx"))))
    expect(larger["space"] == "graph", "a batch that the space was not measured at")
    graph_only, = score(str(files[0]), "--device", device())
    expect(graph_only["space"] == "graph", str(graph_only))
    own, = score(str(files[0]), "--device", "fpga")
    expect(own["space"] == "nasbench201", str(own))


@case("a measurement's shape is that of its model's inputs, before what options say")
def _():
    in_folders(FOUR[:12], ".")
    files = [name + ".onnx" for name in FOUR[:12]]

    def latency(rows, *words, header="arch,latency_ms,shape"):
        write("times.csv", "\n".join([header, *rows]) + "\n")
        run = hale("adapt", "--measurements", "times.csv", *words, "-o", "device.hale")
        expect(run.status == 0, "adapts, whatever it thinks of these latencies", run)
        return score("residual/20", "--device", "device.hale")[0]["latency_ms"]

    def rows(shape):
        return [f"{file},{1 + i},{shape(file)}" for i, file in enumerate(files)]

    def residual(shape):
        return rows(lambda file: shape if file.startswith("residual") else "")

    plain = latency(rows(lambda file: ""))
    expect(plain == latency(rows(lambda file: "anything"), header="arch,latency_ms,note"), "ignored")
    small = "3x3x32x32"
    only = latency(residual(small))
    named = latency(residual(f"input:{small}"))
    before = latency(residual(f"input:{small}"), "--batch", "3")
    expect(only == named and only != plain, f"{plain} {only} {named}")
    expect(before != named, "an option holds for the rows that state nothing")
    for shape, says in (("big", "found 'big', expected INPUT:1x3x224x224"), ("y:1x2", "no input 'y'"),
                        ("1x2;1x3", "dimensions"), ("input:-1x3x32x32", "expected INPUT")):
        write("times.csv", f"arch,latency_ms,shape\n{files[0]},1,{shape}\n")
        refused("adapt", "--measurements", "times.csv", "-o", "device.hale",
                says=["times.csv: residual/0.onnx: shape: ", says])
    arch = good_json("inspect", "residual/0", "--print", "encoding")["encoding"]["arch"]
    write("times.csv", f'arch,latency_ms,shape\n"{arch}",1,1x3x32x32\n')
    refused("adapt", "--measurements", "times.csv", "-o", "device.hale", says="expected none")


main()
