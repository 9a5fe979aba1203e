#!/usr/bin/env python3
"""Writes a C++ unit that holds files: embed.py OUTPUT HEADER FUNCTION=FILE,FILE,.. FUNCTION=..

HEADER declares each FUNCTION, which returns its files in the order given, named by their stems. The
assembler copies the bytes; no compiler parses them.
"""
import pathlib
import sys

HEAD = """#include <array>
#include <span>
#include <string_view>

#include "{header}"

// Generated from the lists in frontends/embedded/meson.build.
"""

FILE = """
__asm__(
    ".pushsection .rodata\\n"
    ".balign 64\\n"
    ".hidden {symbol}\\n.global {symbol}\\n{symbol}:\\n"
    ".incbin \\"{path}\\"\\n"
    ".hidden {symbol}_end\\n.global {symbol}_end\\n{symbol}_end:\\n"
    ".byte 0\\n"
    ".popsection\\n");
extern "C" const char {symbol};
extern "C" const char {symbol}_end;
"""

FUNCTION = """
namespace hale::embedded {{

std::span<const session::BuiltIn> {name}() {{
  static const std::array<session::BuiltIn, {count}> files = {{{{
{entries}
  }}}};
  return files;
}}

}}  // namespace hale::embedded
"""


def main():
    output, header, *groups = sys.argv[1:]
    text = HEAD.format(header=header)
    unit = pathlib.Path(output).stem
    number = 0
    for group in groups:
        name, _, paths = group.partition("=")
        entries = []
        for path in filter(None, paths.split(",")):
            symbol = f"hale_{unit}_{number}"
            number += 1
            text += FILE.format(symbol=symbol, path=path)
            stem = pathlib.Path(path).stem
            entries.append(f'      {{"{stem}", {{&{symbol}, '
                           f"static_cast<std::size_t>(&{symbol}_end - &{symbol})}}}},")
        text += FUNCTION.format(name=name, count=len(entries), entries="\n".join(entries))
    pathlib.Path(output).write_text(text)


main()
