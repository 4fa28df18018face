# SPDX-License-Identifier: Apache-2.0
"""What a run holds at its peak stays below what --memory allows."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from conftest import PROGRAM, Bench

MEASURE = ("import resource, subprocess, sys; code = subprocess.run(sys.argv[1:]).returncode; "
           "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(code)")


def peak_mebibytes(bench: Bench, *words: object) -> float:
    done = subprocess.run([sys.executable, "-c", MEASURE, str(PROGRAM), "sweep", *map(str, words), "-o", "out.h5",
                           "--quiet", "--force"], cwd=bench.folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    bench.path("out.h5").unlink()
    return int(done.stdout) / 1024


SYNTHETIC = {
    "dense": (96, "--vocab", "4000", "--synthetic-rows", "26", "--temperatures", "lin:0.1:5:1000", "--probabilities",
              "f32"),
    "many_temperatures": (96, "--vocab", "16", "--synthetic-rows", "2", "--temperatures", "lin:0.1:5:200000"),
    "many_points": (192, "--vocab", "1000", "--synthetic-rows", "48", "--temperatures", "log:0.05:5:200000", "--compression",
                    "none"),
    "many_rows": (96, "--vocab", "16", "--synthetic-rows", "200000", "--temperatures", "0.5,1,2"),
    "many_rows_dense": (80, "--vocab", "16", "--synthetic-rows", "50000", "--temperatures", "lin:0.1:2:20",
                        "--probabilities", "f32"),
    "rank": (96, "--vocab", "log2:1024:32768", "--vocab-by", "rank", "--synthetic-rows", "8", "--temperatures",
             "lin:0.1:5:40", "--probabilities", "log16"),
    "counts": (96, "--vocab", "20000", "--synthetic-rows", "4", "--temperatures", "lin:0.1:5:100", "--samples",
               "1000", "--counts", "store", "--probabilities", "f32"),
    "dropped_counts": (96, "--vocab", "100000", "--synthetic-rows", "2", "--temperatures", "lin:0.1:5:20",
                       "--samples", "1000", "--counts", "drop"),
    "threads": (160, "--vocab", "50000", "--synthetic-rows", "16", "--temperatures", "lin:0.1:5:20", "--threads", "8",
                "--probabilities", "f32"),
}


@pytest.mark.parametrize("grid", SYNTHETIC)
def test_synthetic(bench: Bench, grid: str) -> None:
    limit, *words = SYNTHETIC[grid]
    assert peak_mebibytes(bench, "--synthetic", "gumbel", *words, "--memory", f"{limit}M") < limit


@pytest.mark.parametrize("order", ["C", "F"])
def test_files(bench: Bench, order: str) -> None:
    values = np.random.default_rng(5).normal(size=(600, 20000)).astype("f4")
    np.save(bench.path("in.npy"), np.asarray(values, order=order))
    assert peak_mebibytes(bench, "in.npy", "--temperatures", "0.5,1", "--memory", "80M") < 80


def test_text(bench: Bench) -> None:
    values = np.random.default_rng(5).normal(size=(200, 20000))
    np.savetxt(bench.path("in.csv"), values, delimiter=",", fmt="%.4f")
    limit = 128
    assert peak_mebibytes(bench, "in.csv", "--temperatures", "0.5,1", "--memory", f"{limit}M") < limit
    refused = bench.run("sweep", "in.csv", "-o", "out.h5", "--memory", "48M")  # the file is about 30 MB
    assert refused.returncode == 5 and "convert to .npy" in refused.stderr
    assert not bench.path("out.h5").exists()


@pytest.mark.skipif(os.environ.get("TEMPSWEEP_LONG") != "1", reason="2 GB of output; set TEMPSWEEP_LONG=1")
def test_long(bench: Bench) -> None:
    assert peak_mebibytes(bench, "--synthetic", "normal:3", "--vocab", "32000", "--synthetic-rows", "32",
                          "--temperatures", "lin:0.1:5:512", "--probabilities", "f32", "--memory", "128M") < 128
