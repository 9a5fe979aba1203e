#!/usr/bin/env python3
"""The first C++ block of a page is an example verbatim, and what the page names exists.

  readme.py SOURCE_ROOT
"""

import pathlib
import re
import sys

PAGES = {"README.md": "01_score_on_my_device.cpp", "docs/arrays.md": "07_arrays.cpp"}


def check(root, page, example):
    path = root / page
    text = path.read_text(encoding="utf-8")
    found = []
    block = re.search(r"```cpp\n(.*?)```", text, re.DOTALL)
    if block is None or block.group(1) != (root / "examples" / example).read_text(encoding="utf-8"):
        found.append(f"{page}: its first C++ block is not examples/{example}")
    for target in re.findall(r"\]\(([^)#:]+)\)", text) + re.findall(r"\bsh (\S+\.sh)", text):
        if not (path.parent / target).exists():
            found.append(f"{page}: names {target}, which does not exist")
    return found


def main():
    root = pathlib.Path(sys.argv[1])
    found = [line for page, example in PAGES.items() for line in check(root, page, example)]
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
