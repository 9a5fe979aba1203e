"""Writes hale's file format, version 1: see include/hale/io/container.hpp."""

import struct

MAGIC = b"\x89HALE\r\n\x1a"


def checksum(data):
    """FNV-1a, 64 bits."""
    state = 0xCBF29CE484222325
    for byte in data:
        state = (state ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return state


def serialise(sections):
    """The bytes of a file with these (name, payload) sections in order."""
    out = bytearray(MAGIC + struct.pack("<II", 1, len(sections)))
    for name, payload in sections:
        encoded = name.encode()
        out += struct.pack("<H", len(encoded)) + encoded
        out += struct.pack("<Q", len(payload)) + payload
    return bytes(out + struct.pack("<Q", checksum(out)))
