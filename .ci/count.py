#!/usr/bin/env python3
"""Counts the test cases of the last `meson test` of a build directory.

  count.py BUILD_DIR

Names what failed or was skipped and prints 'N passed, N failed, N skipped' as its last line. A
GoogleTest program or one that speaks TAP counts by its cases, any other test as one.
"""

import json
import pathlib
import sys
import xml.etree.ElementTree as tree


def outcome_of(case):
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    skipped = case.find("skipped") is not None or case.get("status") == "notrun"
    return "skipped" if skipped else "passed"


def cases_of(program, build, suites):
    """The (name, outcome) of each case that a program reported in this run; none if it has none."""
    name = program["name"]
    # GoogleTest's own report; an older one says nothing about this run.
    report = build / (name.rsplit(" / ", 1)[-1] + ".xml")
    if report.exists() and report.stat().st_mtime >= program["starttime"]:
        cases = tree.parse(report).getroot().iter("testcase")
    else:
        cases = (case for suite in suites if suite.get("name").split(".", 1)[1:] == [name]
                 for case in suite.iter("testcase"))
    return [(f"{name}: {case.get('classname')}.{case.get('name')}", outcome_of(case))
            for case in cases]


def count(build):
    logs = build / "meson-logs"
    suites = list(tree.parse(logs / "testlog.junit.xml").getroot())
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for line in (logs / "testlog.json").read_text(encoding="utf-8").splitlines():
        program = json.loads(line)
        outcome = {"OK": "passed", "EXPECTEDFAIL": "passed", "SKIP": "skipped"}.get(
            program["result"], "failed")
        cases = cases_of(program, build, suites)
        # A program may fail after its last case has passed: a leak, a crash while it ends.
        if not cases or (outcome == "failed" and all(how != "failed" for _, how in cases)):
            cases.append((program["name"], outcome))
        for name, how in cases:
            counts[how] += 1
            if how != "passed":
                print(f"{how}: {name}")
    return counts


def main():
    counts = count(pathlib.Path(sys.argv[1]))
    print(", ".join(f"{number} {how}" for how, number in counts.items()))
    return 1 if counts["failed"] or not counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
