#!/usr/bin/env python3
"""Exports COUNT random networks of SPACE with PyTorch and has CHECKER read them all.

    check_torch.py CHECKER SPACE COUNT

Skipped (77) where no Python has torch and onnx (Debian: python3-torch, python3-onnx).
"""
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def python_with_torch():
    for candidate in (sys.executable, "/usr/bin/python3"):
        try:
            done = subprocess.run([candidate, "-c", "import torch, onnx"], capture_output=True)
        except OSError:
            continue
        if done.returncode == 0:
            return candidate
    return None


def main():
    checker, space, count = sys.argv[1:]
    python = python_with_torch()
    if python is None:
        print("skipped: no Python with torch and onnx (Debian: python3-torch, python3-onnx)")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        script = os.path.join(HERE, "export_networks.py")
        subprocess.run([python, script, folder, "--random", space, count, "7"], check=True)
        return subprocess.run([checker, folder]).returncode


if __name__ == "__main__":
    sys.exit(main())
