# SPDX-License-Identifier: Apache-2.0
"""The peers: the same sums in NumPy and PyTorch, written as a careful user would, one thread each.

Every peer takes logits [rows, V] and temperatures and returns entropy, mean, variance and collision probability,
each [rows, temperatures]. The maximum is subtracted once, temporaries are reused, and blocks of rows stay in
the cache; none of them sets the top apart, so at low temperature they are less accurate than tempsweep.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np  # noqa: E402  the thread counts come first

try:
    import torch
except ImportError:
    torch = None

BLOCK = 4  # rows whose depth, weight and product fit a core's share of the cache


class NumpyPeer:
    def __init__(self, logits, dtype):
        self.name = f"NumPy {np.__version__}, {np.dtype(dtype).name}"
        self.maximum = logits.max(axis=1)
        self.depth = (logits - self.maximum[:, None]).astype(dtype)

    def run(self, temperatures):
        rows = len(self.depth)
        out = np.empty((4, rows, len(temperatures)))
        for first in range(0, rows, BLOCK):
            depth = self.depth[first : first + BLOCK]
            square = depth * depth
            weight = np.empty_like(depth)
            for t, temperature in enumerate(temperatures):
                beta = 1 / temperature
                np.multiply(depth, depth.dtype.type(beta), out=weight)
                np.exp(weight, out=weight)
                z = weight.sum(axis=1)
                mean = np.einsum("ij,ij->i", depth, weight) / z
                out[0, first : first + BLOCK, t] = np.log(z) - beta * mean
                out[1, first : first + BLOCK, t] = self.maximum[first : first + BLOCK] + mean
                out[2, first : first + BLOCK, t] = np.einsum("ij,ij->i", square, weight) / z - mean * mean
                out[3, first : first + BLOCK, t] = np.einsum("ij,ij->i", weight, weight) / (z * z)
        return out


class TorchPeer:
    def __init__(self, logits, dtype):
        torch.set_num_threads(1)
        self.name = f"PyTorch {torch.__version__}, {str(dtype).removeprefix('torch.')}"
        # By buffer and by list: a distribution's torch may be older than NumPy 2 and unable to share arrays with it.
        rows = torch.frombuffer(bytearray(logits.tobytes()), dtype=torch.float64).reshape(logits.shape)
        self.maximum = rows.max(dim=1, keepdim=True).values
        self.depth = (rows - self.maximum).to(dtype)

    def run(self, temperatures):
        rows = len(self.depth)
        out = np.empty((4, rows, len(temperatures)))
        with torch.inference_mode():
            for first in range(0, rows, BLOCK):
                depth = self.depth[first : first + BLOCK]
                square = depth * depth
                weight = torch.empty_like(depth)
                maximum = self.maximum[first : first + BLOCK, 0]
                for t, temperature in enumerate(temperatures):
                    beta = 1 / temperature
                    torch.mul(depth, beta, out=weight).exp_()
                    z = weight.sum(dim=1)
                    mean = torch.linalg.vecdot(depth, weight) / z
                    out[0, first : first + BLOCK, t] = (z.log() - beta * mean).tolist()
                    out[1, first : first + BLOCK, t] = (maximum + mean).tolist()
                    variance = torch.linalg.vecdot(square, weight) / z - mean * mean
                    out[2, first : first + BLOCK, t] = variance.tolist()
                    out[3, first : first + BLOCK, t] = (torch.linalg.vecdot(weight, weight) / (z * z)).tolist()
        return out


def make_peers(logits):
    """Every peer that can be imported, float64 first."""
    peers = [NumpyPeer(logits, np.float64), NumpyPeer(logits, np.float32)]
    if torch is not None:
        peers += [TorchPeer(logits, torch.float64), TorchPeer(logits, torch.float32)]
    return peers
