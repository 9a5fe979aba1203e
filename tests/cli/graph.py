"""Any graph on any device: suggest, adapt and score in the space `graph`."""
import json
import pathlib

import wire
from harness import (case, emitted, expect, good, good_json, hale, main,
                     measurements, refused, write)

# What ten networks took on one core of a server.
TIMES = {"inception/0": 0.741, "text-encoder/8": 1.69, "text-encoder/0": 0.192,
         "ofa-mobilenetv3/10": 16.8, "recurrent/6": 4.48, "super-resolution/11": 9.46,
         "perceptron/8": 0.0466, "residual/4": 0.529, "detector/9": 3.82,
         "vision-transformer/11": 68.0}


def device(rows=None, path="any.hale"):
    good("adapt", "--measurements", measurements(list((rows or TIMES).items()), "any.csv"), "--name",
         "any", "-o", path)
    return path


def score(*words):
    return good_json("score", *words)["results"]


def without(model, known, unknown):
    """The model with the first operation of a name of four letters made another."""
    model = pathlib.Path(model)
    model.write_bytes(model.read_bytes().replace(b"\x22\x04" + known, b"\x22\x04" + unknown, 1))
    return str(model)


def in_folders(names, folder):
    """ONNX files of these networks, each in a folder of its family: FOLDER/residual/3.onnx."""
    good("suggest", "--space", "graph", "--candidates", write("names.txt", "\n".join(names) + "\n"),
         "--count", len(names), "--emit", "flat")
    for name in names:
        path = pathlib.Path(folder, name + ".onnx")
        path.parent.mkdir(parents=True, exist_ok=True)
        pathlib.Path("flat", name.replace("/", "-") + ".onnx").rename(path)


@case("suggest names networks of its own, each of which sharpens what is known")
def _():
    listed = good_json("suggest", "--space", "graph", "--emit", "nets")["suggestions"]
    expect(len(listed) == 10, str(listed))
    expect(len({s["arch"] for s in listed}) == 10, "each once")
    widths = [s["half_width"] for s in listed]
    expect(widths == sorted(widths, reverse=True), str(widths))
    for one in listed:
        expect(pathlib.Path(one["file"]).is_file(), one["file"])
    fewer = good_json("suggest", "--space", "graph", "--count", "3")["suggestions"]
    expect([s["arch"] for s in fewer] == [s["arch"] for s in listed[:3]], "the same three first")


@case("suggest chooses among the user's candidates, and not what was measured")
def _():
    names = ["residual/1", "classic/2", "mixer/3", "recurrent/4"]
    path = write("mine.txt", "\n".join(names) + "\n")
    listed = good_json("suggest", "--space", "graph", "--candidates", path)["suggestions"]
    expect(sorted(s["arch"] for s in listed) == sorted(names), str(listed))
    rows = measurements([("mixer/3", 0.5)], "one.csv")
    left = good_json("suggest", "--space", "graph", "--candidates", path, "--measured", rows)
    expect(sorted(s["arch"] for s in left["suggestions"]) ==
           sorted(set(names) - {"mixer/3"}), str(left))
    expect(left["suggestions"][-1]["half_width"] < listed[0]["half_width"], "sharper than before")


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


@case("what is emitted with another batch is whole, or not written")
def _():
    names = write("names.txt", "residual/3\n")
    good("suggest", "--space", "graph", "--candidates", names, "--emit", "nets", "--batch", 8)
    by_file, = score("nets/residual-3.onnx", "--device", device())
    by_name, = score("residual/3", "--batch", 8, "--device", "any.hale")
    expect(by_file["latency_ms"] == by_name["latency_ms"], f"{by_file} {by_name}")
    write("names.txt", "vision-transformer/5\n")
    refused("suggest", "--space", "graph", "--candidates", names, "--emit", "none", "--batch", 8,
            says=["vision-transformer/5"])
    expect(not list(pathlib.Path("none").glob("*")), "nothing is written")


@case("networks of its own that do not take the batch that is asked for are left out")
def _():
    listed = good_json("suggest", "--space", "graph", "--batch", 2, "--count", "3")["suggestions"]
    expect(len(listed) == 3, str(listed))
    refused("suggest", "--space", "graph", "--shape", "nothing:1x3", says="no input 'nothing'")


@case("a candidate that is none leaves the others to choose from")
def _():
    names = write("names.txt", "residual/1\nnonsense\nresidual/2\n")
    run = refused("suggest", "--space", "graph", "--candidates", names, "--format", "json",
                  says="names.txt: nonsense: ")
    expect(len(json.loads(run.out)["suggestions"]) == 2, run.out)


