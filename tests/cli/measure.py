"""Measuring with any command in place of a runtime."""
import csv
import os
import pathlib
import signal
import subprocess
import time

from harness import FULL, HALE, case, expect, good, hale, main, only_these, refused, write
from measuring import (HEADER, NETWORKS, PATTERN, SAYS, archs, command, environment, models, rows,
                       runs_of_command, text_of)


@case("every run of every model is a row of its own process")
def _():
    good(*command(*NETWORKS, runs=3))
    found = rows()
    expect(archs() == sorted(3 * NETWORKS), str(found))
    for row in found:
        expect([row[c] for c in ("latency_ms", "low_ms", "high_ms", "readings")] ==
               ["1.5", "1.5", "1.5", "1"], str(row))
        expect(row["runtime"] == SAYS, str(row))
    expect(runs_of_command() == 6, "a process each")


@case("the readings of a process give their median and the interval around nine tenths")
def _():
    good(*command(NETWORKS[0], line="for i in 3 1 2; do echo took $i ms; done; : {model}"))
    row = rows()[0]
    expect([row[c] for c in ("latency_ms", "low_ms", "high_ms", "readings")] ==
           ["2", "1.1", "2.9", "3"], str(row))


@case("what is in the file is not measured again")
def _():
    good(*command(*NETWORKS, runs=3))
    whole = text_of()
    good(*command(*NETWORKS, runs=3))
    expect(text_of() == whole and runs_of_command() == 6, "nothing is appended, nothing is run")
    good(*command(*NETWORKS, runs=5))
    expect(text_of().startswith(whole) and archs() == sorted(5 * NETWORKS), "two runs more")


@case("shapes that options give are written down, and each is measured on its own")
def _():
    models("a.onnx")
    shaped = HEADER.strip() + ",shape\n"
    good(*command("a.onnx"), "--batch", 2)
    good(*command("a.onnx"), "--batch", 2)
    good(*command("a.onnx"), "--shape", "input:3x3x32x32")
    good(*command("a.onnx"))
    good(*command("a.onnx"))
    text = text_of()
    expect(text.startswith(shaped), text)
    shapes = [row["shape"] for row in csv.DictReader(text.splitlines())]
    expect(shapes == ["input:2x3x32x32", "input:3x3x32x32", ""], str(shapes))
    write("here.csv", HEADER)
    refused(*command("a.onnx"), "--batch", 2, says=["line 1: found", "expected", ",shape"])


@case("a file that was cut short goes on where it ended")
def _():
    good(*command(*NETWORKS, runs=2))
    lines = text_of().splitlines()
    for kept in ("\n".join(lines[:3]) + "\n", "\n".join(lines[:3]), HEADER, HEADER.strip(), ""):
        write("here.csv", kept)
        good(*command(*NETWORKS, runs=2))
        expect(text_of().startswith(kept) and archs() == sorted(2 * NETWORKS), f"from {kept!r}")


@case("files are told by their path from the folder of the CSV")
def _():
    models("a.onnx", "nets/b.onnx", "nets/deep/c.onnx")
    pathlib.Path("results").mkdir()
    home = pathlib.Path.cwd()
    words = command("./a.onnx", "nets", "nets/b.onnx", "nets/*.onnx", home / "a.onnx", NETWORKS[0],
                    output="results/here.csv")
    good(*words)
    expected = sorted(["../a.onnx", "../nets/b.onnx", "../nets/deep/c.onnx", NETWORKS[0],
                       str(home / "a.onnx")])
    expect(archs("results/here.csv") == expected, str(archs("results/here.csv")))
    os.chdir("nets")
    good(*command("../a.onnx", "b.onnx", "deep", output=home / "results/here.csv"))
    os.chdir(home)
    expect(archs("results/here.csv") == expected, "the same from another folder")
    os.chdir("results")
    good(*command("../nets/b.onnx", "../nets/deep", output="../above.csv"))
    expect(archs("../above.csv") == ["nets/b.onnx", "nets/deep/c.onnx"], text_of("../above.csv"))
    os.chdir(home)


@case("rows go to stdout, and no file is left of the networks that hale draws")
def _():
    run = good(*command(*NETWORKS, output="-", line="test -s {model} && echo {model} >> log; "
                                                    "echo took 1.5 ms"))
    write("out.csv", run.out)
    expect(archs("out.csv") == sorted(NETWORKS), run.out)
    paths = pathlib.Path("log").read_text().splitlines()
    expect(len(paths) == 2 and all(path.endswith(".onnx") for path in paths), str(paths))
    expect(not any(pathlib.Path(path).exists() for path in paths), str(paths))


