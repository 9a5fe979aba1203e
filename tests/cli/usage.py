"""Usage, help, listings and the streams."""
import csv
import io
import json
import pathlib
import subprocess

from harness import *

COMMANDS = ["score", "inspect", "suggest", "measure", "adapt", "train", "evaluate", "spaces", "devices",
            "bases"]


@case("the version is printed")
def _():
    run = good("--version")
    expect(run.out.startswith("hale ") and run.out.count("\n") == 1, run.out)


@case("help lists every command, and each command's help has an example")
def _():
    overview = good("--help").out
    for command in COMMANDS:
        expect(f"\n  {command} " in overview, f"{command} is listed")
        text = good(command, "--help").out
        expect(f"Example:\n  hale {command}" in text, f"{command} has an example")
    expect("\n  search " not in overview, "what is not there is not listed")


@case("wrong usage exits with 2 and one line")
def _():
    refused(status=2)
    refused("nonsense", status=2, says="found 'nonsense', expected a command")
    refused("score", status=2, says="expected models")
    refused("score", "a.onnx", "--archs", "b", "--space", "nasbench201", status=2)
    refused("score", "--archs", "b", status=2, says="--space")
    refused("score", "a.onnx", "--nonsense", status=2, says="--nonsense")
    refused("score", "a.onnx", "--format", "xml", status=2, says="table, json, jsonl, csv")
    refused("score", "a.onnx", "--batch", "-1", status=2, says="whole number")
    refused("score", "a.onnx", "--batch", "0", status=2, says="one in [1, ")
    refused("score", "a.onnx", "--shape", "1x3", status=2, says="--shape")
    refused("score", "a.onnx", "--shape", "in:1x-1", status=2, says="--shape")
    refused("score", "a.onnx", "--dim", "N", status=2, says="--dim")
    refused("score", "a.onnx", "--batch-axis", "x", status=2,
            says="--batch-axis: found 'x', expected INPUT=AXIS")
    refused("score", "a.onnx", "--batch-axis", "x=0", "--batch-axis", "x=1", status=2,
            says="--batch-axis: input 'x' stands twice")
    refused("inspect", status=2)
    refused("suggest", status=2, says="--space")
    refused("adapt", "--measurements", "m.csv", status=2, says="--output")
    refused("train", "--space", "nasbench201", status=2)
    refused("evaluate", "--space", "nasbench201", "--table", "t", "--devices", "a", "--protocol",
            "lenient", status=2, says="strict, help")


@case("an option takes one word, and leaves what stands behind it")
def _():
    for words in (("--device", "default"), ("--shape", "x:1x3"), ("--dim", "N=1"),
                  ("--fail-on", "unknown-op")):
        refused("score", *words, "absent.onnx", says="hale: absent.onnx: ")


@case("listings agree in every format")
def _():
    for command, names in (("spaces", SPACES),
                           ("devices", ["default", *BUILT_IN_DEVICES]),
                           ("bases", [name + kind for name in SPACES[:3]
                                      for kind in ("", "-help")] + ["graph"])):
        records = good_json(command)[command]
        expect([r["name"] for r in records] == names, str(records))
        lines = [json.loads(line) for line in good(command, "--format", "jsonl").out.splitlines()]
        expect([{"hale": 1, **r} for r in records] == lines, f"{command}: jsonl")
        rows = list(csv.DictReader(io.StringIO(good(command, "--format", "csv").out)))
        expect([r["name"] for r in rows] == names, f"{command}: csv")
        table = good(command).out.splitlines()
        expect([line.split()[0] for line in table[1:]] == names, f"{command}: table")


@case("devices say what they are, default is an alias")
def _():
    records = {r["name"]: r for r in good_json("devices")["devices"]}
    expect(records["default"]["alias_of"] == DEFAULT_DEVICE, str(records["default"]))
    expect(records[DEFAULT_DEVICE]["alias_of"] is None, str(records))
    expect(records["titan_rtx_256"]["batch"] == 256, "batches are the tables'")
    for record in records.values():
        expect(record["bases"] and record["made_from"], str(record))
    expect(records["fpga"]["bases"] == ["nasbench201-help", "fbnet-help"], str(records["fpga"]))
    expect(records["titan_rtx_64"]["bases"] == ["ofa-mobilenetv3-help"], "of one space")


