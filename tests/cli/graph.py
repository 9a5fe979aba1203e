"""Any graph on any device: suggest, adapt and score in the space `graph`."""
import json
import pathlib

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


@case("an odd measurement is named, counts the less and is suggested again")
def _():
    rows = dict(TIMES)
    rows["residual/4"] *= 30
    path = measurements(list(rows.items()), "odd.csv")
    run = hale("adapt", "--measurements", path, "-o", "odd.hale")
    expect(run.status == 0 and "residual/4" in run.err and "measure it again" in run.err, "", run)
    again = good_json("suggest", "--space", "graph", "--measured", path, "--count", "1")
    expect(again["suggestions"][0]["arch"] == "residual/4", str(again))
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
                        ("1x2;1x3", "dimensions"), ("input:0x3x32x32", "expected INPUT")):
        write("times.csv", f"arch,latency_ms,shape\n{files[0]},1,{shape}\n")
        refused("adapt", "--measurements", "times.csv", "-o", "device.hale",
                says=["times.csv: residual/0.onnx: shape: ", says])
    write("times.csv", "arch,latency_ms,shape\nresidual/0,1,1x3x32x32\n")
    refused("adapt", "--measurements", "times.csv", "-o", "device.hale", says="expected none")


main()
