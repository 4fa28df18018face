# SPDX-License-Identifier: Apache-2.0
"""What a run leaves: shapes, defaults, the same results from every form of input and every means."""

from __future__ import annotations

import hashlib
import json

import h5py
import numpy as np
import pytest
from conftest import Bench, same

DEFAULT = ["entropy", "log_partition", "perplexity", "top_probability", "mean_logit", "logit_variance",
           "heat_capacity", "entropy_slope"]
ALL = [*DEFAULT, "top_probability_log_slope", "collision_probability", "kl_from_unit_temperature"]
PIECE = 64 << 20
ORDERING = ("--nucleus-masses", "0.5,0.9,1", "--mass-at-k", "1,10,100", "--min-p-levels", "0.1", "--thresholds", "0,0.1")
FULL = ("--metrics", "all", "--renyi-orders", "0.5,2,inf", *ORDERING, "--vocab", "10,all", "--temperatures", "0,lin:0.1:3:30,inf",
        "--samples", "2000", "--seed", "5", "--probabilities", "f32")


def digest(*pieces: bytes) -> str:
    """SHA-256 over the SHA-256s of 64 MiB pieces, file by file."""
    whole = hashlib.sha256()
    for data in pieces:
        for start in range(0, len(data), PIECE):
            whole.update(hashlib.sha256(data[start : start + PIECE]).digest())
    return whole.hexdigest()


def on_grid(bench: Bench, out: str = "out.h5") -> list[str]:
    with h5py.File(bench.path(out)) as file:
        return [n for n in file if file[n].ndim == 3 and file[n].dtype == "f8"]


def test_defaults(bench: Bench, logits: np.ndarray) -> None:
    got = bench.sweep("in.npy")
    temperatures = got["temperature"]
    assert temperatures[0] == 0.05 and temperatures[-1] == 5 and len(temperatures) == 64
    np.testing.assert_allclose(temperatures, np.geomspace(0.05, 5, 64), rtol=1e-14)
    np.testing.assert_allclose(got["inverse_temperature"], 1 / temperatures, rtol=1e-15)
    assert sorted(on_grid(bench)) == sorted(DEFAULT)
    assert all(got[name].shape == (1, 3, 64) for name in DEFAULT)
    assert got["vocab_size"].tolist() == [40] and got["row"].tolist() == [0, 1, 2]
    assert "probability" not in got and "count" not in got and "token" not in got
    attributes = bench.attributes()
    assert attributes["complete"] == 1 and attributes["samples"] == attributes["seed"] == 0
    assert attributes["input_name"] == "in.npy" and attributes["input_shape"] == "3,40"
    assert attributes["compute_seconds"] <= attributes["elapsed_seconds"]


def test_values(bench: Bench, logits: np.ndarray) -> None:
    got = bench.sweep("in.npy", "--temperatures", "0.4,1,3", "--metrics", "all")
    assert sorted(on_grid(bench)) == sorted(ALL)
    for t, temperature in enumerate([0.4, 1, 3]):
        weights = np.exp((logits - logits.max(1, keepdims=True)) / temperature)
        p = weights / weights.sum(1, keepdims=True)
        np.testing.assert_allclose(got["entropy"][0, :, t], -(p * np.log2(p)).sum(1), rtol=1e-12)
        np.testing.assert_allclose(got["mean_logit"][0, :, t], (p * logits).sum(1), rtol=1e-12)
        np.testing.assert_allclose(got["collision_probability"][0, :, t], (p * p).sum(1), rtol=1e-12)
        np.testing.assert_allclose(got["top_probability"][0, :, t], p.max(1), rtol=1e-12)


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", ">f4"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_npy_forms(bench: Bench, dtype: str, order: str) -> None:
    values = (np.round(np.random.default_rng(2).normal(0, 3, (5, 33)) * 16) / 16).astype(dtype)
    np.save(bench.path("in.npy"), np.asarray(values, order=order))
    bench.save("plain.npy", values)
    same(bench.sweep("in.npy", "--temperatures", "0,0.3,1"), bench.sweep("plain.npy", "--temperatures", "0,0.3,1"))