def one_fails(line, *says, timeout=60):
    """bad.onnx fails with one message that names it, good.onnx gets its rows."""
    models("bad.onnx", "good.onnx")
    line = "case {model} in bad*) " + line + ";; esac; " + SAYS
    run = refused(*command("bad.onnx", "good.onnx", line=line, runs=2, timeout=timeout), says=says)
    expect(run.err.startswith("hale: bad.onnx: "), "the model is named", run)
    expect(archs() == ["good.onnx"] * 2 and runs_of_command() == 2, text_of())


@case("a command that fails, or dies, fails its model alone")
def _():
    one_fails("exit 3", "exit status 3")
    one_fails("echo first >&2; echo no such layer >&2; exit 3", "exit status 3: no such layer\n")
    one_fails("kill -9 $$", "killed by signal 9")


@case("output without milliseconds fails its model alone")
def _():
    one_fails("echo nothing to see; exit 0", f"--pattern '{PATTERN}'", "begins 'nothing to see")
    for number in ("1.2.3", "0", "99999999999"):
        one_fails(f"echo took {number} ms; exit 0",
                  f"'{number}' found, expected a positive number of milliseconds")


@case("a command that takes too long is ended, with its own children")
def _():
    one_fails("sleep 9; echo took 1 ms; exit 0", "no answer for 2 seconds", "--timeout", timeout=2)
    one_fails("while :; do echo x; sleep 0.1; done", "no answer for 2 seconds", timeout=2)
    one_fails("exec >&-; sleep 9", "no answer for 2 seconds", timeout=2)
    one_fails("(sleep 3; echo > late); exit 0", "no answer for 2 seconds", timeout=2)
    time.sleep(1.5)
    expect(not pathlib.Path("late").exists(), "its children are ended too")


@case("models that are none fail alone")
def _():
    models("good.onnx")
    write("noise.onnx", b"nonsense")
    pathlib.Path("empty").mkdir()
    bad = ["absent.onnx", "noise.onnx", "no*.such", "empty", "perceptron/x", "nothing/1"]
    run = refused(*command(*bad, "good.onnx", runs=2), lines=len(bad))
    for name in bad:
        expect(f"hale: {name}: " in run.err, f"{name} is named", run)
    expect(archs() == ["good.onnx"] * 2, text_of())


@case("an interrupted measurement leaves whole rows and no other file")
def _():
    for how in (signal.SIGINT, signal.SIGTERM):
        pathlib.Path("temporary").mkdir(exist_ok=True)
        words = command(*NETWORKS, line=SAYS + "; ! test -e wait || { touch waits; "
                                                "(sleep 1; touch late); }")
        with environment(TMPDIR="temporary"):
            good(*words[:-1])
            write("wait", "")
            process = subprocess.Popen([HALE, *map(str, words)], stderr=subprocess.PIPE)
            deadline = time.monotonic() + 60
            while not pathlib.Path("waits").exists() and time.monotonic() < deadline:
                time.sleep(0.01)
            process.send_signal(how)
            told = process.communicate()[1].decode()
        expect(process.returncode == -how, f"the shell sees {how}, not {process.returncode}")
        expect(told == "hale: interrupted; the same command goes on from here.csv\n", told)
        only_these("temporary", [])
        expect(archs() == NETWORKS[:1], text_of())
        time.sleep(1.5)
        only_these(".", ["here.csv", "log", "temporary", "wait", "waits"])  # its children are ended
        for name in ("here.csv", "wait", "waits"):
            pathlib.Path(name).unlink()


@case("a CSV of another kind is refused and left as it was")
def _():
    for text in ("arch,latency_ms\nperceptron/0,1.5\n", "x", "\n" + HEADER, FULL,
                 HEADER.replace("low_ms", "low")):
        write("here.csv", text)
        refused(*command(*NETWORKS), says=["hale: here.csv: line 1: found '", HEADER.strip()])
        expect(text_of() == text and runs_of_command() == 0, f"from {text!r}")
    write("here.csv", HEADER + '"perceptron/0,1,1,1,1,x\n')
    refused(*command(*NETWORKS), says="hale: here.csv: line 2: a quote is never closed")


@case("a CSV that ends in the middle of a row is refused")
def _():
    text = HEADER + "perceptron/0,1.5,1"
    write("here.csv", text)
    refused(*command(*NETWORKS), says="hale: here.csv: line 2: found 3 fields, expected 6")
    expect(text_of() == text, "it is as it was")


@case("a CSV without a folder is refused before anything is measured")
def _():
    refused(*command(*NETWORKS, output="absent/here.csv"), says="no folder 'absent'")
    only_these(".", [])


