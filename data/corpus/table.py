#!/usr/bin/env python3
"""Makes the latency table of the corpus from what `hale measure` wrote for each device.

table.py OUTPUT DEVICE.csv..

A cell is the least of the medians of the processes that measured it: what disturbs a shared machine
only makes it slower. Devices are named by their files.
"""
import csv
import pathlib
import sys


def rows_of(path):
    latencies = {}
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            latencies.setdefault(row["arch"], []).append(float(row["latency_ms"]))
    return {arch: min(each) for arch, each in latencies.items()}


def order_of(arch):
    family, _, seed = arch.rpartition("/")
    return family, int(seed)


def main():
    output, *files = sys.argv[1:]
    devices = {pathlib.Path(path).stem: rows_of(path) for path in sorted(files)}
    archs = sorted({arch for rows in devices.values() for arch in rows}, key=order_of)
    with open(output, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["arch", *devices])
        for arch in archs:
            writer.writerow([arch, *(f"{rows[arch]:.6g}" if arch in rows else ""
                                     for rows in devices.values())])


main()
