# SPDX-License-Identifier: Apache-2.0
"""The parts of gpu_check that run the program from end to end: sweeps, draws, probabilities into a file."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Sequence

from gpu_check_place import Place, measured, missing
from gpu_check_run import FAILED, NOT_RUN, PASSED, Outcome, must_end

PIECE = 1 << 24  # bytes of one write to the disk


@dataclass(frozen=True)
class Sizes:
    """How much the end-to-end parts do."""

    sweep: tuple[int, int, int]  # rows, vocabulary, temperatures
    repeats: int
    draws: int  # that the CPU repeats
    many_draws: int  # of the rate
    draw_vocabularies: tuple[int, ...]
    file: tuple[int, int, int]
    far: tuple[int, int]  # rows, vocabulary
    scarce: tuple[int, int]
    leave: tuple[int, int]  # MiB of the card: most, and where the search for the least ends


FULL = Sizes((512, 128256, 4096), 3, 10**9, 2 * 10**10, (32000, 128256), (8, 128256, 1000), (40000, 131072),
             (64, 128256), (4096, 8))
TINY = Sizes((2, 2000, 32), 2, 20000, 40000, (300, 1000), (2, 500, 200), (24, 1024), (4, 500), (8, 8))


class SweepFailed(Exception):
    """tempsweep did not end with status 0."""


def summary(place: Place, limit: float, output: Path, words: Sequence[object]) -> dict:
    """What `tempsweep sweep … --json` says of itself."""
    program = place.program("tempsweep")
    command = [str(program), "sweep", *map(str, words), "-o", str(output), "--force", "--json",
               "--compression", "none"]
    finished = must_end(command, limit, place.environment())
    if finished.status != 0:
        raise SweepFailed(f"tempsweep ended with status {finished.status}: {finished.last_line()}")
    return json.loads(finished.out)


def rows_of(rows: int, vocabulary: int) -> list[object]:
    return ["--synthetic", "normal:3", "--synthetic-rows", rows, "--vocab", vocabulary]


def digests(place: Place, limit: float, file: Path, *variables: str) -> dict[str, str]:
    finished = must_end([str(place.program("result_digest")), str(file), *variables], limit, place.environment())
    if finished.status != 0:
        raise SweepFailed(f"result_digest: {finished.last_line()}")
    return json.loads(finished.out)


def sweeps(place: Place, backend: str, sizes: Sizes, limit: float) -> Outcome:
    """Metrics over many temperatures, from logits in the host's memory to metrics in the host's memory; the bound is
    the copy of the logits alone (part `roofs`)."""
    if not place.program("tempsweep"):
        return missing("tempsweep")
    end, (rows, vocabulary, temperatures) = time.monotonic() + limit, sizes.sweep
    cases = []
    with tempfile.TemporaryDirectory() as folder:
        for method in ("expansion", "interpolation"):
            runs = [summary(place, end - time.monotonic(), Path(folder) / "sweep.h5",
                            [*rows_of(rows, vocabulary), "--temperatures", f"log:0.05:5:{temperatures}",
                             "--method", method, "--backend", backend]) for _ in range(sizes.repeats)]
            seconds = [run["compute_seconds"] for run in runs]
            cases.append({"method": method, "rows": rows, "vocabulary": vocabulary, "temperatures": temperatures,
                          "compute_seconds": statistics.median(seconds), "all_compute_seconds": seconds,
                          "elapsed_seconds": statistics.median(run["elapsed_seconds"] for run in runs),
                          "float_bytes": 4 * rows * vocabulary, "double_bytes": 8 * rows * vocabulary,
                          "points_per_second": rows * vocabulary * temperatures / statistics.median(seconds)})
    note = "; ".join(f"{case['method']} {case['compute_seconds']:.4g} s" for case in cases)
    return Outcome(PASSED, note if backend == "cuda" else "", {"backend": backend, "cases": cases})


def draws(place: Place, backend: str, sizes: Sizes, limit: float) -> Outcome:
    """Draws into a histogram: those of the CPU to the count, and the rate of many more."""
    for program in ("tempsweep", "result_digest"):
        if not place.program(program):
            return missing(program)
    end, cases = time.monotonic() + limit, []
    with tempfile.TemporaryDirectory() as folder:
        for vocabulary in sizes.draw_vocabularies:
            for temperature in (1, 0.05):
                case = {"vocabulary": vocabulary, "temperature": temperature, "draws": sizes.draws}
                words = [*rows_of(1, vocabulary), "--temperatures", temperature, "--counts", "store", "--seed", 7,
                         "--samples"]
                for name in (backend, "cpu"):
                    file = Path(folder) / f"{name}.h5"
                    told = summary(place, end - time.monotonic(), file, [*words, sizes.draws, "--backend", name])
                    case["sha256" if name == backend else "sha256_cpu"] = digests(place, 60, file, "count")["count"]
                    case["seconds" if name == backend else "seconds_cpu"] = told["compute_seconds"]
                told = summary(place, end - time.monotonic(), Path(folder) / "many.h5",
                               [*words, sizes.many_draws, "--backend", backend])
                case.update(many_draws=sizes.many_draws, many_seconds=told["compute_seconds"],
                            draws_per_second=sizes.many_draws / told["compute_seconds"],
                            equal=case["sha256"] == case["sha256_cpu"])
                cases.append(case)
    unequal = [f"V = {case['vocabulary']}, T = {case['temperature']}" for case in cases if not case["equal"]]
    note = "; ".join(f"V = {case['vocabulary']}, T = {case['temperature']}: {case['draws_per_second']:.3g}/s"
                     for case in cases) if backend == "cuda" else "the CPU's counts"
    data = {"backend": backend, "cases": cases}
    if unequal:
        return Outcome(FAILED, f"not the CPU's counts: {', '.join(unequal)}", data)
    return Outcome(PASSED, note, data)


def disk_rate(folder: Path, size: int) -> float:
    """Bytes a second of a plain writer, synced."""
    piece, start = os.urandom(PIECE), time.monotonic()
    with (folder / "plain").open("wb", buffering=0) as file:
        for _ in range(max(1, size // PIECE)):
            file.write(piece)
        os.fsync(file.fileno())
    seconds = time.monotonic() - start
    (folder / "plain").unlink()
    return max(1, size // PIECE) * PIECE / seconds


def file_ends(place: Place, backend: str, sizes: Sizes, limit: float) -> Outcome:
    """All probabilities into a file on the disk, beside a plain writer there; of the bus the part `roofs` knows."""
    if not place.program("tempsweep"):
        return missing("tempsweep")
    end, (rows, vocabulary, temperatures) = time.monotonic() + limit, sizes.file
    with tempfile.TemporaryDirectory() as name:
        folder, size = Path(name), 4 * rows * vocabulary * temperatures
        rate = disk_rate(folder, min(size, 1 << 30))
        room = os.statvfs(folder)
        most = min(limit / 6 * rate, room.f_bavail * room.f_frsize / 2) / size  # each of three writings
        temperatures = max(2, int(temperatures * min(1.0, most)))
        data: dict = {"backend": backend, "cases": []}
        for tolerance in ("1e-12", "1e-5"):
            told = summary(place, end - time.monotonic(), folder / "out.h5",
                           [*rows_of(rows, vocabulary), "--temperatures", f"log:0.05:5:{temperatures}",
                            "--probabilities", "f32", "--tolerance", tolerance, "--backend", backend])
            written = (folder / "out.h5").stat().st_size
            (folder / "out.h5").unlink()
            data["cases"].append({"tolerance": tolerance, "rows": rows, "vocabulary": vocabulary,
                                  "temperatures": temperatures, "bytes": written,
                                  "elapsed_seconds": told["elapsed_seconds"],
                                  "compute_seconds": told["compute_seconds"]})
        data["disk_bytes_per_second"] = disk_rate(folder, max(case["bytes"] for case in data["cases"]))
    if backend != "cuda":
        return Outcome(PASSED, "", data)
    rates = "; ".join(f"{case['tolerance']}: {case['bytes'] / case['elapsed_seconds'] / 1e9:.2f} GB/s"
                      for case in data["cases"])
    return Outcome(PASSED, f"{rates}; a plain writer {data['disk_bytes_per_second'] / 1e9:.2f} GB/s", data)


def clocks_beside(command: Sequence[str]) -> Optional[subprocess.Popen]:
    try:
        return subprocess.Popen(list(command), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    except OSError:
        return None


def float_sums(place: Place, limit: float, seconds: float = 4, smi: str = "nvidia-smi") -> Outcome:
    """The float sums for some seconds, with the clock that nvidia-smi reads meanwhile."""
    asked = [smi, "--query-gpu=clocks.sm", "--format=csv,noheader,nounits", "--id=0", "--loop-ms=200"]
    beside = clocks_beside(asked)
    outcome = measured(place, "bench_cuda", limit, ["--float-sums", str(seconds)])
    said = ""
    if beside:
        beside.terminate()
        said = beside.communicate()[0]
    clocks = [1e6 * float(line) for line in said.split() if line.replace(".", "", 1).isdigit()]
    # The last seconds are those of the kernel; before them programs start.
    busy = clocks[-max(1, round(seconds / 0.4)):]
    for result in outcome.data.get("results", []):
        result["sm_clock_hz"] = statistics.median(busy) if busy else None
    if outcome.verdict == PASSED and not busy:
        outcome.note = "nvidia-smi says no clock: shares are at the clock of the roof"
    return outcome
