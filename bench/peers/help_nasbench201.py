#!/usr/bin/python3
"""HELP on NAS-Bench-201 in PyTorch, written as its authors write it: dense adjacencies, one-hot
features, batched products, the inner loop under create_graph. What help_pytorch.py times.

  help_nasbench201.py DATA_DIR

checks it in double against DATA_DIR/golden/nasbench201.json on the authors' checkpoint, so that
what is timed is known to be HELP. Needs Debian's python3-torch; exits 77 where that, or the data,
is absent. Tensors go by the authors' names, without their prefix.
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


def random_codes(rows):
    codes = torch.zeros(rows, NODES, dtype=torch.long)
    codes[:, 1:7] = torch.randint(1, 6, (rows, 6))
    codes[:, 7], codes[:, 8] = 6, 7
    return codes


def cells(codes, dtype=torch.float32):
    """(rows, 9) -> features (rows, 9, 8), adjacencies (rows, 9, 9)."""
    features = F.one_hot(codes, len(OPERATIONS)).to(dtype)
    return features, ADJACENCY.to(dtype).repeat(len(codes), 1, 1)


def initial_network():
    def uniform(bound, *shape):
        return torch.empty(*shape).uniform_(-bound, bound).requires_grad_()

    p = {}
    for name in GRAPH_CONVOLUTIONS:
        inputs = len(OPERATIONS) if name == "gc1" else WIDTH
        p[name + ".weight"] = uniform(0.05, inputs, WIDTH)
        p[name + ".bias"] = uniform(1 / math.sqrt(WIDTH), WIDTH)
    for name, (inputs, outputs) in LINEAR.items():
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


def forward(p, features, adjacencies, device):
    """features (rows, 9, 8), adjacencies (rows, 9, 9), device (10) -> (rows, 1)."""
    x = features
    for name in GRAPH_CONVOLUTIONS:
        x = torch.bmm(adjacencies, torch.matmul(x, p[name + ".weight"])) + p[name + ".bias"]
        x = F.relu(x)
    y = device.repeat(len(x), 1)
    for name in ("fc_hw1", "fc_hw2"):
        y = F.relu(F.linear(y, p[name + ".weight"], p[name + ".bias"]))
    y = torch.cat([x[:, NODES - 1, :], y], dim=-1)
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


def adapt(p, rates, features, adjacencies, targets, device):
    """Two steps of Meta-SGD on all tensors -> network, the losses before each step."""
    losses = []
    for _ in range(2):
        loss = F.mse_loss(forward(p, features, adjacencies, device), targets)
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


def scaled_task(check, golden, latencies, references):
    """-> embedding (10), support targets (10, 1), query targets (20, 1), from the latencies."""
    latencies = torch.tensor(latencies, dtype=torch.float64)
    low, high = latencies[:900].sort().values[[90, 809]]
    embedding = latencies[references]
    embedding = (embedding - embedding.min()) / (embedding.max() - embedding.min())
    targets = 0.9 * (latencies - low) / (high - low) + 0.05
    support, query = targets[golden["support_rows"]], targets[golden["query_rows"]]
    check("scale", (low, high), golden["scale"])
    check("embedding", embedding, golden["embedding"])
    check("support targets", support, golden["support_targets"])
    check("query targets", query, golden["query_targets"])
    return embedding, support.view(-1, 1), query.view(-1, 1)


def check_task(check, golden, archs, scaled, network, rates, modulator):
    def batch(rows):
        return cells(codes_of([archs[row] for row in rows]), torch.float64)

    device, support_targets, query_targets = scaled
    modulated, divergence, z = modulate(network, modulator, device, sampled=False)
    query = batch(golden["query_rows"])
    adapted, losses = adapt(modulated, rates, *batch(golden["support_rows"]), support_targets,
                            device)
    prediction = forward(adapted, *query, device)
    loss = F.mse_loss(prediction, query_targets)
    check("kl", [divergence], [golden["kl"]])
    check("z_w", z[: len(golden["z_w"])], golden["z_w"])
    check("z_b", z[600:], golden["z_b"])
    check("support losses", losses, golden["support_losses"])
    before = forward(modulated, *query, device)
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


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    raw = os.path.join(sys.argv[1], "raw", "nasbench201")
    golden_path = os.path.join(sys.argv[1], "golden", "nasbench201.json")
    for path in (raw, golden_path):
        if not os.path.exists(path):
            print(f"skipped: absent: {path}")
            return 77
    with open(golden_path, encoding="utf-8") as golden:
        tasks = json.load(golden)["tasks"]
    checkpoint = torch.load(os.path.join(raw, "checkpoint", "help_max_corr.pt"), map_location="cpu")
    learned = [learned_tensors(checkpoint["model"], "meta_learner."),
               learned_tensors(checkpoint["task_lr"], "meta_learner."),
               learned_tensors(checkpoint["inference_network"], "")]
    index = torch.load(os.path.join(raw, "str_arch2idx.pt"))
    archs = sorted(index, key=index.get)
    references = torch.load(os.path.join(raw, "hardware_embedding_index.pt"))
    check = Check()
    for task in tasks:
        latencies = torch.load(os.path.join(raw, "latency", task["device"] + ".pt"))
        scaled = scaled_task(check, task, latencies, references)
        check_task(check, task, archs, scaled, *learned)
    for wrong in check.wrong:
        print(wrong, file=sys.stderr)
    print(f"{check.count} golden numbers of {len(tasks)} tasks: {len(check.wrong)} wrong; "
          f"of the others the worst is off by {check.worst:.1e}")
    return 1 if check.wrong or not tasks else 0


if __name__ == "__main__":
    sys.exit(main())
