#!/usr/bin/python3
"""Multiply-adds that hale counts beside an independent count, within 1 %.

  count_macs.py HALE FIXTURES NETWORKS

The count uses onnx's own shapes and the formulas below, checked by hand; where a network's count has
been published, both are held against it. FIXTURES are networks of torchvision without weights,
NETWORKS the folder of light_*.onnx, which may be absent.
"""
import json
import math
import pathlib
import subprocess
import sys

try:
    import onnx
    from onnx import shape_inference
except ImportError:
    print("skipped: Debian's python3-onnx is absent")
    sys.exit(77)

# In billions, of one image of 224 x 224. Sources: the papers' tables; for ViT-B/16 and
# EfficientNet-B0 torchvision's documentation (0.14), which counts multiply-adds as FLOPS.
PUBLISHED = {"light_resnet50": 4.09, "light_vgg19": 19.6, "mobilenet_v2": 0.30, "vit_b_16": 17.56,
             "efficientnet_b0": 0.386}


def dims(value):
    return [d.dim_value for d in value.type.tensor_type.shape.dim]


def attribute(node, name, absent):
    for each in node.attribute:
        if each.name == name:
            return onnx.helper.get_attribute_value(each)
    return absent


def products(node, shapes):
    """A convolution: each output element meets a filter. A product of matrices: each output element
    is a sum over the inner extent. Nothing else multiplies and adds."""
    if node.op_type == "Conv":
        weight = shapes[node.input[1]]
        return math.prod(shapes[node.output[0]]) * math.prod(weight[1:])
    if node.op_type == "MatMul":
        return math.prod(shapes[node.output[0]]) * shapes[node.input[0]][-1]
    if node.op_type == "Gemm":
        inner = shapes[node.input[0]][0 if attribute(node, "transA", 0) else 1]
        return math.prod(shapes[node.output[0]]) * inner
    return 0


def counted(path):
    model = shape_inference.infer_shapes(onnx.load(str(path), load_external_data=False))
    graph = model.graph
    shapes = {tensor.name: list(tensor.dims) for tensor in graph.initializer}
    for value in [*graph.input, *graph.output, *graph.value_info]:
        shapes.setdefault(value.name, dims(value))
    return sum(products(node, shapes) for node in graph.node)


def main():
    hale, fixtures, networks = sys.argv[1:]
    paths = sorted(pathlib.Path(fixtures).glob("*.onnx"))
    light = sorted(pathlib.Path(networks).glob("light_*.onnx"))
    if not light:
        print(f"skipped: {networks} holds no light_*.onnx")
    print(f"1..{len(paths) + len(light)}")
    failed = 0
    for number, path in enumerate(paths + light, 1):
        answer = subprocess.run([hale, "inspect", str(path), "--format", "json"], check=True,
                                stdout=subprocess.PIPE)
        found = json.loads(answer.stdout)["model"]
        expected = counted(path)
        published = PUBLISHED.get(path.stem)
        beside = "" if published is None else f", published {published} G"
        is_good = expected > 0 and abs(found["macs"] - expected) <= 0.01 * expected
        if published is not None:
            is_good = is_good and abs(found["macs"] / 1e9 - published) <= 0.01 * published
        failed += not is_good
        print(f"{'ok' if is_good else 'not ok'} {number} - {path.stem}: hale {found['macs']}, "
              f"counted {expected}{beside}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
