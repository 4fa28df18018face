# SPDX-License-Identifier: Apache-2.0
"""The parts of gpu_check that run GoogleTest programs."""

from __future__ import annotations

import re
import tempfile
import time
from pathlib import Path
from typing import Optional, Sequence

from gpu_check_place import SKIPPED_ALL, Place, missing, read_json
from gpu_check_run import FAILED, NOT_RUN, PASSED, Outcome, must_end

METHODS = ("direct", "expansion", "interpolation")  # of backend_cuda_test


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
        if finished.status == SKIPPED_ALL:
            return Outcome(NOT_RUN, finished.last_line())
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
