# SPDX-License-Identifier: Apache-2.0
"""Fixtures: result files without the program, and the program where there is one."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "python"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from fake_result import Sweep, experiment1_grid, write_result  # noqa: E402

from tempsweep.data import load_preset  # noqa: E402


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def program() -> Path:
    """The program named in $TEMPSWEEP_PROGRAM; the test is skipped where it does not exist."""
    named = os.environ.get("TEMPSWEEP_PROGRAM", "")
    if not named or not Path(named).is_file():
        pytest.skip("TEMPSWEEP_PROGRAM names no program")
    return Path(named)


@pytest.fixture(scope="session")
def experiment1_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A result as `tempsweep experiment1` writes it for twenty-token."""
    tokens, logits = load_preset("twenty-token")
    sweep = Sweep(np.array([logits]), experiment1_grid(), tokens, samples=1000)
    return write_result(tmp_path_factory.mktemp("experiment1") / "exp1_temperature.h5", sweep)


@pytest.fixture(scope="session")
def large_sweep() -> Sweep:
    """24 rows, 64 tokens of which some have awkward names, 3 vocabulary sizes, T with both edges."""
    generator = np.random.default_rng(3)
    tokens = [f"token {i}" for i in range(64)]
    tokens[0], tokens[1], tokens[2] = "a very long token name that must be cut somewhere", "日本語", "$x_1^2$ \n"
    temperatures = np.concatenate([[0.0], np.geomspace(0.05, 5.0, 40), [np.inf]])
    return Sweep(generator.normal(0, 3, (24, 64)), temperatures, tokens, vocab_sizes=[16, 32, 64])


@pytest.fixture(scope="session")
def large_file(tmp_path_factory: pytest.TempPathFactory, large_sweep: Sweep) -> Path:
    """The file of `large_sweep`."""
    return write_result(tmp_path_factory.mktemp("large") / "large.h5", large_sweep)