ROW = [1.5, -2.25, 0.0, 4.125]
FORMS = {"row.npy": None, "m.csv": "1.5, -2.25,0,4.125\r\n", "m.json": "[[1.5, -2.25, 0, 4.125]]",
         "list.json": "[1.5, -2.25, 0, 4.125]"}
NAMED = {"named.csv": 'token,logit\na,1.5\n"b,""",-2.25\n\u00e9,0\nd,4.125\n',
         "map.json": '{"a": 1.5, "b,\\"": -2.25, "\u00e9": 0, "d": 4.125}',
         "lists.json": '{"tokens": ["a", "b,\\"", "\u00e9", "d"], "logits": [1.5, -2.25, 0, 4.125]}'}


@pytest.mark.parametrize("name", [*FORMS, *NAMED])
def test_text_forms(bench: Bench, name: str) -> None:
    bench.save("plain.npy", [ROW])
    if name == "row.npy":
        bench.save(name, ROW)
    else:
        bench.write(name, (FORMS | NAMED)[name])
    got = bench.sweep(name, "--temperatures", "0,0.3,1")
    if name in NAMED:
        names = [bytes(n).rstrip(b"\0").decode() for n in got.pop("token_name").view("S1")]
        assert names == ["a", 'b,"', "\u00e9", "d"]
        for extra in ("token", "token_name_length"):
            got.pop(extra, None)
    same(got, bench.sweep("plain.npy", "--temperatures", "0,0.3,1"))
    assert bench.attributes()["complete"] == 1


def test_joined_inputs_and_rows(bench: Bench, logits: np.ndarray) -> None:
    bench.save("a.npy", logits[:1])
    bench.save("b.npy", logits[1:])
    whole = bench.sweep("in.npy", *FULL)
    same(bench.sweep("a.npy", "b.npy", *FULL), whole)
    assert bench.attributes()["input_digest"] == digest(bench.path("a.npy").read_bytes(),
                                                        bench.path("b.npy").read_bytes())
    part = bench.sweep("in.npy", *FULL, "--rows", "1:3")
    assert part["row"].tolist() == [1, 2]
    for name in ("entropy", "renyi_entropy", "probability", "count", "chi_square"):
        np.testing.assert_array_equal(part[name], whole[name][:, 1:])
    assert bench.sweep("in.npy", "--rows", ":2")["row"].tolist() == [0, 1]


