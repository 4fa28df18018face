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


SAMPLERS = ("alias", "inverse", "gumbel", "multinomial")


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_old_draws_stay_whatever_is_around_them(bench: Bench, logits: np.ndarray, sampler: str) -> None:
    cut = ("--samples", 300, "--sampler", sampler, "--top-k", 30, "--top-p", 0.97, "--seed", 5)
    few = bench.sweep("in.npy", "--temperatures", "0.5,2", "--threads", 1, *cut)
    assert bench.attributes()["sampler"] == sampler
    many = bench.sweep("in.npy", "--temperatures", "0,0.1,0.5,0.7,2,9,inf", "--threads", 3, "--memory", "60M",
                       "--nucleus-masses", "0.5", *cut)
    np.testing.assert_array_equal(many["count"][:, :, [2, 4]], few["count"])
    part = bench.sweep("in.npy", "--temperatures", "2", "--rows", "1:3", *cut)
    np.testing.assert_array_equal(part["count"][0, :, 0], few["count"][0, 1:, 1])


def test_the_plan_repeats_sampler_and_truncation(bench: Bench, logits: np.ndarray) -> None:
    first = bench.sweep("in.npy", "--samples", 50, "--sampler", "inverse", "--top-p", "0.8")
    bench.write("plan.json", str(bench.attributes()["plan"]))
    same(first, bench.sweep("--plan", "plan.json", out="again.h5"))
    assert bench.attributes("again.h5")["sampler"] == "inverse"
    assert bench.attributes("again.h5")["sampling_law"] == "top-p 0.8, renormalised"


@pytest.mark.parametrize("sampler", ("alias", "inverse", "gumbel"))
def test_the_kernels_draw_the_same_tokens(bench: Bench, logits: np.ndarray, sampler: str) -> None:
    words = ("in.npy", *GRID, "--samples", 60, "--sampler", sampler, "--top-k", 25, "--top-p", 0.9, "--min-p", 0.01)
    cpu = bench.sweep(*words, "--backend", "cpu")
    np.testing.assert_array_equal(bench.sweep(*words, "--backend", "cuda-host")["count"], cpu["count"])


def test_floor_is_the_samplers(bench: Bench, logits: np.ndarray) -> None:
    for sampler, floor in (("alias", 2.0**-39), ("inverse", 2.0**-39), ("gumbel", 2.0**-66)):
        bench.sweep("in.npy", "--samples", 5, "--sampler", sampler)
        assert bench.attributes()["sampler_floor"] == floor


def test_races_that_would_not_end_are_refused(bench: Bench, logits: np.ndarray) -> None:
    bench.refuses(2, ["--sampler gumbel", "--samples"], "in.npy", "--samples", "9e15", "--sampler", "gumbel")


def test_the_exact_case(bench: Bench) -> None:
    """0.5 + 0.3 reaches 0.8, whatever the logarithms were rounded to."""
    bench.save("in.npy", np.log([[0.1, 0.5, 0.1, 0.3]]))
    for level, left in (("0.5", 1), ("0.8", 2), ("0.9", 3), ("1", 4), ("0.9999999999999999", 4)):
        count = bench.sweep("in.npy", "--temperatures", "1", "--samples", 4000, "--top-p", level)["count"][0, 0, 0]
        assert (count > 0).sum() == left, level
