#!/usr/bin/env python3
"""Checks that each header compiles alone, two at a time.

  headers.py INCLUDE_DIR -- COMPILER ARGUMENTS...
"""

import concurrent.futures
import pathlib
import subprocess
import sys


def main():
    include, separator, *command = sys.argv[1:]
    assert separator == "--"
    headers = sorted(path.relative_to(include) for path in pathlib.Path(include).rglob("*.hpp"))

    def check(header):
        done = subprocess.run([*command, "-std=c++20", "-fsyntax-only", "-x", "c++", "-"],
                              input=f"#include <{header}>\n", capture_output=True, text=True,
                              check=False)
        return header, done

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for header, done in pool.map(check, headers):
            if done.returncode != 0:
                failed += 1
                print(f"<{header}> does not compile alone:\n{done.stderr}")
    print(f"{len(headers)} headers, {failed} failed")
    return 1 if failed or not headers else 0


if __name__ == "__main__":
    sys.exit(main())
