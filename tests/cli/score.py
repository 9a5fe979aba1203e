"""hale score: what is answered, in which order and form."""
import csv
import io
import json
import pathlib
import re
import shutil

from harness import *

RESULT_KEYS = ["model", "device", "batch", "precision", "space", "arch", "latency_ms",
               "interval_ms", "interval_level", "verdict", "reason", "macs", "parameters", "coverage",
               "assumptions", "warnings"]


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def check_result(result):
    expect(list(result) == RESULT_KEYS, f"the keys of a result are {list(result)}")
    low, high = result["interval_ms"]
    expect(0 < low <= result["latency_ms"] <= high, "the latency lies in its interval")
    expect(result["verdict"] in ("interpolating", "extrapolating", "unknown"), "a known verdict")
    expect(sorted(result["coverage"]) == ["macs", "nodes", "unknown_ops"], "coverage is whole")
    expect(is_number(result["interval_level"]), "the interval states its level")


@case("score answers an ONNX file in JSON as documented")
def _():
    path = emitted()[9]
    answer = good_json("score", path, "--device", "fpga")
    expect(list(answer) == ["hale", "results", "errors"] and answer["errors"] == [], "the schema")
    result = answer["results"][0]
    check_result(result)
    expect((result["model"], result["device"], result["batch"]) == (path, "fpga", 1), str(result))
    expect((result["space"], result["arch"]) == ("nasbench201", FULL), str(result))
    expect(result["coverage"] == {"nodes": 1.0, "macs": 1.0, "unknown_ops": []}, str(result))
    # 15 cells of 6 convolutions each, stem, reductions and classifier, as in the paper's code.
    expect(result["macs"] > 100_000_000 and result["parameters"] > 500_000, str(result))


@case("a file and its architecture string get the same answer")
def _():
    by_file = good_json("score", emitted()[9], "--device", "raspi4")["results"][0]
    by_string = good_json("score", "--space", "nasbench201", "--archs", "-", "--device", "raspi4",
                          stdin=FULL)["results"][0]
    check_result(by_string)
    for key in ("latency_ms", "interval_ms", "verdict", "device", "space", "arch"):
        expect(by_file[key] == by_string[key], f"{key}: {by_file[key]} and {by_string[key]}")
    expect(by_string["model"] is None and by_string["macs"] is None, "a string has no file")


@case("an architecture that the graph cannot tell apart names its class's first")
def _():
    result = good_json("score", emitted()[2])["results"][0]
    expect("400 architectures" in result["assumptions"][0], str(result["assumptions"]))
    strings = good_json("score", "--space", "nasbench201", "--archs", "-", stdin=REFERENCES[2])
    low, high = strings["results"][0]["interval_ms"]
    expect(result["interval_ms"][0] <= low and high <= result["interval_ms"][1],
           "the interval covers the class")
    expect(result["arch"] <= REFERENCES[2], "the first string of the class")


@case("without --device the default answers under its real name")
def _():
    path = emitted()[9]
    result = good_json("score", path)["results"][0]
    expect(result["device"] == DEFAULT_DEVICE, result["device"])
    named = good_json("score", path, "--device", DEFAULT_DEVICE)["results"][0]
    expect(named == result, "the alias and the device answer alike")
    expect(DEFAULT_DEVICE in good("score", path).out, "the table names it too")


@case("several devices answer in the order they are named")
def _():
    words = [word for device in DEVICES[1:] for word in ("--device", device)]
    results = good_json("score", emitted()[9], *words)["results"]
    expect([r["device"] for r in results] == DEVICES[1:], str([r["device"] for r in results]))


@case("a folder, a glob and stdin are read")
def _():
    paths = emitted()
    pathlib.Path("onnx/deep").mkdir()
    shutil.copy(paths[0], "onnx/deep/a.onnx")
    write("onnx/readme.txt", "no model")
    found = [r["model"] for r in good_json("score", "onnx")["results"]]
    expect(found == sorted(paths + ["onnx/deep/a.onnx"]), str(found))
    found = [r["model"] for r in good_json("score", "onnx/*-0[12].onnx")["results"]]
    expect(found == paths[:2], str(found))
    result = good_json("score", "-", stdin=pathlib.Path(paths[9]).read_bytes())["results"][0]
    expect(result["model"] == "-" and result["arch"] == FULL, str(result))


@case("a folder without models and a glob without matches are errors")
def _():
    pathlib.Path("empty").mkdir()
    refused("score", "empty", says="empty: is a folder without any .onnx file")
    refused("score", "*.onnx", says="*.onnx: matches no file")
    refused("score", "absent.onnx", says="absent.onnx: ")


