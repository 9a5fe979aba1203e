#!/usr/bin/python3
"""HELP in PyTorch on its three spaces, written as its authors write it: dense adjacencies, one-hot
features, batched products, the inner loop under create_graph. What help_pytorch.py times.

  help_method.py DATA_DIR

checks it in double against DATA_DIR/golden/*.json on the authors' checkpoints, so that what is timed
is known to be HELP. Needs Debian's python3-torch; exits 77 where that, or the data, is absent.
Tensors go by the authors' names, without their prefix.
"""

import json
import math
import os
import sys

try:
    import torch
    import torch.nn.functional as F
except ImportError:
    print("skipped: python3-torch is absent")
    sys.exit(77)

OPERATIONS = ("input", "avg_pool_3x3", "nor_conv_1x1", "nor_conv_3x3", "none", "skip_connect",
              "output", "global")
EDGES = ((0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3))  # (from, to), in the order of the string
NODES = 9  # input, the edges, output, global
WIDTH = 100
STATISTICS = 603  # of z: 3 layers x 200 weights, then 3 biases
GRAPH_CONVOLUTIONS = ("gc1", "gc2", "gc3", "gc4")
MODULATED = ("fc3", "fc4", "fc5")
LINEAR = {"fc_hw1": (10, WIDTH), "fc_hw2": (WIDTH, WIDTH), "fc3": (200, 200), "fc4": (200, 200),
          "fc5": (200, 1)}  # (in, out); the weights lie (out, in)


def cell_adjacency():
    """(9, 9). Row i is what node i adds up: itself and the nodes that feed it; the global node adds
    up all. Not normalised."""
    a = torch.eye(NODES)
    for node, (source, _) in enumerate(EDGES, 1):
        feeding = [0] if source == 0 else [i for i, e in enumerate(EDGES, 1) if e[1] == source]
        a[node, feeding] = 1
    a[7, [i for i, e in enumerate(EDGES, 1) if e[1] == 3]] = 1
    a[8, :] = 1
    return a


ADJACENCY = cell_adjacency()


def codes_of(archs):
    """NAS-Bench-201's strings -> (rows, 9) indices into OPERATIONS."""
    rows = []
    for arch in archs:
        edges = [edge.split("~")[0] for edge in arch.replace("+", "").split("|") if edge]
        rows.append([OPERATIONS.index(name) for name in ("input", *edges, "output", "global")])
    return torch.tensor(rows)


class Cells:
    """NAS-Bench-201: graph convolutions over the cell."""

    name, length, train_rows = "nasbench201", NODES, 900
    layers = {name: (len(OPERATIONS) if name == "gc1" else WIDTH, WIDTH)
              for name in GRAPH_CONVOLUTIONS}

    @staticmethod
    def random(rows):
        codes = torch.zeros(rows, NODES, dtype=torch.long)
        codes[:, 1:7] = torch.randint(1, 6, (rows, 6))
        codes[:, 7], codes[:, 8] = 6, 7
        return Cells.inputs(codes)

    @staticmethod
    def inputs(codes, dtype=torch.float32):
        """(rows, 9) -> features (rows, 9, 8), adjacencies (rows, 9, 9)."""
        features = F.one_hot(codes, len(OPERATIONS)).to(dtype)
        return features, ADJACENCY.to(dtype).repeat(len(codes), 1, 1)

    @staticmethod
    def tower(p, inputs):
        """-> (rows, 100)."""
        x, adjacencies = inputs
        for name in GRAPH_CONVOLUTIONS:
            x = torch.bmm(adjacencies, torch.matmul(x, p[name + ".weight"])) + p[name + ".bias"]
            x = F.relu(x)
        return x[:, NODES - 1, :]

    @staticmethod
    def read(raw):
        index = torch.load(os.path.join(raw, "str_arch2idx.pt"))
        return codes_of(sorted(index, key=index.get))


class Rows:
    """FBNet and OFA: two layers over a row of one-hot codes."""

    def __init__(self, name, length, train_rows, read):
        self.name, self.length, self.train_rows, self.read = name, length, train_rows, read
        self.layers = {"fc1": (length, WIDTH), "fc2": (WIDTH, WIDTH)}

    def random(self, rows):
        return self.inputs(torch.randint(0, 2, (rows, self.length)))

    @staticmethod
    def inputs(codes, dtype=torch.float32):
        return codes.to(dtype)

    @staticmethod
    def tower(p, x):
        for name in ("fc1", "fc2"):
            x = F.relu(F.linear(x, p[name + ".weight"], p[name + ".bias"]))
        return x


