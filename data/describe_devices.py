#!/usr/bin/env python3
"""Writes what devices.csv says of each built-in device into its file: describe_devices.py

Measurements stay as they are. A device file without a line in devices.csv is an error.
"""
import csv
import pathlib
import struct
import sys

DATA = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(DATA.parent / "frontends/help_import"))
from container import MAGIC, serialise  # noqa: E402


def sections(data):
    """The (name, payload) sections of a file in order."""
    if not data.startswith(MAGIC):
        raise SystemExit("not a hale file")
    _, count = struct.unpack_from("<II", data, len(MAGIC))
    at = len(MAGIC) + 8
    found = []
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2:at + 2 + length].decode()
        at += 2 + length
        (size,) = struct.unpack_from("<Q", data, at)
        found.append((name, data[at + 8:at + 8 + size]))
        at += 8 + size
    return found


def described(notes, facts):
    """The notes of a device with these facts in place of those that they have."""
    kept = [line for line in notes.decode().splitlines() if line.split("=")[0] not in facts]
    kept += [f"{key}={value}" for key, value in facts.items() if value]
    return ("\n".join(kept) + "\n").encode()


def main():
    with open(DATA / "devices.csv", encoding="utf-8", newline="") as table:
        known = {row.pop("name"): row for row in csv.DictReader(table)}
    for file in sorted((DATA / "devices").glob("*.hale")):
        if file.stem not in known:
            raise SystemExit(f"{file}: devices.csv has no device '{file.stem}'")
        file.write_bytes(serialise([
            (name, described(payload, known[file.stem]) if name == "device" else payload)
            for name, payload in sections(file.read_bytes())]))


if __name__ == "__main__":
    main()
