#!/usr/bin/env python3
"""mlir-opt reads the text of every model. mlir_opt.py CHECK_CORPUS FOLDER..."""

import re
import shutil
import subprocess
import sys


def main():
    tool = shutil.which("mlir-opt-19") or shutil.which("mlir-opt")
    if not tool:
        print("skipped: mlir-opt is absent (package mlir-19-tools)")
        return 77
    printed = subprocess.run([sys.argv[1], "--print", *sys.argv[2:]], capture_output=True,
                             text=True, check=False)
    if printed.returncode == 77:
        print(printed.stderr)
        return 77
    texts = printed.stdout.split("// -----\n")
    paths = [text.splitlines()[0].removeprefix("// ") for text in texts]
    read = subprocess.run([tool, "--allow-unregistered-dialect", "--split-input-file", "-o",
                           "/dev/null"], input=printed.stdout, capture_output=True, text=True,
                          check=False)
    starts = [0]
    for text in texts:
        starts.append(starts[-1] + text.count("\n") + 1)
    refused = set()
    for line in re.findall(r"^<stdin>:(\d+):\d+: error: ", read.stderr, re.MULTILINE):
        refused.add(paths[sum(start < int(line) for start in starts) - 1])
    print(f"{len(paths)} models, {len(refused)} refused by {tool}")
    for path in sorted(refused):
        print(path)
    if read.returncode != 0:
        print(read.stderr[:4000])
    return 1 if read.returncode != 0 or refused or printed.returncode != 0 else 0


if __name__ == "__main__":
    sys.exit(main())
