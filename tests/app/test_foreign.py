# SPDX-License-Identifier: Apache-2.0
"""Somebody else's draws before the referee: right ones pass, each planted fault is rejected."""

from __future__ import annotations

import json
import subprocess

import numpy as np
import pytest
from conftest import PROGRAM, Bench
from foreign_laws import coarse_law, softmax, truncated

LAWS = np.random.default_rng(5).normal(0, 3, (4, 2000)).astype("f4")


def judge(bench: Bench, *words: object, status: int | None = None, stdin: str | None = None) -> dict:
    done = subprocess.run([str(PROGRAM), "validate", *map(str, words), "--json"], cwd=bench.folder, input=stdin,
                          capture_output=True, text=True, timeout=60)
    assert done.returncode in (0, 1) and done.stderr == "", done.stderr
    report = json.loads(done.stdout)
    verdict = report["rejected"] if "draws" in report or report["rejected"] else False
    assert verdict is (done.returncode == 1) and ("draws" in report or report["rejected"] in (None, True))
    if status is not None:
        assert done.returncode == status, done.stdout
    return report


def judge_counts(bench: Bench, logits: np.ndarray, temperature: float, counts: np.ndarray, *words: object,
                 status: int | None = None) -> dict:
    np.save(bench.path("l.npy"), logits)
    np.save(bench.path("c.npy"), counts)
    return judge(bench, "--logits", "l.npy", "--temperature", temperature, "--counts", "c.npy", *words, status=status)


@pytest.mark.parametrize("temperature", [0, 0.05, 0.7, 1, 3, float("inf")])
def test_right_draws_pass(bench: Bench, temperature: float) -> None:
    p = softmax(LAWS[0], temperature)
    worst = 1.0
    for seed in range(30):
        generator = np.random.default_rng(seed)
        n = int(10 ** generator.uniform(1, 7))
        report = judge_counts(bench, LAWS[0], temperature, generator.multinomial(n, p), status=0)
        assert report["points"][0]["draws"] == n
        worst = min(worst, 10 ** report["draws"]["smallest_adjusted_log10_p"])
    assert worst > 5e-4  # the level of the verdict is alpha / 2


@pytest.mark.parametrize("cut", [{"top_k": 50}, {"top_p": 0.9}, {"min_p": 0.02},
                                 {"top_k": 100, "top_p": 0.8, "min_p": 0.01}, {"top_k": 1}])
def test_right_truncated_draws_pass(bench: Bench, cut: dict) -> None:
    q = truncated(LAWS[1], 0.8, **cut)
    words = [word for name, value in cut.items() for word in ("--" + name.replace("_", "-"), value)]
    for seed in range(12):
        counts = np.random.default_rng(seed).multinomial(300_000, q)
        report = judge_counts(bench, LAWS[1], 0.8, counts, *words, status=0)
        assert report["points"][0]["tokens_possible"] == np.count_nonzero(q)


def test_right_draws_with_ties_and_masks_pass(bench: Bench) -> None:
    logits = LAWS[2].copy()
    logits[::3] = -np.inf
    logits[[10, 100, 1000]] = 12
    for temperature in (0, 0.5, float("inf")):
        counts = np.random.default_rng(3).multinomial(200_000, softmax(logits, temperature))
        report = judge_counts(bench, logits, temperature, counts, status=0)
        assert report["points"][0]["top"]["token"] == 10


def test_several_rows_are_one_grid(bench: Bench) -> None:
    generator = np.random.default_rng(8)
    counts = np.stack([generator.multinomial(10_000, softmax(row, 0.7)) for row in LAWS])
    report = judge_counts(bench, LAWS, 0.7, counts, status=0)
    assert [point["row"] for point in report["points"]] == [0, 1, 2, 3]
    assert report["draws"]["tests"] == 16
    report = judge_counts(bench, LAWS, 0.7, counts[1:3], "--rows", "1:3", status=0)
    assert [point["row"] for point in report["points"]] == [1, 2]
    counts[2] = generator.multinomial(10_000, softmax(LAWS[1], 0.7))
    report = judge_counts(bench, LAWS, 0.7, counts, status=1)
    assert report["draws"]["smallest"]["point"] == "row 2"


# Planted faults.

