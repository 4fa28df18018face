# SPDX-License-Identifier: Apache-2.0
"""What people and scripts really type."""

from __future__ import annotations

import os
import subprocess

import numpy as np
import pytest
from conftest import PROGRAM, Bench, same

NAMES = ["with blank.npy", "new\nline.npy", "tab\t.npy", "\u65e5\u672c.npy", "$(reboot);'\".npy", "-dash.npy",
         "\udcff\udcfe.npy", "a" * 240 + ".npy", "UPPER.NPY"]


@pytest.mark.parametrize("name", NAMES)
def test_names_of_files(bench: Bench, logits: np.ndarray, name: str) -> None:
    bench.path("in.npy").rename(bench.path(name))
    out = name.replace(".npy", ".h5").replace(".NPY", ".h5")[-200:]
    done = bench.run("sweep", "--quiet", "-o", "out/" + out, "./" + name)
    assert done.returncode == 4 and len(done.stderr.splitlines()) == 1, done.stderr  # there is no folder out
    bench.path("out").mkdir()
    assert bench.run("sweep", "--quiet", "-o", "out/" + out, "./" + name).returncode == 0
    assert bench.read("out/" + out)["entropy"].shape == (1, 3, 64)
    assert "temperature sweep" in str(bench.attributes("out/" + out)["title"])
    assert bench.run("info", "out/" + out).returncode == 0
    missing = bench.run("sweep", "--quiet", "-o", "x.h5", "./missing" + name[:200])
    assert missing.returncode == 2 and len(missing.stderr.splitlines()) == 1


@pytest.mark.parametrize("words", [("-h",), ("--help",), ("sweep", "-h"), ("sweep", "x", "--bogus", "--help"),
                                   ("info", "-h"), ("devices", "-h"), ("experiment1", "--help")])
def test_help_shows_examples_first(bench: Bench, words: tuple[str, ...]) -> None:
    done = bench.run(*words)
    assert done.returncode == 0 and done.stderr == "" and done.stdout.startswith("tempsweep ")


def test_version(bench: Bench) -> None:
    assert bench.run("--version").stdout.startswith("tempsweep ")


def test_grids(bench: Bench, logits: np.ndarray) -> None:
    bench.write("grid", "0.5\n# a remark\n\n1\r\n")
    got = bench.sweep("in.npy", "--temperatures", "inf,2,@grid,0.5,-0,0,log:0.5:2:3,lin:1:1:1")
    np.testing.assert_allclose(got["temperature"], [0, 0.5, 1, 2, np.inf])
    million = bench.sweep("in.npy", "--temperatures", "lin:0:5:1000001", "--metrics", "entropy", "--rows", "0:1",
                          "--vocab", "2")
    assert million["entropy"].shape == (1, 1, 1000001)
    assert million["temperature"][200000] == 1


def test_samples_by_any_spelling(bench: Bench, logits: np.ndarray) -> None:
    first = bench.sweep("in.npy", "--samples", "10000", "--temperatures", "1")
    for word in ("10k", "1e4", "0.01M"):
        same(first, bench.sweep("in.npy", "--samples", word, "--temperatures", "1"))
    bench.run("sweep", "in.npy", "--samples=10k", "--temperatures=1", "--quiet=false", "--output=b.h5")
    same(first, bench.read("b.h5"))


def test_link_to_a_result(bench: Bench, logits: np.ndarray) -> None:
    bench.sweep("in.npy")
    bench.path("link.h5").symlink_to("out.h5")
    bench.fails(4, ["link.h5", "exists", "--force"], "sweep", "in.npy", "-o", "link.h5")
    same(bench.sweep("in.npy", out="link.h5"), bench.read("out.h5"))


def test_devices(bench: Bench) -> None:
    done = bench.run("devices")
    assert done.returncode == 0 and "cpu" in done.stdout and "cuda" in done.stdout


@pytest.mark.parametrize("variables", [{"TERM": "dumb"}, {"NO_COLOR": "1"}, {"LC_ALL": "C"}, {"LANG": "de_DE.UTF-8"}])
def test_environments(bench: Bench, logits: np.ndarray, variables: dict[str, str]) -> None:
    done = subprocess.run([str(PROGRAM), "sweep", "in.npy", "-o", "out.h5", "--color", "auto"], cwd=bench.folder,
                          env={**os.environ, **variables}, capture_output=True, text=True)
    assert done.returncode == 0 and "\033" not in done.stdout + done.stderr
