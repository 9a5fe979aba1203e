#!/usr/bin/env python3
"""hale beside a peer that does the same work, in one run: alternating rounds, medians, ratios.

  compare.py PEER.py BENCH_EXECUTABLE...
"""

import json
import os
import statistics
import subprocess
import sys

ROUNDS = 5
PEER_PYTHON = "/usr/bin/python3"  # the one that Debian's python3-torch is installed for


def rounds_of(peer, benches):
    """name -> [milliseconds] of the peer and of hale."""
    theirs, ours = {}, {}
    for _ in range(ROUNDS):
        out = subprocess.run([PEER_PYTHON, peer], check=True, stdout=subprocess.PIPE, text=True)
        for line in out.stdout.splitlines():
            entry = json.loads(line)
            theirs.setdefault(entry["name"], []).append(entry["milliseconds"])
        for bench in benches:
            out = subprocess.run([bench, "--benchmark_format=json"], check=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            scale = {"ns": 1e-6, "us": 1e-3, "ms": 1.0}
            for entry in json.loads(out.stdout)["benchmarks"]:
                ours.setdefault(entry["name"], []).append(
                    entry["real_time"] * scale[entry["time_unit"]])
    return theirs, ours


def main():
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    if subprocess.run([PEER_PYTHON, "-c", "import torch"], capture_output=True,
                      check=False).returncode != 0:
        print("skipped: Debian's python3-torch is absent")
        return 77
    theirs, ours = rounds_of(sys.argv[1], sys.argv[2:])
    print(f"medians of {ROUNDS} alternating rounds, one thread; load {os.getloadavg()[0]:.1f}")
    print(f"{'':28}{'PyTorch ms':>12}{'hale ms':>12}{'ratio':>9}")
    for name, times in theirs.items():
        if name not in ours:
            print(f"{name}: no such benchmark among {', '.join(sorted(ours))}", file=sys.stderr)
            return 1
        peer, hale = statistics.median(times), statistics.median(ours[name])
        print(f"{name:28}{peer:12.4f}{hale:12.4f}{peer / hale:8.1f}x")
    return 0


if __name__ == "__main__":
    sys.exit(main())
