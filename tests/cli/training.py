"""hale train and hale evaluate, on a table that is made up here."""
import csv
import io
import json
import os
import pathlib
import pty
import re
import signal
import subprocess
import time

from harness import *

SOURCES = ",".join(f"device{d}" for d in range(8))
METRICS = ["spearman", "kendall", "mape", "median_error", "within_5", "within_10", "coverage_90",
           "width_90", "regret_top5"]


def words(out, episodes=100, seed=1, threads=1):
    return ["train", "--space", "nasbench201", "--table", "table.csv", "--devices", SOURCES,
            "--valid", "device8", "--episodes", str(episodes), "--seed", str(seed), "--threads",
            str(threads), "-o", out]


def stopped_training(out, how, **options):
    """Starts training and ends it once its state is saved."""
    process = subprocess.Popen([HALE, *words(out, **options)], stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE)
    state = pathlib.Path(out + ".training")
    deadline = time.monotonic() + 120
    while not state.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    expect(process.poll() is None, f"training ended with {process.poll()} before it was stopped")
    process.send_signal(how)
    errors = process.communicate()[1].decode()
    expect(state.exists() and not pathlib.Path(out).exists(), "the state is left, and no base")
    return process.returncode, errors


@case("training that was killed goes on to the same bytes")
def _():
    table()
    done = good(*words("whole.hale"))
    expect("whole.hale" in done.out, done.out)
    only_these(".", ["table.csv", "whole.hale"])
    stopped_training("parts.hale", signal.SIGKILL)
    for part in pathlib.Path(".").glob("*.part"):  # what was being written when it was killed
        part.unlink()
    refused(*words("parts.hale", seed=2), says=["parts.hale.training: ", "seed 1", "seed 2", "rm "])
    refused(*words("parts.hale", episodes=10), says=["parts.hale.training: ", "rm "])
    resumed = hale(*words("parts.hale"))
    expect(resumed.status == 0, "it goes on", resumed)
    told = r"hale: goes on after episode (50|100) of 100 from parts\.hale\.training\n"
    expect(re.fullmatch(told, resumed.err), "it says so", resumed)
    same = pathlib.Path("whole.hale").read_bytes() == pathlib.Path("parts.hale").read_bytes()
    expect(same, "the same bytes")
    only_these(".", ["table.csv", "whole.hale", "parts.hale"])


@case("an interrupt ends training with the command's own words")
def _():
    table()
    status, errors = stopped_training("base.hale", signal.SIGINT, episodes=5000)
    expect(status == -signal.SIGINT, f"the shell sees an interrupt, not {status}")
    told = "hale: interrupted; the same command goes on from base.hale.training\n"
    expect(errors == told, errors)
    only_these(".", ["table.csv", "base.hale.training"])


@case("a damaged training state is refused with what to do")
def _():
    table()
    for data in (b"", b"x" * 100):
        write("base.hale.training", data)
        refused(*words("base.hale"), says=["base.hale.training: ", "rm 'base.hale.training'"])
        only_these(".", ["table.csv", "base.hale.training"])


@case("the number of threads changes nothing, the seed does")
def _():
    table()
    for name, seed, threads in (("a", 1, 1), ("b", 1, 3), ("c", 2, 1)):
        good(*words(name, episodes=50, seed=seed, threads=threads))
    data = [pathlib.Path(name).read_bytes() for name in "abc"]
    expect(data[0] == data[1], "threads")
    expect(data[0] != data[2], "seeds")


@case("a trained base is used by its file, and its device files hold it")
def _():
    table()
    good(*words("mine.hale", episodes=50))
    good("adapt", "--measurements", measurements(), "--base", "mine.hale", "-o", "device.hale")
    os.remove("mine.hale")
    result = good_json("score", "--space", "nasbench201", "--archs", "-", "--device", "device.hale",
                       stdin=FULL)["results"][0]
    built_in = good("adapt", "--measurements", measurements(), "-o", "built_in.hale")
    expect(built_in.status == 0 and result["latency_ms"] > 0, str(result))
    sizes = [pathlib.Path(f).stat().st_size for f in ("device.hale", "built_in.hale")]
    expect(sizes[0] > 100 * sizes[1], f"only the base that is not built in is stored: {sizes}")


