# SPDX-License-Identifier: Apache-2.0
"""The parts of gpu_check about much and little: a card that is nearly full, more than 2^32 logits, several cards."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Optional

from gpu_check_ends import FULL, Sizes, digests, rows_of, summary
from gpu_check_place import Place, measured, missing
from gpu_check_run import FAILED, NOT_RUN, PASSED, Outcome, must_end

MEMORY_STATUS = 5


def judge_scarce(place: Place, finished_status: Optional[int], said: str, file: Path, right: dict) -> str:
    """"same bits", "status 5", or what is wrong."""
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith("bench_cuda:")]
    if finished_status == 0:
        return "same bits" if digests(place, 60, file) == right else "other bits"
    if finished_status == MEMORY_STATUS and len(lines) == 1 and not file.exists():
        return "status 5"
    return f"status {finished_status}, {len(lines)} lines: {lines[-1][:160] if lines else 'nothing said'}"


def scarce(place: Place, backend: str, sizes: Sizes, limit: float) -> Outcome:
    """A sweep beside a ballast that leaves little of the card: the same bits, or status 5 and one line. Halves its
    way to the least that is enough."""
    for program in ("tempsweep", "result_digest", "bench_cuda"):
        if not place.program(program):
            return missing(program)
    end = time.monotonic() + limit
    words = [*rows_of(*sizes.scarce), "--temperatures", "0.05,1", "--backend", backend, "--samples", 1000, "--seed", 3,
             "--counts", "store", "--method", "direct"]
    found: dict[int, str] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        summary(place, end - time.monotonic(), folder / "roomy.h5", words)
        right = digests(place, 60, folder / "roomy.h5")
        low, high = 0, sizes.leave[0]
        leave = high
        while end - time.monotonic() > limit / 10:
            file = folder / "scarce.h5"
            file.unlink(missing_ok=True)
            command = [str(place.program("bench_cuda")), "--backend", backend, "--leave", str(leave),
                       str(place.program("tempsweep")), "sweep", *map(str, words), "-o", str(file),
                       "--compression", "none", "--quiet"]
            done = must_end(command, end - time.monotonic(), place.environment())
            found[leave] = judge_scarce(place, done.status, done.err, file, right)
            low, high = (low, leave) if done.status == 0 else (leave, high)
            if high - low <= sizes.leave[1] or found[sizes.leave[0]] != "same bits":
                break
            leave = (low + high) // 2
    listed = dict(sorted(found.items(), reverse=True))
    data = {"backend": backend, "left_mebibytes": {str(leave): what for leave, what in listed.items()}}
    note = "; ".join(f"{leave} MiB: {what}" for leave, what in listed.items())
    good = all(what in ("same bits", "status 5") for what in found.values()) and "same bits" in found.values()
    return Outcome(PASSED if good else FAILED, note, data)


def far(place: Place, backend: str, sizes: Sizes, limit: float) -> Outcome:
    """More than 2^32 logits in one block. (Offsets kernel by kernel are among the tests on the card.)"""
    rows, columns = sizes.far
    outcome = measured(place, "cuda_equality", limit, ["--backend", backend, "--far", str(rows), str(columns)])
    if outcome.verdict == PASSED and not outcome.data.get("good"):
        return Outcome(FAILED, "cuda_equality does not say that it is good", outcome.data)
    unequal = outcome.data.get("unequal", {})
    listed = ", ".join(f"{name} {count}" for name, count in unequal.items() if count)
    if listed:
        return Outcome(FAILED, f"unequal: {listed}", outcome.data)
    return outcome


def devices(place: Place, count: int, sizes: Sizes, limit: float) -> Outcome:
    """The same bits from every card, and from all of them together."""
    if count < 2:
        return Outcome(NOT_RUN, "one card", {"cards": count})
    end, seen = time.monotonic() + limit, {}
    with tempfile.TemporaryDirectory() as folder:
        for number in (*range(count), "all"):
            file = Path(folder) / f"{number}.h5"
            told = summary(place, end - time.monotonic(), file,
                           [*rows_of(*sizes.scarce), "--temperatures", "log:0.05:5:64", "--backend", "cuda",
                            "--device", number, "--samples", 1000])
            seen[str(number)] = {"compute_seconds": told["compute_seconds"], "shares": told.get("devices", []),
                                 "digests": digests(place, 60, file)}
    different = {json.dumps(one["digests"], sort_keys=True) for one in seen.values()}
    return Outcome(PASSED if len(different) == 1 else FAILED, f"{count} cards", {"cards": count, "runs": seen})
