# SPDX-License-Identifier: Apache-2.0
"""Finds and starts the tempsweep program."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Iterator, Sequence

PROGRAM_VARIABLE = "TEMPSWEEP_PROGRAM"

BAD_INPUT_STATUS = 2
"""Exit status of the program for wrong usage and bad input."""


def _is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def _beside_package() -> Iterator[Path]:
    """Where a wheel or a checkout would have it; of several builds the newest comes first."""
    package = Path(__file__).resolve().parent
    yield package / "bin" / "tempsweep"
    checkout = package.parent.parent
    builds = [path for path in checkout.glob("build*/bin/tempsweep") if path.is_file()]
    yield from sorted(builds, key=lambda path: path.stat().st_mtime, reverse=True)


def find_program() -> Path:
    """The program: $TEMPSWEEP_PROGRAM, then beside the package or in the checkout's build folders, then PATH.

    :raises FileNotFoundError: it is nowhere, or the variable names something that cannot be run.
    """
    named = os.environ.get(PROGRAM_VARIABLE)
    if named:
        if _is_program(Path(named)):
            return Path(named)
        raise FileNotFoundError(f"{PROGRAM_VARIABLE} is {named!r}, which is no program: correct or unset it")
    for path in _beside_package():
        if _is_program(path):
            return path
    on_path = shutil.which("tempsweep")
    if on_path:
        return Path(on_path)
    raise FileNotFoundError(
        "the tempsweep program was not found: build it (cmake --preset release && cmake --build --preset release), "
        f"put it on PATH, or name it in {PROGRAM_VARIABLE}"
    )


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""


def run_program(arguments: Sequence[str]) -> str:
    """Runs `tempsweep ARGUMENTS…` and returns its standard output.

    :raises ValueError: the program refused its input (exit status 2); the message is its own line.
    :raises RuntimeError: any other failure, with the exit status.
    """
    program = find_program()
    done = subprocess.run([str(program), *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                          encoding="utf-8", errors="replace", check=False)
    if done.returncode == 0:
        return done.stdout
    line = _last_line(done.stderr) or _last_line(done.stdout)
    if done.returncode == BAD_INPUT_STATUS:
        raise ValueError(line or "tempsweep refused its input without a word")
    raise RuntimeError(f"{line or 'tempsweep failed without a word'} (exit status {done.returncode})")
