# SPDX-License-Identifier: Apache-2.0
"""Where the programs of gpu_check lie, and how those are run that write JSON."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Sequence

from gpu_check_run import FAILED, NOT_RUN, PASSED, Outcome, must_end

SKIPPED_ALL = 77  # exit status of a program that has nothing to run on
SMALL_FILTER = "*Oracle*:*Counts*:*Rank*:*Tolerance*"


@dataclass
class Place:
    """Where things lie: the folder of the programs, and the folder above scripts/, of a checkout or a bundle."""

    root: Path
    programs: Path
    filter: str = SMALL_FILTER

    def program(self, name: str) -> Optional[str]:
        path = self.programs / name
        return str(path) if os.access(path, os.X_OK) else None

    def environment(self) -> dict[str, str]:
        """For our own programs; nobody else gets our libraries."""
        environment = dict(os.environ)
        ours = environment.get("TEMPSWEEP_LIBRARY_PATH")
        if ours:
            theirs = environment.get("LD_LIBRARY_PATH", "")
            environment["LD_LIBRARY_PATH"] = f"{ours}:{theirs}" if theirs else ours
        return environment


def missing(name: str) -> Outcome:
    return Outcome(NOT_RUN, f"no program {name} in this build")


def read_json(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def measured(place: Place, name: str, limit: float, options: Sequence[str] = ()) -> Outcome:
    """A program of ours that writes JSON with --json FILE."""
    program = place.program(name)
    if not program:
        return missing(name)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "out.json"
        finished = must_end([program, *options, "--json", str(file)], limit, place.environment())
        data = read_json(file) if file.is_file() else {}
    if finished.status == SKIPPED_ALL and not data:
        return Outcome(NOT_RUN, finished.last_line())
    if finished.status != 0 or not data:
        return Outcome(FAILED, f"{name} ended with status {finished.status}: {finished.last_line()}", data)
    return Outcome(PASSED, "", data)
