# SPDX-License-Identifier: Apache-2.0
"""validate RESULT: right draws pass, wrong ones are rejected with exit status 1, and what was judged is said."""

from __future__ import annotations

import json
import shutil

import h5py
import numpy as np
import pytest
from conftest import Bench

GRID = ("--temperatures", "0,0.3,1,4,inf", "--samples", "20k", "--seed", "3")


def report(bench: Bench, status: int, *words: object) -> dict:
    done = bench.run("validate", "out.h5", "--json", *words)
    assert (done.returncode, done.stderr) == (status, "")
    return json.loads(done.stdout)


def redraw(bench: Bench, logits: np.ndarray, temperature: float, draws_at: float) -> None:
    """Puts draws of another temperature into the result."""
    random = np.random.default_rng(5)
    with h5py.File(bench.path("out.h5"), "r+") as file:
        t = file["temperature"][()].tolist().index(temperature)
        for r, row in enumerate(logits):
            p = np.exp((row - row.max()) / draws_at)
            file["count"][0, r, t, :] = random.multinomial(20000, p / p.sum())


def test_right_draws_pass(bench: Bench, logits: np.ndarray) -> None:
    bench.sweep("in.npy", *GRID)
    got = report(bench, 0)
    assert got["judged"] == "counts" and not got["rejected"] and got["stored_statistics_differ"] == 0
    assert got["draws"]["verdict"] == "agree" and got["draws"]["points"] == 15
    assert abs(got["temperature_ratio"] - 1) < 4 * got["temperature_ratio_error"] < 0.05
    attributes = bench.attributes()
    ks = got["draws"]["kolmogorov_smirnov"]
    assert (ks["points"], ks["used"], ks["distance"], ks["log10_p"]) == (15, 0, None, None)
    assert np.isnan(attributes["verdict_ks_log10_p"]) and attributes["verdict_ks_points"] == 0
    assert attributes["verdict"] == "agree" and attributes["verdict_tests"] == got["draws"]["tests"]
    assert attributes["verdict_smallest_adjusted_log10_p"] == got["draws"]["smallest_adjusted_log10_p"]


def test_text(bench: Bench, logits: np.ndarray) -> None:
    bench.sweep("in.npy", *GRID)
    done = bench.run("validate", "out.h5")
    assert done.returncode == 0 and done.stderr == ""
    for word in ("20000 draws at each of 15 points", "agree with the law", "the counts, against in.npy", "chi-square",
                 "Kolmogorov-Smirnov", "Benjamini-Hochberg", "times what was claimed", "four times in five"):
        assert word in done.stdout


def test_counts_and_statistics_say_the_same(bench: Bench, logits: np.ndarray) -> None:
    bench.sweep("in.npy", *GRID)
    counts = report(bench, 0)["draws"]
    bench.sweep("in.npy", *GRID, "--counts", "drop")
    stored = report(bench, 0)
    assert stored["judged"] == "stored statistics" and stored["draws"] == counts
    bench.path("in.npy").unlink()
    gone = report(bench, 0)
    assert gone["draws"] == counts and "--logits" in gone["input"]


@pytest.mark.parametrize("extra", [("--vocab", "12,all"), ("--vocab", "9,20", "--vocab-by", "rank"), ("--top-k", "5"),
                                   ("--top-p", "0.8", "--min-p", "0.01"), ("--rows", "1:3"),
                                   ("--sampler", "multinomial"), ("--sampler", "gumbel"), ("--sampler", "inverse")])
def test_every_kind_of_law(bench: Bench, logits: np.ndarray, extra: tuple[str, ...]) -> None:
    bench.sweep("in.npy", *GRID, *extra)
    got = report(bench, 0)
    assert got["judged"] == "counts" and got["stored_statistics_differ"] == 0


def test_wrong_temperature_is_rejected(bench: Bench, logits: np.ndarray) -> None:
    bench.sweep("in.npy", *GRID)
    redraw(bench, logits, 1, 1.1)
    got = report(bench, 1)
    assert got["rejected"] and got["stored_statistics_differ"] == 3
    assert got["draws"]["smallest"]["point"].endswith("T = 1")
    assert bench.run("validate", "out.h5").stdout.count("REJECTED") == 1


def test_level(bench: Bench, logits: np.ndarray) -> None:
    bench.sweep("in.npy", *GRID)
    redraw(bench, logits, 1, 1.02)
    smallest = report(bench, 1, "--alpha", "0.9")["draws"]["smallest_adjusted_log10_p"]
    assert smallest < -0.4
    assert not report(bench, 0, "--alpha", 10 ** (smallest - 1))["rejected"]


def test_zero_probability_is_named(bench: Bench, logits: np.ndarray) -> None:
    masked = logits.copy()
    masked[1, 7] = -np.inf
    bench.save("in.npy", masked)
    bench.sweep("in.npy", *GRID)
    with h5py.File(bench.path("out.h5"), "r+") as file:
        count = file["count"][0, 1, 2, :]
        count[np.argmax(count)] -= 1
        count[7] += 1
        file["count"][0, 1, 2, :] = count
    got = report(bench, 1)
    assert got["draws"]["impossible_points"] == 1
    assert "probability 0" in got["draws"]["reason"] and "row 1, T = 1" in got["draws"]["reason"]


