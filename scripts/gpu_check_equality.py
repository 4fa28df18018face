# SPDX-License-Identifier: Apache-2.0
"""The part of gpu_check that holds the CUDA backend against the CPU backend, and its tables."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Iterator, Sequence

from gpu_check_place import Place, measured
from gpu_check_run import FAILED, NOT_RUN, PASSED, Outcome

SETS = ("oracle", "real", "adversarial", "seeded")  # of cuda_equality, the most telling first
REAL_LOGITS = "shared/data/wikitext2-lm/logits_f16.npy"  # more rows than the excerpt, where it was carried along
DENSE = ("probability", "log_probability")  # equal or not, by a count of their own
PROMISE = 1e-12  # of tests/kernels/equality_report.cpp


def equality(place: Place, backend: str, limit: float, sets: Sequence[str] = SETS,
             options: Sequence[str] = ()) -> Outcome:
    """The two backends side by side, a set after the other; each gets its share of what time is left."""
    end, data = time.monotonic() + limit, {"backend": backend, "sets": {}}
    wrong, short = [], []
    for number, name in enumerate(sets):
        left = (end - time.monotonic()) / (len(sets) - number)
        carried = Path(os.environ.get("TEMPSWEEP_REAL_LOGITS", place.root / REAL_LOGITS))
        more = ["--logits", str(carried), "--rows", "256"] if name == "real" and carried.is_file() else []
        outcome = measured(place, "cuda_equality", end - time.monotonic(),
                           ["--backend", backend, "--set", name, "--seconds", f"{0.8 * left:.1f}", *more, *options])
        data["sets"].update(outcome.data.get("sets", {}))
        if outcome.verdict == NOT_RUN:
            return Outcome(NOT_RUN, outcome.note, data)
        if outcome.verdict != PASSED or not outcome.data.get("good"):
            wrong.append(f"{name}: {broken_promises(outcome.data) or outcome.note}")
        elif any(one["cases"] < one["cases_wanted"] for one in outcome.data["sets"][name].values()):
            short.append(name)
    note = f"only part of: {', '.join(short)}" if short else ""
    return Outcome(FAILED if wrong else PASSED, "; ".join(wrong) or note, data)


def broken_promises(data: dict) -> str:
    """What differs, of the sets of a report of cuda_equality."""
    said = []
    for methods in data.get("sets", {}).values():
        for method, one in methods.items():
            if one["good"]:
                continue
            counts = [f"{one[f'{what}_unequal']} {what} differ" for what in ("counts", "probabilities", "scans")
                      if one[f"{what}_unequal"]]
            worst = [f"{name} by {value['worst']}" for name, value in one["metrics"].items()
                     if name not in DENSE and not (value["worst"] is not None and value["worst"] <= PROMISE)]
            said.append(f"{method} ({', '.join(counts + worst) or 'nothing was compared'})")
    return ", ".join(said)


def scientific(value: object) -> str:
    return f"{value:.1e}" if isinstance(value, (int, float)) and value else "0" if value == 0 else "not finite"


def worst_of(one: dict) -> object:
    """Of all metrics of a set by a method; None where one is not finite."""
    values = [value["worst"] for name, value in one["metrics"].items() if name not in DENSE]
    return None if None in values else max(values, default=0)


def equal_or_not(unequal: int, compared: int) -> str:
    return "–" if not compared else "all equal" if not unequal else f"{unequal} differ"


def set_table(data: dict) -> Iterator[str]:
    """A line a set and method: the worst metric, and what must be equal."""
    yield "| set | method | rows | worst of all metrics | probabilities and codes | counts |"
    yield "|---|---|---|---|---|---|"
    for name, methods in data.get("sets", {}).items():
        for method, one in methods.items():
            dense = sum(one["metrics"].get(metric, {}).get("points", 0) for metric in DENSE)
            part = "" if one["cases"] == one["cases_wanted"] else f", {one['cases']} of {one['cases_wanted']} cases"
            yield (f"| {name} | {method} | {one['rows']}{part} | {scientific(worst_of(one))} | "
                   f"{equal_or_not(one['probabilities_unequal'], dense)} | "
                   f"{equal_or_not(one['counts_unequal'], one['counts_compared'])} |")
    yield ""


def metric_table(data: dict) -> Iterator[str]:
    """Absolute or relative, whichever is smaller: a line a metric, a column a set and method."""
    columns = [(name, method, one) for name, methods in data.get("sets", {}).items() for method, one in methods.items()]
    metrics = sorted({metric for _, _, one in columns for metric in one["metrics"]})
    yield "| metric | " + " | ".join(f"{name}, {method}" for name, method, _ in columns) + " |"
    yield "|---" * (len(columns) + 1) + "|"
    for metric in metrics:
        cells = [scientific(one["metrics"][metric]["worst"]) if metric in one["metrics"] else "–"
                 for _, _, one in columns]
        yield f"| {metric} | " + " | ".join(cells) + " |"
    yield ""
