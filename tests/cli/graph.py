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

    def without(model, known, unknown):
        model = pathlib.Path(model)
        model.write_bytes(model.read_bytes().replace(b"\x22\x04" + known, b"\x22\x04" + unknown, 1))
        return str(model)

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


main()