@case("a base that is cut anywhere is refused, and a device file of a base is no base")
def _():
    table()
    good(*words("whole.hale", episodes=1))
    data = pathlib.Path("whole.hale").read_bytes()
    path = measurements()
    head = range(0, 3000, 10)
    rest = range(3000, len(data), len(data) // 50 // 10 * 10)
    for length in [*head, *rest, len(data) - 1]:
        write("cut.hale", data[:length])
        refused("adapt", "--measurements", path, "--base", "cut.hale", "-o", "device.hale",
                says="hale: cut.hale: ")
    only_these(".", ["table.csv", "whole.hale", "cut.hale", "measured.csv"])


@case("a progress line is shown on a terminal and nowhere else")
def _():
    table()
    quiet = good(*words("a.hale", episodes=3))
    expect(quiet.err == "", "nothing where stderr is no terminal")
    ours, theirs = pty.openpty()
    process = subprocess.Popen([HALE, *words("b.hale", episodes=3)], stdout=subprocess.PIPE,
                               stderr=theirs)
    os.close(theirs)
    process.communicate()
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    expect("episode 3 of 3, loss " in shown and "left" in shown, shown)


@case("devices that are not in the table or stand twice are named")
def _():
    table()
    base = ["train", "--space", "nasbench201", "--table", "table.csv", "-o", "a.hale"]
    refused(*base, "--devices", "toaster", "--valid", "device8",
            says=["no device 'toaster'", "device0, device1"])
    refused(*base, "--devices", SOURCES, "--valid", "device7", status=2, says="'device7'")
    refused(*base, "--devices", SOURCES, says="no validation device")
    refused(*base, "--devices", "device0,device1", "--valid", "device8", says="8 source devices")
    refused(*words("a.hale"), "--recipe", "magic", says=["no recipe 'magic'", "help"])
    refused(*words("absent/a.hale"), says="no folder 'absent'")
    refused(*words("."), says="hale: .: is a folder")
    only_these(".", ["table.csv"])


@case("no file of another kind is overwritten")
def _():
    whole = pathlib.Path(table()).read_bytes()
    refused(*words("table.csv"), says="table.csv: is there already and not overwritten")
    refused("evaluate", "--space", "nasbench201", "--table", "table.csv", "--devices", "device9",
            "--report", "table.csv", says="table.csv: is there already and not overwritten")
    expect(pathlib.Path("table.csv").read_bytes() == whole, "it is as it was")
    write("empty.hale", "")
    good(*words("empty.hale", episodes=1))
    good(*words("empty.hale", episodes=1))


@case("a table of the references alone leaves nothing to be scored")
def _():
    good(*words(table("table.csv") and "base.hale", episodes=1))
    lines = pathlib.Path("table.csv").read_text().splitlines()
    write("references.csv", "\n".join(lines[:1 + len(REFERENCES)]) + "\n")
    refused("evaluate", "--space", "nasbench201", "--table", "references.csv", "--base",
            "base.hale", "--devices", "device9", says=["'device9'", "no row but the references'"])


@case("evaluate reports as documented")
def _():
    table()
    command = ["evaluate", "--space", "nasbench201", "--table", "table.csv", "--devices",
               "device9,device8", "--draws", "3"]
    for protocol in ("strict", "help"):
        report = good_json(*command, "--protocol", protocol)
        expect((report["protocol"], report["samples"], report["draws"]) == (protocol, 10, 3),
               str(report))
        expect([d["device"] for d in report["devices"]] == ["device9", "device8"], str(report))
        for device in report["devices"]:
            expect(list(device) == ["device", *METRICS], str(device))
            for metric in METRICS:
                spread = device[metric]
                expect(list(spread) == ["mean", "sd", "min", "max"], str(spread))
                expect(spread["min"] <= spread["mean"] * (1 + 1e-5) + 1e-9, str(spread))
        expect(list(report["mean"]) == METRICS, str(report["mean"]))
        mean = sum(d["spearman"]["mean"] for d in report["devices"]) / 2
        expect(abs(mean - report["mean"]["spearman"]) < 1e-5, "the mean over devices")
        expect(report["mean"]["spearman"] > 0.3, "better than chance")
    lines = good(*command).out.splitlines()
    expect([line.split()[0] for line in lines[1:]] == ["device", "device9", "device8", "mean"],
           "\n".join(lines))
    rows = list(csv.DictReader(io.StringIO(good(*command, "--format", "csv").out)))
    expect([row["device"] for row in rows] == ["device9", "device8", "mean"], str(rows))
    records = [json.loads(line) for line in good(*command, "--format", "jsonl").out.splitlines()]
    expect([r["device"] for r in records] == ["device9", "device8"], str(records))
    expect(good(*command).out == good(*command).out, "the same again for the same seed")


@case("evaluate refuses what a protocol does not have")
def _():
    table()
    command = ["evaluate", "--space", "nasbench201", "--table", "table.csv"]
    refused(*command, "--devices", "device9", "--samples", "20", says=["20 samples", "expected 10"])
    refused(*command, "--devices", "device9", "--select", "random", says="--select random")
    good(*command, "--devices", "device9", "--select", "random", "--protocol", "help", "--draws",
         "1")
    refused(*command, "--devices", "toaster", says="no device 'toaster'")
    refused(*command, "--devices", "device9", "--base", "absent.hale", says="absent.hale: ")


main()
