# SPDX-License-Identifier: Apache-2.0
"""The parts of gpu_check: which program each one runs, and how it reads what the program wrote."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Sequence

from gpu_check_run import FAILED, NOT_RUN, PASSED, Outcome, Part, TimeIsOver, must_end, run_program

SMALL_FILTER = "*Oracle*:*Counts*:*Rank*:*Tolerance*"
EX2_ERROR = 2.0**-22
METHODS = ("direct", "expansion", "interpolation")  # of backend_cuda_test
SANITIZERS = ("memcheck", "racecheck", "initcheck", "synccheck")
CARD_FACTS = ("name", "driver_version", "memory.total", "clocks.max.sm", "clocks.max.memory", "power.limit",
              "mig.mode.current")


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


def count_tests(report: dict) -> dict:
    """Of a GoogleTest report in JSON: how many passed, failed and were skipped, and the result of each by its name."""
    results = {}
    for suite in report.get("testsuites", []):
        for test in suite.get("testsuite", []):
            if test.get("status") != "RUN":
                continue  # disabled, or not picked by the filter
            outcome = "failed" if test.get("failures") else "skipped" if test.get("result") == "SKIPPED" else "passed"
            results[f"{suite.get('name')}.{test.get('name')}"] = outcome
    counts = {kind: sum(result == kind for result in results.values()) for kind in ("passed", "failed", "skipped")}
    return {**counts, "tests": results}


def judge_tests(counts: dict, status: Optional[int]) -> Outcome:
    """Nothing but skipped tests is no pass, and neither is a program that ends badly after its last test."""
    note = f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped"
    if counts["failed"] or status != 0:
        ended = "" if counts["failed"] else f"; the program ended with status {status}"
        return Outcome(FAILED, note + ended, counts)
    if counts["passed"] == 0:
        return Outcome(NOT_RUN, note, counts)
    return Outcome(PASSED, note, counts)


def run_tests(place: Place, name: str, limit: float, before: Sequence[str] = (), tests: str = "*",
              options: Sequence[str] = ()) -> Outcome:
    program = place.program(name)
    if not program:
        return missing(name)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [*before, program, f"--gtest_filter={tests}", f"--gtest_output=json:{report}", *options]
        finished = must_end(command, limit, place.environment())
        if not report.is_file():
            return Outcome(FAILED, f"{name} wrote no report, status {finished.status}: {finished.last_line()}")
        outcome = judge_tests(count_tests(read_json(report)), finished.status)
    if before:
        outcome.data["summary"] = re.findall(r"=+ ((?:ERROR|RACECHECK) SUMMARY: .*)", finished.out + finished.err)
    return outcome


def run_methods(place: Place, limit: float, before: Sequence[str] = (), tests: str = "*") -> Outcome:
    """The tests on the card by every method, one after the other; test names get the method in front."""
    end = time.monotonic() + limit
    merged = Outcome(PASSED, "", {"passed": 0, "failed": 0, "skipped": 0, "tests": {}})
    notes = []
    for method in METHODS:
        one = run_tests(place, "backend_cuda_test", end - time.monotonic(), before, tests, ["--method", method])
        if not one.data:
            return one
        for key in ("passed", "failed", "skipped"):
            merged.data[key] += one.data[key]
        merged.data["tests"].update({f"{method}/{name}": result for name, result in one.data["tests"].items()})
        merged.data.setdefault("summary", []).extend(one.data.get("summary", []))
        if one.verdict != PASSED and merged.verdict != FAILED:
            merged.verdict = one.verdict
        notes.append(f"{method}: {one.note}")
    merged.note = "; ".join(notes)
    return merged


def identity(place: Place, device: dict, limit: float) -> Outcome:
    """What the driver, nvidia-smi and the program say of the card; nvidia-smi may be absent."""
    data = {"driver": device}
    smi = shutil.which("nvidia-smi")
    if smi:
        # Asked one by one: an old driver that does not know a field refuses all of them together.
        for fact in CARD_FACTS:
            answer = run_program([smi, f"--query-gpu={fact}", "--format=csv,noheader", "--id=0"], limit / 10)
            if answer.status == 0:
                data.setdefault("nvidia_smi", {})[fact] = answer.out.strip()
    program = place.program("tempsweep")
    if not program:
        return Outcome(NOT_RUN, "no program tempsweep in this build", data)
    finished = must_end([program, "devices", "--json"], limit / 2, place.environment())
    if finished.status != 0:
        return Outcome(FAILED, f"tempsweep devices: {finished.last_line()}", data)
    data["backends"] = json.loads(finished.out)
    cuda = next((backend for backend in data["backends"] if backend.get("backend") == "cuda"), {})
    if device.get("count") and not cuda.get("available"):
        return Outcome(FAILED, f"tempsweep does not take the card: {cuda.get('reason', 'no reason given')}", data)
    return Outcome(PASSED, "", data)


def measured(place: Place, name: str, limit: float, options: Sequence[str] = ()) -> Outcome:
    """A program of ours that writes JSON with --json FILE."""
    program = place.program(name)
    if not program:
        return missing(name)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "out.json"
        finished = must_end([program, *options, "--json", str(file)], limit, place.environment())
        data = read_json(file) if file.is_file() else {}
    if finished.status != 0 or not data:
        return Outcome(FAILED, f"{name} ended with status {finished.status}: {finished.last_line()}", data)
    return Outcome(PASSED, "", data)


def roofs(place: Place, limit: float) -> Outcome:
    """The roofs; and whether the card's ex2 is as good as the float sums rely on (kernels/body/merge_f32.hpp)."""
    outcome = measured(place, "gpu_roofs", limit)
    largest = outcome.data.get("ex2_error", {}).get("max_relative") or 0
    if outcome.verdict == PASSED and largest > EX2_ERROR:
        return Outcome(FAILED, f"ex2 errs by {largest:.3g}, more than 2^-22", outcome.data)
    return outcome


