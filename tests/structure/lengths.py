#!/usr/bin/env python3
"""Fails where a source file is longer than a reader takes in at once.

  lengths.py SOURCE_ROOT
  lengths.py --self-test
"""

import pathlib
import sys
import tempfile

LONGEST = 400  # lines
FOLDERS = ("include", "frontends", "examples", "bench", "tests")
SUFFIXES = (".hpp", ".cpp", ".h", ".c", ".in", ".py", ".cjs", ".js", ".sh", ".html", ".css", ".build")


def too_long(root):
    """A message for each source file of more than LONGEST lines."""
    found = []
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in SUFFIXES or not path.is_file():
                continue
            lines = path.read_bytes().count(b"\n")
            if lines > LONGEST:
                found.append(f"{path.relative_to(root)}: has {lines} lines, at most {LONGEST} are "
                             "allowed: split it by what its parts do")
    return found


def self_test():
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        planted = {"include/hale/io/long.hpp": LONGEST + 1, "include/hale/io/whole.hpp": LONGEST,
                   "frontends/predict/python/hale/long.py": LONGEST + 1,
                   "examples/table.csv": 2 * LONGEST}
        for name, lines in planted.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text("\n" * lines)
        found = [line.split(":")[0] for line in too_long(root)]
    expected = ["include/hale/io/long.hpp", "frontends/predict/python/hale/long.py"]
    return [] if found == expected else [f"found {found}, expected {expected}"]


def main():
    found = self_test() if sys.argv[1] == "--self-test" else too_long(pathlib.Path(sys.argv[1]))
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
