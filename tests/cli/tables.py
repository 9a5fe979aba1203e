"""Latency tables as others publish them: joined, with empty cells, of batches, by patterns."""
import pathlib

from harness import case, expect, good, good_json, hale, main, refused, write

NAMES = [f"{family}/{seed}" for family in ("residual", "perceptron", "mixer", "classic")
         for seed in range(8)]


def emit(names, folder="nets"):
    """These networks as ONNX files in a folder, "residual/3" as residual-3.onnx."""
    good("suggest", "--space", "graph", "--candidates", write("names.txt", "\n".join(names) + "\n"),
         "--count", len(names), "--emit", folder)
    return [f"{folder}/{name.replace('/', '-')}.onnx" for name in names]


def table(path, rows, devices):
    """A CSV of rows (arch, cells)."""
    lines = [",".join(["arch", *devices])] + [",".join([arch, *map(str, cells)]) for arch, cells in rows]
    pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
    return write(path, "\n".join(lines) + "\n")


def ms(i, scale=1.0):
    return round(scale * (0.4 + 0.3 * i), 3)


def evaluated(*words, draws=2):
    return good_json("evaluate", "--space", "graph", "--draws", draws, *words)


@case("several tables are one, joined by architectures and devices")
def _():
    files = emit(NAMES)
    rows = [(file, [ms(i), ms(i, 3)]) for i, file in enumerate(files)]
    whole = table("whole.csv", rows, ["phone", "board"])
    first = table("first.csv", [(arch, [a]) for arch, (a, _) in rows], ["phone"])
    upper = table("deeper/upper.csv", [("../" + arch, [b]) for arch, (_, b) in rows[:20]], ["board"])
    lower = table("lower.csv", [(arch, [b]) for arch, (_, b) in rows[20:]], ["board"])
    words = ["--devices", "phone,board"]
    joined = [w for path in (first, upper, lower) for w in ("--table", path)]
    expect(evaluated(*joined, *words)["devices"] == evaluated("--table", whole, *words)["devices"],
           "the same figures")
    for tables, base in (((whole,), "whole.hale"), ((first, upper, lower), "joined.hale")):
        good("train", "--space", "graph", *[w for path in tables for w in ("--table", path)],
             "--devices", "all", "--made-from", "a test", "-o", base)
    expect(pathlib.Path("whole.hale").read_bytes() == pathlib.Path("joined.hale").read_bytes(),
           "the same base")
    refused("evaluate", "--space", "graph", "--table", whole, "--table", lower, *words,
            says=["lower.csv: ", "on device 'board' stands in another table already"])


@case("patterns and all name devices, those with too few rows are left out with a warning")
def _():
    rows = [(name, [ms(i), ms(i, 2), ms(i, 5) if i < 5 else ""]) for i, name in enumerate(NAMES)]
    path = table("table.csv", rows, ["pixel4-1t", "pixel4-2t", "pixel5-1t"])
    words = ["--space", "graph", "--table", path, "--devices"]
    found = good_json("evaluate", *words, "pixel4-*", "--draws", 1)["devices"]
    expect([d["device"] for d in found] == ["pixel4-1t", "pixel4-2t"], str(found))
    run = hale("evaluate", *words, "all", "--draws", 1, "--format", "csv")
    expect(run.status == 0 and [line.split(",")[0] for line in run.out.splitlines()[1:]] ==
           ["pixel4-1t", "pixel4-2t", "mean"], "two", run)
    expect(run.err == "hale: warning: --devices: 1 of the 3 devices have fewer rows than 12 and are "
                      "left out\n", "a warning", run)
    refused("evaluate", *words, "pixel5-1t", says="has 5 rows")
    refused("evaluate", *words, "pixel6*", says="--devices 'pixel6*' matches none of the table's 3")
    refused("evaluate", *words, "pixel6", says="no device 'pixel6' in the table")
    refused("train", *words, "pixel4-*", "--valid", "pixel4-1t", "-o", "x.hale",
            says="'pixel4-1t' stands twice")


@case("two names of one graph are one row, the median")
def _():
    files = emit(NAMES)
    twin = pathlib.Path("nets/twin.onnx")
    twin.write_bytes(pathlib.Path(files[0]).read_bytes())
    rows = [(file, [ms(i)]) for i, file in enumerate(files)]
    once = table("once.csv", rows, ["phone"])
    twice = table("twice.csv", [(files[0], [ms(0) / 2]), *rows[1:], (str(twin), [ms(0) * 1.5])],
                  ["phone"])
    one, two = (evaluated("--table", path, "--devices", "phone")["devices"] for path in (once, twice))
    expect(one == two, f"{one} {two}")


