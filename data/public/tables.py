#!/usr/bin/env python3
"""Makes tables and facts to learn from of the public tables: tables.py PUBLIC OUT

PUBLIC is the folder of the tables (sources in ../SOURCES.md). OUT gets a table for each of them, of devices
with at least eight models, whose columns are named as built-in devices are; timm_batch.csv; and facts.csv,
which says of each column what 'hale train --facts' reads: name, kind, hardware, runtime, version, threads,
precision, source, licence, date.
"""
import csv
import pathlib
import re
import sys

TABLES = ("ncnn", "ncnn_int8", "aihub", "timm", "edge_tflite", "edge_tflite_int8", "edge_torch",
          "edge_torch_int8", "mlperf", "mlperf_int8")
SOURCES = {"ncnn": ("Tencent/ncnn a4d2ea1d benchmark/README.md", "BSD-3-Clause"),
           "aihub": ("quic/ai-hub-models 52c080d2", "BSD-3-Clause"),
           "timm": ("huggingface/pytorch-image-models aa4b5850", "Apache-2.0"),
           "edge": ("qed-usc/mobile-ml-benchmark 40ba833", "MIT"),
           "mlperf": ("mlcommons/inference_results_v0.5 to v5.1", "Apache-2.0")}
DATE = "until 2026-11"  # when the tables were collected; most do not say when they were measured
LEAST = 8  # models of a device
FIELDS = ("name", "kind", "hardware", "runtime", "version", "threads", "precision", "source",
          "licence", "date")
# How columns begin, or what stands in them, and how people call that.
NAMES = (("pixel4", "pixel-4"), ("mi8se", "mi-8-se"), ("a03s", "galaxy-a03s"),
         ("onefusion", "moto-one-fusion"), ("596a81fc0ea1", "core-i9-13900k"),
         ("-ctuning-cpp-tflite-cpu", ""), ("-with-live-preprocessing", "-live"),
         ("-tflite-armnn-cpp-cpu-armnn-tflite-v22.11-using-neon", "-armnn-v22.11-neon"),
         ("rpi4coral-fan.on", "raspberry-pi-4-coral"), ("rpi4", "raspberry-pi-4"),
         ("rpi5", "raspberry-pi-5"), ("rtx3090", "rtx-3090"), ("i9-10940x", "core-i9-10940x"),
         ("samsung-galaxy", "galaxy"), ("-1big+1mid", "-1big-1mid"), ("hikey960", "hikey-960"),
         ("nvidia-orin", "jetson-agx-orin"))
RUNTIMES = (("TFLite", "tflite"), ("tflite", "tflite"), ("PyTorch Mobile", "pytorch-mobile"),
            ("PyTorch", "pytorch"), ("ArmNN", "armnn"), ("ncnn", "ncnn"), ("qnn", "qnn"),
            ("precompiled_qnn_onnx", "qnn"), ("onnx", "onnxruntime-qnn"))


def name_of(column):
    """The name that a column's device has among the built-in ones."""
    name = column.lower()
    for begins, plain in NAMES:
        if name.startswith(begins) or (begins.startswith("-") and begins in name):
            name = name.replace(begins, plain, 1)
    return re.sub(r"[^a-z0-9.]+", "-", name).strip("-")


def runtime_of(text, source):
    """The runtime's plain name, and what stands beside it."""
    if source == "aihub" and text == "tflite":
        return "tflite-qnn", ""
    for begins, name in RUNTIMES:
        if text.startswith(begins):
            rest = text[len(begins):].strip() if begins in ("TFLite", "ArmNN", "PyTorch Mobile") else ""
            return name, re.sub(r" \((CNNs|fork).*", "", rest)
    return text, ""


def kind_of(device, row):
    """What ran: a GPU's name stands in the device's, MLPerf's column says what the machine has."""
    if row["source"] == "mlperf":
        return "gpu" if "opencl" in device.lower() else "cpu"
    if row["source"] == "edge":
        return "gpu" if "gpu" in device else "cpu"
    return row["kind"].split(" ")[0].lower()


def precision_of(row, table):
    if row["source"] == "ncnn":
        return "int8" if table.endswith("int8") else "f32"
    if "run in f16" in row["precision"]:
        return "f16"
    return {"float": "f32", "fp32": "f32"}.get(row["precision"], row["precision"])


def facts_of(column, name, row, table):
    source, licence = SOURCES[row["source"]]
    runtime, version = runtime_of(row["runtime"], row["source"])
    if row["source"] == "timm":
        version = column.split("-")[-1] if "dynamo" not in column else "2.2.1 dynamo"
        runtime = "pytorch"
    return {"name": name, "kind": kind_of(column, row), "hardware": re.sub(r"\s+", " ", row["title"]),
            "runtime": runtime, "version": version, "threads": row["threads"],
            "precision": precision_of(row, table), "source": source, "licence": licence, "date": DATE}


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write(path, rows, public):
    """Rows of a table whose files are named from the folder PUBLIC: each by its whole path."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(rows[0])
        writer.writerows([str((public / row[0]).resolve()), *row[1:]] for row in rows[1:])


def main():
    public, out = (pathlib.Path(word) for word in sys.argv[1:])
    out.mkdir(parents=True, exist_ok=True)
    with open(public / "devices.csv", encoding="utf-8", newline="") as file:
        known = {row["device"]: row for row in csv.DictReader(file)}
    facts = []
    for table in TABLES:
        rows = read(public / f"{table}.csv")
        told = [0] + [i for i in range(1, len(rows[0]))
                      if sum(row[i] != "" for row in rows[1:]) >= LEAST]
        rows = [[row[i] for i in told] for row in rows]
        # ncnn's int8 columns are named as the others.
        names = [name_of(f"{column}-int8" if table == "ncnn_int8" else column)
                 for column in rows[0][1:]]
        facts += [facts_of(column, name, known[column], table)
                  for column, name in zip(rows[0][1:], names)]
        rows[0][1:] = names
        write(out / f"{table}.csv", rows, public)
    rows = read(public / "timm_batch.csv")
    rows[0][1:] = [name_of(column) for column in rows[0][1:]]
    write(out / "timm_batch.csv", rows, public)
    with open(out / "facts.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(facts)


if __name__ == "__main__":
    main()
