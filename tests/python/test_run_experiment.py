# SPDX-License-Identifier: Apache-2.0
"""run_experiment: against the program where there is one, and against a stand-in for what only Python decides."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_result import law

from tempsweep import run_experiment
from tempsweep.data import load_preset
from tempsweep.program import find_program

TOKENS, LOGITS = load_preset("ten-token")
STAND_IN = Path(__file__).resolve().parent / "fake_program.py"


def _write_launcher(folder: Path) -> Path:
    import sys

    launcher = folder / "tempsweep"
    launcher.write_text(f"#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(STAND_IN))} \"$@\"\n")
    launcher.chmod(0o755)
    return launcher


@pytest.fixture(params=["stand-in", "program"])
def either(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Runs a test with the stand-in and with the real program."""
    if request.param == "program":
        request.getfixturevalue("program")
    else:
        monkeypatch.setenv("TEMPSWEEP_PROGRAM", str(_write_launcher(tmp_path)))
    return request.param


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    launcher = _write_launcher(tmp_path)
    monkeypatch.setenv("TEMPSWEEP_PROGRAM", str(launcher))
    return launcher


def check_law(out: dict[str, Any], logits: np.ndarray, temperature: float) -> None:
    expected = law(np.asarray(logits, float), temperature)
    np.testing.assert_allclose(out["probabilities"], expected, rtol=2e-7, atol=1e-37)
    positive = expected[expected > 0]
    assert out["entropy"] == pytest.approx(float(-(positive * np.log2(positive)).sum()), abs=1e-11)


@pytest.mark.parametrize("temperature", [0.1, 1, 5.0, 1 / 3, 0.0, np.inf])
def test_the_dict(either: str, temperature: float) -> None:
    out = run_experiment(TOKENS, LOGITS, temperature=temperature, n_samples=1000, seed=3)
    assert list(out) == ["tokens", "probabilities", "counts", "empirical", "entropy"]
    assert out["tokens"] == TOKENS and isinstance(out["entropy"], float)
    assert (out["probabilities"].dtype, out["counts"].dtype) == (np.float64, np.int64)
    assert out["counts"].sum() == 1000
    np.testing.assert_array_equal(out["empirical"], out["counts"] / 1000)
    check_law(out, LOGITS, temperature)


def test_the_loop_of_the_walkthrough(either: str, tmp_path: Path) -> None:
    tokens, logits = TOKENS, LOGITS
    temperatures, entropies = [0.1, 0.5, 1.0, 2.0, 5.0], []
    for t in temperatures:
        out = run_experiment(tokens, logits, temperature=t, n_samples=10000)
        entropies.append(out['entropy'])
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    plt.plot(temperatures, entropies, marker="o")
    plt.savefig(tmp_path / "loop.png")
    plt.close()
    assert entropies == sorted(entropies)
    assert entropies[0] == pytest.approx(0.13427, abs=5e-6) and entropies[3] == pytest.approx(3.11134, abs=5e-6)


def test_masked_tokens_are_never_drawn(either: str) -> None:
    logits = np.array([1.0, -np.inf, 0.5, -np.inf])
    out = run_experiment(list("abcd"), logits, temperature=2.0, n_samples=500)
    assert (out["probabilities"][[1, 3]] == 0).all() and (out["counts"][[1, 3]] == 0).all()
    check_law(out, logits, 2.0)


def test_no_draws(either: str) -> None:
    out = run_experiment(TOKENS, LOGITS, n_samples=0)
    assert (out["counts"] == 0).all() and np.isnan(out["empirical"]).all()
    check_law(out, LOGITS, 1.0)


def test_the_seed_decides_the_draws(program: Path) -> None:
    first, again, other = (run_experiment(TOKENS, LOGITS, seed=seed)["counts"] for seed in (1, 1, 2))
    assert (first == again).all() and (first != other).any()


def test_draws_follow_the_law(program: Path) -> None:
    out = run_experiment(TOKENS, LOGITS, temperature=1.0, n_samples=100_000)
    expected = 100_000 * out["probabilities"]
    assert ((out["counts"] - expected) ** 2 / expected).sum() < 40  # 9 degrees of freedom: p about 1e-5


def test_one_token_and_any_name(either: str) -> None:
    out = run_experiment(["a,\"b\"\n日本"], [3.0], n_samples=10)
    assert out["tokens"] == ["a,\"b\"\n日本"] and out["counts"][0] == 10 and out["entropy"] == 0.0


@pytest.mark.parametrize(("change", "message"), [
    ({"tokens": ["a"]}, "1 tokens for 2 logits"), ({"logits": []}, "non-empty row"),
    ({"logits": [[1.0, 2.0]]}, "one non-empty row"), ({"temperature": -1.0}, "temperature must be"),
    ({"temperature": float("nan")}, "temperature must be"), ({"n_samples": -1}, "must not be negative"),
    ({"n_samples": 1.5}, "whole number"), ({"seed": "x"}, "whole number"),
])
def test_bad_arguments_are_value_errors(change: dict[str, Any], message: str) -> None:
    arguments = {"tokens": ["a", "b"], "logits": [1.0, 2.0], **change}
    with pytest.raises(ValueError, match=message):
        run_experiment(**arguments)


def test_what_the_program_refuses_is_a_value_error(program: Path) -> None:
    with pytest.raises(ValueError, match="."):
        run_experiment(["a", "b"], [float("nan"), 1.0])


def test_failures_of_the_program_keep_its_line(stand_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_PROGRAM_FAILURE", "2:row 0 has no finite logit")
    with pytest.raises(ValueError, match="^tempsweep: row 0 has no finite logit$"):
        run_experiment(TOKENS, LOGITS)
    monkeypatch.setenv("FAKE_PROGRAM_FAILURE", "5:out of memory")
    with pytest.raises(RuntimeError, match=r"^tempsweep: out of memory \(exit status 5\)$"):
        run_experiment(TOKENS, LOGITS)


def test_a_wrong_program_variable_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPSWEEP_PROGRAM", "/nonexistent/tempsweep")
    with pytest.raises(FileNotFoundError, match="TEMPSWEEP_PROGRAM"):
        run_experiment(TOKENS, LOGITS)


def test_the_program_is_found_on_the_path(stand_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEMPSWEEP_PROGRAM")
    monkeypatch.setattr("tempsweep.program._beside_package", lambda: iter(()))
    monkeypatch.setenv("PATH", str(stand_in.parent))
    assert find_program() == stand_in
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(FileNotFoundError, match="build it"):
        find_program()
