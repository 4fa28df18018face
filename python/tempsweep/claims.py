# SPDX-License-Identifier: Apache-2.0
"""Sets each figure printed in the teaching text beside the value that the engine computes.

    python -m tempsweep.claims

A numeric claim holds when it lies within half a unit of its last printed digit of the computed value; a name holds
when it is equal. Exit status: 0 when every verdict is the expected one, 1 otherwise.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Optional, Union

from .data import load_claims, load_preset
from .experiment import run_experiment

Value = Union[float, str]


@dataclass(frozen=True)
class Verdict:
    """A claim beside what the engine gives for it; numbers in the unit of the claim."""

    claim: dict[str, Any]
    computed: Value
    verdict: str

    @property
    def expected(self) -> bool:
        """Whether value and verdict are those that the claims file expects."""
        return self.verdict == self.claim["verdict"] and agrees(self.claim["computed"], self.computed)


def half_unit(printed: str) -> Decimal:
    """Half a unit of the last printed digit: `0.36` gives 0.005."""
    return Decimal(1).scaleb(Decimal(printed).as_tuple().exponent) / 2


def agrees(printed: str, value: Value) -> bool:
    """Whether `value`, rounded to the digits of `printed`, could be printed so."""
    if isinstance(value, str):
        return printed == value
    return abs(Decimal(printed) - Decimal(value)) <= half_unit(printed)


@lru_cache(maxsize=None)
def _law(preset: str, temperature: float) -> dict[str, Any]:
    tokens, logits = load_preset(preset)
    return run_experiment(tokens, logits, temperature=temperature, n_samples=0)


def _top_index(law: dict[str, Any]) -> int:
    return int(law["probabilities"].argmax())


def _keeps_order(preset: str, temperatures: list[float]) -> str:
    """`same` when no temperature lets a lower logit overtake a higher one."""
    _, logits = load_preset(preset)
    order = sorted(range(len(logits)), key=lambda token: -logits[token])
    for temperature in temperatures:
        ranked = _law(preset, temperature)["probabilities"][order]
        if (ranked[1:] > ranked[:-1]).any():
            return "changed"
    return "same"


def compute(claim: dict[str, Any]) -> Value:
    """The engine's value for the quantity of a claim, in the claim's unit."""
    quantity, preset = claim["quantity"], claim["preset"]
    if quantity == "rank_order":
        return _keeps_order(preset, [float(value) for value in claim["temperature"]])
    law = _law(preset, float(claim["temperature"]))
    if quantity == "top_token":
        return law["tokens"][_top_index(law)]
    if quantity in ("entropy", "log2_size"):
        return law["entropy"]
    if quantity == "top_probability":
        probability = law["probabilities"][_top_index(law)]
    elif quantity == "probability":
        probability = law["probabilities"][law["tokens"].index(claim["token"])]
    else:
        raise ValueError(f"claim {claim['id']}: unknown quantity {quantity!r}")
    return float(probability) * (100.0 if claim["unit"] == "percent" else 1.0)


def judge(claim: dict[str, Any]) -> Verdict:
    """Computes a claim and says whether it `holds` or `fails`."""
    computed = compute(claim)
    return Verdict(claim, computed, "holds" if agrees(claim["claimed"], computed) else "fails")


def audit() -> list[Verdict]:
    """Every claim, judged, in the order of the claims file."""
    return [judge(claim) for claim in load_claims()]


def _text(value: Value) -> str:
    return value if isinstance(value, str) else f"{value:.5f}"


def _cells(verdict: Verdict) -> list[str]:
    claim = verdict.claim
    unit = {"percent": " %", "bit": " bit"}.get(claim["unit"], "")
    temperature = "all" if isinstance(claim["temperature"], list) else f"{float(claim['temperature']):g}"
    name = claim["quantity"] + (f" of {claim['token']}" if "token" in claim else "")
    mark = verdict.verdict if verdict.expected else f"{verdict.verdict} (UNEXPECTED)"
    return [claim["preset"], temperature, name, claim["claimed"] + unit, _text(verdict.computed) + unit, mark,
            claim["note"]]


def table(verdicts: list[Verdict]) -> str:
    """The audit as aligned text, one line per claim and a summary."""
    rows = [["preset", "T", "quantity", "claimed", "computed", "verdict", "note"], *map(_cells, verdicts)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths[:-1]))
    holding = sum(verdict.verdict == "holds" for verdict in verdicts)
    return "\n".join([*lines, "", f"{len(verdicts)} claims: {holding} hold, {len(verdicts) - holding} fail"])


def main(arguments: Optional[list[str]] = None) -> int:
    """Prints the audit."""
    if arguments:
        print("usage: python -m tempsweep.claims", file=sys.stderr)
        return 2
    try:
        verdicts = audit()
    except (ValueError, RuntimeError, OSError) as error:
        print(f"tempsweep.claims: {error}", file=sys.stderr)
        return 2
    try:
        print(table(verdicts), flush=True)
    except BrokenPipeError:  # the reader, a pager or head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0 if all(verdict.expected for verdict in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
