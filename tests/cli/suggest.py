"""What to measure next for any graph: suggest."""
import json
import pathlib

from any_graph import TIMES, device, score
from harness import case, expect, good, good_json, hale, main, measurements, refused, write


@case("suggest names networks of its own, each of which sharpens what is known")
def _():
    listed = good_json("suggest", "--space", "graph", "--emit", "nets")["suggestions"]
    expect(len(listed) == 10, str(listed))
    expect(len({s["arch"] for s in listed}) == 10, "each once")
    widths = [s["half_width"] for s in listed]
    expect(widths == sorted(widths, reverse=True), str(widths))
    for one in listed:
        expect(pathlib.Path(one["file"]).is_file(), one["file"])
    fewer = good_json("suggest", "--space", "graph", "--count", "3")["suggestions"]
    expect([s["arch"] for s in fewer] == [s["arch"] for s in listed[:3]], "the same three first")


@case("suggest chooses among the user's candidates, and not what was measured")
def _():
    names = ["residual/1", "classic/2", "mixer/3", "recurrent/4"]
    path = write("mine.txt", "\n".join(names) + "\n")
    listed = good_json("suggest", "--space", "graph", "--candidates", path)["suggestions"]
    expect(sorted(s["arch"] for s in listed) == sorted(names), str(listed))
    rows = measurements([("mixer/3", 0.5)], "one.csv")
    left = good_json("suggest", "--space", "graph", "--candidates", path, "--measured", rows)
    expect(sorted(s["arch"] for s in left["suggestions"]) ==
           sorted(set(names) - {"mixer/3"}), str(left))
    expect(left["suggestions"][-1]["half_width"] < listed[0]["half_width"], "sharper than before")


@case("what is emitted with another batch is whole, or not written")
def _():
    names = write("names.txt", "residual/3\n")
    good("suggest", "--space", "graph", "--candidates", names, "--emit", "nets", "--batch", 8)
    by_file, = score("nets/residual-3.onnx", "--device", device())
    by_name, = score("residual/3", "--batch", 8, "--device", "any.hale")
    expect(by_file["latency_ms"] == by_name["latency_ms"], f"{by_file} {by_name}")
    write("names.txt", "vision-transformer/5\n")
    refused("suggest", "--space", "graph", "--candidates", names, "--emit", "none", "--batch", 8,
            says=["vision-transformer/5"])
    expect(not list(pathlib.Path("none").glob("*")), "nothing is written")


@case("networks of its own that do not take the batch that is asked for are left out")
def _():
    listed = good_json("suggest", "--space", "graph", "--batch", 2, "--count", "3")["suggestions"]
    expect(len(listed) == 3, str(listed))
    refused("suggest", "--space", "graph", "--shape", "nothing:1x3", says="no input 'nothing'")


@case("a candidate that is none leaves the others to choose from")
def _():
    names = write("names.txt", "residual/1\nnonsense\nresidual/2\n")
    run = refused("suggest", "--space", "graph", "--candidates", names, "--format", "json",
                  says="names.txt: nonsense: ")
    expect(len(json.loads(run.out)["suggestions"]) == 2, run.out)


@case("candidates that are no files are named")
def _():
    names = write("names.txt", "residual/3\nabsent*.onnx\n")
    refused("suggest", "--space", "graph", "--candidates", names, says=["names.txt", "absent*.onnx"])


@case("an odd measurement is named, counts the less and is suggested again")
def _():
    rows = dict(TIMES)
    rows["residual/4"] *= 30
    path = measurements(list(rows.items()), "odd.csv")
    run = hale("adapt", "--measurements", path, "-o", "odd.hale")
    expect(run.status == 0 and "residual/4" in run.err and "measure it again" in run.err, "", run)
    again = good_json("suggest", "--space", "graph", "--measured", path, "--count", "1")
    expect([s["arch"] for s in again["suggestions"]] == ["residual/4"], str(again))
    thrice = measurements([row for row in rows.items() for _ in range(3)], "thrice.csv")
    run = hale("adapt", "--measurements", thrice, "-o", "thrice.hale")
    expect(run.status == 0 and "warning: residual/4: took" in run.err, "as the file names it", run)
    plain, = score("residual/3", "--device", device())
    odd, = score("residual/3", "--device", "odd.hale")
    expect(odd["latency_ms"] < 3 * plain["latency_ms"], f"{plain} {odd}")


main()