@case("a cell of a batch is read at its batch")
def _():
    files = emit(NAMES)

    def latency(file, batch):
        return good_json("score", file, "--batch", batch)["results"][0]["latency_ms"]

    batches = [8 if i % 2 else 1 for i in range(len(files))]
    rows = [(file, [latency(file, 1), latency(file, batch)])
            for file, batch in zip(files, batches)]
    times = table("times.csv", rows, ["singles", "batched"])
    sizes = table("times_batch.csv", [(file, ["", batch]) for file, batch in zip(files, batches)],
                  ["singles", "batched"])
    words = ["--table", times, "--devices", "singles,batched", "--protocol", "halves"]
    with_sizes = evaluated(*words, "--batch-table", sizes)["devices"]
    without = evaluated(*words)["devices"]
    expect(with_sizes[0] == without[0], "a device without batches is as before")
    error = [d[1]["median_error"]["mean"] for d in (with_sizes, without)]
    expect(error[0] < 0.25 < error[1], f"milliseconds of a batch are of no single image: {error}")
    bad = table("bad.csv", [(files[0], [1.5])], ["batched"])
    refused("evaluate", "--space", "graph", *words, "--batch-table", bad,
            says=["bad.csv: ", "found batch 1.5, expected a whole number"])


@case("protocol halves scores the half that was not chosen from, beside others on the same rows")
def _():
    path = table("table.csv", [(name, [ms(i), ms(i, 4), ms(len(NAMES) - i)])
                               for i, name in enumerate(NAMES)], ["a", "b", "c"])
    words = ["--table", path, "--devices", "all", "--protocol", "halves", "--samples", 8]
    figures = evaluated(*words, "--baseline", "flops", "--baseline", "affine", "--baseline",
                        "operation-wise")
    expect(figures["protocol"] == "halves", str(figures)[:200])
    expect([m["method"] for m in figures["methods"]] ==
           ["graph", "flops:8", "affine:8", "operation-wise:8"], str(figures)[:200])
    names = ["median_error", "within_20", "spearman", "coverage_90", "width_90"]
    for method in figures["methods"]:
        expect(list(method["median"]) == names == list(method["mean"]), str(method["median"]))
        errors = [d["median_error"]["mean"] for d in method["devices"]]
        expect(method["median"]["median_error"] == sorted(errors)[1], str(errors))
        expect([d["scored"] for d in method["devices"]] == [16, 16, 16], "half of 32")
    expect(figures["median"] == figures["methods"][0]["median"], "the base's")
    drawn = evaluated(*words, "--select", "random")
    expect(drawn["median"] != figures["median"], "other rows")
    many = evaluated("--table", path, "--devices", "a", "--protocol", "halves", "--samples", 20)
    expect(many["devices"][0]["scored"] == 12, "more than half may be measured, never scored")
    text = good("evaluate", "--space", "graph", *words).out
    expect(text.splitlines()[-1].split()[0] == "median", text)
    refused("evaluate", "--space", "nasbench201", "--table", path, "--devices", "a", "--protocol",
            "halves", status=2, says="--protocol halves is for --space graph")


@case("facts of devices are read by the names that others give their columns")
def _():
    path = table("table.csv", [(name, [ms(i), ms(i, 2)]) for i, name in enumerate(NAMES)], ["a", "b"])
    words = ["train", "--space", "graph", "--table", path, "--devices", "a,b", "--made-from", "a test",
             "-o"]
    ours = write("ours.csv", "name,kind,runtime,precision\na,CPU,x,f16\nb,,x,\n")
    theirs = write("theirs.csv", "device,source,title,kind,threads,runtime,precision\n"
                                 "a,lab,Board A,CPU,4,x,f16\n")
    more = write("more.csv", "device,runtime,threads\nb,x,\n")
    good(*words, "ours.hale", "--facts", ours)
    good(*words, "theirs.hale", "--facts", theirs, "--facts", more)
    expect(pathlib.Path("ours.hale").read_bytes() == pathlib.Path("theirs.hale").read_bytes(), "same")
    refused(*words, "no.hale", "--facts", ours, "--facts", more,
            says="more.csv: device 'b' stands in another --facts")
    bad = write("bad.csv", "device,runtime,threads\na,x,many\n")
    refused(*words, "no.hale", "--facts", bad,
            says="bad.csv: line 2, column 'threads': found 'many', expected a number, or nothing")


main()