@case("devices are found by words of what is known of them, and by other names")
def _():
    found = good_json("devices", "XEON", "pytorch")["devices"]
    expect([r["name"] for r in found] == ["pytorch-1.13-1t-emr", "pytorch-2.11-1t-xeon"], str(found))
    expect(all((r["runtime"], r["kind"], r["licence"]) == ("pytorch", "cpu", "MIT") for r in found),
           str(found))
    refused("devices", "abacus", says="no built-in device has 'abacus'")
    pi = good_json("score", emitted()[0], "--device", "raspberry-pi-4")["results"]
    expect([r["device"] for r in pi] == ["raspi4"], str(pi))


@case("suggest names the references, leaves out what is measured, and emits the rest")
def _():
    records = good_json("suggest", "--space", "nasbench201")["suggestions"]
    expect([r["arch"] for r in records] == REFERENCES, str(records))
    path = measurements([(REFERENCES[0], 1.5), (REFERENCES[4], 2)])
    rest = good_json("suggest", "--space", "nasbench201", "--measured", path)["suggestions"]
    expect([r["arch"] for r in rest] == REFERENCES[1:4] + REFERENCES[5:], str(rest))
    emitted_rows = good_json("suggest", "--space", "nasbench201", "--measured", path, "--emit", "d")
    files = [r["file"] for r in emitted_rows["suggestions"]]
    expect(len(files) == 8 and all(pathlib.Path(f).stat().st_size > 10_000 for f in files), "files")
    only_these("d", [pathlib.Path(f).name for f in files])


@case("emitted weights follow the seed, and the batch is the one asked for")
def _():
    for folder, seed, batch in (("a", 1, 1), ("b", 1, 1), ("c", 2, 1), ("d", 1, 4)):
        good("suggest", "--space", "nasbench201", "--emit", folder, "--seed", seed, "--batch",
             batch)
    data = [pathlib.Path(f, "nasbench201-10.onnx").read_bytes() for f in "abc"]
    expect(data[0] == data[1] and data[0] != data[2], "equal for equal seeds alone")
    summary = good_json("inspect", "d/nasbench201-10.onnx")["model"]
    expect(summary["inputs"][0]["shape"] == "4x3x32x32", str(summary["inputs"]))


@case("suggest refuses what a base with fixed references cannot do")
def _():
    refused("suggest", "--space", "nasbench201", "--count", "5", says=["--count", "exactly its 10"])
    refused("suggest", "--space", "nasbench201", "--candidates", "x", says="--candidates")
    refused("suggest", "--space", "mobile", says=["no space 'mobile'", *SPACES])


@case("every space suggests ten networks of its own, which score on a device of that space")
def _():
    for space, device in zip(SPACES, ("fpga", "fpga", "titan_rtx_64")):
        files = [r["file"] for r in good_json("suggest", "--space", space, "--emit", space)
                 ["suggestions"]]
        expect(len(files) == 10, str(files))
        result = good_json("score", files[0], "--device", device)["results"][0]
        expect(result["space"] == space and result["latency_ms"] > 0, str(result))
        refused("score", files[0], "--device", "titan_rtx_64" if device == "fpga" else "fpga",
                says=space)


@case("inspect tells what a file is")
def _():
    path = emitted()[9]
    summary = good_json("inspect", path)["model"]
    expect((summary["space"], summary["arch"], summary["class_size"]) == ("nasbench201", FULL, 1),
           str(summary))
    answer = good_json("score", path)["results"][0]
    for key in ("macs", "parameters", "coverage"):
        expect(summary[key] == answer[key], f"{key} is what score says")
    expect(FULL in good("inspect", path).out, "the table names the architecture")
    encoding = good_json("inspect", path, "--print", "encoding")["encoding"]
    expect(encoding["encoding"] == [0, 2 + 1, 3, 3, 3, 3, 3, 6, 7], str(encoding))


