# SPDX-License-Identifier: Apache-2.0
"""The sweeps behind a convergence figure: one law, more and more draws by the multinomial sampler."""

from __future__ import annotations

from pathlib import Path
from typing import Sequence

import numpy as np

from ..program import run_program
from .command import PlotError

MOST_DRAWS = 2**53


def draw_numbers(text: str) -> list[int]:
    """`1e2:1e9:15` as 15 whole numbers, even in their logarithm, both ends included; or a list, `100,1e4`.

    :raises PlotError: neither, or not whole numbers from 1 to 2^53.
    """
    try:
        if ":" in text:
            first, last, count = text.split(":")
            numbers = [round(n) for n in np.geomspace(float(first), float(last), int(count))]
        else:
            numbers = [round(float(part)) for part in text.split(",")]
    except ValueError as error:
        raise PlotError(f"--draws {text}: give FIRST:LAST:COUNT or numbers separated by commas") from error
    if not numbers or min(numbers) < 1 or max(numbers) > MOST_DRAWS:
        raise PlotError(f"--draws {text}: numbers of draws run from 1 to 2^53")
    return sorted(set(numbers))


def _input_options(law: str, tokens: int, rows: int) -> list[str]:
    if Path(law).suffix in (".npy", ".csv", ".json"):
        return [law, "--rows", f"0:{rows}"]
    return ["--synthetic", law, "--synthetic-rows", str(rows), "--vocab", str(tokens)]


def run_sweeps(law: str, draws: Sequence[int], folder: Path, tokens: int, rows: int, temperature: float,
               seed: int) -> list[Path]:
    """Runs one sweep a number of draws. Each has a seed of its own, so that its draws are independent of the others'.

    :param law: a synthetic law, or a file of logits.
    :raises ValueError: the program refused its input.
    """
    results = []
    for place, count in enumerate(draws):
        result = folder / f"{count}.h5"
        probabilities = ["--probabilities", "f32"] if place == 0 else []
        run_program(["sweep", *_input_options(law, tokens, rows), "-o", str(result), "--temperatures", repr(temperature),
                     "--samples", str(count), "--sampler", "multinomial", "--counts", "drop",
                     "--metrics", "entropy,heat_capacity", "--seed", str(seed + place), "--quiet", *probabilities])
        results.append(result)
    return results
