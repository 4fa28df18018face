# SPDX-License-Identifier: Apache-2.0
"""One row of named logits at one temperature: the walkthrough's function."""

from __future__ import annotations

import operator
import tempfile
from pathlib import Path
from typing import Any, Sequence, Union

import numpy as np

from .program import run_program
from .results import open as open_result


def _checked_logits(tokens: Sequence[str], logits: Union[Sequence[float], np.ndarray]) -> np.ndarray:
    """One row of float64 scores, shape (1, V)."""
    row = np.asarray(logits, dtype=np.float64)
    if row.ndim != 1 or row.size == 0:
        raise ValueError(f"logits must be one non-empty row of numbers, not of shape {row.shape}")
    if len(tokens) != row.size:
        raise ValueError(f"{len(tokens)} tokens for {row.size} logits: give one name per logit")
    bad = np.flatnonzero(np.isnan(row) | (row == np.inf))
    if bad.size:
        raise ValueError(f"logits[{bad[0]}] (token {tokens[bad[0]]!r}) is {row[bad[0]]}; -inf masks a token")
    return row[np.newaxis, :]


def _checked_temperature(temperature: float) -> float:
    value = float(temperature)
    if not value >= 0.0:
        raise ValueError(f"temperature must be a number >= 0 (0 and inf are allowed), not {value!r}")
    return value


def _checked_count(name: str, value: int) -> int:
    try:
        count = operator.index(value)
    except TypeError:
        if not (isinstance(value, float) and value.is_integer()):
            raise ValueError(f"{name} must be a whole number, not {value!r}") from None
        count = int(value)
    if count < 0:
        raise ValueError(f"{name} must not be negative, not {count}")
    return count


def _arguments(logits_path: Path, result_path: Path, temperature: float, n_samples: int, seed: int) -> list[str]:
    arguments = ["sweep", str(logits_path), "-o", str(result_path), "--temperatures", repr(temperature),
                 "--metrics", "entropy", "--probabilities", "f32", "--seed", str(seed), "--quiet"]
    if n_samples > 0:
        arguments += ["--samples", str(n_samples), "--counts", "store"]
    return arguments


def _read_point(path: Path, n_samples: int) -> dict[str, Any]:
    with open_result(path) as sweep:
        point = sweep.isel(vocab_size=0, row=0, temperature=0)
        probabilities = point["probability"].values.astype(np.float64)
        counts = point["count"].values.astype(np.int64) if n_samples else np.zeros(probabilities.size, np.int64)
        entropy = float(point["entropy"].values)
    empirical = counts / n_samples if n_samples else np.full(probabilities.size, np.nan)
    return {"probabilities": probabilities, "counts": counts, "empirical": empirical, "entropy": entropy}


def run_experiment(tokens: Sequence[str], logits: Union[Sequence[float], np.ndarray], temperature: float = 1.0,
                   n_samples: int = 10000, seed: int = 0) -> dict[str, Any]:
    """Softmax of one row of logits at one temperature, and draws from it, by the tempsweep program.

    :param tokens: V names, one per logit.
    :param logits: V scores; -inf masks a token.
    :param temperature: T >= 0; 0 is the argmax, inf the uniform law.
    :param n_samples: draws; with 0 nothing is drawn: counts are 0 and empirical is NaN.
    :param seed: of the draws; the same seed gives the same counts.
    :returns: a dict, arrays of length V in the order of `tokens`:
        tokens (list of str), probabilities (float64, as the file holds them: rounded to float32),
        counts (int64), empirical (float64: counts / n_samples), entropy (float, in bits, of the law itself).
    :raises ValueError: bad input, in the program's own words where it was the one to refuse.
    :raises RuntimeError: the program failed.
    :raises FileNotFoundError: there is no tempsweep program (see tempsweep.program).
    """
    names = [str(token) for token in tokens]
    row = _checked_logits(names, logits)
    n_samples = _checked_count("n_samples", n_samples)
    seed = _checked_count("seed", seed)
    temperature = _checked_temperature(temperature)
    with tempfile.TemporaryDirectory(prefix="tempsweep-") as folder:
        # An .npy file, not JSON: it carries -inf and every float64 exactly, and any token name is allowed.
        logits_path, result_path = Path(folder) / "logits.npy", Path(folder) / "result.h5"
        np.save(logits_path, row)
        run_program(_arguments(logits_path, result_path, temperature, n_samples, seed))
        return {"tokens": names, **_read_point(result_path, n_samples)}
