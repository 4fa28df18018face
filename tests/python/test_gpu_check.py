# SPDX-License-Identifier: Apache-2.0
"""gpu_check and gpu_status without a card: verdicts, the time budget, pages, and a dry run with stand-in programs."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import gpu_check_figures  # noqa: E402
import gpu_status  # noqa: E402
from gpu_check_page import make_page  # noqa: E402
from gpu_check_parts import Place, count_tests, equality, judge_tests, roofs, run_methods, run_tests  # noqa: E402
from gpu_check_run import (FAILED, NOT_RUN, PASSED, Budget, Outcome, Part, TimeIsOver, exit_status,  # noqa: E402
                           must_end, run_parts)


def gtest(*results: str) -> dict:
    """A GoogleTest report; "failed" and "skipped" as it writes them."""
    tests = []
    for number, result in enumerate(results):
        test = {"name": f"Test{number}", "status": "NOTRUN" if result == "disabled" else "RUN",
                "result": {"skipped": "SKIPPED", "disabled": "SUPPRESSED"}.get(result, "COMPLETED")}
        tests.append({**test, "failures": [{"failure": "x"}]} if result == "failed" else test)
    return {"tests": len(tests), "testsuites": [{"name": "ScanRows", "testsuite": tests}]}


def test_the_gtest_report_is_counted() -> None:
    counts = count_tests(gtest("passed", "failed", "skipped", "disabled", "passed"))
    assert (counts["passed"], counts["failed"], counts["skipped"]) == (2, 1, 1)
    assert counts["tests"]["ScanRows.Test1"] == "failed" and len(counts["tests"]) == 4


@pytest.mark.parametrize("results, status, verdict", [
    (["passed", "skipped"], 0, PASSED), (["passed", "failed"], 1, FAILED), (["skipped", "skipped"], 0, NOT_RUN),
    ([], 0, NOT_RUN), (["passed"], 99, FAILED), (["passed"], -11, FAILED)])
def test_only_tests_that_ran_make_a_pass(results: list[str], status: int, verdict: str) -> None:
    assert judge_tests(count_tests(gtest(*results)), status).verdict == verdict


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def parts_of(clock: Clock, *took: float) -> list[Part]:
    def run(seconds: float, limit: float) -> Outcome:
        clock.now += min(seconds, limit)
        if seconds > limit:
            raise TimeIsOver("program")
        return Outcome(PASSED)

    return [Part(f"part{i}", 50, lambda limit, s=seconds: run(s, limit)) for i, seconds in enumerate(took)]


def test_a_failing_part_stops_no_other() -> None:
    def burst(limit: float) -> Outcome:
        raise ValueError("burst")

    parts = [Part("a", 10, burst), Part("b", 10, lambda limit: Outcome(PASSED)), Part("c", 10, lambda limit: 1 / 0)]
    records = run_parts(parts, Budget(100), card=True)
    assert [record["verdict"] for record in records] == [FAILED, PASSED, FAILED]
    assert records[0]["note"] == "ValueError: burst" and exit_status(records, card=True) == 1


def test_the_budget_cuts_and_drops() -> None:
    clock = Clock()
    records = run_parts(parts_of(clock, 40, 60, 40, 5), Budget(100, clock), card=True)
    assert [record["verdict"] for record in records] == [PASSED, FAILED, NOT_RUN, NOT_RUN]
    assert "within 50 s" in records[1]["note"] and "time budget" in records[2]["note"]
    assert records[3]["note"] == "dropped: the time budget was spent" and clock.now == 100


def test_without_a_card_its_parts_have_not_run() -> None:
    parts = [Part("card", 10, lambda limit: Outcome(PASSED), required=True),
             Part("host", 10, lambda limit: Outcome(PASSED), needs_card=False)]
    records = run_parts(parts, Budget(100), card=False)
    assert [record["verdict"] for record in records] == [NOT_RUN, PASSED] and exit_status(records, card=False) == 0


def test_required_parts_must_have_run_where_there_is_a_card() -> None:
    parts = [Part("tests", 10, lambda limit: Outcome(NOT_RUN, "all skipped"), required=True)]
    records = run_parts(parts, Budget(100), card=True)
    assert exit_status(records, card=True) == 1


def test_a_program_that_hangs_is_ended_with_its_children() -> None:
    begun = time.monotonic()
    with pytest.raises(TimeIsOver):
        must_end(["bash", "-c", "sleep 60 & wait"], 0.2)
    assert time.monotonic() - begun < 30


def canned() -> dict:
    """A report with every part; the figures are made up and round."""
    shared = {"unit": "operations", "sm_clock_hz": 1.9e9}
    mufu = {**shared, "name": "mufu_ex2", "per_second": 4e12, "per_clock_per_sm": 16.0}
    dfma = {**shared, "name": "dfma", "per_second": 1.7e13, "per_clock_per_sm": 64.0}
    roofs = {"device": {"multiprocessors": 100}, "ex2_error": {"max_relative": 2.0**-22, "worst_input": "0x3f000000",
             "inputs": 7}, "results": [mufu, dfma, {"name": "write_stream", "unit": "bytes", "per_second": 2e12}]}
    kernels = {"results": [
        {"kernel": "direct_f32", "case": "[64, 128256] x 256", "points_per_second": 1.2e12, "sm_clock_hz": 1.5e9},
        {"kernel": "direct_f64", "case": "c", "points_per_second": 1e11, "sm_clock_hz": None},
        {"kernel": "probabilities_f32", "case": "c", "points_per_second": 4e11, "bytes_per_second": None},
        {"kernel": "draw", "case": "c", "points_per_second": 5e9}]}
    peers = {"results": [{"peer": "slow", "job": "metrics", "points_per_second": 1e11, "temperatures_run": 256,
                          "temperatures": 256},
                         {"peer": "fast", "job": "metrics", "points_per_second": 3e11, "temperatures_run": 256,
                          "temperatures": 256}]}
    data = {"gpu_tests": {"tests": {"ScanRows.Ties": "passed", "Backend.All": "passed"}}, "roofs": roofs,
            "kernels": kernels, "peers": peers, "equality": {"metrics": {"entropy": 1e-12}, "draws_equal": True}}
    parts = [{"name": name, "verdict": PASSED, "note": "a|b", "seconds": 1, "data": found}
             for name, found in data.items()]
    return {"date": "2026-01-02 03:04 UTC", "build": {"commit": "0123456789abcdef"}, "seconds": 60, "parts": parts,
            "device": {"name": "Card", "compute_capability": "9.0", "multiprocessors": 100, "memory_bytes": 2**36,
                       "cuda_of_driver": "13.0"}}


def test_shares_are_of_the_measured_roof_at_the_clock_of_the_kernel() -> None:
    figures = {figure.kernel: figure for figure in gpu_check_figures.figures(canned())}
    assert figures["direct_f32"].share == pytest.approx(1.2e12 / (16 * 1.5e9 * 100))
    assert figures["direct_f64"].share == pytest.approx(17 * 1e11 / 1.7e13)
    assert figures["probabilities_f32"].share == pytest.approx(4 * 4e11 / 2e12)
    assert figures["draw"].share is None and figures["draw"].ratio is None
    assert (figures["direct_f32"].peer, figures["direct_f32"].ratio) == ("fast", pytest.approx(4))


def test_the_instruction_count_of_the_report_goes_before_the_default() -> None:
    report = canned()
    gpu_check_figures.part(report, "kernels")["data"]["fp64_per_point"] = 20
    share = next(f.share for f in gpu_check_figures.figures(report) if f.kernel == "direct_f64")
    assert share == pytest.approx(20 * 1e11 / 1.7e13)


def test_the_page_says_what_was_found_and_what_was_not() -> None:
    page = make_page(canned())
    for text in ("Card, compute capability 9.0",
                 "| direct_f32 | [64, 128256] x 256 | 1.2 T/s | 50 % of MUFU | 4.0 × fast |",
                 "| draw | c | 5 G/s | – | – |", "2^-22.00", "entropy 1e-12", ": equal.", "a\\|b"):
        assert text in page
    bare = make_page({**canned(), "device": None, "parts": []})
    assert bare.count("Not run yet.") == 3 and "nothing on this page ran on a card" in bare


def test_the_status_page_invents_nothing() -> None:
    page = gpu_status.make_status([], "By hand.")
    table = [line for line in page.splitlines() if line.startswith("| ")][1:]
    assert len(table) == len(gpu_status.kernels()) == len(set(gpu_status.kernels()))
    assert {"scan_rows", "sort_rows", "probabilities_log16", "draw_multinomial"} <= set(gpu_status.kernels())
    assert all(line.endswith("| – | – | not run yet | not run yet |") for line in table)
    assert page.endswith("## What was checked without a card\n\nBy hand.\n")
    assert gpu_status.make_status([{**canned(), "device": None}], "By hand.") == page


def test_the_status_page_takes_verdicts_and_figures_from_the_report() -> None:
    report = canned()
    page = gpu_status.make_status([report], "By hand.")
    assert "| scan_rows | Card | 012345678, 2026-01-02 | passed (1 of its tests) | not run yet |" in page
    assert "none of its own; of the backend: passed" in page and "1.2 T/s, 50 % of MUFU, [64, 128256] x 256 |" in page
    tests = gpu_check_figures.part(report, "gpu_tests")
    tests["verdict"] = NOT_RUN
    assert "passed (" not in gpu_status.make_status([report], "")
    tests["verdict"], tests["data"]["tests"]["ScanRows.Ties"] = FAILED, "failed"
    assert "failed (1 of 1 tests)" in gpu_status.make_status([report], "")


def stand_in(folder: Path, name: str, report: dict, status: int = 0) -> None:
    """A program that writes `report` where it is told to, and ends with the status."""
    (folder / f"{name}.json").write_text(json.dumps(report))
    (folder / name).write_text('#!/bin/bash\nfor word; do case $word in --gtest_output=json:*) to=${word#*json:} ;;\n'
                               '  --json) next=1 ;; *) [[ -z ${next-} ]] || to=$word; next= ;; esac; done\n'
                               f'cat "$0.json" > "${{to:-/dev/stdout}}"; exit {status}\n')
    (folder / name).chmod(stat.S_IRWXU)


def test_programs_are_read_and_their_status_counts(tmp_path: Path) -> None:
    place = Place(tmp_path, tmp_path)
    assert run_tests(place, "tests", 10).verdict == NOT_RUN
    stand_in(tmp_path, "tests", gtest("passed"))
    assert run_tests(place, "tests", 10).verdict == PASSED
    stand_in(tmp_path, "cuda_equality", {"metrics": {}, "draws_equal": False})
    assert equality(place, "cuda", 10).verdict == FAILED
    stand_in(tmp_path, "cuda_equality", {"metrics": {}, "draws_equal": True}, status=1)
    assert equality(place, "cuda", 10).verdict == FAILED


@pytest.mark.parametrize("result, status, verdict", [("passed", 0, PASSED), ("failed", 1, FAILED), ("skipped", 0, NOT_RUN)])
def test_the_card_is_tested_by_every_method(tmp_path: Path, result: str, status: int, verdict: str) -> None:
    place = Place(tmp_path, tmp_path)
    assert run_methods(place, 10).verdict == NOT_RUN
    stand_in(tmp_path, "backend_cuda_test", gtest(result), status)
    outcome = run_methods(place, 10)
    assert outcome.verdict == verdict and outcome.data[result] == 3
    assert set(outcome.data["tests"]) == {f"{method}/ScanRows.Test0" for method in ("direct", "expansion", "interpolation")}


@pytest.mark.parametrize("host, status", [("passed", 0), ("failed", 1)])
def test_a_dry_run_from_end_to_end(tmp_path: Path, host: str, status: int) -> None:
    stand_in(tmp_path, "tempsweep", [{"backend": "cuda", "available": False, "reason": "no card"}])
    stand_in(tmp_path, "backend_cuda_host_test", gtest(host), status)
    stand_in(tmp_path, "cuda_equality", {"metrics": {"entropy": 1e-13}, "draws_equal": True})
    stand_in(tmp_path, "backend_cuda_test", gtest("passed"))
    command = [str(ROOT / "scripts" / "gpu_check.sh"), "--dry-run", "--bin", str(tmp_path), str(tmp_path / "out")]
    environment = {**os.environ, "TEMPSWEEP_CHECK_PYTHON": sys.executable}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == status, done.stderr
    report = json.loads((tmp_path / "out" / "gpu-check.json").read_text())
    verdicts = {part["name"]: part["verdict"] for part in report["parts"]}
    assert verdicts.pop("host_tests") == host and verdicts.pop("host_equality") == verdicts.pop("identity") == PASSED
    assert set(verdicts.values()) == {NOT_RUN} and report["device"] is None
    assert "nothing on this page ran on a card" in (tmp_path / "out" / "gpu-check.md").read_text()


def test_the_cards_ex2_must_be_as_good_as_the_sums_rely_on(tmp_path: Path) -> None:
    place = Place(tmp_path, tmp_path)
    for error, verdict in ((2.0**-23, PASSED), (2.0**-21, FAILED)):
        stand_in(tmp_path, "gpu_roofs", {"results": [], "ex2_error": {"max_relative": error}})
        assert roofs(place, 10).verdict == verdict