@case("candidates that are no files are named")
def _():
    names = write("names.txt", "residual/3\nabsent*.onnx\n")
    refused("suggest", "--space", "graph", "--candidates", names, says=["names.txt", "absent*.onnx"])


@case("an odd measurement is named, counts the less and is suggested again")
def _():
    rows = dict(TIMES)
    rows["residual/4"] *= 30
    path = measurements(list(rows.items()), "odd.csv")
    run = hale("adapt", "--measurements", path, "-o", "odd.hale")
    expect(run.status == 0 and "residual/4" in run.err and "measure it again" in run.err, "", run)
    again = good_json("suggest", "--space", "graph", "--measured", path, "--count", "1")
    expect([s["arch"] for s in again["suggestions"]] == ["residual/4"], str(again))
    thrice = measurements([row for row in rows.items() for _ in range(3)], "thrice.csv")
    run = hale("adapt", "--measurements", thrice, "-o", "thrice.hale")
    expect(run.status == 0 and "warning: residual/4: took" in run.err, "as the file names it", run)
    plain, = score("residual/3", "--device", device())
    odd, = score("residual/3", "--device", "odd.hale")
    expect(odd["latency_ms"] < 3 * plain["latency_ms"], f"{plain} {odd}")


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


@case("a base of any graph is trained from a table and evaluated")
def _():
    names = [f"{family}/{seed}" for family in ("residual", "perceptron", "text-encoder", "classic")
             for seed in range(5)]
    rows = ["arch,one-1.0-x,two-2.0-x"]
    rows += [f"{name},{0.4 + 0.3 * i},{0.9 + 0.7 * i}" for i, name in enumerate(names)]
    table = write("table.csv", "\n".join(rows) + "\n")
    good("train", "--space", "graph", "--table", table, "--devices", "one-1.0-x", "--valid",
         "two-2.0-x", "-o", "my.hale")
    good("adapt", "--measurements", measurements(list(TIMES.items()), "any.csv"), "--base", "my.hale",
         "-o", "mine.hale")
    answer, = score("residual/3", "--device", "mine.hale")
    expect(answer["latency_ms"] > 0, str(answer))
    figures = good_json("evaluate", "--space", "graph", "--table", table, "--base", "my.hale",
                        "--devices", "two-2.0-x", "--samples", "8", "--draws", "2")
    expect(figures["devices"][0]["device"] == "two-2.0-x", str(figures))
    refused("evaluate", "--space", "graph", "--table", table, "--base", "my.hale", "--devices",
            "two-2.0-x", "--protocol", "help", says="no protocol help")


FOUR = [f"{family}/{seed}" for family in ("residual", "perceptron", "mixer", "classic")
        for seed in range(8)]


def table_of(names, path, end=""):
    rows = [f"{name}{end},{0.4 + 0.3 * i},{0.9 + 0.7 * i}" for i, name in enumerate(names)]
    return write(path, "\n".join(["arch,one-1.0-x,two-2.0-x", *rows]) + "\n")


def evaluated(table, *words):
    return good_json("evaluate", "--space", "graph", "--table", table, "--devices", "two-2.0-x",
                     "--draws", "2", *words)["devices"][0]


@case("a table's ONNX files count as the networks that they are, of the family that a folder is")
def _():
    in_folders(FOUR, "lab")
    names, files = table_of(FOUR, "names.csv"), table_of(FOUR, "lab/files.csv", ".onnx")
    expect(evaluated(files) == evaluated(names), "the same figures")
    for table, base in ((names, "names.hale"), (files, "files.hale")):
        good("train", "--space", "graph", "--table", table, "--devices", "one-1.0-x,two-2.0-x",
             "--made-from", "a test", "-o", base)
    expect(pathlib.Path("names.hale").read_bytes() == pathlib.Path("files.hale").read_bytes(),
           "the same base")


@case("a table's file that cannot be costed is left out, one that is no model refuses the table")
def _():
    in_folders(FOUR, "lab")
    table = table_of(FOUR, "lab/files.csv", ".onnx")
    without("lab/mixer/1.onnx", b"Gemm", b"Gexx")
    run = hale("evaluate", "--space", "graph", "--table", table, "--devices", "two-2.0-x")
    expect(run.status == 0 and "warning: lab/files.csv: mixer/1.onnx: left out" in run.err and
           "Gexx" in run.err, "a warning", run)
    write("lab/mixer/1.onnx", "no model")
    refused("evaluate", "--space", "graph", "--table", table, "--devices", "two-2.0-x",
            says="lab/files.csv: lab/mixer/1.onnx: ")


