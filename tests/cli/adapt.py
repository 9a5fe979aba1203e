"""hale adapt: devices from measurements."""
import json
import pathlib
import shutil

from harness import *


def device_of(path):
    return good_json("score", "--space", "nasbench201", "--archs", "-", "--device", path,
                     stdin="\n".join(REFERENCES))["results"]


@case("a device file answers with its name, batch and precision")
def _():
    done = good_json("adapt", "--measurements", measurements(), "--name", "phone", "--precision",
                     "f16", "--batch", "4", "-o", "phone.hale")["adapted"][0]
    expect(done["device"] == "phone" and done["measurements"] == 10, str(done))
    only_these(".", ["measured.csv", "phone.hale"])
    for result in device_of("phone.hale"):
        expect((result["device"], result["batch"], result["precision"]) == ("phone", 4, "f16"),
               str(result))


@case("predictions follow the measurements' scale")
def _():
    slow = [(arch, 200.0 + 150 * i) for i, arch in enumerate(REFERENCES)]
    good("adapt", "--measurements", measurements(), "-o", "a.hale")
    good("adapt", "--measurements", measurements(slow, "slow.csv"), "-o", "b.hale")
    for a, b in zip(device_of("a.hale"), device_of("b.hale")):
        expect(abs(b["latency_ms"] / a["latency_ms"] - 100) < 0.01, f"{a} {b}")


@case("without --name a device is called like its file")
def _():
    good("adapt", "--measurements", measurements(), "-o", "tablet.hale")
    expect(device_of("tablet.hale")[0]["device"] == "tablet", "the stem")


@case("repeated measurements are combined by their median, further columns ignored")
def _():
    rows = [(arch, 2.0 + 1.5 * i) for i, arch in enumerate(REFERENCES)]
    text = "note,latency_ms,arch\n"
    for arch, ms in rows:
        text += f"x,{ms},{arch}\ny,{ms * 50},{arch}\nz,{ms * 0.5},{arch}\n"
    write("thrice.csv", text)
    good("adapt", "--measurements", "thrice.csv", "-o", "a.hale", "--name", "x", "--made-from", "y")
    good("adapt", "--measurements", measurements(), "-o", "b.hale", "--name", "x", "--made-from",
         "y")
    expect(pathlib.Path("a.hale").read_bytes() == pathlib.Path("b.hale").read_bytes(), "the same")


@case("measurements come from stdin and the device goes to stdout")
def _():
    path = measurements()
    run = good("adapt", "--measurements", "-", "-o", "-", "--name", "x", "--made-from", "y",
               stdin=pathlib.Path(path).read_bytes())
    good("adapt", "--measurements", path, "-o", "b.hale", "--name", "x", "--made-from", "y")
    expect(run.bytes == pathlib.Path("b.hale").read_bytes(), "the same bytes")


@case("ONNX files count as the references they are, relative to the CSV")
def _():
    files = emitted()
    rows = [(pathlib.Path(f).name, 2.0 + 1.5 * i) for i, f in enumerate(files)]
    path = measurements(rows, "onnx/measured.csv")
    good("adapt", "--measurements", path, "--base", "nasbench201", "-o", "a.hale", "--name", "x",
         "--made-from", "y")
    good("adapt", "--measurements", measurements(), "-o", "b.hale", "--name", "x", "--made-from",
         "y")
    answers = [[r["latency_ms"] for r in device_of(f)] for f in ("a.hale", "b.hale")]
    expect(answers[0] == answers[1], str(answers))


@case("one ONNX file stands for references that graphs cannot tell apart")
def _():
    files = emitted()
    rows = [(f, 2.0 + i) for i, f in enumerate(files) if i != 3]  # the third is like the fourth
    good("adapt", "--measurements", measurements(rows), "--base", "nasbench201", "-o", "a.hale")
    left = good_json("suggest", "--space", "nasbench201", "--measured", measurements(rows))
    expect(left["suggestions"] == [], str(left))


@case("the batch is that of the ONNX files")
def _():
    good("suggest", "--space", "nasbench201", "--emit", "onnx", "--batch", "8")
    rows = [(f"onnx/nasbench201-{i + 1:02}.onnx", 2.0 + i) for i in range(10)]
    good("adapt", "--measurements", measurements(rows), "--base", "nasbench201", "-o", "a.hale")
    expect(device_of("a.hale")[0]["batch"] == 8, "batch 8")
    good("suggest", "--space", "nasbench201", "--emit", "other")
    rows[4] = ("other/nasbench201-05.onnx", 3)
    refused("adapt", "--measurements", measurements(rows), "--base", "nasbench201", "-o", "b.hale",
            says=["batch 1", "batch 8"])


