# SPDX-License-Identifier: Apache-2.0
"""The edges of the law, each through the program."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import Bench

INF = np.inf
FLAT = ("logit_variance", "heat_capacity", "entropy_slope", "top_probability_log_slope")


def law(logits: np.ndarray, temperature: float) -> np.ndarray:
    weights = np.exp((logits - logits.max()) / temperature)
    return weights / weights.sum()


def at(result: dict[str, np.ndarray], name: str, t: int = 0, row: int = 0) -> float:
    return float(result[name][0, row, t])


@pytest.mark.parametrize(("row", "ties"), [([1, 5, 2], 1), ([5, 1, 5, 5, -INF], 3), ([7], 1), ([2, 2, 2, 2], 4)])
@pytest.mark.parametrize("temperature", ["0", "-0", "1e-320", "5e-324", "1e-400"])
def test_zero_temperature(bench: Bench, row: list[float], ties: int, temperature: str) -> None:
    bench.save("in.npy", [row])
    got = bench.sweep("in.npy", "--temperatures", temperature, "--metrics", "all", "--probabilities", "f32",
                      "--samples", 100, "--renyi-orders", "0,0.5,1,2,inf")
    assert at(got, "entropy") == pytest.approx(np.log2(ties), rel=1e-15)
    assert at(got, "perplexity") == pytest.approx(ties, rel=1e-15)
    assert at(got, "top_probability") == at(got, "collision_probability") == 1 / ties
    assert at(got, "mean_logit") == max(row)
    assert [at(got, name) for name in FLAT] == [0] * len(FLAT)
    np.testing.assert_allclose(got["renyi_entropy"], np.log2(ties), rtol=1e-15)
    assert got["top_token"][0, 0] == row.index(max(row))
    np.testing.assert_array_equal(got["probability"][0, 0, 0], np.float32(np.equal(row, max(row)) / ties))
    assert got["count"].sum() == 100 and np.all(got["count"][0, 0, 0][np.less(row, max(row))] == 0)
    assert not np.signbit(got["temperature"][0])


@pytest.mark.parametrize(("row", "expected"), [([3, 1], INF), ([-3, -9], -INF), ([0, 0, -1], np.log(2))])
def test_log_partition_at_zero(bench: Bench, row: list[float], expected: float) -> None:
    bench.save("in.npy", [row])
    assert at(bench.sweep("in.npy", "--temperatures", "0"), "log_partition") == pytest.approx(expected, abs=1e-15)


def test_infinite_temperature(bench: Bench) -> None:
    bench.save("in.npy", [[1.0, 4.0, -INF, 7.0, -2.0]])
    got = bench.sweep("in.npy", "--temperatures", "inf", "--metrics", "all", "--probabilities", "f32")
    assert at(got, "entropy") == pytest.approx(2, rel=1e-15) and at(got, "perplexity") == pytest.approx(4, rel=1e-15)
    assert at(got, "top_probability") == at(got, "collision_probability") == pytest.approx(0.25, rel=1e-15)
    assert at(got, "mean_logit") == pytest.approx(2.5, rel=1e-15)
    assert at(got, "logit_variance") == pytest.approx(np.var([1, 4, 7, -2]), rel=1e-15)
    assert at(got, "log_partition") == pytest.approx(np.log(4), rel=1e-15)
    assert [at(got, name) for name in FLAT[1:]] == [0, 0, 0]
    np.testing.assert_array_equal(got["probability"][0, 0, 0], [0.25, 0.25, 0, 0.25, 0.25])


@pytest.mark.parametrize(("word", "why"), [("-1", "negative"), ("-inf", "negative"), ("nan", "not a temperature")])
def test_no_temperature(bench: Bench, logits: np.ndarray, word: str, why: str) -> None:
    bench.refuses(2, ["--temperatures", word, why], "in.npy", "--temperatures", f"1,{word}")


def test_masked_tokens_change_nothing(bench: Bench) -> None:
    bench.save("masked.npy", [[1.0, -INF, 3.0, -INF]])
    bench.save("plain.npy", [[1.0, 3.0]])
    masked, plain = (bench.sweep(f"{n}.npy", "--temperatures", "0,0.3,1,7,inf", "--metrics", "all")
                     for n in ("masked", "plain"))
    for name in ("entropy", "mean_logit", "logit_variance", "heat_capacity", "log_partition", "perplexity"):
        np.testing.assert_allclose(masked[name], plain[name], rtol=1e-14, atol=1e-14)


BAD = {"all_masked": ([-INF] * 3, 1, "masked"), "nan": ([1, np.nan, 2], 2, "column 1 is NaN"),
       "plus_inf": ([0, 1, INF], 3, "column 2 is +inf")}


@pytest.mark.parametrize("kind", BAD)
def test_bad_row_stops(bench: Bench, kind: str) -> None:
    row, _, words = BAD[kind]
    bench.save("in.npy", [[1, 2, 3], [3, 2, 1], row])
    bench.refuses(2, ["in.npy", "row 2", words, "--on-bad-row skip"], "in.npy")
    bench.save("one.npy", [[1, 2, 3]])
    bench.refuses(2, ["in.npy: row 2", words], "one.npy", "in.npy")  # the file, and the row in it
    assert bench.sweep("in.npy", "--rows", "0:2")["row_status"].tolist() == [[0, 0]]


@pytest.mark.parametrize("threads", [1, 3])
def test_bad_rows_are_skipped(bench: Bench, threads: int) -> None:
    rows = [[1, 2, 3], BAD["all_masked"][0], BAD["nan"][0], BAD["plus_inf"][0], [9, 2, 1]]
    bench.save("in.npy", rows)
    bench.save("good.npy", [rows[0], rows[4]])
    words = ("--metrics", "all", "--temperatures", "0,0.5,2", "--probabilities", "f32", "--samples", "50")
    got = bench.sweep("in.npy", *words, "--on-bad-row", "skip", "--threads", threads)
    good = bench.sweep("good.npy", *words)
    assert got["row_status"].tolist() == [[0, 1, 2, 3, 0]]
    assert got["top_token"].tolist() == [[2, -1, -1, -1, 0]]
    for name in ("entropy", "log_partition", "kl_from_unit_temperature", "chi_square", "probability"):
        assert np.all(np.isnan(got[name][0, 1:4])), name
        if name != "chi_square":  # the draws belong to the row's number
            np.testing.assert_array_equal(got[name][0, [0, 4]], good[name][0])
    assert np.all(got["count"][0, 1:4] == 0)
    summary = bench.run("sweep", "in.npy", "-o", "x.h5", "--on-bad-row", "skip")
    assert "skipped: 3 rows" in summary.stdout


def test_one_token(bench: Bench) -> None:
    bench.save("in.npy", [[-4.5], [1e30]])
    got = bench.sweep("in.npy", "--metrics", "all", "--probabilities", "f32", "--samples", 9)
    assert np.all(got["entropy"] == 0) and np.all(got["probability"] == 1) and np.all(got["count"] == 9)
    assert np.all(got["mean_logit"][0] == [[-4.5], [1e30]])
    for name in FLAT:
        assert np.all(got[name] == 0), name


def test_equal_logits(bench: Bench) -> None:
    bench.save("in.npy", np.full((1, 1000), 3.25))
    got = bench.sweep("in.npy", "--temperatures", "0,1e-300,0.1,1,1e300,inf")
    np.testing.assert_allclose(got["entropy"], np.log2(1000), rtol=1e-14)
    np.testing.assert_allclose(got["top_probability"], 1e-3, rtol=1e-13)
    assert np.all(got["top_token"] == 0)


@pytest.mark.parametrize("size", [1e30, -1e30])
def test_huge_logits(bench: Bench, size: float) -> None:
    bench.save("in.npy", [[size, size, size * 2, -size]])
    got = bench.sweep("in.npy", "--metrics", "all", "--temperatures", "0,1e-3,1,1e29,1e30,1e35,inf")
    for name in ("entropy", "top_probability", "mean_logit", "logit_variance", "heat_capacity"):
        assert np.all(np.isfinite(got[name])), name
    expected = law(np.array([1, 1, 2, -1.0]) * np.sign(size), 1)
    assert got["entropy"][0, 0, 4] == pytest.approx(-(expected * np.log2(expected)).sum(), rel=1e-12)


def test_offsets_and_scales(bench: Bench, logits: np.ndarray) -> None:
    whole = np.round(logits * 16) / 16  # so that the offsets are exact
    for name, values in {"a": whole, "shifted": whole + 1024, "scaled": whole * 8}.items():
        bench.save(f"{name}.npy", values)
    a = bench.sweep("a.npy", "--temperatures", "0.25,1,4")
    shifted = bench.sweep("shifted.npy", "--temperatures", "0.25,1,4")
    scaled = bench.sweep("scaled.npy", "--temperatures", "2,8,32")
    for name in ("entropy", "top_probability", "heat_capacity"):
        np.testing.assert_allclose(shifted[name], a[name], rtol=1e-12)
        np.testing.assert_allclose(scaled[name], a[name], rtol=1e-12)
    np.testing.assert_allclose(shifted["mean_logit"], a["mean_logit"] + 1024, rtol=1e-14)


@pytest.mark.parametrize("way", ["prefix", "rank"])
def test_vocabularies(bench: Bench, logits: np.ndarray, way: str) -> None:
    logits[:, 7] = logits[:, 3]  # a tie
    bench.save("in.npy", logits)
    sizes, temperature = [1, 8, 16, 32, 40], 0.7
    got = bench.sweep("in.npy", "--vocab", "log2:8:32,1,all,8", "--vocab-by", way, "--temperatures", temperature,
                      "--probabilities", "f32", "--samples", 1000, "--metrics", "default")
    assert got["vocab_size"].tolist() == sizes
    for v, size in enumerate(sizes):
        for r, row in enumerate(logits):
            inside = np.arange(size) if way == "prefix" else np.argsort(-row, kind="stable")[:size]
            outside = np.setdiff1d(np.arange(40), inside)
            p = law(row[inside], temperature)
            assert got["entropy"][v, r, 0] == pytest.approx(-(p * np.log2(p)).sum(), rel=1e-12, abs=1e-12)
            np.testing.assert_allclose(got["probability"][v, r, 0][inside], p, rtol=3e-7)
            assert np.all(np.isnan(got["probability"][v, r, 0][outside]))
            assert np.all(got["count"][v, r, 0][outside] == 0)
            assert got["count"][v, r, 0].sum() == 1000
            assert got["top_token"][v, r] == min(inside[row[inside] == row[inside].max()])


def test_log16_fill_outside_the_vocabulary(bench: Bench, logits: np.ndarray) -> None:
    code = bench.sweep("in.npy", "--vocab", "10,all", "--temperatures", "1", "--probabilities", "log16")[
        "log_probability"]
    assert code.dtype == np.uint16
    assert np.all(code[0, :, :, 10:] == 65535) and np.all(code[0, :, :, :10] < 65535)
    expected = np.log(law(logits[0], 1))
    np.testing.assert_allclose(code[1, 0, 0] * -(2.0**-10), np.maximum(expected, -65534 / 1024), atol=2.0**-11)
