#!/usr/bin/env python3
"""The first C++ block of a page is an example verbatim, and what any page names exists.

  readme.py SOURCE_ROOT
"""

import pathlib
import re
import sys

EXAMPLES = {"README.md": "01_score_on_my_device.cpp", "docs/arrays.md": "07_arrays.cpp"}
FOLDERS = (".", "docs", "data", "data/corpus")


def check_example(root, page, example):
    block = re.search(r"```cpp\n(.*?)```", (root / page).read_text(encoding="utf-8"), re.DOTALL)
    if block and block.group(1) == (root / "examples" / example).read_text(encoding="utf-8"):
        return []
    return [f"{page}: its first C++ block is not examples/{example}"]


def prose(path):
    return re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def anchors(path):
    """What links to the headings of a page are called, as GitHub makes them."""
    headings = re.findall(r"^#+ +(.*)$", prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def check_links(root, path):
    page = path.relative_to(root)
    found = []
    for target, _, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(#([^)]+))?\)", prose(path)):
        other = path.parent / target if target else path
        if not other.exists():
            found.append(f"{page}: names {target}, which does not exist")
        elif anchor and anchor not in anchors(other):
            found.append(f"{page}: names {target}#{anchor}, a heading that does not exist")
    for script in re.findall(r"\bsh (\S+\.sh)", path.read_text(encoding="utf-8")):
        if not (root / script).exists():
            found.append(f"{page}: names {script}, which does not exist")
    return found


def main():
    root = pathlib.Path(sys.argv[1])
    found = [line for page, example in EXAMPLES.items()
             for line in check_example(root, page, example)]
    for folder in FOLDERS:
        for path in sorted((root / folder).glob("*.md")):
            found += check_links(root, path)
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
