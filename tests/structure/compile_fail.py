#!/usr/bin/env python3
"""Compiles programs that must not compile, and holds their diagnostics to what they promise.

  compile_fail.py CASE.cpp -- COMPILER ARGUMENTS...
  compile_fail.py --self-test -- COMPILER ARGUMENTS...

A case begins with `// expect: REGEX` lines, each of which must match, and `// lines: N`, the most
lines of diagnostics that g++ may print (clang, which quotes more of its context, twice that). Among
them is one error, or with `// errors: N` so many at most. A case without `expect` must compile: it is
the control.
"""

import pathlib
import re
import subprocess
import sys
import tempfile


def complaints(case, command):
    """What is wrong with the case at this path, as lines of text; none if it holds."""
    with open(case, encoding="utf-8") as source:
        header = [line.strip() for line in source if line.startswith("// ")]
    expected = [line[len("// expect: ") :] for line in header if line.startswith("// expect: ")]
    most = [int(line[len("// lines: ") :]) for line in header if line.startswith("// lines: ")]
    done = subprocess.run([*command, "-std=c++20", "-fsyntax-only", case], capture_output=True,
                          text=True, check=False)
    if not expected:
        return [f"does not compile:\n{done.stderr}"] if done.returncode != 0 else []
    errors = [int(line[len("// errors: ") :]) for line in header if line.startswith("// errors: ")]
    if not most:
        return ["states no most lines of diagnostics, expected '// lines: N'"]
    if done.returncode == 0:
        return ["compiles, expected an error"]
    found = [f"no diagnostic matches '{pattern}'" for pattern in expected
             if not re.search(pattern, done.stderr)]
    lines = len(done.stderr.splitlines())
    allowed = most[0] * (2 if any("clang" in word for word in command) else 1)
    if lines > allowed:
        found.append(f"{lines} lines of diagnostics, expected at most {allowed}")
    count = len(re.findall(r": (?:fatal )?error: ", done.stderr))
    if count > max(errors, default=1):
        found.append(f"{count} errors, expected at most {max(errors, default=1)}")
    return [*found, done.stderr] if found else []


def self_test(command):
    """Each case breaks its own promise in one way, which must be found; the last one breaks none."""
    wrong = 'static_assert(sizeof(int) == 1, "hale: planted");\n'
    planted = [
        ("// expect: planted\n// lines: 9\n", "compiles, expected an error"),
        (wrong, "does not compile"),
        ("// expect: something else\n// lines: 9\n" + wrong, "no diagnostic matches"),
        ("// expect: planted\n// expect: more\n// lines: 9\n" + wrong, "matches 'more'"),
        ("// expect: planted\n// errors: 10\n// lines: 9\n" + 10 * wrong, "diagnostics, expected at most"),
        ("// expect: planted\n// lines: 20\n" + 2 * wrong, "2 errors, expected at most 1"),
        ("// expect: planted\n" + wrong, "states no most lines"),
        ("// expect: planted\n// lines: 9\n" + wrong, None),
    ]
    missed = []
    with tempfile.TemporaryDirectory() as folder:
        for number, (text, message) in enumerate(planted):
            case = pathlib.Path(folder) / f"{number}.cpp"
            case.write_text(text, encoding="utf-8")
            found = complaints(str(case), command)
            if (message not in "\n".join(found)) if message else found:
                missed.append(f"expected {message!r}, found {found} for:\n{text}")
    return missed


def main():
    case, separator, *command = sys.argv[1:]
    assert separator == "--"
    found = self_test(command) if case == "--self-test" else complaints(case, command)
    for complaint in found:
        print(f"{case}: {complaint}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
