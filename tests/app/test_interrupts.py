# SPDX-License-Identifier: Apache-2.0
"""Signals, and streams that close."""

from __future__ import annotations

import os
import signal
import subprocess
import time

import numpy as np
import pytest
from conftest import PROGRAM, Bench

LONG = {
    "metrics": ("--synthetic", "gumbel", "--vocab", "100k", "--synthetic-rows", "20000"),
    "one_row": ("--synthetic", "gumbel", "--vocab", "1M", "--temperatures", "lin:0.1:5:50000",
                "--method", "direct"),
    "cheap_points": ("--synthetic", "gumbel", "--vocab", "100k", "--synthetic-rows", "100", "--temperatures",
                     "lin:0.1:5:500k", "--compression", "none"),
    "dense": ("--synthetic", "gumbel", "--vocab", "1000", "--synthetic-rows", "2000", "--probabilities", "f32"),
    "draws": ("--synthetic", "gumbel", "--vocab", "30k", "--synthetic-rows", "1000", "--samples", "100k", "--counts",
              "drop"),
    "one_point": ("--synthetic", "gumbel", "--vocab", "10", "--samples", "100G", "--temperatures", "1", "--counts", "drop"),
}
SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143)]


def start(bench: Bench, *words: str) -> subprocess.Popen[str]:
    """A sweep that has begun to write."""
    child = subprocess.Popen([str(PROGRAM), "sweep", *words, "-o", "out.h5", "--quiet"], cwd=bench.folder, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 20
    while not bench.path("out.h5.partial").exists() and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert child.poll() is None, child.communicate()
    time.sleep(0.2)
    return child


@pytest.mark.parametrize(("number", "status"), SIGNALS, ids=["int", "term"])
@pytest.mark.parametrize("grid", LONG)
def test_stops_within_two_seconds(bench: Bench, grid: str, number: int, status: int) -> None:
    child = start(bench, *LONG[grid])
    sent = time.monotonic()
    child.send_signal(number)
    out, err = child.communicate(timeout=20)
    assert child.returncode == status
    assert time.monotonic() - sent < 2
    assert out == "" and err.startswith("tempsweep: ") and len(err.splitlines()) == 1
    assert sorted(bench.listing()) == (["out.h5.partial"] if "are in out.h5.partial" in err else [])
    bench.sweep("--synthetic", "gumbel", "--vocab", "8")


def test_leaves_what_was_done_as_a_valid_file(bench: Bench) -> None:
    words = ("--synthetic", "gumbel", "--vocab", "1000", "--synthetic-rows", "300k", "--temperatures", "0.5,1,2")
    for seconds in (0.5, 2, 5):
        child = start(bench, *words)
        time.sleep(seconds)
        child.send_signal(signal.SIGINT)
        err = child.communicate(timeout=20)[1]
        if child.returncode == 0:
            pytest.skip("this machine is too fast")
        if bench.listing():
            break
    done, of = (int(word) for word in err.split() if word.isdigit())
    assert of == 900_000 and 0 < done < of
    kept = bench.read("out.h5.partial")
    attributes = bench.attributes("out.h5.partial")
    assert attributes["complete"] == 0 and attributes["points_done"] == done
    assert np.isfinite(kept["entropy"]).sum() == done
    status = kept["row_status"][0]
    assert set(np.unique(status)) == {-1, 0}
    assert (np.isfinite(kept["entropy"][0]).any(axis=1) == (status == 0)).all()
    assert (kept["top_token"][0][status == -1] == -1).all()
    bench.refuses(4, ["out.h5.partial", "--force"], *words)
    whole = bench.sweep(*words)
    here = np.isfinite(kept["entropy"])
    assert kept["entropy"][here].tobytes() == whole["entropy"][here].tobytes()


def test_killed_run(bench: Bench, logits: np.ndarray) -> None:
    child = start(bench, *LONG["metrics"])
    child.kill()
    child.communicate()
    assert sorted(bench.listing()) == ["in.npy", "out.h5.partial"]
    bench.refuses(4, ["out.h5.partial", "killed run", "--force"], "in.npy")
    bench.sweep("in.npy")
    assert sorted(bench.listing()) == ["in.npy", "out.h5"]


def test_two_runs_do_not_mix(bench: Bench, logits: np.ndarray) -> None:
    child = start(bench, *LONG["metrics"])
    try:
        bench.fails(4, ["out.h5.partial", "written by another run"], "sweep", "in.npy", "-o", "out.h5", "--force")
    finally:
        child.kill()
        child.communicate()


@pytest.mark.parametrize("words", [("--help",), ("sweep", "--help"), ("devices",), ("info", "in.npy"),
                                   ("sweep", "in.npy", "-o", "out.h5")])
def test_reader_that_goes_away(bench: Bench, logits: np.ndarray, words: tuple[str, ...]) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([str(PROGRAM), *words], cwd=bench.folder, stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    assert done.returncode == 0, done.stderr


def test_closed_streams_do_not_reach_the_result(bench: Bench) -> None:
    bench.write("in.csv", "1,2,3\n")
    done = subprocess.run(["sh", "-c", '"$0" sweep in.csv -o out.h5 --verbose >&- 2>&- <&-', str(PROGRAM)],
                          cwd=bench.folder)
    assert done.returncode == 0
    assert bench.read("out.h5")["entropy"].shape == (1, 1, 64)
    for closed in ("2>&-", "2>/dev/full"):
        failed = subprocess.run(["sh", "-c", f'"$0" sweep none.npy -o x.h5 {closed}', str(PROGRAM)], cwd=bench.folder)
        assert failed.returncode == 2
