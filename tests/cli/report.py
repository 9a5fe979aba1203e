"""hale evaluate with several bases, and the page that --report writes of them."""
import csv
import datetime
import html
import io
import json
import os
import pathlib
import re
import shlex

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


def page_of(path="report.html"):
    """A report's text, and the data that its script draws."""
    text = pathlib.Path(path).read_text()
    data = text.split('<script type="application/json" id="data">')[1].split("</script>")[0]
    return text, json.loads(data)


@case("a report stands alone and holds the figures that are printed")
def _():
    two_bases()
    printed = good_json(*SEVERAL, "--report", "report.html")
    expect(printed == good_json(*SEVERAL), "the report changes nothing on stdout")
    text, data = page_of()
    for outside in ("src=", "@import", "url(", "import(", "fetch("):
        expect(outside not in text, f"'{outside}' refers to something outside")
    addresses = set(re.findall(r"https?://[^\s\"']+", text))
    expect(addresses == {"http://www.w3.org/2000/svg"}, f"only a namespace: {addresses}")
    expect([m["name"] for m in data["methods"]] == ["nasbench201-help", "mine"], "methods")
    for method, shown in zip(printed["methods"], data["methods"]):
        for device, drawn in zip(method["devices"], shown["devices"]):
            expect(device["device"] == drawn["device"], str(drawn["device"]))
            for name, spread in drawn["metrics"].items():
                expect(spread == {k: device[name][k] for k in ("mean", "sd")}, name)
            worst = f"worst {device['spearman']['min']:.3f}"
            expect(worst in text, f"the worst draw's '{worst}'")
        expect(f'{method["mean"]["spearman"]:.3f}</td>' in text, "the mean over devices")
    for fact in ("protocol strict", "10 samples", "2 draws", "seed 1", "table.csv", "20 episodes"):
        expect(fact in text, f"'{fact}' is told")
    today = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d")
    expect(f"<dd>{today} " in text, f"the date, {today}")
    only_these(".", ["table.csv", "mine.hale", "report.html"])


@case("the command in a report makes the same figures again")
def _():
    os.mkdir("it's here")
    os.rename(table(), "it's here/t.csv")
    printed = good_json("evaluate", "--space", "nasbench201", "--table", "it's here/t.csv",
                        "--devices", "device9", "--draws", "2", "--seed", "5", "--report",
                        "a b.html")
    first = page_of("a b.html")
    command = html.unescape(first[0].split("<pre>")[1].split("</pre>")[0])
    words = shlex.split(command)
    expect(words[:2] == ["hale", "evaluate"] and "it's here/t.csv" in words, command)
    os.remove("a b.html")
    expect(good_json(*words[1:]) == printed, command)
    expect(page_of("a b.html")[1] == first[1], "the same data: the rows that are drawn are fixed")


@case("a plot draws at most a thousand rows, by rising latency")
def _():
    table(rows=1500)
    for protocol, rows, drawn in (("strict", 1490, 1000), ("help", 480, 480)):
        good(*EVALUATE, "--protocol", protocol, "--report", "report.html")
        for device in page_of()[1]["methods"][0]["devices"]:
            points = device["points"]
            expect((device["rows"], len(points)) == (rows, drawn), f"{device['rows']} rows")
            expect(points == sorted(points, key=lambda p: p[0]), "by rising latency")
            expect(all(low < median < high for _, median, low, high in points), "intervals")


@case("sample counts are drawn where the protocol and the table have them")
def _():
    table()
    spearman = {n: good_json(*EVALUATE, "--protocol", "help", "--samples", n) for n in (7, 20)}
    good(*EVALUATE, "--protocol", "help", "--samples", "7", "--report", "report.html")
    method = page_of()[1]["methods"][0]
    expect(method["curve_note"] == "", method["curve_note"])
    for d, device in enumerate(method["devices"]):
        curve = {samples: (mean, sd) for samples, mean, sd in device["curve"]}
        expect(list(curve) == [5, 7, 10, 20, 40], str(curve))
        for samples, report in spearman.items():
            figure = report["devices"][d]["spearman"]
            expect(curve[samples] == (figure["mean"], figure["sd"]), f"{samples} samples")
    good(*EVALUATE, "--report", "report.html")
    method = page_of()[1]["methods"][0]
    expect("takes exactly 10 measurements under protocol strict" in method["curve_note"], "why")
    expect([len(device["curve"]) for device in method["devices"]] == [1, 1], "one count")
    text = pathlib.Path("table.csv").read_text().splitlines()
    write("table.csv", "\n".join(text[:35]) + "\n")
    good(*EVALUATE[:-1], "1", "--protocol", "help", "--samples", "5", "--report", "report.html")
    method = page_of()[1]["methods"][0]
    expect("40 samples: device 'device9' has" in method["curve_note"], method["curve_note"])


@case("a report that cannot be written is refused, and nothing is left of it")
def _():
    table()
    refused(*EVALUATE, "--report", "-", status=2, says="--report -")
    refused(*EVALUATE, "--report", "absent/report.html", says=["no folder 'absent'"])
    os.mkdir("folder")
    refused(*EVALUATE, "--report", "folder", says="folder: is a folder, expected a file")
    refused(*EVALUATE, "--samples", "11", "--report", "report.html", says="11 samples")
    only_these(".", ["table.csv", "folder"])
    good(*EVALUATE, "--report", "/dev/null")


main()
