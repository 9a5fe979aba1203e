"""What the tests of the space `graph` share: a device of ten networks, and models to ask it."""
import pathlib

from harness import good, good_json, measurements, write

TIMES = {"inception/0": 0.741, "text-encoder/8": 1.69, "text-encoder/0": 0.192,
         "ofa-mobilenetv3/10": 16.8, "recurrent/6": 4.48, "super-resolution/11": 9.46,
         "perceptron/8": 0.0466, "residual/4": 0.529, "detector/9": 3.82,
         "vision-transformer/11": 68.0}


def device(rows=None, path="any.hale"):
    good("adapt", "--measurements", measurements(list((rows or TIMES).items()), "any.csv"), "--name",
         "any", "-o", path)
    return path


def score(*words):
    return good_json("score", *words)["results"]


def without(model, known, unknown):
    """The model with the first operation of a name of four letters made another."""
    model = pathlib.Path(model)
    model.write_bytes(model.read_bytes().replace(b"\x22\x04" + known, b"\x22\x04" + unknown, 1))
    return str(model)


def in_folders(names, folder):
    """ONNX files of these networks, each in a folder of its family: FOLDER/residual/3.onnx."""
    good("suggest", "--space", "graph", "--candidates", write("names.txt", "\n".join(names) + "\n"),
         "--count", len(names), "--emit", "flat")
    for name in names:
        path = pathlib.Path(folder, name + ".onnx")
        path.parent.mkdir(parents=True, exist_ok=True)
        pathlib.Path("flat", name.replace("/", "-") + ".onnx").rename(path)


# Networks of four families.
FOUR = [f"{family}/{seed}" for family in ("residual", "perceptron", "mixer", "classic")
        for seed in range(8)]