@case("stdin, which could be read only once, is no model")
def _():
    models("good.onnx")
    refused(*command("-", "good.onnx", runs=2), stdin=pathlib.Path("good.onnx").read_bytes(),
            says="hale: -: is read once, expected a file")
    expect(archs() == ["good.onnx"] * 2, text_of())


@case("a model's path is one word of the shell, whatever is in it")
def _():
    names = models("a b.onnx", "it's.onnx", '"c".onnx', "$(echo > hit).onnx", "d;echo > hit.onnx",
                   "`e`.onnx", "f\\.onnx", "{threads}{model}.onnx")
    good(*command(*names, line="test -f {model} && printf '%s\\n' {model} >> log; echo took 1 ms"))
    expect(sorted(pathlib.Path("log").read_text().splitlines()) == sorted(names), "as they are")
    expect(archs() == sorted(names), text_of())
    only_these(".", [*names, "here.csv", "log"])


@case("a command is told the threads")
def _():
    good(*command(NETWORKS[0], line="echo took {threads}.{threads} ms; : {model}"), "--threads", 7)
    expect(rows()[0]["latency_ms"] == "7.7", text_of())


@case("a pattern has one group")
def _():
    for pattern, says in (("took", "has 0 groups"), ("(took) ([0-9.]+)", "has 2 groups"),
                          ("(took", "--pattern '(took': ")):
        refused(*command(NETWORKS[0], pattern=pattern), status=2, says=says)
        expect(not pathlib.Path("here.csv").exists() and runs_of_command() == 0, pattern)


@case("a line without an end is searched to a limit")
def _():
    letters = "head -c 3000000 /dev/zero | tr '\\0' 1"
    good(*command(NETWORKS[0], line=f"{SAYS}; echo; {letters}; : {{model}}", pattern="took (.*) ms"))
    refused(*command(NETWORKS[1], line=f"{letters}; : {{model}}", pattern="took (.*) ms"),
            says="nothing that --pattern")


@case("a file has one runtime, and /dev/null none")
def _():
    good(*command(NETWORKS[0]))
    text = text_of()
    refused(*command(NETWORKS[1], line=f"true; {SAYS}"),
            says=["here.csv: has rows of", "expected one runtime a file"])
    expect(text_of() == text, "nothing added")
    good(*command(NETWORKS[0], output="/dev/null"))


@case("processes that disagree are warned of")
def _():
    count = 'echo >> count; echo took "$(wc -l < count)" ms; : {model}'
    run = hale(*command(NETWORKS[0], line=count, runs=3))
    expect(run.status == 0 and run.err.startswith(f"hale: warning: {NETWORKS[0]}: its 3 processes "
                                                  "took 1.00 to 3.00 ms"), "a warning", run)
    expect([row["latency_ms"] for row in rows()] == ["1", "2", "3"], text_of())


@case("wrong usage exits with 2 and measures nothing")
def _():
    def wrong(*words, says):
        refused("measure", *words, NETWORKS[0], status=2, says=says)

    output = ["-o", "here.csv"]
    line = ["--command", SAYS, "--pattern", PATTERN]
    refused(*command(), status=2, says="measure: expected models")
    wrong(*output, says="--runner")
    wrong("--runner", "command", *line, says="--output")
    wrong("--runner", "tflite", *output, says=["no runner 'tflite'", "onnxruntime", "command"])
    wrong("--runner", "onnxruntime", *line, *output, says="--runner command")
    wrong("--runner", "onnxruntime", "--command", SAYS, *output, says="--runner command")
    wrong("--runner", "command", *output, says="--command and --pattern")
    wrong("--runner", "command", "--command", SAYS, *output, says="--command and --pattern")
    for option in ("--runs", "--threads", "--milliseconds", "--timeout"):
        wrong("--runner", "command", *line, *output, option, "0",
              says=f"{option}: found 0, expected at least 1")
    wrong("--runner", "command", *line, *output, "--runs", "-1", says="whole number")
    wrong("--runner", "command@1.2", *line, *output, says="'command' takes no version")
    for runner in ("onnxruntime-python", "opencv", "pytorch"):
        wrong("--runner", runner + "@1.2.3", *output, says=f"'{runner}' takes no version")
    for runner in ("onnxruntime", "tfjs", "tract", "opencv"):
        wrong("--runner", runner, "--accelerator", "cuda", *output,
              says=f"--accelerator: '{runner}' runs on processors")
    for version in ("", "latest", "1.2;x"):
        wrong("--runner", f"onnxruntime@{version}", *output,
              says=f"version '{version}' found, expected 1.22.0")
    wrong("--runner", "onnxruntime", "--optimisation", "most", *output, says="all, extended, basic")
    wrong("--runner", "onnxruntime", "--shape", "1x3", *output, says="--shape")
    only_these(".", [])


main()
