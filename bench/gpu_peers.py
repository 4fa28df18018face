#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""PyTorch, CuPy and JAX on the work of the CUDA backend: gpu_peers.py --json FILE

Two jobs on [rows, vocabulary] float32 logits that lie on the card, for every temperature of the grid, one after the
other: "metrics" (log-sum-exp, entropy, largest probability and mean logit of softmax(l/T)), kept on the card, and
"probabilities" (softmax(l/T) in float32 into a buffer on the card). Each library runs in a process of its own, writes
the job as its users do, is checked against float64 at three temperatures, and runs whole passes over the grid until
three are done, or stops within one after --seconds; the rate is that of the points it did.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable

PASSES = 3
EVERY = 8  # temperatures between two looks at the clock
PEERS = ("torch-eager", "torch-compile", "cupy", "jax")
MODULE = {"torch-eager": "torch", "torch-compile": "torch", "cupy": "cupy", "jax": "jax"}


class Peer:
    """A job for one temperature, and how to wait for it. `metrics` returns four arrays of a value a row."""

    name: str
    metrics: Callable[[float], tuple]
    probabilities: Callable[[float], object]

    def wait(self, last: object) -> None:
        raise NotImplementedError


class Torch(Peer):
    def __init__(self, logits: object, device: str, compiled: bool) -> None:
        import torch

        self._torch, self._device = torch, device
        self.name = f"PyTorch {torch.__version__}, {'torch.compile' if compiled else 'eager'}"
        self._logits = torch.from_numpy(logits).to(device)
        self._out = torch.empty_like(self._logits)

        def metrics(l, beta):
            x = l * beta
            lse = torch.logsumexp(x, -1)
            p = torch.exp(x - lse[:, None])
            mean = (p * l).sum(-1)
            return lse, lse - beta * mean, p.amax(-1), mean

        def softmax(l, beta):
            return torch.softmax(l * beta, -1)

        run = torch.compile(metrics) if compiled else metrics
        write = torch.compile(softmax) if compiled else softmax
        # 1/T goes in as a tensor: for every new number a compiled function would be compiled again.
        self.metrics = lambda t: run(self._logits, self._inverse(t))
        self.probabilities = (lambda t: write(self._logits, self._inverse(t))) if compiled else self._softmax_into

    def _inverse(self, temperature: float) -> object:
        return self._logits.new_full((), 1 / temperature)

    def _softmax_into(self, temperature: float) -> object:
        return self._torch.softmax(self._logits * self._inverse(temperature), -1, out=self._out)

    def wait(self, last: object) -> None:
        if self._device == "cuda":
            self._torch.cuda.synchronize()


class CuPy(Peer):
    def __init__(self, logits: object, device: str) -> None:
        import cupy

        self._cupy = cupy
        self.name = f"CuPy {cupy.__version__}"
        self._logits = cupy.asarray(logits)
        self._weight = cupy.ElementwiseKernel("T l, T top, T beta", "T w", "w = exp((l - top) * beta)", "weight")

    def metrics(self, temperature: float) -> tuple:
        cupy, l, beta = self._cupy, self._logits, self._cupy.float32(1 / temperature)
        top = l.max(-1, keepdims=True)
        w = self._weight(l, top, beta)
        z = w.sum(-1)
        lse = cupy.log(z) + beta * top[:, 0]
        mean = (w * l).sum(-1) / z
        return lse, lse - beta * mean, 1 / z, mean

    def probabilities(self, temperature: float) -> object:
        l, beta = self._logits, self._cupy.float32(1 / temperature)
        w = self._weight(l, l.max(-1, keepdims=True), beta)
        w /= w.sum(-1, keepdims=True)
        return w

    def wait(self, last: object) -> None:
        self._cupy.cuda.get_current_stream().synchronize()


class Jax(Peer):
    def __init__(self, logits: object, device: str) -> None:
        import jax
        import jax.numpy as jnp

        if device == "cuda" and jax.default_backend() != "gpu":
            raise RuntimeError("JAX sees no card")
        self._jax = jax
        self.name = f"JAX {jax.__version__}, jit"
        self._logits = jax.device_put(logits)

        @jax.jit
        def run(l, beta):
            x = l * beta
            lse = jax.scipy.special.logsumexp(x, axis=-1)
            p = jnp.exp(x - lse[:, None])
            mean = (p * l).sum(-1)
            return lse, lse - beta * mean, p.max(-1), mean

        write = jax.jit(lambda l, beta: jax.nn.softmax(l * beta, axis=-1))
        self.metrics = lambda t: run(self._logits, jnp.float32(1 / t))
        self.probabilities = lambda t: write(self._logits, jnp.float32(1 / t))

    def wait(self, last: object) -> None:
        self._jax.block_until_ready(last)


def make_peer(name: str, logits: object, device: str) -> Peer:
    if name.startswith("torch"):
        return Torch(logits, device, name == "torch-compile")
    return {"cupy": CuPy, "jax": Jax}[name](logits, device)


