"""Writes the hardware embeddings of a golden file's devices to all digits, from the authors' own
latencies: the golden file rounds them to nine, which shows in results near zero.

  embeddings.py HELP_IMPORT_FOLDER RAW_FOLDER GOLDEN_JSON OUTPUT_JSON
"""

import json
import os
import sys

help_import, raw, golden, output = sys.argv[1:]
sys.path.insert(0, help_import)
import published  # noqa: E402


def embedding(device, references):
    latencies = published.load(os.path.join(raw, "latency", device + ".pt"))
    values = [latencies[row] for row in references]
    low, high = min(values), max(values)
    return [(value - low) / (high - low) for value in values]


with open(golden, encoding="utf-8") as text:
    devices = [task["device"] for task in json.load(text)["tasks"]]
rows = published.load(os.path.join(raw, "hardware_embedding_index.pt"))
with open(output, "w", encoding="utf-8") as out:
    json.dump({device: embedding(device, rows) for device in devices}, out)
