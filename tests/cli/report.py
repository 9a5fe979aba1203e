"""hale evaluate with several bases, and the page that --report writes of them."""
import csv
import io
import json

from harness import *

EVALUATE = ["evaluate", "--space", "nasbench201", "--table", "table.csv", "--devices",
            "device9,device8", "--draws", "2"]
SEVERAL = [*EVALUATE, "--base", "nasbench201-help", "--base", "mine.hale"]


def two_bases():
    table()
    good("train", "--space", "nasbench201", "--table", "table.csv", "--devices",
         ",".join(f"device{d}" for d in range(8)), "--valid", "device8", "--episodes", "20", "-o",
         "mine.hale")


@case("several bases are told apart in every format, each with the figures it has alone")
def _():
    two_bases()
    alone = {name: good_json(*EVALUATE, "--base", base)
             for name, base in (("nasbench201-help", "nasbench201"), ("mine", "mine.hale"))}
    together = good_json(*SEVERAL)
    methods = together.pop("methods")
    expect(together == alone["nasbench201-help"], "the first base's figures at the top, no more")
    expect([m["method"] for m in methods] == list(alone), str(methods))
    for method in methods:
        mean, devices = alone[method["method"]]["mean"], alone[method["method"]]["devices"]
        expect(method["mean"] == mean, "its own mean")
        expect(method["devices"] == devices, "its own figures")
    expect(methods[0]["mean"] != methods[1]["mean"], "two different bases")

    lines = [json.loads(line) for line in good(*SEVERAL, "--format", "jsonl").out.splitlines()]
    pairs = [(m, d) for m in alone for d in ("device9", "device8")]
    expect([(r["method"], r["device"]) for r in lines] == pairs, str(lines))
    rows = list(csv.DictReader(io.StringIO(good(*SEVERAL, "--format", "csv").out)))
    expect([(r["method"], r["device"]) for r in rows] ==
           [(m, d) for m in alone for d in ("device9", "device8", "mean")], str(rows))
    expect(list(rows[0])[:3] == ["device", "method", "spearman"], str(rows[0]))
    text = good(*SEVERAL).out
    expect(text == "\n".join(good(*EVALUATE, "--base", base).out
                             for base in ("nasbench201-help", "mine.hale")), text)


@case("bases of one name and an empty list of devices are refused")
def _():
    table()
    refused(*EVALUATE, "--base", "nasbench201", "--base", "nasbench201-help",
            says=["--base nasbench201-help: ", "'nasbench201-help' was given before"])
    refused(*EVALUATE[:6], ",", says="--devices", status=2)


main()