@case("a table of one family is learned from by its own rows, one of ten rows is refused")
def _():
    names = [f"residual/{seed}" for seed in range(16)]
    words = ["train", "--space", "graph", "--devices", "one-1.0-x,two-2.0-x", "-o", "base.hale"]
    good(*words, "--table", table_of(names, "sixteen.csv"))
    refused(*words, "--table", table_of(names[:10], "ten.csv"), says="more rows than ten")


@case("devices of one runtime, as --facts says, are left out together")
def _():
    names = [f"{family}/{seed}" for family in ("residual", "mixer") for seed in range(12)]
    rows = [f"{name},{0.4 + 0.3 * i},{0.5 + 0.4 * i},{9 - 0.3 * i}" for i, name in enumerate(names)]
    table = write("table.csv", "\n".join(["arch,lite-1-a,lite-1-b,server", *rows]) + "\n")
    words = ["train", "--space", "graph", "--table", table, "--devices", "lite-1-a,lite-1-b,server",
             "--made-from", "a test", "-o"]
    told = write("told.csv", "name,kind,runtime\nlite-1-a,phone,lite\nlite-1-b,phone,lite\n"
                             "server,cpu,other\nnot-in-the-table,cpu,lite\n")
    apart = write("apart.csv", "runtime,name\nx,lite-1-a\ny,lite-1-b\nz,server\n")
    partly = write("partly.csv", "name,runtime\nlite-1-a,lite\nlite-1-b,lite\nserver,\n")
    good(*words, "alone.hale")
    good(*words, "apart.hale", "--facts", apart)
    good(*words, "told.hale", "--facts", told)
    run = hale(*words, "partly.hale", "--facts", partly)
    says = ("hale: warning: partly.csv: no runtime for server; each counts as a runtime of its "
            "own\n")
    expect(run.status == 0 and run.err == says, "a warning", run)
    alone, by_name, together, warned = (pathlib.Path(f"{base}.hale").read_bytes() for base in
                                        ("alone", "apart", "told", "partly"))
    expect(alone == by_name, "nothing is read out of a name")
    expect(together != alone, "left out together, others are learned from")
    expect(warned == together, "a device without a runtime is one of its own")


@case("facts of devices that cannot be read are refused with what and where")
def _():
    table = table_of(FOUR, "table.csv")
    words = ["train", "--space", "graph", "--table", table, "--devices", "one-1.0-x,two-2.0-x", "-o",
             "base.hale", "--facts"]
    bad = {"name,kind\none-1.0-x,cpu\n": "line 1: no column 'runtime' in the header 'name,kind', "
                                         "expected the columns 'name' and 'runtime'",
           "name,runtime\na,x\na,y\n": "line 3: device 'a' stands in line 2 already",
           "name,runtime\na\n": "line 2: found 1 fields, expected 2"}
    for text, says in bad.items():
        refused(*words, write("facts.csv", text), says=f"hale: facts.csv: {says}")
    refused(*words, "absent.csv", says="hale: absent.csv: cannot be opened")
    words[2] = "nasbench201"
    refused(*words, "facts.csv", status=2, says=["--facts is for --space graph", "'nasbench201'"])
    expect(not pathlib.Path("base.hale").exists(), "no base")


@case("evaluate measures what is chosen, or random rows")
def _():
    table = table_of(FOUR, "table.csv")
    chosen, drawn = evaluated(table), evaluated(table, "--select", "random")
    expect(chosen == evaluated(table, "--select", "auto"), "auto is the usual")
    expect(chosen != drawn and chosen["mape"]["sd"] > 0 and drawn["mape"]["sd"] > 0, str(chosen))
    expect(evaluated(table, "--seed", "2") != chosen, "another seed draws others")


@case("what a user would pick for any graph instead is fitted to random rows")
def _():
    macs = {a["model"]: a["macs"] for a in score(*FOUR, "--device", device())}
    table = write("macs.csv", "arch,exact\n" +
                  "".join(f"{name},{macs[name] * 1e-8}\n" for name in FOUR))
    names = [f"{each}:12" for each in ("flops", "roofline", "operation-wise")]
    words = ["evaluate", "--space", "graph", "--table", table, "--devices", "exact", "--draws", "2"]
    methods = good_json(*words, *[w for name in names for w in ("--baseline", name)])["methods"]
    expect([m["method"] for m in methods] == ["graph", *names], str(methods)[:300])
    flops = methods[1]["devices"][0]
    expect(flops["median_error"]["mean"] < 1e-3, str(flops))
    for method in methods[2:]:
        expect(method["devices"][0]["spearman"]["mean"] > 0.8, str(method))
    refused(*words, "--baseline", "lut:12", says="there are: flops, roofline, operation-wise")


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
