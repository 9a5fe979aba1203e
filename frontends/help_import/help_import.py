#!/usr/bin/env python3
"""Converts the files that HELP's authors published to hale's tables and bases.

  help_import.py table --space nasbench201 --raw DIR -o latency_ms.csv
  help_import.py base  --space nasbench201 --raw DIR -o authors.hale

DIR holds latency/<device>.pt, the list of architectures and checkpoint/help_max_corr.pt, as in the
authors' repository. Needs Python's standard library alone.
"""

import argparse
import array
import math
import os
import statistics
import sys

import container
import published
from published import BadFile

GRAPH_CONVOLUTIONS = [("meta_learner.gc1", 8, 100)] + [(f"meta_learner.gc{i}", 100, 100)
                                                       for i in (2, 3, 4)]
HEAD = [("meta_learner.fc_hw1", 10, 100), ("meta_learner.fc_hw2", 100, 100),
        ("meta_learner.fc3", 200, 200), ("meta_learner.fc4", 200, 200),
        ("meta_learner.fc5", 200, 1)]


def features(length):
    """The layers over a row of features."""
    return [("meta_learner.fc1", length, 100), ("meta_learner.fc2", 100, 100)]


MODULATOR = [("z_encoder.0", 10, 10), ("z_encoder.2", 10, 1206)]
MALFORMED = (AttributeError, IndexError, KeyError, TypeError, ValueError)


def nasbench201_archs(index):
    archs = sorted(index, key=index.__getitem__)
    if [index[arch] for arch in archs] != list(range(len(archs))):
        raise ValueError("its indices are not 0, 1, 2, ...")
    return archs


def fbnet_archs(info):
    return ["-".join(str(block) for block in arch["op_idx_list"]) for arch in info["arch"]]


def ofa_archs(info):
    def text(arch):
        depths, kernels, expansions = ("-".join(str(n) for n in arch[key])
                                       for key in ("d", "ks", "e"))
        resolution = arch["r"][0] if isinstance(arch["r"], list) else arch["r"]
        return f"r{resolution}/d{depths}/k{kernels}/e{expansions}"

    return [text(arch) for arch in info["arch"]]


class Space:
    """What differs from space to space. The layers, (name, in, out), stand in hale's order: the
    `convolutions`, whose weights the authors keep (in, out), then the `linear` ones, kept (out,
    in). `sources` are the devices that the authors trained on. They state no interval: `interval`,
    in spreads of a device's measured rows, and the least spread are those that hale's own training
    found, to two digits."""

    def __init__(self, *, archs_file, archs_of, train_rows, hale_name, encoder, encoder_length,
                 layout, linear, sources, interval, convolutions=()):
        self.archs_file = archs_file
        self.archs_of = archs_of
        self.train_rows = train_rows
        self.hale_name = hale_name
        self.encoder = encoder
        self.encoder_length = encoder_length
        self.layout = layout
        self.convolutions = convolutions
        self.linear = linear
        self.sources = sources
        self.interval = interval


PHONES_AND_SERVERS = ["silver_4114", "silver_4210r", "samsung_a50", "pixel3", "essential_ph_1",
                      "samsung_s7"]
SPACES = {
    "nasbench201": Space(
        archs_file="str_arch2idx.pt", archs_of=nasbench201_archs, train_rows=900,
        hale_name="nasbench201", encoder="cell-graph", encoder_length=9,
        layout="8e3cdb3044e96b06", convolutions=GRAPH_CONVOLUTIONS, linear=HEAD,
        sources=["1080ti_1", "1080ti_32", "1080ti_256", *PHONES_AND_SERVERS],
        interval=(2.34, 0.056)),
    "fbnet": Space(
        archs_file="metainfo.pt", archs_of=fbnet_archs, train_rows=4000, hale_name="fbnet",
        encoder="block-one-hot", encoder_length=132, layout="0d344035f026861c",
        linear=features(132) + HEAD,
        sources=["1080ti_1", "1080ti_32", "1080ti_64", *PHONES_AND_SERVERS],
        interval=(2.78, 0.013)),
    "ofa": Space(
        archs_file="ofa_archs.pt", archs_of=ofa_archs, train_rows=4000,
        hale_name="ofa-mobilenetv3", encoder="layer-one-hot", encoder_length=145,
        layout="9b8dcffe6977e590", linear=features(145) + HEAD,
        sources=[f"{gpu}_{batch}" for gpu in ("2080ti", "titan_xp", "v100")
                 for batch in (1, 32, 64)],
        interval=(3.36, 0.023)),
}


def read_archs(name, raw):
    path = os.path.join(raw, SPACES[name].archs_file)
    info = published.load(path)
    try:
        return SPACES[name].archs_of(info)
    except MALFORMED as error:
        raise BadFile(f"{path}: is no list of architectures of {name}: {error}") from None


def read_latencies(raw, archs):
    """Device name -> milliseconds, one an architecture."""
    folder = os.path.join(raw, "latency")
    try:
        names = sorted(name[:-3] for name in os.listdir(folder) if name.endswith(".pt"))
    except OSError as error:
        raise BadFile(f"{folder}: {error.strerror}") from None
    if not names:
        raise BadFile(f"{folder}: holds no .pt file, expected one a device")
    table = {}
    for name in names:
        path = os.path.join(folder, name + ".pt")
        values = published.load(path)
        if not isinstance(values, list) or len(values) != len(archs):
            found = f"{len(values)} values" if isinstance(values, list) else type(values).__name__
            raise BadFile(f"{path}: holds {found}, expected a list of {len(archs)}")
        for row, value in enumerate(values):
            if not isinstance(value, (int, float)) or not math.isfinite(value):
                raise BadFile(f"{path}: row {row} is {value!r:.40}, expected milliseconds")
        table[name] = values
    return table


