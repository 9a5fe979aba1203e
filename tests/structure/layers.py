#!/usr/bin/env python3
"""Fails where a header includes a layer that it may not see, or one that hale's headers must not, and
where the command line includes what only the library may decide with.

  layers.py INCLUDE_DIR FRONTENDS_DIR
  layers.py --self-test
"""

import pathlib
import re
import sys
import tempfile

# Each folder of include/hale, its level, and the folders of its own level that it may see.
LEVELS = {
    "core": (0, ()), "numeric": (1, ()),
    "workload": (2, ()), "nn": (2, ()), "space": (2, ("workload",)), "device": (2, ("workload",)),
    "graph": (2, ("workload",)),
    "lift": (3, ()), "lower": (3, ()), "meta": (3, ()),
    "predictor": (4, ()), "io": (5, ()), "runtime": (6, ()), "session": (7, ()),
}
FORBIDDEN = {
    r"iostream|regex": "is too heavy for headers that everyone includes",
    r"random": "differs between standard libraries: use hale/core/random.hpp",
    r"google/.*|onnx/.*|nlohmann/.*|CLI/.*": "belongs in frontends/",
    r"boost/hana\.hpp": "as a whole costs too much: include what is used",
    r"frontends/.*": "include/ never includes frontends/",
}
# The layers that decide what is answered: the command line parses arguments and prints.
DECIDING = ("lift", "predictor", "workload", "meta")


def violations(include):
    found = []
    for path in sorted(include.rglob("*.hpp")):
        name = path.relative_to(include)
        text = path.read_text(encoding="utf-8")
        if not text.startswith("#pragma once\n"):
            found.append(f"{name}: does not begin with #pragma once")
        folder = name.parts[1]
        if folder not in LEVELS:
            found.append(f"{name}: folder {folder} has no level")
            continue
        for number, line in enumerate(text.splitlines(), 1):
            match = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
            if not match:
                continue
            target = match.group(1)
            for pattern, reason in FORBIDDEN.items():
                if re.fullmatch(pattern, target):
                    found.append(f"{name}:{number}: <{target}> {reason}")
            if target.startswith("hale/"):
                other = target.split("/")[1]
                level, siblings = LEVELS[folder]
                if other not in LEVELS:
                    found.append(f"{name}:{number}: <{target}> lies in no layer")
                elif other != folder and other not in siblings and LEVELS[other][0] >= level:
                    found.append(f"{name}:{number}: {folder} must not see {other}")
    return found


def deciding_includes(frontends):
    """Where the command line includes a layer that decides."""
    found = []
    for path in sorted((frontends / "cli").rglob("*.[ch]pp")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = re.match(r"\s*#\s*include\s*<hale/([^/>]+)/", line)
            if match and match.group(1) in DECIDING:
                found.append(f"{path.name}:{number}: the command line must not include "
                             f"hale/{match.group(1)}/: the session answers")
    return found


def self_test():
    planted = {
        "core/a.hpp": ("#include <hale/nn/b.hpp>", "core must not see nn"),
        "nn/b.hpp": ("#include <hale/graph/c.hpp>", "nn must not see graph"),
        "graph/c.hpp": ("#include <google/protobuf/message.h>", "belongs in frontends/"),
        "meta/d.hpp": ("#include <iostream>", "too heavy"),
        "io/e.hpp": ("#include <boost/hana.hpp>", "as a whole"),
        "odd/f.hpp": ("", "has no level"),
    }
    allowed = {"space/h.hpp": "#include <hale/workload/i.hpp>", "workload/i.hpp": "",
               "runtime/j.hpp": "#include <hale/core/a.hpp>\n#include <boost/hana/type.hpp>"}
    with tempfile.TemporaryDirectory() as folder:
        include = pathlib.Path(folder)
        for name, text in [*((n, t) for n, (t, _) in planted.items()), *allowed.items()]:
            path = include / "hale" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("#pragma once\n" + text + "\n", encoding="utf-8")
        found = violations(include)
        (include / "cli").mkdir()
        (include / "cli" / "score.cpp").write_text("#include <hale/lift/read.hpp>\n")
        (include / "cli" / "shapes.hpp").write_text("#include <hale/session/inputs.hpp>\n")
        if [line.split(":")[0] for line in deciding_includes(include)] != ["score.cpp"]:
            return ["planted include of a deciding layer not found"]
    for name, (_, message) in planted.items():
        if not any(name in line and message in line for line in found):
            return [f"planted violation not found: {name}: {message}", *found]
    if len(found) != len(planted):
        return ["something allowed was found:", *found]
    return []


def main():
    if sys.argv[1] == "--self-test":
        found = self_test()
    else:
        include, frontends = map(pathlib.Path, sys.argv[1:])
        found = violations(include) + deciding_includes(frontends)
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