def equality(place: Place, backend: str, limit: float) -> Outcome:
    outcome = measured(place, "cuda_equality", limit, ["--backend", backend])
    if outcome.verdict == PASSED and outcome.data.get("draws_equal") is False:
        return Outcome(FAILED, "the draws differ", outcome.data)
    return outcome


def sanitizer(place: Place, tool: str, limit: float) -> Outcome:
    checker = shutil.which("compute-sanitizer") or shutil.which("/usr/local/cuda/bin/compute-sanitizer")
    if not checker:
        return Outcome(NOT_RUN, "no compute-sanitizer here")
    before = [checker, "--tool", tool, "--error-exitcode", "99"]
    try:
        return run_methods(place, limit, before, place.filter)
    except TimeIsOver:  # a sanitizer slows a program down a hundredfold: that is no fault of the program
        return Outcome(NOT_RUN, f"not through within {limit:.0f} s; --filter takes fewer tests")


def peers(place: Place, limit: float) -> Outcome:
    """Libraries that do the same work, with the Python of $TEMPSWEEP_PEER_PYTHON or the one that runs this."""
    script = place.root / "bench" / "gpu_peers.py"
    if not script.is_file():
        return missing("bench/gpu_peers.py")
    python = os.environ.get("TEMPSWEEP_PEER_PYTHON", sys.executable)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "peers.json"
        finished = run_program([python, str(script), "--json", str(file), "--budget", f"{limit - 5:.0f}"], limit)
        data = read_json(file) if file.is_file() else {}
    if finished.status != 0 and not data.get("results"):
        return Outcome(FAILED, f"gpu_peers.py: status {finished.status}: {finished.last_line()}", data)
    broken = any(entry.get("error") for entry in data.get("left_out", []))
    note = "; ".join(f"{entry['peer']}: {entry.get('error') or entry.get('note') or 'not installed'}"
                     for entry in data.get("left_out", []))
    if not data.get("results"):
        return Outcome(FAILED if broken else NOT_RUN, note or "no peer is installed", data)
    return Outcome(PASSED, note, data)  # one library that does not run is said, but is no fault of ours


def card_parts(place: Place, device: dict) -> list[Part]:
    """In the order of their worth: the last ones are dropped first when time is short."""
    return [
        Part("identity", 20, lambda limit: identity(place, device, limit), needs_card=False),
        Part("gpu_tests", 120, lambda limit: run_methods(place, limit), required=True),
        Part("equality", 60, lambda limit: equality(place, "cuda", limit), required=True),
        Part("roofs", 40, lambda limit: roofs(place, limit)),
        Part("kernels", 60, lambda limit: measured(place, "bench_cuda", limit)),
        *(Part(f"sanitizer_{tool}", 75, lambda limit, tool=tool: sanitizer(place, tool, limit)) for tool in SANITIZERS),
        Part("peers", 150, lambda limit: peers(place, limit)),
    ]


def host_parts(place: Place) -> list[Part]:
    """The kernels run thread by thread on the CPU: what can be checked without a card."""
    return [
        Part("host_tests", 200, lambda limit: run_tests(place, "backend_cuda_host_test", limit, tests=place.filter),
             needs_card=False),
        Part("host_equality", 120, lambda limit: equality(place, "cuda-host", limit), needs_card=False),
    ]