def test_a_temperature_half_a_percent_off(bench: Bench) -> None:
    p = softmax(LAWS[0], 0.7)
    capacity = np.sum(p * (LAWS[0] / 0.7) ** 2) - np.sum(p * LAWS[0] / 0.7) ** 2
    n = int(63.6 / (capacity * 0.005**2))  # missed one time in five at a level of 1e-12
    counts = np.random.default_rng(1).multinomial(2 * n, softmax(LAWS[0], 0.7 * 1.005))
    report = judge_counts(bench, LAWS[0], 0.7, counts, status=1)
    point = report["points"][0]
    assert report["draws"]["smallest"]["test"] == "temperature" and point["score"]["z"] < 0
    assert abs(point["effective_temperature"] - 0.7035) < 4 * point["effective_temperature_error"]
    assert point["detectable_temperature_error"] < 0.005
    judge_counts(bench, LAWS[0], 0.7035, counts, status=0)


def test_ids_off_by_one(bench: Bench) -> None:
    counts = np.roll(np.random.default_rng(2).multinomial(10_000, softmax(LAWS[0], 0.7)), 1)
    report = judge_counts(bench, LAWS[0], 0.7, counts, status=1)
    assert report["draws"]["smallest_adjusted_log10_p"] < -100


def test_uniform_numbers_of_24_bits(bench: Bench) -> None:
    logits = np.random.default_rng(7).normal(0, 3, 128256).astype("f4")
    p = softmax(logits)
    n = 40_000_000
    report = judge_counts(bench, logits, 1, np.random.default_rng(3).multinomial(n, coarse_law(p, 24)), status=1)
    assert report["draws"]["smallest"]["test"] == "chi_square"
    judge_counts(bench, logits, 1, np.random.default_rng(3).multinomial(n, coarse_law(p, 53)), status=0)


def test_a_masked_token(bench: Bench) -> None:
    logits = LAWS[0].copy()
    logits[17] = -np.inf
    counts = np.random.default_rng(4).multinomial(10_000, softmax(logits, 0.7))
    counts[17] += 1
    report = judge_counts(bench, logits, 0.7, counts, status=1)
    assert report["draws"]["impossible_points"] == 1
    drawn = report["points"][0]["impossible"]
    assert drawn["first"] == [{"token": 17, "count": 1, "why": "is masked: its logit is -inf"}]
    assert report["points"][0]["chi_square"]["p"] > 1e-3  # the other draws are right


@pytest.mark.parametrize(("words", "why"), [
    (("--top-k", "50"), "is outside top-k 50"), (("--top-p", "0.9"), "is outside top-p 0.9"),
    (("--min-p", "0.1"), "is below min-p 0.1"), (("--top-k", "50", "--top-p", "0.9"), "is outside top-p 0.9"),
])
def test_a_token_that_was_cut_away(bench: Bench, words: tuple[str, ...], why: str) -> None:
    cut = {name[2:].replace("-", "_"): float(value) for name, value in zip(words[::2], words[1::2])}
    if "top_k" in cut:
        cut["top_k"] = int(cut["top_k"])
    q = truncated(LAWS[0], 0.7, **cut)
    counts = np.random.default_rng(5).multinomial(10_000, q)
    first = int(np.argsort(-LAWS[0], kind="stable")[np.count_nonzero(q)])  # the next one in line
    counts[first] = 2
    report = judge_counts(bench, LAWS[0], 0.7, counts, *words, status=1)
    assert report["points"][0]["impossible"]["first"] == [{"token": first, "count": 2, "why": why}]
    done = bench.run("validate", "--logits", "l.npy", "--temperature", 0.7, "--counts", "c.npy", *words)
    assert done.returncode == 1 and f"token {first} {why}, and was drawn 2 times" in done.stdout


def test_temperature_zero_draws_the_top(bench: Bench) -> None:
    counts = np.random.default_rng(5).multinomial(10_000, softmax(LAWS[0], 0.1))
    report = judge_counts(bench, LAWS[0], 0, counts, status=1)
    assert "T = 0" in report["points"][0]["impossible"]["first"][0]["why"]


def test_a_stale_row(bench: Bench) -> None:
    counts = np.random.default_rng(6).multinomial(1000, softmax(LAWS[2], 0.7))
    judge_counts(bench, LAWS, 0.7, counts, "--rows", "2", status=0)
    judge_counts(bench, LAWS, 0.7, counts, "--rows", "3", status=1)


def test_a_law_without_its_truncation_and_the_reverse(bench: Bench) -> None:
    counts = np.random.default_rng(7).multinomial(100_000, truncated(LAWS[0], 0.7, top_k=50))
    judge_counts(bench, LAWS[0], 0.7, counts, "--top-k", "50", status=0)
    judge_counts(bench, LAWS[0], 0.7, counts, status=1)


def test_temperature_zero_is_not_uniform(bench: Bench) -> None:
    counts = np.random.default_rng(8).multinomial(100_000, np.full(2000, 1 / 2000))
    report = judge_counts(bench, LAWS[0], 0, counts, status=1)
    assert report["points"][0]["impossible"]["tokens"] > 1900