def test_moved_input(bench: Bench, logits: np.ndarray) -> None:
    bench.sweep("in.npy", *GRID)
    shutil.move(bench.path("in.npy"), bench.path("moved.npy"))
    assert report(bench, 0)["judged"] == "stored statistics"
    assert report(bench, 0, "--logits", "moved.npy")["judged"] == "counts"


def test_changed_input(bench: Bench, logits: np.ndarray) -> None:
    bench.sweep("in.npy", *GRID)
    bench.save("in.npy", logits + 1)
    got = report(bench, 0)
    assert got["judged"] == "stored statistics" and "digest" in got["input"]
    bench.fails(2, ["--logits", "in.npy", "digest"], "validate", "out.h5", "--logits", "in.npy")
    bench.save("narrow.npy", logits[:, :5])
    bench.fails(2, ["--logits", "3 rows x 5 tokens"], "validate", "out.h5", "--logits", "narrow.npy")


def test_joined_and_synthetic_input(bench: Bench, logits: np.ndarray) -> None:
    bench.save("more.npy", logits + 0.5)
    bench.sweep("in.npy", "more.npy", *GRID)
    assert report(bench, 0)["draws"]["points"] == 30
    bench.path("in.npy").rename(bench.path("a.npy"))
    assert report(bench, 0, "--logits", "a.npy,more.npy")["judged"] == "counts"
    bench.sweep("--synthetic", "normal:2", "--synthetic-rows", "2", "--vocab", "5,50", *GRID)
    assert report(bench, 0)["judged"] == "counts"


def test_bad_rows_are_left_out(bench: Bench, logits: np.ndarray) -> None:
    bad = logits.copy()
    bad[1, 3] = np.nan
    bench.save("in.npy", bad)
    bench.sweep("in.npy", *GRID, "--on-bad-row", "skip")
    assert report(bench, 0)["draws"]["points"] == 10


def test_threads_do_not_show(bench: Bench, logits: np.ndarray) -> None:
    bench.sweep("in.npy", *GRID)
    assert report(bench, 0, "--threads", "1") == report(bench, 0, "--threads", "3")


@pytest.mark.parametrize(
    ("axis", "change", "word"),
    [
        ("temperature", lambda t: np.full_like(t, np.nan), "temperature"),
        ("temperature", lambda t: -t[::-1], "temperature"),
        ("row", lambda r: r + 100, "row"),
        ("row", lambda r: np.zeros_like(r), "row"),
        ("vocab_size", lambda v: v * 0, "vocab_size"),
        ("vocab_size", lambda v: v + 2**40, "vocab_size"),
    ],
)
def test_damaged_axes_are_refused(bench: Bench, logits: np.ndarray, axis: str, change: object, word: str) -> None:
    bench.sweep("in.npy", *GRID)
    with h5py.File(bench.path("out.h5"), "r+") as file:
        file[axis][...] = change(file[axis][()])
    done = bench.run("validate", "out.h5")
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.count("\n") == 1 and f"axis {word}" in done.stderr


def test_another_schema_is_refused(bench: Bench, logits: np.ndarray) -> None:
    bench.sweep("in.npy", *GRID)
    with h5py.File(bench.path("out.h5"), "r+") as file:
        file.attrs.modify("schema_version", np.int64(99))
    done = bench.run("validate", "out.h5")
    assert done.returncode == 2 and "schema" in done.stderr


def test_nothing_tested_is_not_accepted(bench: Bench, logits: np.ndarray) -> None:
    bench.sweep("in.npy", *GRID)
    with h5py.File(bench.path("out.h5"), "r+") as file:
        file["row_status"][...] = 1
    done = bench.run("validate", "out.h5")
    assert done.returncode == 2 and "nothing to judge" in done.stdout and "nothing could be tested" in done.stderr


def test_unreadable_input_falls_back(bench: Bench, logits: np.ndarray) -> None:
    bench.sweep("in.npy", *GRID)
    bench.path("in.npy").write_bytes(b"x")
    got = report(bench, 0)
    assert got["judged"] == "stored statistics" and "--logits" in got["input"]


def test_refused(bench: Bench, logits: np.ndarray) -> None:
    bench.sweep("in.npy", "--temperatures", "1")
    bench.fails(2, ["no draws", "--samples"], "validate", "out.h5")
    bench.fails(2, ["in.npy"], "validate", "in.npy")
    bench.fails(2, ["none.h5"], "validate", "none.h5")
    bench.sweep("in.npy", *GRID)
    bench.fails(2, ["one result at a time"], "validate", "out.h5", "out.h5")
    bench.fails(2, ["--counts", "somebody else's"], "validate", "out.h5", "--counts", "c.npy")
    bench.fails(2, ["--alpha", "between 0 and 1"], "validate", "out.h5", "--alpha", "1")
    bench.fails(2, ["--threads"], "validate", "out.h5", "--threads", "0")
    bench.fails(2, ["give a result"], "validate")
    with h5py.File(bench.path("out.h5"), "r+") as file:
        file["count"][0, 2, 3, 0] += 5
    bench.fails(2, ["row 2", "T = 4", "add up to 20005"], "validate", "out.h5")
    with h5py.File(bench.path("out.h5"), "r+") as file:
        file.attrs["complete"] = np.int64(0)
    bench.fails(2, ["not complete"], "validate", "out.h5")
