# SPDX-License-Identifier: Apache-2.0
"""Laws, draws and tables of other people's samplers, by NumPy and fixed seeds."""

from __future__ import annotations

import numpy as np


def softmax(logits: np.ndarray, temperature: float = 1) -> np.ndarray:
    """T = 0 and infinity included; masked tokens have probability 0."""
    logits = np.asarray(logits, dtype="f8")
    depth = logits - logits.max()
    if temperature == 0:
        weights = (depth == 0).astype("f8")
    else:
        weights = np.where(np.isinf(depth), 0, np.exp(np.where(np.isinf(depth), 0, depth) / temperature))
    return weights / weights.sum()


def truncated(logits: np.ndarray, temperature: float, top_k: int | None = None, top_p: float = 1,
              min_p: float = 0) -> np.ndarray:
    """By the definitions: top-k, then top-p of the renormalised law, then min-p."""
    p = softmax(logits, temperature)
    order = np.argsort(-np.asarray(logits, dtype="f8"), kind="stable")
    left = len(p) if top_k is None else top_k
    if top_p < 1:
        mass = np.cumsum(p[order[:left]]) / p[order[:left]].sum()
        left = int(np.searchsorted(mass, top_p)) + 1
    kept = [token for token in order[:left] if p[token] >= min_p * p.max()]
    q = np.zeros_like(p)
    q[kept] = p[kept]
    return q / q.sum()


def float_cdf(p: np.ndarray) -> np.ndarray:
    """The table that torch.multinomial makes on a CPU: sequential float sums, divided by their total."""
    sums = np.cumsum(p.astype("f4"), dtype="f4")
    return sums / sums[-1]


def coarse_law(p: np.ndarray, bits: int) -> np.ndarray:
    """What inversion draws with uniform numbers of so many bits: the first token with u < F."""
    steps = np.ceil(np.minimum(np.cumsum(p), 1) * 2.0**bits)
    steps[-1] = 2.0**bits
    return np.diff(steps, prepend=0) / 2.0**bits


def alias_table(p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Vose's table in doubles: share of the column's own token, and the other token."""
    share = p * len(p)
    alias = np.arange(len(p))
    small = [i for i in range(len(p)) if share[i] < 1]
    large = [i for i in range(len(p)) if share[i] >= 1]
    while small and large:
        low, high = small.pop(), large[-1]
        alias[low] = high
        share[high] -= 1 - share[low]
        if share[high] < 1:
            small.append(large.pop())
    for rest in small + large:
        share[rest] = 1
    return share, alias
