#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Peers of the whole sweep, in a process of their own that has a fixed number of threads.

  method_peers.py THREADS ROWS VOCABULARY TEMPERATURES

prints the names of the peers that can be imported, as JSON, and then, for every name that is read from standard input,
the seconds that one temperature takes: the mean over the named number of temperatures between 0.05 and 5. Every peer
gives entropy, top probability and mean logit of every row. "plain" is what is written down first, "tuned" subtracts the
maximum once, keeps a row in the cache, reuses its buffers and takes a BLAS product.
"""

import json
import os
import sys
import time

THREADS, ROWS, VOCABULARY, TEMPERATURES = map(int, sys.argv[1:])
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = str(THREADS)
if THREADS == 1:  # JAX asks the system how many threads it may take
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
os.environ["JAX_PLATFORMS"] = "cpu"

import numpy as np  # noqa: E402  the thread counts come first


def plain_scipy(dtype):
    import scipy
    import scipy.special

    logits = LOGITS.astype(dtype)

    def run(temperature):
        log_p = scipy.special.log_softmax(logits / dtype.type(temperature), axis=1)
        p = np.exp(log_p)
        return -(p * log_p).sum(axis=1), p.max(axis=1), (p * logits).sum(axis=1)

    return f"SciPy {scipy.__version__}, plain", run


def tuned_numpy(dtype):
    maximum = LOGITS.max(axis=1)
    depth = (LOGITS - maximum[:, None]).astype(dtype)
    weight = np.empty_like(depth[0])

    def run(temperature):
        beta = 1 / temperature
        out = np.empty((3, ROWS))
        for row in range(ROWS):
            np.multiply(depth[row], depth.dtype.type(beta), out=weight)
            np.exp(weight, out=weight)
            z = weight.sum()
            mean = np.dot(depth[row], weight) / z
            out[:, row] = np.log(z) - beta * mean, 1 / z, maximum[row] + mean
        return out

    return f"NumPy {np.__version__}, tuned", run


def torch_rows(dtype):
    import torch

    torch.set_num_threads(THREADS)
    # By buffer: a distribution's torch may be older than NumPy 2 and unable to share arrays with it.
    rows = torch.frombuffer(bytearray(LOGITS.tobytes()), dtype=torch.float64).reshape(LOGITS.shape)
    return torch, rows, {"float32": torch.float32, "float64": torch.float64}[dtype.name]


def plain_torch(dtype):
    torch, rows, torch_dtype = torch_rows(dtype)
    logits = rows.to(torch_dtype)

    @torch.inference_mode()
    def run(temperature):
        log_p = torch.log_softmax(logits / temperature, dim=1)
        p = log_p.exp()
        return (-(p * log_p).sum(dim=1)).tolist(), p.max(dim=1).values.tolist(), (p * logits).sum(dim=1).tolist()

    return f"PyTorch {torch.__version__}, plain", run


def tuned_torch(dtype):
    torch, rows, torch_dtype = torch_rows(dtype)
    maximum = rows.max(dim=1).values
    depth = (rows - maximum[:, None]).to(torch_dtype)
    weight = torch.empty_like(depth[0])
    z, first = torch.empty(ROWS, dtype=torch_dtype), torch.empty(ROWS, dtype=torch_dtype)

    @torch.inference_mode()
    def run(temperature):
        beta = 1 / temperature
        for row in range(ROWS):
            torch.mul(depth[row], beta, out=weight)
            weight.exp_()
            z[row] = weight.sum()
            first[row] = torch.dot(depth[row], weight)
        mean = first / z
        return (z.log() - beta * mean).tolist(), (1 / z).tolist(), (maximum + mean).tolist()

    return f"PyTorch {torch.__version__}, tuned", run


def compiled_jax(dtype):
    import jax

    jax.config.update("jax_enable_x64", True)
    logits = jax.numpy.asarray(LOGITS.astype(dtype))

    @jax.jit
    def law(logits, temperature):
        log_p = jax.nn.log_softmax(logits / temperature, axis=1)
        p = jax.numpy.exp(log_p)
        return -(p * log_p).sum(axis=1), p.max(axis=1), (p * logits).sum(axis=1)

    return f"JAX {jax.__version__}, jit", lambda temperature: jax.block_until_ready(
        law(logits, dtype.type(temperature))
    )


def make_peers():
    """By name; what cannot be imported is left out, with a line on stderr."""
    peers = {}
    makers = [plain_torch, tuned_torch, compiled_jax]
    if THREADS == 1:  # these take no more than one
        makers += [plain_scipy, tuned_numpy]
    for make in makers:
        for dtype in (np.dtype(np.float32), np.dtype(np.float64)):
            try:
                name, run = make(dtype)
            except ImportError as error:
                print(f"method_peers: {make.__name__} is left out: {error}", file=sys.stderr)
                continue
            peers[f"{name}, {dtype.name}"] = run
    return peers


def check(peers):
    """All of them must do the same work."""
    reference = np.array(tuned_numpy(np.dtype(np.float64))[1](0.7))
    for name, run in peers.items():
        values = np.array([np.asarray(part, dtype=np.float64) for part in run(0.7)])
        if not np.allclose(values, reference, rtol=1e-3, atol=1e-3):
            sys.exit(f"method_peers: {name} disagrees")


def main():
    peers = make_peers()
    check(peers)
    print(json.dumps(list(peers)), flush=True)
    temperatures = np.geomspace(0.05, 5, TEMPERATURES).tolist()
    for line in sys.stdin:
        run = peers[line.strip()]
        run(1.0)
        start = time.perf_counter()
        for temperature in temperatures:
            run(temperature)
        print((time.perf_counter() - start) / TEMPERATURES, flush=True)


LOGITS = np.random.default_rng(1).normal(0, 3, (ROWS, VOCABULARY)).astype(np.float32).astype(np.float64)

if __name__ == "__main__":
    main()
