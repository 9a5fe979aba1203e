"""Bases of any graph: training from tables and evaluation."""
import pathlib

from any_graph import FOUR, TIMES, device, in_folders, score, without
from harness import case, expect, good, good_json, hale, main, measurements, refused, write


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


@case("devices of one class are learned from together, those of one hardware left out together")
def _():
    names = [f"{family}/{seed}" for family in ("residual", "mixer") for seed in range(12)]
    rows = [f"{name},{0.4 + 0.3 * i},{0.5 + 0.4 * i},{9 - 0.3 * i}" for i, name in enumerate(names)]
    table = write("table.csv", "\n".join(["arch,lite-1-a,lite-1-b,server", *rows]) + "\n")
    words = ["train", "--space", "graph", "--table", table, "--devices", "lite-1-a,lite-1-b,server",
             "--made-from", "a test", "-o"]
    told = write("told.csv", "name,runtime\nlite-1-a,lite\nlite-1-b,lite\nserver,server\n"
                             "not-in-the-table,lite\n")
    kinds = write("kinds.csv", "name,kind,runtime\nlite-1-a,cpu,lite\nlite-1-b,gpu,lite\n"
                               "server,,server\n")
    chips = write("chips.csv", "name,hardware,runtime\nlite-1-a,chip,lite\nlite-1-b,chip,lite\n"
                               "server,,server\n")
    apart = write("apart.csv", "runtime,name\nlite-1-a,lite-1-a\nlite-1-b,lite-1-b\nserver,server\n")
    partly = write("partly.csv", "name,runtime\nlite-1-a,lite\nlite-1-b,lite\nserver,\n")
    good(*words, "alone.hale")
    good(*words, "apart.hale", "--facts", apart)
    good(*words, "told.hale", "--facts", told)
    good(*words, "kinds.hale", "--facts", kinds)
    good(*words, "chips.hale", "--facts", chips)
    run = hale(*words, "partly.hale", "--facts", partly)
    says = ("hale: warning: partly.csv: no runtime for server; each counts as a runtime of its "
            "own\n")
    expect(run.status == 0 and run.err == says, "a warning", run)
    alone, by_name, together, by_kind, by_chip, warned = (
        pathlib.Path(f"{base}.hale").read_bytes()
        for base in ("alone", "apart", "told", "kinds", "chips", "partly"))
    expect(alone == by_name, "nothing is read out of a name")
    expect(together != alone, "one class of two devices")
    expect(b"lite\t" in together and b"lite cpu\t" in by_kind and b"lite gpu\t" in by_kind,
           "a class is of one runtime and kind")
    expect(by_chip != together, "left out together, others are learned from")
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
        expect(method["devices"][0]["spearman"]["mean"] > 0.7, str(method))
    refused(*words, "--baseline", "lut:12", says="there are: flops, roofline, operation-wise")


main()