def fbnet_codes(raw):
    """(rows, 132): a place's filter one-hot, then its kind; a skip, block 8, is zeros."""
    archs = torch.load(os.path.join(raw, "metainfo.pt"))["arch"]
    blocks = torch.tensor([arch["op_idx_list"] for arch in archs])
    places = torch.zeros(*blocks.shape, 6, dtype=torch.long)
    for block in range(8):
        places[blocks == block] = torch.eye(6, dtype=torch.long)[[block // 4, 2 + block % 4]].sum(0)
    return places.reshape(len(archs), -1)


def ofa_codes(raw):
    """(rows, 145): filters, expansions, resolution; an absent layer is zeros."""
    archs = torch.load(os.path.join(raw, "ofa_archs.pt"))["arch"]
    rows = []
    for arch in archs:
        present = [layer % 4 < arch["d"][layer // 4] for layer in range(20)]
        row = [int(on and arch[key][layer] == choice) for key, choices in
               (("ks", (3, 5, 7)), ("e", (3, 4, 6)))
               for layer, on in enumerate(present) for choice in choices]
        size = arch["r"][0] if isinstance(arch["r"], list) else arch["r"]
        rows.append(row + [int(size == 128 + 4 * step) for step in range(25)])
    return torch.tensor(rows)


SPACES = (Cells, Rows("fbnet", 132, 4000, fbnet_codes), Rows("ofa", 145, 4000, ofa_codes))


def initial_network(space):
    def uniform(bound, *shape):
        return torch.empty(*shape).uniform_(-bound, bound).requires_grad_()

    p = {}
    for name, (inputs, outputs) in space.layers.items():
        if name in GRAPH_CONVOLUTIONS:  # whose weights lie (in, out)
            p[name + ".weight"] = uniform(0.05, inputs, outputs)
            p[name + ".bias"] = uniform(1 / math.sqrt(outputs), outputs)
    linear = {name: size for name, size in space.layers.items()
              if name not in GRAPH_CONVOLUTIONS}
    for name, (inputs, outputs) in {**linear, **LINEAR}.items():
        p[name + ".weight"] = uniform(1 / math.sqrt(inputs), outputs, inputs)
        p[name + ".bias"] = uniform(1 / math.sqrt(inputs), outputs)
    return p


def initial_modulator():
    phi = {}
    for name, outputs in (("z_encoder.0", 10), ("z_encoder.2", 2 * STATISTICS)):
        bound = 1 / math.sqrt(10)
        phi[name + ".weight"] = torch.empty(outputs, 10).uniform_(-bound, bound).requires_grad_()
        phi[name + ".bias"] = torch.empty(outputs).uniform_(-bound, bound).requires_grad_()
    return phi


def forward(space, p, inputs, device):
    """inputs as the space has them, device (10) -> (rows, 1)."""
    x = space.tower(p, inputs)
    y = device.repeat(len(x), 1)
    for name in ("fc_hw1", "fc_hw2"):
        y = F.relu(F.linear(y, p[name + ".weight"], p[name + ".bias"]))
    y = torch.cat([x, y], dim=-1)
    for name in ("fc3", "fc4"):
        y = F.relu(F.linear(y, p[name + ".weight"], p[name + ".bias"]))
    return F.linear(y, p["fc5.weight"], p["fc5.bias"])


def modulate(p, phi, device, sampled=True):
    """-> network, KL divergence from N(0, I), z (603). `sampled` or at z's mean."""
    hidden = F.relu(F.linear(device, phi["z_encoder.0.weight"], phi["z_encoder.0.bias"]))
    statistics = F.linear(hidden, phi["z_encoder.2.weight"], phi["z_encoder.2.bias"])
    mean, spread = statistics[:STATISTICS], F.softplus(statistics[STATISTICS:])
    divergence = ((spread**2 + mean**2 - 1) / 2 - torch.log(spread)).sum()
    z = mean + spread * torch.randn_like(mean) if sampled else mean
    p = dict(p)
    for layer, name in enumerate(MODULATED):
        p[name + ".weight"] = p[name + ".weight"] * (1 + 0.01 * z[200 * layer : 200 * (layer + 1)])
        p[name + ".bias"] = p[name + ".bias"] + 0.01 * z[600 + layer]
    return p, divergence, z


def adapt(space, p, rates, inputs, targets, device):
    """Two steps of Meta-SGD on all tensors -> network, the losses before each step."""
    losses = []
    for _ in range(2):
        loss = F.mse_loss(forward(space, p, inputs, device), targets)
        gradients = torch.autograd.grad(loss, list(p.values()), create_graph=True)
        p = {name: w - rates[name] * g for (name, w), g in zip(p.items(), gradients)}
        losses.append(loss)
    return p, losses


class Check:
    """Numbers beside the golden ones, which are rounded to nine digits."""

    def __init__(self):
        self.count = 0
        self.worst = 0.0
        self.wrong = []

    def __call__(self, what, found, expected):
        for i, (a, e) in enumerate(zip(found, expected, strict=True)):
            self.count += 1
            difference = abs(float(a) - e)
            if not difference <= max(1e-6 * abs(e), 1e-12):
                self.wrong.append(f"{what}[{i}]: found {float(a):.12g}, expected {e:.12g}")
            elif abs(e) > 1e-6:
                self.worst = max(self.worst, difference / abs(e))


def scaled_task(check, space, golden, latencies, references):
    """-> embedding (10), support targets (10, 1), query targets (20, 1), from the latencies."""
    latencies = torch.tensor(latencies, dtype=torch.float64)
    cut = space.train_rows // 10
    low, high = latencies[: space.train_rows].sort().values[[cut, space.train_rows - cut - 1]]
    embedding = latencies[references]
    embedding = (embedding - embedding.min()) / (embedding.max() - embedding.min())
    targets = 0.9 * (latencies - low) / (high - low) + 0.05
    support, query = targets[golden["support_rows"]], targets[golden["query_rows"]]
    check("scale", (low, high), golden["scale"])
    check("embedding", embedding, golden["embedding"])
    check("support targets", support, golden["support_targets"])
    check("query targets", query, golden["query_targets"])
    return embedding, support.view(-1, 1), query.view(-1, 1)


def check_task(check, space, golden, codes, scaled, network, rates, modulator):
    def batch(rows):
        return space.inputs(codes[rows], torch.float64)

    device, support_targets, query_targets = scaled
    modulated, divergence, z = modulate(network, modulator, device, sampled=False)
    query = batch(golden["query_rows"])
    adapted, losses = adapt(space, modulated, rates, batch(golden["support_rows"]),
                            support_targets, device)
    prediction = forward(space, adapted, query, device)
    loss = F.mse_loss(prediction, query_targets)
    check("kl", [divergence], [golden["kl"]])
    check("z_w", z[: len(golden["z_w"])], golden["z_w"])
    check("z_b", z[600:], golden["z_b"])
    check("support losses", losses, golden["support_losses"])
    before = forward(space, modulated, query, device)
    check("prediction before", before[:, 0], golden["prediction_before"])
    check("prediction after", prediction[:, 0], golden["prediction_after"])
    check("query loss", [loss], [golden["query_loss"]])
    check_gradient(check, golden["query_loss_gradient"], loss, network, rates, modulator)


def check_gradient(check, golden, loss, network, rates, modulator):
    learned = {}
    for prefix, tensors in (("meta_learner.", network), ("rate.meta_learner.", rates),
                            ("modulator.", modulator)):
        learned.update({prefix + name: tensor for name, tensor in tensors.items()})
    gradients = dict(zip(learned, torch.autograd.grad(loss, list(learned.values()))))
    for name, expected in golden.items():
        gradient = gradients.pop(name).reshape(-1)
        check(name + " l2", [gradient.norm()], [expected["l2"]])
        check(name, gradient[: len(expected["first"])], expected["first"])
    if gradients:
        check.wrong.append(f"no golden gradient of {', '.join(gradients)}")


def learned_tensors(tensors, prefix):
    return {name.removeprefix(prefix): tensor.detach().double().requires_grad_()
            for name, tensor in tensors.items()}


def check_space(check, space, data):
    """-> how many tasks the golden file has."""
    raw = os.path.join(data, "raw", space.name)
    with open(os.path.join(data, "golden", space.name + ".json"), encoding="utf-8") as golden:
        tasks = json.load(golden)["tasks"]
    checkpoint = torch.load(os.path.join(raw, "checkpoint", "help_max_corr.pt"), map_location="cpu")
    learned = [learned_tensors(checkpoint["model"], "meta_learner."),
               learned_tensors(checkpoint["task_lr"], "meta_learner."),
               learned_tensors(checkpoint["inference_network"], "")]
    codes = space.read(raw)
    references = torch.load(os.path.join(raw, "hardware_embedding_index.pt"))
    for task in tasks:
        latencies = torch.load(os.path.join(raw, "latency", task["device"] + ".pt"))
        scaled = scaled_task(check, space, task, latencies, references)
        check_task(check, space, task, codes, scaled, *learned)
    return len(tasks)


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    data = sys.argv[1]
    for path in (os.path.join(data, "raw"), os.path.join(data, "golden")):
        if not os.path.exists(path):
            print(f"skipped: absent: {path}")
            return 77
    check = Check()
    tasks = sum(check_space(check, space, data) for space in SPACES)
    for wrong in check.wrong:
        print(wrong, file=sys.stderr)
    print(f"{check.count} golden numbers of {tasks} tasks: {len(check.wrong)} wrong; "
          f"of the others the worst is off by {check.worst:.1e}")
    return 1 if check.wrong or not tasks else 0


if __name__ == "__main__":
    sys.exit(main())
