#!/usr/bin/env python3
"""Puts what `hale measure` wrote for each device into the latency table of the corpus.

table.py TABLE DEVICE.csv..

A cell is the least of what the processes that measured it took in one run of twenty: what disturbs
a shared machine only makes it slower. Devices are named by their files; those of TABLE that no file
is of stay as they are.
"""
import csv
import pathlib
import sys


def rows_of(path):
    latencies = {}
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            latencies.setdefault(row["arch"], []).append(float(row["low_ms"]))
    return {arch: min(each) for arch, each in latencies.items()}


def table_of(path):
    if not path.exists():
        return {}
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    devices = [name for name in rows[0] if name != "arch"] if rows else []
    return {device: {row["arch"]: float(row[device]) for row in rows if row[device]}
            for device in devices}


def order_of(arch):
    family, _, seed = arch.rpartition("/")
    return family, int(seed)


def main():
    output, *files = sys.argv[1:]
    devices = table_of(pathlib.Path(output))
    devices.update({pathlib.Path(path).stem: rows_of(path) for path in files})
    devices = dict(sorted(devices.items()))
    archs = sorted({arch for rows in devices.values() for arch in rows}, key=order_of)
    with open(output, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["arch", *devices])
        for arch in archs:
            writer.writerow([arch, *(f"{rows[arch]:.6g}" if arch in rows else ""
                                     for rows in devices.values())])


main()
