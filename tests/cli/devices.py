"""Devices: how they are listed and found, what adapt says of one, what suggest takes from one."""
import json

from harness import case, expect, good, good_json, hale, main, measurements, refused

NETWORKS = ["inception/0", "text-encoder/8", "text-encoder/0", "ofa-mobilenetv3/10", "recurrent/6",
            "super-resolution/11", "perceptron/8", "residual/4", "detector/9",
            "vision-transformer/11"]
KNOWN = "opencv-5.0-1t-xeon"


def times_on(device, factor=1.0):
    rows = good_json("score", *NETWORKS, "--device", device)["results"]
    return {row["model"]: factor * row["latency_ms"] for row in rows}


def adapted(times, *words):
    """What adapt says of these measurements, and the whole run."""
    run = hale("adapt", "--measurements", measurements(list(times.items())), "-o", "d.hale",
               "--format", "json", *words)
    expect(run.status == 0, "adapts", run)
    return json.loads(run.out)["adapted"][0], run


@case("devices are a short table, of one device all that is known")
def _():
    lines = good("devices").out.splitlines()
    expect(lines[0].split() == ["name", "hardware", "runtime", "threads", "precision", "models",
                                "also"], lines[0])
    expect(max(map(len, lines)) <= 200, "no wide lines")
    pi = next(line for line in lines if line.startswith("raspi4 "))
    expect("raspberry-pi-4" in pi and "TFLite" in pi, pi)
    records = good_json("devices", "RASPBERRY", "pi")["devices"]
    expect(records[0]["name"] == "raspi4" and records[0]["models"] > 10, str(records[0]))
    expect(len(records) > 10 and all("aspberry" in json.dumps(r) for r in records), str(records))
    one = good("devices", "raspi4").out
    for words in ("hardware", "Raspberry Pi 4", "licence", "MIT", "made_from"):
        expect(words in one, one)
    several = good("devices", "xeon", "opencv", "--details").out
    expect(several.count("\nlicence") > 1 and several.count("\n\n") >= 1, several)
    refused("devices", "alias_of", says="no built-in device has 'alias_of'")


@case("a name that no device has is answered with the nearest ones")
def _():
    refused("score", "residual/3", "--device", "raspbery-pi-4",
            says=["raspbery-pi-4: no file, and no built-in device of that name",
                  "the nearest are raspberry-pi-4", "'hale devices WORD'"])
    refused("score", "residual/3", "--device", "abacus", says="'hale devices' lists those there are")


@case("adapt says what it fitted, what to expect, and which built-in device does as well")
def _():
    times = times_on(KNOWN)
    said, run = adapted(times)
    expect(run.err == "", "no warning", run)
    expect([row["arch"] for row in said["rows"]] == NETWORKS, str(said))
    for row in said["rows"]:
        expect(abs(row["measured_ms"] / row["fitted_ms"] / row["ratio"] - 1) < 1e-3, str(row))
        expect(not row["odd"] and 0.6 < row["ratio"] < 1.6, str(row))
    expect(0 < said["expected_error"] < said["half_width"], str(said))
    expect(said["equal_built_in"] == KNOWN, str(said["alike"]))
    expect(min(a["error"] for a in said["alike"]) < 1e-3, str(said["alike"]))
    text = good("adapt", "--measurements", "measured.csv", "-o", "d.hale").out
    for words in ("measured/fitted", "expect of networks like these: an error of ",
                  f"the built-in device {KNOWN} answers for these networks as well"):
        expect(words in text, text)
    slower, _ = adapted({name: 3 * ms for name, ms in times.items()})
    expect(slower["equal_built_in"] is None, str(slower["alike"]))
    expect(abs(next(a["speed_ratio"] for a in slower["alike"] if a["device"] == KNOWN) - 3) < .01,
           str(slower["alike"]))


@case("adapt names odd rows beside the others")
def _():
    times = times_on(KNOWN)
    times["residual/4"] *= 30
    said, run = adapted(times)
    expect([row["arch"] for row in said["rows"] if row["odd"]] == ["residual/4"], str(said["rows"]))
    expect("residual/4: took" in run.err, "a warning", run)


@case("adapt asks whether milliseconds are seconds, or microseconds")
def _():
    for factor, unit in ((1e-3, "seconds"), (1e3, "microseconds")):
        _, run = adapted(times_on(KNOWN, factor))
        expect(f"are the latencies {unit}? Expected milliseconds" in run.err, unit, run)
    for factor in (0.05, 20):
        expect(adapted(times_on(KNOWN, factor))[1].err == "", "a fast or a slow device")


@case("measurements of references are shown beside what is fitted")
def _():
    text = good("adapt", "--measurements", measurements(), "-o", "d.hale").out
    expect("measured/fitted" in text and "expect of" not in text, text)


@case("suggest chooses for a device that is like a known one")
def _():
    words = ["suggest", "--space", "graph", "--count", 6]
    any_device = good_json(*words)["suggestions"]
    like = good_json(*words, "--like", KNOWN)["suggestions"]
    expect(len(like) == 6 and like != any_device, str(like))
    expect(like[0]["half_width"] < any_device[0]["half_width"], "more is known of it")
    gpu = good_json(*words, "--like", "h100")["suggestions"]
    expect([s["arch"] for s in gpu] != [s["arch"] for s in like], "another device, another choice")
    adapted(times_on(KNOWN), "--name", "mine")
    expect(len(good_json(*words, "--like", "d.hale")["suggestions"]) == 6, "a file")
    refused(*words, "--like", "fpga", says="--like fpga: was not measured for space 'graph'")
    refused(*words, "--like", "abacus", says="abacus: no file, and no built-in device")
    refused("suggest", "--space", "nasbench201", "--like", KNOWN, says="--like: base")


main()
