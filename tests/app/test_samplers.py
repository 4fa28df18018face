# SPDX-License-Identifier: Apache-2.0
"""--sampler and the truncations: what is drawn, what the file says of it, what they leave alone."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import Bench, same

TEMPERATURES = (0.0, 0.4, 1.0, 3.0, np.inf)
GRID = ("--temperatures", ",".join(map(str, TEMPERATURES)))


def direct_survivors(row: np.ndarray, temperature: float, top_k: int, top_p: float, min_p: float) -> np.ndarray:
    """Tokens that are left, by the definitions themselves."""
    order = np.argsort(-row, kind="stable")
    order = order[np.isfinite(row[order])]
    depth = row.max() - row[order]
    if temperature == 0:
        weight = (depth == 0).astype(float)
    else:
        weight = np.ones(len(order)) if np.isinf(temperature) else np.exp(-depth / temperature)
    first = order[:top_k]
    share = weight[: len(first)].cumsum() / weight[: len(first)].sum()
    kept = int(np.searchsorted(share, top_p * (1 - 1e-12))) + 1
    kept = min(kept, int((weight >= min_p * (1 - 1e-12)).sum()))
    return first[:kept][weight[:kept] > 0]


@pytest.mark.parametrize(("top_k", "top_p", "min_p", "law"), [
    (5, 1, 0, "top-k 5, renormalised"), (10**6, 0.7, 0, "top-k 1000000, then top-p 0.7, renormalised"),
    (10**6, 1, 0.1, "top-k 1000000, then min-p 0.1, renormalised"),
    (30, 0.9, 0.05, "top-k 30, then top-p 0.9, then min-p 0.05, renormalised"),
])
def test_draws_are_of_the_survivors(bench: Bench, logits: np.ndarray, top_k: int, top_p: float, min_p: float,
                                    law: str) -> None:
    logits[1, 7] = -np.inf
    logits[2, :8] = logits[2].max()
    bench.save("in.npy", logits)
    plain = bench.sweep("in.npy", *GRID, "--samples", 20000)
    assert bench.attributes()["sampling_law"] == "full law"
    cut = bench.sweep("in.npy", *GRID, "--samples", 20000, "--top-k", top_k, "--top-p", top_p, "--min-p", min_p)
    assert bench.attributes()["sampling_law"] == law
    np.testing.assert_array_equal(cut["entropy"], plain["entropy"])
    for row in range(3):
        for t, temperature in enumerate(TEMPERATURES):
            left = direct_survivors(logits[row], temperature, top_k, top_p, min_p)
            count = cut["count"][0, row, t]
            assert count.sum() == count[left].sum() == 20000
            if len(left) < 10:
                assert (count[left] > 0).all()
    assert np.nanmin(cut["chi_square_p_value"]) > 1e-6, "judged against the law that was drawn from"


def test_nothing_cut_changes_nothing(bench: Bench, logits: np.ndarray) -> None:
    plain = bench.sweep("in.npy", *GRID, "--samples", 500)
    same(plain, bench.sweep("in.npy", *GRID, "--samples", 500, "--top-k", 40, "--top-p", 1, "--min-p", 0))
    assert bench.attributes()["sampling_law"] == "top-k 40, renormalised"
