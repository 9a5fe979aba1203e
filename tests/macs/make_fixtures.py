#!/usr/bin/python3
"""Writes the networks that torchvision knows as ONNX files without weights, a few tens of KB each.

  make_fixtures.py FOLDER

Wants Debian's python3-torchvision and python3-onnx. The weights are inputs of the graph.
"""
import pathlib
import sys

import onnx
import torch
import torchvision

NETWORKS = ["mobilenet_v2", "efficientnet_b0", "vit_b_16"]


def shorten(graph):
    """Numbers instead of names, and no remarks."""
    short = {}

    def name_of(name):
        return short.setdefault(name, str(len(short))) if name else name

    for value in [*graph.input, *graph.output]:
        value.name = name_of(value.name)
    for node in graph.node:
        node.ClearField("doc_string")
        node.ClearField("name")
        for names in (node.input, node.output):
            names[:] = [name_of(name) for name in names]
    for tensor in graph.initializer:
        tensor.name = name_of(tensor.name)


def main():
    folder = pathlib.Path(sys.argv[1])
    for name in NETWORKS:
        path = folder / f"{name}.onnx"
        network = getattr(torchvision.models, name)(weights=None).eval()
        torch.onnx.export(network, torch.zeros(1, 3, 224, 224), str(path), export_params=False,
                          opset_version=13)
        model = onnx.load(path)
        shorten(model.graph)
        onnx.save(model, path)
        print(path, path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