@case("inspect says what a model leaves unsaid")
def _():
    def field(number, payload):
        return bytes([number << 3 | 2, len(payload)]) + payload
    node = field(1, b"x") + field(2, b"y") + field(4, b"Relu")
    graph = field(1, node) + field(2, b"g") + field(11, field(1, b"x")) + field(12, field(1, b"y"))
    pathlib.Path("bare.onnx").write_bytes(bytes([8, 7]) + field(7, graph))
    said = " ".join(good_json("inspect", "bare.onnx")["model"]["assumptions"])
    for words in ("no opset is stated", "the element type of input 'x' is not stated"):
        expect(words in said, said)


@case("inspect prints the graph before and after passes")
def _():
    path = emitted()[1]
    plain = good("inspect", path, "--print", "ir").out
    expect(plain.startswith('"onnx.graph"') and '"onnx.Mul"' in plain, plain[:300])
    folded = good("inspect", path, "--print", "ir", "--passes",
                  "infer-shapes,fold-zeros,remove-dead-code").out
    expect(folded.count("\n") < plain.count("\n"), "dead branches are gone")
    refused("inspect", path, "--passes", "nonsense", says=["no pass 'nonsense'", "infer-shapes"])


@case("inspect tells what a model costs, and by which operators")
def _():
    path = emitted()[9]
    summary = good_json("inspect", path)["model"]
    expect(sum(o["count"] for o in summary["operators"]) == summary["operations"], "each counted")
    expect(summary["operators"][0]["operator"] == "Conv", "the costliest first")
    expect(abs(sum(o["share"] for o in summary["operators"]) - 1) < 1e-4, "shares add up")
    expect(summary["uncovered"] == [] and summary["values_of_unknown_size"] == 0, "all covered")
    expect(summary["kernels"] < summary["operations"], "operations are fused")
    none = good_json("inspect", path, "--fusion", "none")["model"]
    expect(none["kernels"] > summary["kernels"], "and are not, on demand")
    expect(none["bytes_written"] > summary["bytes_written"], "which costs traffic")
    table = good("inspect", path).out
    for word in ("opsets", "peak memory", "traffic", "operator", "share"):
        expect(word in table, word)
    refused("inspect", path, "--fusion", "fast", status=2)


@case("inspect prints a row an operation and a line a kernel")
def _():
    path = emitted()[9]
    summary = good_json("inspect", path)["model"]
    rows = good_json("inspect", path, "--print", "ops")["operations"]
    expect(len(rows) == summary["operations"], "a row each")
    expect(sum(row["macs"] for row in rows) == summary["macs"], "the same MACs")
    header = good("inspect", path, "--print", "ops", "--format", "csv").out.split("\n")[0]
    expect(header == "node,operator,output,macs,share,bytes_read,bytes_written,parameters", header)
    kernels = good("inspect", path, "--print", "kernels").out.splitlines()
    expect(kernels[0] == "hale-workload 1" and kernels[1].startswith("model inputs="), "head")
    expect(len(kernels) == 2 + summary["kernels"], "lines")
    for what in ("kernels", "ir"):
        text = good("inspect", path, "--print", what).out
        expect(good_json("inspect", path, "--print", what)["model"][what] == text, what)


@case("a reader that goes away is no error")
def _():
    lines = "\n".join([FULL] * 20_000)
    process = subprocess.Popen(
        [HALE, "score", "--space", "nasbench201", "--archs", "-", "--format", "csv"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    process.stdin.write(lines.encode())
    process.stdin.close()
    errors = process.stderr.read()
    process.stderr.close()
    expect(process.wait() == 0 and errors == b"", f"{process.returncode}: {errors}")


@case("a full disk under stdout is an error")
def _():
    with open("/dev/full", "wb") as full:
        runs = [subprocess.run([HALE, word], stdout=full, stderr=subprocess.PIPE)
                for word in ("devices", "--help", "--version")]
    for run in runs:
        expect(run.returncode == 1, str(run))
        expect(run.stderr.count(b"\n") == 1 and b"stdout cannot be written" in run.stderr, str(run))


main()