@pytest.mark.parametrize("size", [100, PIECE - 128, PIECE + 8192])
def test_input_digest(bench: Bench, size: int) -> None:
    bench.save("in.npy", np.ones((1, size // 8)))
    bench.sweep("in.npy", "--temperatures", "1", "--metrics", "entropy", "--vocab", "5")
    assert bench.attributes()["input_digest"] == digest(bench.path("in.npy").read_bytes())


@pytest.mark.parametrize("means", [("--threads", "1"), ("--threads", "2"), ("--threads", "3"), ("--memory", "44M"),
                                   ("--memory", "2G", "--threads", "5"), ("--compression", "none"), ("--compression", "fast", "--threads", "4")])
@pytest.mark.parametrize("way", ["prefix", "rank"])
def test_same_bytes_by_any_means(bench: Bench, means: tuple[str, ...], way: str) -> None:
    words = ("--synthetic", "normal:3", "--synthetic-rows", "7", "--vocab", "10,1000,3001", "--vocab-by", way,
             "--temperatures", "0,lin:0.1:3:60,inf", "--metrics", "all", "--samples", "300", "--probabilities", "f32", *ORDERING)
    same(bench.sweep(*words, "--threads", "2"), bench.sweep(*words, *means, out="other.h5"))


def test_counts(bench: Bench, logits: np.ndarray) -> None:
    got = bench.sweep("in.npy", *FULL)
    assert got["count"].dtype == np.uint64 and np.all(got["count"].sum(-1) == 2000)
    same(got, bench.sweep("in.npy", *FULL))
    other = bench.sweep("in.npy", "--samples", "2000", "--seed", "5", "--temperatures", "3,inf")
    np.testing.assert_array_equal(other["count"][0], got["count"][1][:, -2:])
    moved = bench.sweep("in.npy", "--samples", "2000", "--seed", "6", "--temperatures", "3,inf")
    assert np.any(moved["count"] != other["count"])
    dropped = bench.sweep("in.npy", *FULL, "--counts", "drop")
    assert "count" not in dropped
    np.testing.assert_array_equal(dropped["chi_square"], got["chi_square"])


@pytest.mark.parametrize(("policy", "stored"), [("auto", False), ("store", True), ("drop", False)])
def test_counts_beyond_a_gibibyte(bench: Bench, policy: str, stored: bool) -> None:
    done = bench.run("sweep", "--synthetic", "gumbel", "--vocab", "100k", "--temperatures", "lin:0.1:5:1400",
                     "--samples", "10", "--counts", policy, "--dry-run", "--json")
    assert (json.loads(done.stdout)["result_bytes"] > 1 << 30) is stored


def test_synthetic_seeds(bench: Bench) -> None:
    words = ("--synthetic", "normal:2", "--vocab", "100", "--synthetic-rows", "3")
    one = bench.sweep(*words, "--seed", "1")
    same(one, bench.sweep(*words, "--seed", "1"))
    assert np.all(one["entropy"] != bench.sweep(*words, "--seed", "2")["entropy"])
    with_zipf = bench.sweep("--synthetic", "zipf:1", "--vocab", "50", "--temperatures", "1", "--probabilities", "f32")
    harmonic = 1 / np.arange(1, 51)
    np.testing.assert_allclose(with_zipf["probability"][0, 0, 0], harmonic / harmonic.sum(), rtol=3e-7)


def test_labels(bench: Bench, logits: np.ndarray) -> None:
    bench.save("labels.npy", [3, 39, 0], "i2")
    bench.write("labels.txt", "3\n39\n0\n")
    got = bench.sweep("in.npy", "--labels", "labels.npy", "--metrics", "all", "--temperatures", "1,2")
    same(got, bench.sweep("in.npy", "--labels", "labels.txt", "--metrics", "all", "--temperatures", "1,2"))
    for t, temperature in enumerate([1, 2]):
        scaled = logits / temperature
        nll = np.log(np.exp(scaled).sum(1)) - scaled[[0, 1, 2], [3, 39, 0]]
        np.testing.assert_allclose(got["cross_entropy"][0, :, t], nll, rtol=1e-12)
    part = bench.sweep("in.npy", "--labels", "labels.npy", "--metrics", "all", "--rows", "1:2", "--temperatures", "1,2")
    np.testing.assert_array_equal(part["cross_entropy"][0, 0], got["cross_entropy"][0, 1])


def test_what_is_said(bench: Bench, logits: np.ndarray) -> None:
    before = bench.listing()
    dry = bench.run("sweep", "in.npy", "-o", "out.h5", "--dry-run")
    assert dry.returncode == 0 and "192 grid points" in dry.stdout and bench.listing() == before
    summary = json.loads(bench.run("sweep", "in.npy", "-o", "out.h5", "--json", "--samples", "10").stdout)
    assert summary["grid_points"] == 192 and summary["rows"] == 3 and summary["temperatures"] == 64
    assert isinstance(summary["draws_rejected"], bool) and summary["output"] == "out.h5"
    talk = bench.run("sweep", "in.npy", "-o", "b.h5")
    assert "192 grid points" in talk.stdout and "using the CPU" in talk.stderr
    quiet = bench.run("sweep", "in.npy", "-o", "c.h5", "--quiet")
    assert (quiet.stdout, quiet.stderr) == ("", "")
    assert "\033" not in talk.stdout + talk.stderr
