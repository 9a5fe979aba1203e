"""Writes ONNX files of networks of the built-in search spaces as PyTorch exports them.

    export_networks.py OUT_DIR SPEC...
    export_networks.py OUT_DIR --random SPACE COUNT SEED

A SPEC is comma-separated `key=value`: arch (required), and optionally space (nasbench201, the
default, fbnet or ofa-mobilenetv3), classes, batch (1), size (HxW, or one number for both), bn (eval:
folded, the default; keep: BatchNormalization stays), weights (0, the default, or 1), params (1; 0:
weights are inputs), folding (1 or 0), dynamic (0; 1: the batch is open), opset (13), short (0; 1:
names and attributes that say nothing are cut, for small files), and name (the file's).
NAS-Bench-201: c (stem channels, 16), n (cells a stage, 5), head (view, the default, flatten or
mean), outputs (1; 2: the features too, as the published network has it). OFA-MobileNetV3: act
(spelled, the default, or one: h-swish and hard sigmoid), mean (steps, the default, both or pool),
squeeze (conv, the default, or linear), times (of the widths, 1.2).
OUT_DIR/expected.tsv lists the files: name, spec without the architecture, architecture.
Without weights the initialisers' payloads are left out and the files are small.

The modules follow the published ones (InferCell, ResNetBasicblock): Dong and Yang, ICLR 2020.
"""
import io
import os
import random
import sys
import warnings

import torch
from torch import nn

from export_mobile import FBNet, OfaMobileNetV3, random_options

EDGES = ((0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3))
OPERATIONS = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")


class ReLUConvBN(nn.Module):
    def __init__(self, c_in, c_out, kernel, stride, padding):
        super().__init__()
        self.op = nn.Sequential(
            nn.ReLU(inplace=False),
            nn.Conv2d(c_in, c_out, kernel, stride=stride, padding=padding, bias=False),
            nn.BatchNorm2d(c_out),
        )

    def forward(self, x):
        return self.op(x)


class Pooling(nn.Module):
    def __init__(self):
        super().__init__()
        self.op = nn.AvgPool2d(3, stride=1, padding=1, count_include_pad=False)

    def forward(self, x):
        return self.op(x)


class Zero(nn.Module):
    def forward(self, x):
        return x.mul(0.0)


def make_operation(name, c):
    if name == "none":
        return Zero()
    if name == "skip_connect":
        return nn.Identity()
    if name == "nor_conv_1x1":
        return ReLUConvBN(c, c, 1, 1, 0)
    if name == "nor_conv_3x3":
        return ReLUConvBN(c, c, 3, 1, 1)
    return Pooling()


class InferCell(nn.Module):
    def __init__(self, arch, c):
        super().__init__()
        self.layers = nn.ModuleList(make_operation(name, c) for name in arch)

    def forward(self, x):
        nodes = [x]
        for target in range(1, 4):
            nodes.append(
                sum(
                    layer(nodes[source])
                    for (source, to), layer in zip(EDGES, self.layers)
                    if to == target
                )
            )
        return nodes[-1]


class ResNetBasicblock(nn.Module):
    def __init__(self, c_in, c_out):
        super().__init__()
        self.conv_a = ReLUConvBN(c_in, c_out, 3, 2, 1)
        self.conv_b = ReLUConvBN(c_out, c_out, 3, 1, 1)
        self.downsample = nn.Sequential(
            nn.AvgPool2d(2, stride=2, padding=0), nn.Conv2d(c_in, c_out, 1, bias=False)
        )

    def forward(self, x):
        return self.downsample(x) + self.conv_b(self.conv_a(x))


