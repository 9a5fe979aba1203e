# Measures with PyTorch for hale, behind python.py: operation by operation as its eager mode runs them,
# on a GPU as one CUDA graph where the graph may be optimised.
import onnx
import onnx.numpy_helper
import torch
import torch.nn.functional as nn

# Operands that say how, read by the host: all others are where the computation is.
READ_BY_HOST = {"Reshape": (1,), "Slice": (1, 2, 3), "Expand": (1,), "Resize": (1, 2)}


def same_on_both_sides(pads):
    half = len(pads) // 2
    if pads[:half] != pads[half:]:
        raise ValueError(f"pads {pads} differ at begin and end")
    return pads[:half]


def convolution(a, x, w, b=None):
    rank = w.dim() - 2
    run = {1: nn.conv1d, 2: nn.conv2d, 3: nn.conv3d}[rank]
    return run(x, w, b, a.get("strides", [1] * rank), same_on_both_sides(a.get("pads", [0] * 2 * rank)),
               a.get("dilations", [1] * rank), a.get("group", 1))


def transposed(a, x, w, b=None):
    return nn.conv_transpose2d(x, w, b, a.get("strides", [1, 1]),
                               same_on_both_sides(a.get("pads", [0] * 4)))


def pooled(run):
    return lambda a, x: run(x, a["kernel_shape"], a.get("strides"),
                            same_on_both_sides(a.get("pads", [0] * 2 * len(a["kernel_shape"]))))


def reduced(run):
    def reduce(a, x):
        keeps = bool(a.get("keepdims", 1))
        return run(x, a["axes"], keeps)
    return reduce


def product(a, x, w, b=None):
    x = x.t() if a.get("transA") else x
    return nn.linear(x, w if a.get("transB") else w.t(), b)


def resized(a, x, _, scales):
    return nn.interpolate(x, scale_factor=[float(s) for s in scales[2:]], mode="nearest")


def sliced(a, x, starts, ends, axes):
    for start, end, axis in zip(starts.tolist(), ends.tolist(), axes.tolist()):
        x = x.narrow(axis, start, min(end, x.shape[axis]) - start)
    return x


def reshaped(a, x, shape):
    return x.reshape([x.shape[i] if s == 0 else s for i, s in enumerate(shape.tolist())])


def clipped(a, x, low, high):
    return x.clamp(low, high)


def recurrent(kind):
    """The weights are the module's own, in its order of gates: the work is the same."""
    def build(a, x, w, r, b):
        both = a.get("direction", b"forward") == b"bidirectional"
        module = kind(w.shape[2], a["hidden_size"], bidirectional=both).eval().to(w.device)
        directions = 2 if both else 1

        def run(given):
            y, _ = module(given)
            return y.reshape(y.shape[0], y.shape[1], directions, -1).transpose(1, 2)
        return run
    return build


def layer(run):
    return lambda a, *operands: run(*operands)


