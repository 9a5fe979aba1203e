#!/usr/bin/env python3
"""Makes built-in devices of device files: pack_devices.py

Writes what devices.csv says of each device into its file in devices/, and moves the networks that it was
measured with into networks.hale.z, where all devices share them. Measurements stay as they are, and so
does a file that was packed before. A device file without a line in devices.csv is an error.
"""
import csv
import pathlib
import struct
import sys
import zlib

DATA = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(DATA.parent / "frontends/help_import"))
from container import MAGIC, serialise  # noqa: E402

SHARED = DATA / "networks.hale.z"
KEY = b"network/"


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


def networks_of(data):
    """The parts of each network by its key, a file's name without its folder; no terms: the build makes them
    of the kernels."""
    found = {}
    for name, payload in sections(data):
        key, part = name.split("/")
        if part == "name":
            payload = payload.rsplit(b"/", 1)[-1] if payload.startswith(b"/") else payload
        if part != "terms":
            found.setdefault(key, {})[part] = payload
    return found


def without_networks(payload, networks):
    """A device's section of measurements without its own networks, which are added to `networks`."""
    kept = []
    for name, part in sections(payload):
        if name == "networks":
            for key, network in networks_of(part).items():
                networks.setdefault(key, network)
        else:
            kept.append((name, part))
    return serialise(kept)


def keys_of(payload):
    """The keys of the networks that a section's measurements name."""
    lines = dict(sections(payload))["measurements"].splitlines()
    archs = [line.split(b"\t", 1)[1] for line in lines]
    return {arch[len(KEY):].decode() for arch in archs if arch.startswith(KEY)}


def main():
    with open(DATA / "devices.csv", encoding="utf-8", newline="") as table:
        known = {row.pop("name"): row for row in csv.DictReader(table)}
    networks = networks_of(zlib.decompress(SHARED.read_bytes())) if SHARED.exists() else {}
    used = set()
    for file in sorted((DATA / "devices").glob("*.hale")):
        if file.stem not in known:
            raise SystemExit(f"{file}: devices.csv has no device '{file.stem}'")
        packed = []
        for name, payload in sections(file.read_bytes()):
            if name == "device":
                payload = described(payload, known[file.stem])
            else:
                payload = without_networks(payload, networks)
                used |= keys_of(payload)
            packed.append((name, payload))
        file.write_bytes(serialise(packed))
    if missing := used - networks.keys():
        raise SystemExit(f"{SHARED.name} lacks measured networks: {', '.join(sorted(missing))}")
    parts = [(f"{key}/{part}", networks[key][part])
             for key in sorted(used) for part in ("name", "unfused", "fused")]
    SHARED.write_bytes(zlib.compress(serialise(parts), 9))


if __name__ == "__main__":
    main()