def write(path, data):
    """All of the file or nothing."""
    part = path + ".part"
    try:
        with open(part, "wb") as out:
            out.write(data)
        os.replace(part, path)
    except OSError as error:
        if os.path.isfile(part):
            os.remove(part)
        raise BadFile(f"{path}: {error.strerror}") from None


def make_table(name, raw, output):
    archs = read_archs(name, raw)
    table = read_latencies(raw, archs)
    lines = [",".join(["arch", *table])]
    for row, arch in enumerate(archs):
        lines.append(",".join([arch, *(f"{table[device][row]:.6g}" for device in table)]))
    write(output, ("\n".join(lines) + "\n").encode())


def flatten(tensors, convolutions, linear, path):
    """Weights (in, out), then the bias, layer by layer, as float32 bytes."""
    flat = array.array("f")

    def tensor(name, shape):
        found = tensors.get(name)
        if not isinstance(found, published.Tensor):
            raise BadFile(f"{path}: has no tensor {name}")
        if found.shape != shape:
            raise BadFile(f"{path}: {name} is {found.shape}, expected {shape}")
        return found

    for layer, inputs, outputs in convolutions:
        flat.extend(tensor(layer + ".weight", (inputs, outputs)).values)
        flat.extend(tensor(layer + ".bias", (outputs,)).values)
    for layer, inputs, outputs in linear:
        flat.extend(tensor(layer + ".weight", (outputs, inputs)).transposed().values)
        flat.extend(tensor(layer + ".bias", (outputs,)).values)
    if sys.byteorder == "big":
        flat.byteswap()
    return flat.tobytes()


def limit_positions(table, references, space):
    """The median over the source devices of where their trimmed limits lie between the slowest and
    the fastest reference, as hale's training finds them."""
    low, high = [], []
    for device in space.sources:
        values = table[device]
        fastest = min(values[row] for row in references)
        span = max(values[row] for row in references) - fastest
        ordered = sorted(values[:space.train_rows])
        cut = space.train_rows // 10
        low.append((ordered[cut] - fastest) / span)
        high.append((ordered[-1 - cut] - fastest) / span)
    return statistics.median(low), statistics.median(high)


def read_checkpoint(path):
    """-> the network, its learned rates, the modulator: tensors by name."""
    checkpoint = published.load(path)
    parts = ("model", "task_lr", "inference_network")
    if not isinstance(checkpoint, dict):
        raise BadFile(f"{path}: is no checkpoint of HELP: a {type(checkpoint).__name__}")
    for part in parts:
        if not isinstance(checkpoint.get(part), dict):
            raise BadFile(f"{path}: is no checkpoint of HELP: no tensors under '{part}'")
    return [checkpoint[part] for part in parts]


def make_base(name, raw, output):
    space = SPACES[name]
    archs = read_archs(name, raw)
    table = read_latencies(raw, archs)
    references_path = os.path.join(raw, "hardware_embedding_index.pt")
    references = published.load(references_path)
    if (not isinstance(references, list) or len(references) != 10
            or any(type(row) is not int or not 0 <= row < len(archs) for row in references)):
        raise BadFile(f"{references_path}: is no list of 10 rows of {len(archs)}")
    try:
        low, high = limit_positions(table, references, space)
    except KeyError as error:
        raise BadFile(f"{os.path.join(raw, 'latency')}: has no {error.args[0]}.pt") from None
    except (IndexError, ZeroDivisionError):
        raise BadFile(f"{references_path}: its architectures do not fit the latencies") from None
    path = os.path.join(raw, "checkpoint", "help_max_corr.pt")
    model, rates, modulator = read_checkpoint(path)
    notes = {"recipe": "help", "space": space.hale_name, "encoder": space.encoder,
             "encoder_length": space.encoder_length, "layout": space.layout, "units": "ms",
             "batch": 1, "precision": "f32", "made_from": "the HELP authors' published checkpoint",
             "limit_low": low, "limit_high": high, "interval_spreads": space.interval[0],
             "least_spread": space.interval[1], "level": 0.9}
    write(output, container.serialise([
        ("base", "".join(f"{key}={value}\n" for key, value in notes.items()).encode()),
        ("references", "".join(archs[row] + "\n" for row in references).encode()),
        ("theta", flatten(model, space.convolutions, space.linear, path)),
        ("rates", flatten(rates, space.convolutions, space.linear, path)),
        ("modulator", flatten(modulator, (), MODULATOR, path)),
    ]))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("table", "base"))
    parser.add_argument("--space", required=True, choices=sorted(SPACES))
    parser.add_argument("--raw", required=True, metavar="DIR", help="the space's published files")
    parser.add_argument("-o", "--output", required=True, metavar="FILE")
    arguments = parser.parse_args()
    make = make_table if arguments.what == "table" else make_base
    try:
        make(arguments.space, arguments.raw, arguments.output)
    except BadFile as error:
        print(f"help_import: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
