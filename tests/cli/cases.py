"""Small models made from public bug reports of other tools, each with its right value.

usage: cases.py HALE DATA_DIR. Skipped where that has no folder `cases`.
"""
import csv
import io
import json
import pathlib
import sys

from harness import case, expect, hale, main

FOLDER = pathlib.Path(sys.argv[2]).resolve() / "cases"


def inspect(name, *words):
    """What `inspect --format json` says of a case's model."""
    run = hale("inspect", FOLDER / name / "m.onnx", *words, "--format", "json")
    expect(run.status == 0, f"{name}: inspect failed", run)
    return json.loads(run.out)["model"]


def score(name, *words):
    """The only result of `score --format json`."""
    run = hale("score", FOLDER / name / "m.onnx", *words, "--format", "json")
    expect(run.status == 0, f"{name}: score failed", run)
    return json.loads(run.out)["results"][0]


def equal(found, wanted, what):
    expect(found == wanted, f"{what}: found {found}, expected {wanted}")


def shapes(model, side):
    return {port["name"]: port["shape"] for port in model[side]}


def inferred(name, *words):
    """The text of the graph after shape inference."""
    run = hale("inspect", FOLDER / name / "m.onnx", "--passes", "infer-shapes", "--print", "ir", *words)
    expect(run.status == 0, f"{name}: inspect failed", run)
    return run.out


def refused(name, *words):
    run = hale("inspect", FOLDER / name / "m.onnx", *words)
    expect(run.status == 1 and run.out == "", f"{name}: not refused", run)
    return run.err


# Case: the words of inspect, multiply-adds, parameters where the case is about them, outputs.
FIGURES = {
    "einsum-ellipsis-mqa": ([], 15360, None, {"p": "2x4x10x12"}),
    "gqa-cache": (["--dim", "B=1", "--dim", "S=1", "--dim", "P=511"], 2 * 16 * 512 * 64, None,
                  {"ok": "1x4x512x64", "ov": "1x4x512x64"}),
    "nbits": (["--dim", "S=7"], 7 * 3072 * 8192, 3072 * 8192, {"y": "1x7x8192"}),
    "nested-fn": ([], 458752, 33088, {"y": "7x64"}),
    "seq-split": ([], 2560, None, {"y": "2x10x8", "v2": "2x6x3x16"}),
    "shape-scatternd": (["--dim", "B=2", "--dim", "L=144"], 204800, None, {}),
    "shape-times-half": (["--dim", "B=2", "--dim", "L=144"], 294912, None, {}),
}


def figures_of(name, words, macs, parameters, outputs):
    def check():
        model = inspect(name, *words)
        equal(model["macs"], macs, "multiply-adds")
        if parameters is not None:
            equal(model["parameters"], parameters, "parameters")
        for output, shape in outputs.items():
            equal(shapes(model, "outputs")[output], shape, f"output {output}")

    return check


for each, figures in FIGURES.items():
    case(f"{each}: multiply-adds, parameters and outputs")(figures_of(each, *figures))


@case("float-shape: sizes computed in floats")
def float_shape():
    text = inferred("float-shape", "--dim", "N=1", "--dim", "H=15", "--dim", "W=21")
    expect("tensor<1x8x22x31xf32>" in text and "tensor<1x16x22x31xf32>" in text, text)


@case("resize-axes-policy: one factor for all axes")
def resize_axes_policy():
    text = inferred("resize-axes-policy")
    expect("tensor<1x3x45x90xf32>" in text and "tensor<1x3x90x180xf32>" in text, text)


@case("nbits-old, genai-others: products of four bits, look-ups and experts are costed")
def few_bits():
    model = inspect("nbits-old")
    equal(model["coverage"]["nodes"], 1.0, "coverage")
    expect(model["macs"] % 524288 == 0 and model["macs"] > 0, f"found {model['macs']} multiply-adds")
    model = inspect("genai-others", "--dim", "B=1", "--dim", "S=4")
    equal(model["coverage"]["nodes"], 1.0, "coverage")
    expect(model["macs"] >= 524288, f"found {model['macs']} multiply-adds")


@case("custom-mid-noshape: nothing is both counted and listed as not counted")
def custom_in_the_middle():
    model = inspect("custom-mid-noshape")
    listed = {each["operator"] for each in model["uncovered"]}
    expect("Conv" not in listed and len(listed) == 1, f"listed: {model['uncovered']}")
    expect(model["macs"] > 9437184, f"found {model['macs']} multiply-adds")
    expect(score("custom-mid-noshape")["verdict"] == "unknown", "verdict")


@case("ux-ops-csv: a row a kernel, whose times add up to the latency")
def rows_of_kernels():
    run = hale("score", FOLDER / "ux-ops-csv" / "m.onnx", "--ops", "--format", "csv")
    expect(run.status == 0, "score failed", run)
    rows = list(csv.DictReader(io.StringIO(run.out)))
    expect(len(rows) > 1, "expected several rows", run)
    answer = score("ux-ops-csv", "--ops")
    equal([row["kernel"] for row in rows], [op["kernel"] for op in answer["ops"]], "kernels")
    total = sum(float(row["latency_ms"]) for row in rows)
    expect(abs(total - answer["latency_ms"]) < 1e-4 * total, f"times add up to {total}")
    expect(abs(sum(float(row["share"]) for row in rows) - 1) < 1e-4, "shares add up to one")
    expect(all(int(row["bytes"]) >= 0 and int(row["macs"]) >= 0 for row in rows), "figures")


@case("lfs-pointer, console-text: files that are something else are named")
def other_files():
    expect("git-lfs pointer" in refused("lfs-pointer"), "git-lfs")
    expect("text found" in refused("console-text"), "text")


if FOLDER.is_dir():
    main()
else:
    print("1..0 # SKIP the folder of cases is absent")
