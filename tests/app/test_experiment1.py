# SPDX-License-Identifier: Apache-2.0
"""experiment1: text, results and figure."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from conftest import Bench

PRESETS = ["ten-token", "customer-service", "worked-example", "twenty-token"]


@pytest.fixture
def no_plots(bench: Bench) -> dict[str, str]:
    """An environment whose python draws nothing."""
    python = bench.path("python")
    python.write_text("#!/bin/sh\nexit 3\n")
    python.chmod(0o755)
    return {**os.environ, "TEMPSWEEP_PYTHON": str(python)}


def test_without_plots(bench: Bench, no_plots: dict[str, str]) -> None:
    done = bench.run("experiment1", "-o", "out", env=no_plots)
    assert done.returncode == 4 and len(done.stderr.splitlines()) == 1
    for words in ("exp1_temperature.png", "status 3", "text and result are kept", "TEMPSWEEP_PYTHON"):
        assert words in done.stderr
    text = bench.path("out/exp1_temperature.txt").read_text()
    assert text == done.stdout
    for preset in PRESETS:
        assert f"Preset {preset}:" in text
    for temperature in ("0.1", "0.5", "1", "2", "5"):
        assert text.count(f"\nT = {temperature} (") == len(PRESETS), temperature
    for words in ("very deterministic", "balanced", "highly random", "chi-square p-value", "Decision guide"):
        assert words in text
    others = [f"out/exp1_temperature_{p}.h5" for p in PRESETS if p != "twenty-token"]
    assert sorted(n for n in bench.listing() if n.startswith("out/")) == sorted(
        ["out/exp1_temperature.h5", "out/exp1_temperature.txt", *others])
    for name in others:
        got = bench.read(name)
        assert np.all(got["count"].sum(-1) == 10000)
        assert np.all(np.diff(got["entropy"][0, 0]) >= -1e-12)


def test_python_that_is_missing(bench: Bench) -> None:
    done = bench.run("experiment1", "--quiet", env={**os.environ, "TEMPSWEEP_PYTHON": "/none/python"})
    assert done.returncode == 4 and "status 127" in done.stderr and done.stdout == ""
    assert bench.path("exp1_temperature.h5").is_file()


def test_chosen_preset_and_seed(bench: Bench, no_plots: dict[str, str]) -> None:
    for folder, words in {"a": ("--seed", "4"), "b": ("--seed", "4"), "c": ("--seed", "5")}.items():
        bench.run("experiment1", "-o", folder, "--preset", "ten-token", "--samples", "1000", "--quiet", *words,
                  env=no_plots)
    a, b, c = (bench.read(f"{folder}/exp1_temperature.h5") for folder in "abc")
    assert a["token"].size == 10
    assert np.array_equal(a["count"], b["count"]) and not np.array_equal(a["count"], c["count"])


@pytest.mark.parametrize(("status", "words", "needed"), [
    (2, ["--preset", "ten-tokens"], ["'ten-tokens'", "did you mean 'ten-token'?"]),
    (2, ["--preset", ""], ["--preset", "known: "]),
    (2, ["out"], ["'out'", "-o DIR"]),
    (2, ["--sample", "3"], ["did you mean --samples?"]),
    (4, ["-o", "file/deeper"], ["file/deeper", "cannot be made"]),
])
def test_refusals(bench: Bench, status: int, words: list[str], needed: list[str]) -> None:
    bench.write("file", "x")
    bench.fails(status, needed, "experiment1", *words)


def test_samples_are_needed(bench: Bench) -> None:
    done = bench.run("experiment1", "--samples", "0")
    assert done.returncode == 2 and "at least 1" in done.stderr and bench.listing() == {}


def test_presets_that_are_missing(bench: Bench) -> None:
    done = bench.run("experiment1", env={**os.environ, "TEMPSWEEP_PRESETS": str(Path("/none"))})
    assert done.returncode == 4 and "TEMPSWEEP_PRESETS" in done.stderr
