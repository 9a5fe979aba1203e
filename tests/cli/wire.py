"""ONNX files of a few operations, for the command line's tests: protobuf's wire format by hand."""
import pathlib

F32, U8, I8, BOOL, F16 = 1, 2, 3, 9, 10


def varint(number):
    parts = []
    while number > 127:
        parts.append(number & 127 | 128)
        number >>= 7
    return bytes([*parts, number])


def field(number, value):
    """A field of a message: a number, or bytes of known length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def value(name, shape, element=F32):
    """A ValueInfo; an extent that is a word is open."""
    dims = [field(1, extent) if isinstance(extent, int) else field(2, extent) for extent in shape]
    tensor = field(1, element) + field(2, b"".join(field(1, dim) for dim in dims))
    return field(1, name) + field(2, field(1, tensor))


def attribute(name, what):
    """A number, whole numbers, or a graph."""
    if isinstance(what, int):
        kind = field(3, what) + field(20, 2)
    elif isinstance(what, list):
        kind = b"".join(field(8, each % 2**64) for each in what) + field(20, 7)
    else:
        kind = field(6, what) + field(20, 5)
    return field(1, name) + kind


def node(op, inputs, outputs, domain="", **attributes):
    return (b"".join(field(1, each) for each in inputs) +
            b"".join(field(2, each) for each in outputs) + field(4, op) + field(7, domain) +
            b"".join(field(5, attribute(*each)) for each in attributes.items()))


def integers(name, numbers):
    """A Constant of whole numbers in a row; of one of no axis, where it is no list."""
    kind = "value_ints" if isinstance(numbers, list) else "value_int"
    return node("Constant", [], [name], **{kind: numbers})


def graph(nodes, inputs, outputs):
    return (b"".join(field(1, each) for each in nodes) + field(2, "g") +
            b"".join(field(11, each) for each in inputs) +
            b"".join(field(12, each) for each in outputs))


def model(path, nodes, inputs, outputs):
    """Writes the file; its path."""
    operator_sets = [field(1, "") + field(2, 17), field(1, "com.microsoft") + field(2, 1)]
    whole = (field(1, 8) + field(7, graph(nodes, inputs, outputs)) +
             b"".join(field(8, each) for each in operator_sets))
    pathlib.Path(path).write_bytes(whole)
    return str(path)


def convolution(path, batch="N", element=F32, group=1, op="Conv", channels_last=False):
    """One of 32 channels by windows of 3x3, its weights an input."""
    plane = [24, 24, 32] if channels_last else [32, 24, 24]
    result = [22, 22, 32] if channels_last else [32, 22, 22]
    return model(path, [node(op, ["x", "w"], ["y"], "com.microsoft" if channels_last else "",
                             group=group)],
                 [value("x", [batch, *plane], element), value("w", [32, 32 // group, 3, 3], element)],
                 [value("y", [batch, *result], element)])


def choice(path="choice.onnx"):
    """A product by 16 or by 8 columns, as `cache` says, then an addition."""
    branches = {name: graph([node("MatMul", ["x", weight], ["z"])], [],
                                 [value("z", ["rows", columns])])
                for name, weight, columns in
                [("then_branch", "wide", 16), ("else_branch", "narrow", 8)]}
    return model(path, [node("If", ["cache"], ["r"], **branches),
                             node("Add", ["r", "r"], ["y"])],
                      [value("cache", [], BOOL), value("x", [4, 8]),
                       value("wide", [8, 16]), value("narrow", [8, 8])],
                      [value("y", ["rows", "columns"])])