@case("good inputs are answered beside bad ones")
def _():
    path = emitted()[9]
    write("bad.onnx", "no model")
    run = refused("score", "bad.onnx", path, "--format", "json", says="bad.onnx: ")
    answer = json.loads(run.out)
    expect([r["model"] for r in answer["results"]] == [path], "the good one is answered")
    error = answer["errors"][0]
    expect(error["model"] == "bad.onnx" and not error["message"].startswith("bad.onnx"), str(error))


@case("every line of --archs is answered in order, bad ones empty")
def _():
    lines = [FULL, "nonsense", REFERENCES[0], FULL]
    write("archs.txt", "\n".join(lines) + "\n\n")
    run = refused("score", "--space", "nasbench201", "--archs", "archs.txt", "--format", "csv",
                  says="archs.txt: architecture 2: ")
    rows = list(csv.DictReader(io.StringIO(run.out)))
    expect([row["arch"] for row in rows] == lines, run.out)
    expect([bool(row["latency_ms"]) for row in rows] == [True, False, True, True], run.out)
    expect(rows[0]["latency_ms"] == rows[3]["latency_ms"], "alike lines have alike answers")
    for row in (rows[0], rows[2]):
        expect(float(row["low_ms"]) <= float(row["latency_ms"]) <= float(row["high_ms"]), str(row))


@case("a line of --archs that is a file is answered as the model is")
def _():
    file = emitted()[2]
    lines = write("lines.txt", f"{file}\n{FULL}\nabsent.onnx\n")
    for words in ([], ["--shape", "input:1x3x64x64"]):
        model = good_json("score", file, "--device", "fpga", *words)["results"][0]
        one = write("one.txt", file + "\n")
        line = good_json("score", "--space", "nasbench201", "--archs", one, "--device", "fpga",
                         *words)["results"][0]
        for key in ("latency_ms", "interval_ms", "verdict", "assumptions", "macs"):
            expect(line[key] == model[key], f"{key}: {line[key]} and {model[key]}")
        expect(line["arch"] == file, str(line))
    expect(model["verdict"] == "extrapolating", "of another resolution")
    run = refused("score", "--space", "nasbench201", "--archs", lines, "--format", "json",
                  says=["architecture 3: ", "absent.onnx"])
    answers = json.loads(run.out)["results"]
    expect([bool(answer["latency_ms"]) for answer in answers] == [True, True, False], run.out)
    expect(answers[2]["coverage"]["nodes"] is None, "nothing is covered of what is not there")
    refused("score", "--space", "fbnet", "--device", "fpga", "--archs", one,
            says="lies in space 'nasbench201', expected 'fbnet'")
    refused("score", "--space", "nasbench201", "--archs", "-", "--shape", "input:1x3x64x64",
            stdin=FULL, says="its shapes are fixed; --shape, --dim and --batch need an ONNX file")


@case("where the time goes is by kernels where a device was measured for any graph")
def _():
    result = good_json("score", emitted()[2], "--ops")["results"][0]
    expect(all(row["latency_ms"] > 0 for row in result["ops"]), "nothing takes no time")
    by_macs = good_json("score", emitted()[2], "--ops", "--device", "fpga")["results"][0]
    expect("by their multiply-adds" in by_macs["assumptions"][-1], str(by_macs["assumptions"]))


@case("--archs reads a CSV's column arch")
def _():
    write("a.csv", f"accuracy,arch\r\n91.5,{FULL}\r\n90.1,{REFERENCES[3]}\r\n")
    results = good_json("score", "--space", "nasbench201", "--archs", "a.csv")["results"]
    expect([r["arch"] for r in results] == [FULL, REFERENCES[3]], str(results))


def npy(rows, dtype="|u1"):
    """The bytes of a .npy file of small numbers, as numpy writes it."""
    header = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': ({len(rows)}, {len(rows[0])}), }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    return (b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode()
            + bytes(number for row in rows for number in row))