@case("the JSON of trtexec and ONNX Runtime counts for the model beside it")
def _():
    files = [pathlib.Path(f) for f in emitted()]
    words = []
    for i, file in enumerate(files):
        ms = 2.0 + 1.5 * i
        if i % 2:
            runs = [{"startInMs": 1, "latencyMs": ms * k, "computeMs": 1} for k in (1, 0.9, 7)]
        else:
            runs = [{"cat": "Session", "ph": "X", "name": name, "dur": ms * 1000 * k, "ts": 1}
                    for name, k in (("model_run", 1), ("model_run", 0.9), ("model_run", 7),
                                    ("session_initialization", 99))]
        words += ["--measurements", write(file.with_suffix(".json"), json.dumps(runs))]
    good("adapt", *words, "--base", "nasbench201", "-o", "a.hale")
    good("adapt", "--measurements", measurements(), "-o", "b.hale")
    answers = [[r["latency_ms"] for r in device_of(f)] for f in ("a.hale", "b.hale")]
    expect(answers[0] == answers[1], str(answers))


@case("JSON that holds no runs is refused")
def _():
    emitted()
    for text in ("[", "{}", "[]", "[1]", '[{"latencyMs": "x"}]', '[{"latencyMs": -1}]',
                 '[{"ph": "X", "name": "model_run"}]', "[" * 200):
        refused("adapt", "--measurements", write("onnx/nasbench201-01.json", text), "-o", "a.hale",
                says="onnx/nasbench201-01.json: ")
    for text, found in (('[{"latencyMs": 1e300}]', "'latencyMs': found 1e+300 ms"),
                        ('[{"ph": "X", "name": "model_run", "dur": 0}]', "'dur': found 0 ms"),
                        ('[{"ph": "X", "name": "model_run", "dur": 2e14}]', "'dur': found 2e+11 ms")):
        refused("adapt", "--measurements", write("onnx/nasbench201-01.json", text), "-o", "a.hale",
                says=["onnx/nasbench201-01.json: run 1, " + found, "expected a positive number"])
    expect(not pathlib.Path("a.hale").exists(), "nothing is written")


@case("adapting an existing device keeps what else its file holds")
def _():
    good("adapt", "--measurements", measurements(), "-o", "a.hale", "--name", "first")
    copy = good("adapt", "--measurements", measurements(), "--name", "mine", "-o", "-").bytes
    write("other.hale", copy)
    good("adapt", "--measurements", measurements(), "-o", "a.hale")
    expect(device_of("a.hale")[0]["device"] == "first", "the name stays")


@case("adapting again keeps the precision and the batch that are not said")
def _():
    good("adapt", "--measurements", measurements(), "-o", "a.hale", "--precision", "f16", "--batch",
         "4")
    good("adapt", "--measurements", measurements(), "-o", "a.hale")
    answer = device_of("a.hale")[0]
    expect((answer["precision"], answer["batch"]) == ("f16", 4), str(answer))


@case("architectures say which space, whatever row a file stands in")
def _():
    rows = [(arch, 2.0 + i) for i, arch in enumerate(REFERENCES)]
    rows.insert(0, (emitted()[0], 2.0))
    run = good("adapt", "--measurements", measurements(rows), "-o", "a.hale")
    expect("nasbench201-help" in run.out, run.out)


@case("a file that is no device is not overwritten")
def _():
    write("letter.txt", "Dear Sir")
    refused("adapt", "--measurements", measurements(), "-o", "letter.txt", says="not overwritten")
    expect(pathlib.Path("letter.txt").read_text() == "Dear Sir", "it is as it was")


@case("adapt says which references are missing and what is none")
def _():
    rows = [(arch, 1 + i) for i, arch in enumerate(REFERENCES[:8])]
    refused("adapt", "--measurements", measurements(rows), "-o", "a.hale",
            says=["exactly its 10 references", f"'{REFERENCES[8]}', '{REFERENCES[9]}'"])
    stranger = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"
    rows = [(arch, 1 + i) for i, arch in enumerate(REFERENCES)] + [(stranger, 3)]
    refused("adapt", "--measurements", measurements(rows), "-o", "a.hale",
            says=["no references", stranger])
    only_these(".", ["measured.csv"])


@case("adapt refuses fewer than three measurements")
def _():
    rows = [(REFERENCES[0], 1), (REFERENCES[1], 2)]
    refused("adapt", "--measurements", measurements(rows), "-o", "a.hale",
            says="2 architectures, expected at least 3")


@case("equal latencies distinguish nothing")
def _():
    rows = [(arch, 5) for arch in REFERENCES]
    refused("adapt", "--measurements", measurements(rows), "-o", "a.hale", says="5 ms")


@case("an unknown base and a base in a wrong file are named")
def _():
    refused("adapt", "--measurements", measurements(), "--base", "best", "-o", "a.hale",
            says=["best: ", "nasbench201-help"])
    good("adapt", "--measurements", measurements(), "-o", "d.hale")
    refused("adapt", "--measurements", measurements(), "--base", "d.hale", "-o", "a.hale",
            says="d.hale: is a device file, expected a base")


@case("a folder that is not there is an error, and nothing is left")
def _():
    refused("adapt", "--measurements", measurements(), "-o", "absent/a.hale",
            says="absent/a.hale: cannot be created")
    only_these(".", ["measured.csv"])


main()
