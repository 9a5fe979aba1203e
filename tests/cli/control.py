"""If, Loop and Scan: which branch is taken, how often bodies run, what shapes they give."""
import pathlib
import sys

import wire
from harness import case, expect, good_json, hale, main, refused

CASES = pathlib.Path(sys.argv[2]).resolve() / "cases"


def shown(path, *words):
    return good_json("inspect", path, *words)["model"]


def shapes(model):
    return {port["name"]: port["shape"] for port in model["outputs"]}


def of_ifs(model):
    return [text for text in model["assumptions"] if "(If)" in text]


def by_operator(model):
    return {row["operator"]: row["macs"] for row in model["operators"] if row["macs"]}


def of_the_cases(name, **expected):
    """A model of the data folder, and what is right of it."""
    path = CASES / name / "m.onnx"
    if not path.exists():
        case(f"{name} # SKIP there is no {name} in the data folder")(lambda: None)
        return

    @case(f"what is right of {name}")
    def _():
        found = shown(path)
        expect(found["macs"] == expected["macs"], str(found))
        expect(found["coverage"]["macs"] == 1, str(found))
        expect(list(shapes(found).values()) == expected["outputs"], str(found["outputs"]))
        expect(sum(by_operator(found).values()) == found["macs"], str(found["operators"]))
        for operator, macs in expected.get("operators", {}).items():
            expect(by_operator(found)[operator] == macs, str(found["operators"]))
        expect(bool(of_ifs(found)) == expected.get("is_assumed", name.startswith("if-")),
               str(found["assumptions"]))
        for part in expected.get("says", []):
            expect(any(part in text for text in found["assumptions"]), str(found["assumptions"]))
        rows = good_json("inspect", path, "--print", "ops")["operations"]
        expect(sum(row["macs"] or 0 for row in rows) == found["macs"], str(rows))
        run = hale("score", path)
        expect(run.status == 0, "a model that is all costed is answered", run)


of_the_cases("if-const", macs=32768, outputs=["16x32"], is_assumed=False)
of_the_cases("if-same-out", macs=1179648 + 2359296, outputs=["1x16x32x32"],
             says=["takes its costlier branch, then_branch, of 1x16x32x32"])
of_the_cases("loop-share", macs=11743744, outputs=["1x100"], says=["its body runs 500 times"],
             operators={"Conv": 3538944, "MatMul": 8192000, "Gemm": 12800})
of_the_cases("loop-trip", macs=37 * 16384, outputs=["1x128", "37x1x128"],
             says=["its body runs 37 times"])
of_the_cases("scan-then", macs=307200 + 51200 + 1024, outputs=["50x4x8", "4x8"],
             operators={"MatMul": 359424})


@case("a branch is assumed and said, or chosen, or decided by a value")
def _():
    path = wire.choice()
    found = shown(path)
    expect(found["macs"] == 4 * 8 * 16 and shapes(found) == {"y": "4x16"}, str(found))
    expect(of_ifs(found) == ["node of 'r' (If): takes its costlier branch, then_branch, of "
                                    "4x16"], str(found["assumptions"]))
    found = shown(path, "--take", "r=else")
    expect(found["macs"] == by_operator(found)["MatMul"] == 4 * 8 * 8, str(found))
    expect(of_ifs(found) == ["node of 'r' (If): takes else_branch, as asked"],
           str(found["assumptions"]))
    for value, columns in ("0", 8), ("1", 16), ("false", 8), ("true", 16):
        found = shown(path, "--value", f"cache={value}")
        expect(found["macs"] == 4 * 8 * columns, str(found))
        expect(of_ifs(found) == [], str(found["assumptions"]))
        answer, = good_json("score", path, "--value", f"cache={value}")["results"]
        expect(answer["macs"] == 4 * 8 * columns, str(answer))


@case("a choice that the model does not have is refused with those that it has")
def _():
    path = wire.choice()
    refused("inspect", path, "--take", "s=then", says="--take: no If node 's'; there are: 'r'")
    refused("inspect", path, "--value", "x=1", says="--value: input 'x' is 4x8")
    refused("inspect", path, "--value", "cache=2", says="0 or 1")
    refused("inspect", path, "--value", "cached=1", says="no input 'cached'; there are: 'cache'")
    refused("inspect", path, "--take", "r=both", status=2, says="expected NODE=then or NODE=else")
    refused("inspect", path, "--value", "cache", status=2, says="expected INPUT=NUMBER")
    refused("inspect", path, "--take", "r=then", "--take", "r=else", status=2, says="stands twice")


main()
