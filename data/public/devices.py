#!/usr/bin/env python3
"""Makes built-in devices of the public tables: devices.py HALE TABLES

TABLES is the folder that tables.py wrote. Each column of at least fifteen models becomes a device file in
../devices, adapted from at most 32 of them, the same for all of a table, and a line of ../devices.csv. A
piece of hardware of several columns has one of them answer to its plain name. Run ../pack_devices.py after
it.
"""
import concurrent.futures
import csv
import pathlib
import re
import subprocess
import sys
import tempfile

import onnx

DATA = pathlib.Path(__file__).resolve().parent.parent
LEAST, MOST = 15, 32
TIMM_MOST = 20  # whose networks are large, and read at another batch for each column
OWN = ("hale", "HW-NAS-Bench", "the HELP authors")  # sources of other devices, which stay
# Devices of the searched spaces whose hardware is in the tables: they answer any graph by these rows.
SEARCHED = {"raspi4": "raspberry-pi-4"}
# What a name has beside the hardware's.
CONFIGURATION = re.compile(
    r"-(\d+t|vulkan|all|big|little|mid|medium|middle|a\d\d\d?|x60|la\d+|c9\d\d|loop\d+|noavx512|avx512|"
    r"tflite|torch|armnn|qnn|onnx|amp|fp32|qrd|evk|adp)(?=-|$).*$")
RUNTIMES = ("tflite", "pytorch-mobile", "ncnn", "pytorch", "armnn", "qnn", "tflite-qnn",
            "onnxruntime-qnn")


def hardware_name(name):
    """A device's name without what its configuration adds."""
    return CONFIGURATION.sub("", name)


def shape_of(path, batch):
    """'x:8x3x224x224': the first input at a batch."""
    graph = onnx.load(path, load_external_data=False).graph
    weights = {each.name for each in graph.initializer}
    first = next(each for each in graph.input if each.name not in weights)
    extents = [each.dim_value for each in first.type.tensor_type.shape.dim]
    return f"{first.name}:" + "x".join(str(each) for each in [batch, *extents[1:]])


def spread(rows, count):
    """So many of the rows of a table, from the fastest to the slowest, those that most columns have."""
    def milliseconds(row):
        return sorted(float(row[column]) for column in list(row)[1:] if row[column])
    most = max(len(milliseconds(row)) for row in rows)
    told = [row for row in rows if len(milliseconds(row)) >= most / 2]
    told.sort(key=lambda row: milliseconds(row)[0])
    if len(told) <= count:
        return {row["arch"] for row in told}
    return {told[round(i * (len(told) - 1) / (count - 1))]["arch"] for i in range(count)}


def columns(folder):
    """(facts, rows) of each column; a row is a file, milliseconds and a batch, or none."""
    with open(folder / "facts.csv", encoding="utf-8", newline="") as file:
        facts = {row["name"]: row for row in csv.DictReader(file)}
    with open(folder / "timm_batch.csv", encoding="utf-8", newline="") as file:
        batches = {row["arch"]: row for row in csv.DictReader(file)}
    for table in sorted(folder.glob("*.csv")):
        if table.stem in ("facts", "timm_batch"):
            continue
        with open(table, encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        chosen = spread(rows, TIMM_MOST if table.stem == "timm" else MOST)
        for column in list(rows[0])[1:]:
            told = [(row["arch"], float(row[column]),
                     batches[row["arch"]][column] if table.stem == "timm" else "")
                    for row in rows if row[column] and row["arch"] in chosen]
            if len(told) >= LEAST:
                yield facts[column], told


def make(hale, facts, rows, name, beside=""):
    """The device's file, in place, or a section of one that is there."""
    with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("arch", "latency_ms", "shape"))
        for path, ms, batch in rows:
            writer.writerow((path, ms, shape_of(path, int(float(batch))) if batch else ""))
        file.flush()
        subprocess.run(
            [hale, "adapt", "--measurements", file.name, "--base", "graph", "--name", name,
             "--precision", {"amp": "f16"}.get(facts["precision"], facts["precision"]),
             "--made-from", f"{beside}{len(rows)} networks, as {facts['source']} has them",
             "-o", DATA / "devices" / f"{name}.hale", "--format", "csv"],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def preference(facts, count):
    """The smaller, the sooner a column answers to its hardware's plain name."""
    threads = int(facts["threads"] or 1)
    slow = sum(word in facts["name"] for word in ("little", "mid", "loop", "noavx512", "live"))
    return (facts["precision"] not in ("f32", "f16", "amp"), facts["kind"] == "gpu",
            RUNTIMES.index(facts["runtime"]), slow, abs(threads - 4), -count)


def main():
    hale, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    with open(DATA / "devices.csv", encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    fields = list(lines[0])
    lines = [line for line in lines if line["source"] in OWN]
    taken = {name for line in lines for name in (line["name"], *line["aliases"].split(";"))}
    found = {}
    for facts, rows in columns(folder):
        name = facts["name"]
        if name in taken or name in found:
            raise SystemExit(f"two devices are called {name}")
        found[name] = facts, rows
    best = {}  # of each piece of hardware
    for name, (facts, rows) in found.items():
        ranked = preference(facts, len(rows)), name
        best[hardware_name(name)] = min(ranked, best.get(hardware_name(name), ranked))
    aliases = {name: hardware for hardware, (_, name) in best.items()
               if hardware not in taken and hardware not in found}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(make, hale, *found[name], name) for name in found]
        jobs += [pool.submit(make, hale, *found[best[hardware][1]], name,
                             "the ten references of HELP, as measured by HW-NAS-Bench (tables of "
                             "github.com/HayeonLee/HELP), and ")
                 for name, hardware in SEARCHED.items()]
        for done in jobs:
            done.result()
    for name, (facts, _) in sorted(found.items()):
        line = {field: facts.get(field, "") for field in fields}
        lines.append({**line, "name": name, "aliases": aliases.get(name, "")})
    with open(DATA / "devices.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fields, lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)


if __name__ == "__main__":
    main()
