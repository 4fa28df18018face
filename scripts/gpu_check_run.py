# SPDX-License-Identifier: Apache-2.0
"""How gpu_check runs its parts: a time budget, programs that are ended when they run too long, and verdicts."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from dataclasses import asdict, dataclass, field
from typing import Callable, Mapping, Optional, Sequence

PASSED, FAILED, NOT_RUN = "passed", "failed", "not run yet"


class Budget:
    """Seconds that are left of a total."""

    def __init__(self, total: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._end = clock, clock() + total

    def left(self) -> float:
        return self._end - self._clock()


@dataclass
class Outcome:
    """What a part found; `data` goes into the report as it is."""

    verdict: str
    note: str = ""
    data: dict = field(default_factory=dict)


@dataclass
class Part:
    """One thing to check. `run` gets the seconds that it may take; `required` parts must pass for exit status 0."""

    name: str
    limit: float
    run: Callable[[float], Outcome]
    needs_card: bool = True
    required: bool = False


@dataclass
class Finished:
    """A program that has ended, or was ended when its time was over (status None)."""

    status: Optional[int]
    out: str
    err: str

    def last_line(self) -> str:
        lines = [line for line in (self.err or self.out).splitlines() if line.strip()]
        return lines[-1].strip()[:300] if lines else "it said nothing"


class TimeIsOver(Exception):
    """A part's program did not end in time."""


def run_program(command: Sequence[str], limit: float, environment: Optional[Mapping[str, str]] = None) -> Finished:
    """Runs the program in a process group of its own, and ends the whole group after `limit` seconds."""
    process = subprocess.Popen(list(command), stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                               text=True, errors="replace", env=environment, start_new_session=True)
    try:
        out, err = process.communicate(timeout=max(limit, 0.1))
        return Finished(process.returncode, out, err)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        return Finished(None, out, err)


def must_end(command: Sequence[str], limit: float, environment: Optional[Mapping[str, str]] = None) -> Finished:
    """run_program, but a program that runs too long is an error."""
    finished = run_program(command, limit, environment)
    if finished.status is None:
        raise TimeIsOver(os.path.basename(command[0]))
    return finished


def _attempt(part: Part, limit: float) -> Outcome:
    try:
        return part.run(limit)
    except TimeIsOver as program:
        if limit < part.limit:
            return Outcome(NOT_RUN, f"{program} was ended after {limit:.0f} s: the time budget was spent")
        return Outcome(FAILED, f"{program} did not end within {limit:.0f} s")
    except Exception as error:  # whatever goes wrong in one part is that part's failure and stops nothing else
        return Outcome(FAILED, f"{type(error).__name__}: {error}")


def run_parts(parts: Sequence[Part], budget: Budget, card: bool, least: float = 5,
              say: Callable[[str], None] = lambda line: None,
              keep: Callable[[list[dict]], None] = lambda records: None) -> list[dict]:
    """Runs the parts in order and returns one record a part; a part that fails stops no other. `keep` gets the records
    so far after each part: what is done stays when the whole is cut off."""
    records = []
    for part in parts:
        left, begun = budget.left(), time.monotonic()
        if part.needs_card and not card:
            outcome = Outcome(NOT_RUN, "needs a card")
        elif left < min(least, part.limit):
            outcome = Outcome(NOT_RUN, "dropped: the time budget was spent")
        else:
            outcome = _attempt(part, min(part.limit, left))
        record = {"name": part.name, "required": part.required, "seconds": round(time.monotonic() - begun, 1),
                  **asdict(outcome)}
        say(f"{part.name}: {outcome.verdict}{': ' + outcome.note if outcome.note else ''} ({record['seconds']} s)")
        records.append(record)
        keep(records)
    return records


def exit_status(records: Sequence[dict], card: bool) -> int:
    """1 when a part failed, or when a required part did not pass although there is a card."""
    failed = any(record["verdict"] == FAILED for record in records)
    missing = card and any(record["required"] and record["verdict"] != PASSED for record in records)
    return 1 if failed or missing else 0