@case("--archs reads codes from a .npy file, and says which row is none")
def _():
    # FULL has nor_conv_3x3 on its six edges; a row of zeros has avg_pool_3x3.
    pathlib.Path("codes.npy").write_bytes(npy([[2] * 6, [0] * 6]))
    run = good("score", "--space", "nasbench201", "--archs", "codes.npy", "--device", "fpga",
               "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(run.out)))
    pathlib.Path("archs.txt").write_text("\n".join(row["arch"] for row in rows))
    expect(rows[0]["arch"] == FULL and rows[1]["arch"].count("avg_pool_3x3") == 6, str(rows))
    text = good("score", "--space", "nasbench201", "--archs", "archs.txt", "--device", "fpga",
                "--format", "csv")
    expect(text.out == run.out, "codes and strings get the same answers")
    pathlib.Path("codes.npy").write_bytes(npy([[2] * 6, [9] * 6]))
    refused("score", "--space", "nasbench201", "--archs", "codes.npy", "--device", "fpga",
            says="codes.npy: ")
    pathlib.Path("codes.npy").write_bytes(npy([[2] * 5]))
    refused("score", "--space", "nasbench201", "--archs", "codes.npy", "--device", "fpga",
            says="codes.npy: ")


@case("what suggest writes as CSV, score reads")
def _():
    listed = good("suggest", "--space", "nasbench201", "--format", "csv").out
    rows = good("score", "--space", "nasbench201", "--archs", "-", "--format", "csv", stdin=listed)
    expect([row["arch"] for row in csv.DictReader(io.StringIO(rows.out))] == REFERENCES, rows.out)


@case("all formats carry latency, interval and verdict")
def _():
    path = emitted()[9]
    result = good_json("score", path)["results"][0]
    line = json.loads(good("score", path, "--format", "jsonl").out)
    expect(line.pop("hale") == 1 and line == result, "jsonl is the same record on a line")
    row = next(csv.DictReader(io.StringIO(good("score", path, "--format", "csv").out)))
    expect(float(row["latency_ms"]) == result["latency_ms"], str(row))
    expect([float(row["low_ms"]), float(row["high_ms"])] == result["interval_ms"], str(row))
    expect(row["verdict"] == "interpolating", str(row))
    table = good("score", path).out
    expect(re.search(r"\d ms  \[\d+\.?\d* \.\. \d+\.?\d*\] +onnxruntime-\S+ +1 +interpolating",
                     table),
           table)


@case("the table's columns are aligned")
def _():
    emitted()
    lines = good("score", "onnx").out.splitlines()[:11]
    at = lines[0].index("device")
    expect(all(line[at:].startswith(DEFAULT_DEVICE) for line in lines[1:]), "\n".join(lines))


@case("a batch that is not the measured one extrapolates and says so")
def _():
    path = emitted()[9]
    result = good_json("score", path, "--device", "titan_rtx_256")["results"][0]
    expect(result["verdict"] == "extrapolating" and result["batch"] == 256, str(result))
    expect("batch 1, measured with 256" in result["assumptions"], str(result["assumptions"]))
    rebatched = good_json("score", path, "--device", "titan_rtx_256", "--batch", "256")
    rebatched = rebatched["results"][0]
    expect(rebatched["verdict"] == "interpolating", str(rebatched))
    expect(rebatched["macs"] == 256 * result["macs"], "multiply-adds are of the whole batch")


@case("a --batch that conflicts with the device is an error")
def _():
    refused("score", emitted()[9], "--batch", "8", "--device", "fpga",
            says=["--batch 8", "'fpga'", "batch 1"])
    refused("score", "--space", "nasbench201", "--archs", "-", "--batch", "8", stdin=FULL,
            says="--batch 8")


@case("--shape changes an input, and one that is not there is named")
def _():
    path = emitted()[9]
    result = good_json("score", path, "--shape", "input:1x3x64x64", "--device",
                       "gold_6226")["results"][0]
    expect(result["verdict"] == "extrapolating", str(result))
    expect(any("64x64" in text for text in result["assumptions"]), str(result["assumptions"]))
    refused("score", path, "--shape", "data:1x3x64x64", says=["no input 'data'", "'input'"])
    refused("score", path, "--shape", "input:1x3x64", says="4 dimensions, found 3")
    refused("score", path, "--dim", "N=1", says="no open dimension 'N'")
    refused("score", path, "--shape", "input:1x3x32x32", "--shape", "input:2x3x32x32", status=2,
            says="'input' stands twice")
    refused("score", path, "--shape", "input:2x3x32x32", "--batch", "4",
            says=["--batch 4", "--shape gives input 'input' a batch of 2"])


@case("--fail-on extrapolating answers and exits with 1")
def _():
    path = emitted()[9]
    run = refused("score", path, "--device", "titan_rtx_256", "--device", "fpga", "--fail-on",
                  "extrapolating", "--format", "json", says="met by 1 of 2 answers")
    expect(len(json.loads(run.out)["results"]) == 2, "all answers are there", run)
    good("score", path, "--device", "fpga", "--fail-on", "extrapolating", "--fail-on", "unknown-op")


@case("an unknown device is named with how to find one, the others answer")
def _():
    path = emitted()[9]
    run = refused("score", path, "--device", "toaster", "--device", "fpga", "--format", "json",
                  says=["toaster: no file, and no built-in device of that name", "'hale devices"])
    expect([r["device"] for r in json.loads(run.out)["results"]] == ["fpga"], run.out)


@case("a file of another kind is no device")
def _():
    refused("score", emitted()[9], "--device", "onnx/nasbench201-01.onnx", says="not a hale file")


main()
