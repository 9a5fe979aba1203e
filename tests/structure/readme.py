#!/usr/bin/env python3
"""README's first C++ block is examples/01 verbatim, and what it names exists. readme.py SOURCE_ROOT"""

import pathlib
import re
import sys


def main():
    root = pathlib.Path(sys.argv[1])
    text = (root / "README.md").read_text(encoding="utf-8")
    found = []
    block = re.search(r"```cpp\n(.*?)```", text, re.DOTALL)
    example = (root / "examples" / "01_score_on_my_device.cpp").read_text(encoding="utf-8")
    if block is None or block.group(1) != example:
        found.append("README.md: its first C++ block is not examples/01_score_on_my_device.cpp")
    for target in re.findall(r"\]\(([^)#:]+)\)", text) + re.findall(r"\bsh (\S+\.sh)", text):
        if not (root / target).exists():
            found.append(f"README.md: names {target}, which does not exist")
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