class TinyNetwork(nn.Module):
    def __init__(self, spec):
        super().__init__()
        arch, c, n = parse_arch(spec["arch"]), int(spec.get("c", 16)), int(spec.get("n", 5))
        classes = int(spec.get("classes", 10))
        self.head = spec.get("head", "view")
        self.outputs = int(spec.get("outputs", 1))
        self.stem = nn.Sequential(nn.Conv2d(3, c, 3, padding=1, bias=False), nn.BatchNorm2d(c))
        layers = []
        for stage, width in enumerate((c, 2 * c, 4 * c)):
            if stage:
                layers.append(ResNetBasicblock(width // 2, width))
            layers += [InferCell(arch, width) for _ in range(n)]
        self.cells = nn.ModuleList(layers)
        self.lastact = nn.Sequential(nn.BatchNorm2d(4 * c), nn.ReLU(inplace=True))
        self.global_pooling = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(4 * c, classes)

    def forward(self, x):
        x = self.stem(x)
        for cell in self.cells:
            x = cell(x)
        x = self.lastact(x)
        if self.head == "mean":
            x = x.mean((2, 3))
        elif self.head == "flatten":
            x = torch.flatten(self.global_pooling(x), 1)
        else:
            x = self.global_pooling(x)
            x = x.view(x.size(0), -1)
        return self.classifier(x) if self.outputs == 1 else (x, self.classifier(x))

    @staticmethod
    def size(_spec):
        return "32"


SPACES = {"nasbench201": TinyNetwork, "fbnet": FBNet, "ofa-mobilenetv3": OfaMobileNetV3}


def parse_arch(text):
    tokens = [token for token in text.replace("+", "").split("|") if token]
    return [token.split("~")[0] for token in tokens]


def random_arch(rng):
    names = [rng.choice(OPERATIONS) for _ in EDGES]
    text = ""
    for (source, target), name in zip(EDGES, names):
        if source == 0:
            text += "|" if target == 1 else "+|"
        text += f"{name}~{source}|"
    return text


def stripped(data):
    """The model without its large initialisers' payloads; names, types and shapes stay."""
    import onnx

    model = onnx.load_model_from_string(data)
    for tensor in model.graph.initializer:
        count = 1
        for dim in tensor.dims:
            count *= dim
        if count > 4:
            tensor.ClearField("raw_data")
            tensor.ClearField("float_data")
    model.ClearField("producer_version")
    for node in model.graph.node:
        node.ClearField("doc_string")
    return model.SerializeToString()


def shortened(data):
    """The model with values and nodes numbered, without value_info."""
    import onnx

    model = onnx.load_model_from_string(data)
    names = {}
    number = lambda name: names.setdefault(name, f"v{len(names)}") if name else name
    for tensor in list(model.graph.initializer) + list(model.graph.input):
        tensor.name = tensor.name if tensor.name == "input" else number(tensor.name)
    names["input"] = "input"
    for position, node in enumerate(model.graph.node):
        node.name = f"n{position}"
        for values in (node.input, node.output):
            values[:] = [number(name) for name in values]
        for attribute in list(node.attribute):
            is_default = attribute.name in ("dilations", "ceil_mode")
            if is_default or attribute.name == "group" and attribute.i == 1:
                node.attribute.remove(attribute)
    for value in model.graph.output:
        value.name = number(value.name)
    model.graph.ClearField("value_info")
    return model.SerializeToString()


def export(spec, path):
    get = spec.get
    space = SPACES[get("space", "nasbench201")]
    size = [int(n) for n in get("size", space.size(spec)).split("x")]
    height, width = size[0], size[-1]
    network = space(spec)
    network.eval()
    keep = get("bn", "eval") == "keep"
    mode = torch.onnx.TrainingMode.PRESERVE if keep else torch.onnx.TrainingMode.EVAL
    out = io.BytesIO()
    options = {}
    if get("dynamic", "0") == "1":
        options["dynamic_axes"] = {"input": {0: "N"}}
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network, torch.zeros(int(get("batch", 1)), 3, height, width), out,
            opset_version=int(get("opset", 13)), training=mode, input_names=["input"],
            export_params=get("params", "1") == "1",
            do_constant_folding=get("folding", "1") == "1" and not keep, **options)
    data = out.getvalue()
    if get("weights", "0") == "0":
        data = stripped(data)
    if get("short", "0") == "1":
        data = shortened(data)
    with open(path, "wb") as file:
        file.write(data)


def random_specs(space, count, seed):
    rng = random.Random(seed)
    pick = rng.choice
    if space != "nasbench201":
        for _ in range(count):
            spec = {"space": space, "arch": SPACES[space].random(rng), **random_options(space, rng)}
            yield {key: str(value) for key, value in spec.items()}
        return
    for _ in range(count):
        size = f"{4 * rng.randint(1, 12)}x{4 * rng.randint(1, 12)}"
        spec = {
            "arch": random_arch(rng), "c": pick((4, 8, 16, 24)), "n": pick((1, 1, 2, 3, 5)),
            "classes": pick((2, 10, 100, 120)), "batch": pick((1, 1, 8)),
            "size": pick(("32", "16", size)), "bn": pick(("eval", "keep")),
            "params": pick((1, 1, 0)), "folding": pick((1, 0)), "dynamic": pick((0, 0, 1)),
            "head": pick(("view", "flatten", "mean")), "outputs": pick((1, 2)),
            "opset": pick((9, 11, 13, 17)),
        }
        yield {key: str(value) for key, value in spec.items()}


def main():
    out, specs = sys.argv[1], sys.argv[2:]
    if specs[:1] == ["--random"]:
        specs = list(random_specs(specs[1], int(specs[2]), int(specs[3])))
    else:
        specs = [dict(item.split("=", 1) for item in text.split(",")) for text in specs]
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(out, "expected.tsv"), "w") as expected:
        for number, spec in enumerate(specs):
            name = spec.get("name", f"{number:05d}") + ".onnx"
            export(spec, os.path.join(out, name))
            rest = ",".join(f"{k}={v}" for k, v in spec.items() if k not in ("arch", "name"))
            expected.write(f"{name}\t{rest}\t{spec['arch']}\n")


if __name__ == "__main__":
    main()