def measure(peer: Peer, job: str, temperatures: list[float], points: int, limit: float,
            clock: Callable[[], float] = time.perf_counter) -> dict:
    """Rate of one job; `points` are those of one temperature."""
    run, done = getattr(peer, job), 0
    for temperature in temperatures[:3]:  # compiles, and fills the pools of memory
        peer.wait(run(temperature))
    start = clock()
    while done < PASSES * len(temperatures):
        last = run(temperatures[done % len(temperatures)])
        done += 1
        if done % EVERY == 0 or done % len(temperatures) == 0:
            peer.wait(last)
            if clock() - start > limit:
                break
    peer.wait(last)
    seconds = clock() - start
    return {"peer": peer.name, "job": job, "points_per_second": done * points / seconds, "seconds": seconds,
            "temperatures": len(temperatures), "temperatures_run": min(done, len(temperatures)),
            "passes": done / len(temperatures)}


def check(peer: Peer, logits: object, temperatures: list[float]) -> float:
    """Largest error of entropy and log-sum-exp at the ends and the middle of the grid, relative to 1 + the value."""
    import numpy as np

    worst, exact = 0.0, logits.astype(np.float64)
    for temperature in (temperatures[0], temperatures[len(temperatures) // 2], temperatures[-1]):
        x = exact / temperature
        top = x.max(-1)
        w = np.exp(x - top[:, None])
        lse = np.log(w.sum(-1)) + top
        entropy = lse - (w * x).sum(-1) / w.sum(-1)
        found = [np.array(value.get() if hasattr(value, "get") else value.cpu() if hasattr(value, "cpu") else value)
                 for value in peer.metrics(temperature)[:2]]
        for value, right in zip(found, (lse, entropy)):
            worst = max(worst, float((abs(value - right) / (1 + abs(right))).max()))
    return worst


def run_one(options: argparse.Namespace) -> int:
    """The child: one library, both jobs."""
    import numpy as np

    logits = np.random.default_rng(1).normal(0, 3, (options.rows, options.vocabulary)).astype(np.float32)
    temperatures = [float(t) for t in np.geomspace(0.05, 5, options.temperatures)]
    peer = make_peer(options.peer, logits, options.device)
    error = check(peer, logits, temperatures)
    if not error < 3e-2:  # float32 at T = 0.05 errs by some 1e-3
        raise RuntimeError(f"{peer.name} errs by {error:.2g}: it does not do the same work")
    results = [measure(peer, job, temperatures, logits.size, options.seconds) for job in ("metrics", "probabilities")]
    Path(options.json).write_text(json.dumps([{**result, "error": error} for result in results]), encoding="utf-8")
    return 0


def run_child(options: argparse.Namespace, name: str, limit: float) -> tuple[list[dict], str]:
    """Results of one library, or why there are none."""
    with tempfile.TemporaryDirectory() as folder:
        file, log = Path(folder) / "out.json", Path(folder) / "log"
        command = [sys.executable, __file__, "--peer", name, "--json", str(file), "--seconds", str(options.seconds),
                   "--rows", str(options.rows), "--vocabulary", str(options.vocabulary), "--device", options.device,
                   "--temperatures", str(options.temperatures)]
        environment = {**os.environ, "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
        with log.open("w") as sink:
            child = subprocess.Popen(command, stdout=sink, stderr=sink, env=environment, start_new_session=True)
            try:
                status = child.wait(timeout=limit)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
                return [], f"did not end within {limit:.0f} s"
        if status == 0 and file.is_file():
            return json.loads(file.read_text(encoding="utf-8")), ""
        said = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
        return [], (said[-1].strip()[:160] if said else f"ended with status {status}")


def run_all(options: argparse.Namespace) -> int:
    end = time.monotonic() + options.budget
    report: dict = {"results": [], "left_out": []}
    for name in PEERS:
        left = end - time.monotonic()
        if importlib.util.find_spec(MODULE[name]) is None:
            report["left_out"].append({"peer": name})
        elif left < 10:
            report["left_out"].append({"peer": name, "note": "no time left"})
        else:
            results, error = run_child(options, name, left)
            report["results"] += results
            if error:
                report["left_out"].append({"peer": name, "error": error})
        # After each library: what is done stays when the rest is cut off.
        Path(options.json).write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", required=True)
    parser.add_argument("--peer", choices=PEERS, help="run this one here, in this process")
    parser.add_argument("--rows", type=int, default=64)
    parser.add_argument("--vocabulary", type=int, default=128256)
    parser.add_argument("--temperatures", type=int, default=256)
    parser.add_argument("--seconds", type=float, default=20, help="most that one job of one library may take")
    parser.add_argument("--budget", type=float, default=150, help="seconds for all libraries")
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda", help="cpu: to try this script itself")
    options = parser.parse_args()
    return run_one(options) if options.peer else run_all(options)


if __name__ == "__main__":
    sys.exit(main())
