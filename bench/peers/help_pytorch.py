#!/usr/bin/python3
"""HELP in PyTorch, one thread: the peer of hale's own figures.

Prints one JSON object a line: {"name": ..., "milliseconds": ...}. The network and its inner loop
are help_method.py's, which checks them against the authors' numbers.
Needs Debian's python3-torch, and libopenblas0-pthread for its BLAS.
"""

import json
import os
import statistics
import sys
import time

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # torch.set_num_threads does not reach OpenBLAS's own pool

import help_method as hlp  # noqa: E402
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402

torch.set_num_threads(1)
torch.manual_seed(1)


def median_ms(work, repeats, least_seconds=0.0):
    """Refuses to time a process of more than one thread: a second core would go unnoticed."""
    for _ in range(3):
        work()
    threads = len(os.listdir("/proc/self/task"))
    if threads > 1:
        sys.exit(f"help_pytorch: {threads} threads found, expected one")
    times, started = [], time.perf_counter()
    while len(times) < repeats or time.perf_counter() - started < least_seconds:
        begin = time.perf_counter()
        work()
        times.append(1e3 * (time.perf_counter() - begin))
    return statistics.median(times)


def episode_milliseconds(space, repeats):
    p = hlp.initial_network(space)
    rates = {name: torch.full_like(w, 1e-3).requires_grad_() for name, w in p.items()}
    phi = hlp.initial_modulator()
    adam = torch.optim.Adam([*p.values(), *rates.values(), *phi.values()], lr=1e-4)

    def episode():
        total = 0
        for _ in range(8):
            device = torch.rand(10)
            modulated, divergence, _ = hlp.modulate(p, phi, device)
            adapted, _ = hlp.adapt(space, modulated, rates, space.random(10), torch.rand(10, 1),
                                   device)
            prediction = hlp.forward(space, adapted, space.random(200), device)
            total = total + F.mse_loss(prediction, torch.rand(200, 1))
        loss = total / 8 + 0.8 * divergence
        adam.zero_grad()
        loss.backward()
        adam.step()

    return median_ms(episode, repeats)


def prediction_milliseconds(rows):
    p = {name: w.detach() for name, w in hlp.initial_network(hlp.Cells).items()}
    inputs = hlp.Cells.random(rows)
    device = torch.rand(10)
    with torch.no_grad():
        return median_ms(lambda: hlp.forward(hlp.Cells, p, inputs, device), 5, 0.5)


def main():
    def say(name, milliseconds):
        print(json.dumps({"name": name, "milliseconds": milliseconds}), flush=True)

    repeats = int(sys.argv[1]) if sys.argv[1:] else 15
    for space, name in zip(hlp.SPACES, ("nasbench201", "fbnet", "ofa-mobilenetv3"), strict=True):
        say(f"BM_MetaTrainingEpisode/{name}", episode_milliseconds(space, repeats))
    for rows in (1, 64, 1024):
        say(f"BM_Predict/{rows}", prediction_milliseconds(rows))
    say("BM_PredictSpace", prediction_milliseconds(15625))


if __name__ == "__main__":
    main()