def depth_to_space(a, x):
    n, c, h, w = x.shape
    b = a["blocksize"]
    x = x.reshape(n, b, b, c // b // b, h, w).permute(0, 3, 4, 1, 5, 2)
    return x.reshape(n, c // b // b, h * b, w * b)


OPERATIONS = {
    "Conv": convolution,
    "ConvTranspose": transposed,
    "Gemm": product,
    "MatMul": layer(torch.matmul),
    "BatchNormalization": lambda a, x, g, b, m, v: nn.batch_norm(x, m, v, g, b, eps=a.get("epsilon", 1e-5)),
    "LRN": lambda a, x: nn.local_response_norm(x, a["size"], a.get("alpha", 1e-4), a.get("beta", 0.75), a.get("bias", 1.0)),
    "Relu": layer(torch.relu),
    "LeakyRelu": lambda a, x: nn.leaky_relu(x, a.get("alpha", 0.01)),
    "Sigmoid": layer(torch.sigmoid),
    "Tanh": layer(torch.tanh),
    "Erf": layer(torch.erf),
    "Sqrt": layer(torch.sqrt),
    "Add": layer(torch.add),
    "Sub": layer(torch.sub),
    "Mul": layer(torch.mul),
    "Div": layer(torch.div),
    "Pow": layer(torch.pow),
    "Clip": clipped,
    "MaxPool": pooled(lambda x, k, s, p: (nn.max_pool2d if len(k) == 2 else nn.max_pool1d)(x, k, s, p)),
    "AveragePool": pooled(lambda x, k, s, p: nn.avg_pool2d(x, k, s, p)),
    "GlobalAveragePool": lambda a, x: x.mean(list(range(2, x.dim())), keepdim=True),
    "ReduceMean": reduced(lambda x, axes, keeps: x.mean(axes, keeps)),
    "ReduceMax": reduced(lambda x, axes, keeps: x.amax(axes, keeps)),
    "Softmax": lambda a, x: torch.softmax(x, a.get("axis", -1)),
    "Concat": lambda a, *parts: torch.cat(parts, a["axis"]),
    "Flatten": lambda a, x: x.flatten(a.get("axis", 1)),
    "Reshape": reshaped,
    "Transpose": lambda a, x: x.permute(a["perm"]),
    "Slice": sliced,
    "Gather": lambda a, x, i: nn.embedding(i, x) if a.get("axis", 0) == 0 else x.index_select(a["axis"], i),
    "Resize": resized,
    "DepthToSpace": depth_to_space,
    "Shape": lambda a, x: torch.tensor(x.shape),
    "Expand": lambda a, x, shape: x.expand(torch.broadcast_shapes(x.shape, tuple(shape.tolist()))),
    "Identity": lambda a, x: x,
}
MODULES = {"LSTM": recurrent(torch.nn.LSTM), "GRU": recurrent(torch.nn.GRU)}


class Network:
    """The nodes of a model as calls over numbered values, made once; each is dropped after its use."""

    def __init__(self, request, device):
        graph = onnx.load(request["load"]).graph
        self.device = device
        self.read_by_host = {node.input[i] for node in graph.node
                             for i in READ_BY_HOST.get(node.op_type, ()) if i < len(node.input)}
        self.constants = {i.name: self.constant_of(i.name, i) for i in graph.initializer}
        self.inputs = {name: torch.from_numpy(values).to(device)
                       for name, values in feeds_of(request).items()}
        self.outputs = [o.name for o in graph.output]
        self.calls = [call for call in map(self.call_of, graph.node) if call is not None]
        last = {}
        for i, (_, operands, _) in enumerate(self.calls):
            last.update({name: i for name in operands})
        self.dead = [[n for n, at in last.items() if at == i and n not in self.outputs]
                     for i in range(len(self.calls))]

    def constant_of(self, name, tensor):
        values = torch.from_numpy(numpy.array(onnx.numpy_helper.to_array(tensor)))
        return values if name in self.read_by_host else values.to(self.device)

    def call_of(self, node):
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        if node.op_type == "Constant":
            self.constants[node.output[0]] = self.constant_of(node.output[0], attributes["value"])
            return None
        if node.op_type in MODULES:
            weights = [self.constants.get(name) for name in node.input]
            run = MODULES[node.op_type](attributes, *weights)
            return run, [node.input[0]], node.output[0]
        if node.op_type not in OPERATIONS:
            raise ValueError(f"no PyTorch for {node.op_type}")
        operation = OPERATIONS[node.op_type]
        return (lambda *operands: operation(attributes, *operands)), list(node.input), node.output[0]

    def forward(self):
        values = dict(self.constants)
        values.update(self.inputs)
        values[""] = None
        for (run, operands, result), dead in zip(self.calls, self.dead):
            values[result] = run(*[values[name] for name in operands])
            for name in dead:
                del values[name]
        return [values[name] for name in self.outputs]


def captured(forward):
    """All launches of a run at once, as a CUDA graph."""
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        forward()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        outputs = forward()

    def replay(_=outputs):  # where the graph writes to
        graph.replay()
    return replay


def load(request):
    torch.set_num_threads(request["threads"])
    runtime = "pytorch " + torch.__version__
    if not request["accelerator"]:
        return Network(request, torch.device("cpu")).forward, runtime
    if request["accelerator"] != "cuda":
        raise ValueError(f"no accelerator '{request['accelerator']}', expected cuda")
    network = Network(request, torch.device("cuda"))
    network.forward()
    is_graph = request["optimisation"] != "disabled"
    forward = captured(network.forward) if is_graph else network.forward
    wait_for_turn()

    def run():
        forward()
        torch.cuda.synchronize()
    return run, f"{runtime} {torch.cuda.get_device_name()}{' graph' if is_graph else ''}"


with torch.inference_mode():
    answer_with(load)
