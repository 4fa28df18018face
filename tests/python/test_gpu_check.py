# SPDX-License-Identifier: Apache-2.0
"""gpu_check without a card: verdicts, the time budget, the choice of parts, and a dry run with stand-in programs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from gpu_stand_ins import equality_report, gtest, stand_in

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import gpu_check  # noqa: E402
from gpu_check_parts import card_parts, kernels, roofs  # noqa: E402
from gpu_check_place import Place  # noqa: E402
from gpu_check_run import (FAILED, NOT_RUN, PASSED, Budget, Outcome, Part, TimeIsOver, exit_status,  # noqa: E402
                           must_end, run_parts)
from gpu_check_tests import count_tests, judge_tests, run_methods, run_tests  # noqa: E402


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


def test_programs_are_read_and_their_status_counts(tmp_path: Path) -> None:
    place = Place(tmp_path, tmp_path)
    assert run_tests(place, "tests", 10).verdict == NOT_RUN
    stand_in(tmp_path, "tests", gtest("passed"))
    assert run_tests(place, "tests", 10).verdict == PASSED
    (tmp_path / "tests").write_text("#!/bin/bash\necho 'skipped: no card'; exit 77\n")
    assert run_tests(place, "tests", 10).verdict == NOT_RUN


@pytest.mark.parametrize("result, status, verdict", [
    ("passed", 0, PASSED), ("failed", 1, FAILED), ("skipped", 0, NOT_RUN)])
def test_the_card_is_tested_by_every_method(tmp_path: Path, result: str, status: int, verdict: str) -> None:
    place = Place(tmp_path, tmp_path)
    assert run_methods(place, 10).verdict == NOT_RUN
    stand_in(tmp_path, "backend_cuda_test", gtest(result), status)
    outcome = run_methods(place, 10)
    assert outcome.verdict == verdict and outcome.data[result] == 3
    methods = ("direct", "expansion", "interpolation")
    assert set(outcome.data["tests"]) == {f"{method}/ScanRows.Test0" for method in methods}


@pytest.mark.parametrize("host, status", [("passed", 0), ("failed", 1)])
def test_a_dry_run_from_end_to_end(tmp_path: Path, host: str, status: int) -> None:
    stand_in(tmp_path, "tempsweep", [{"backend": "cuda", "available": False, "reason": "no card"}])
    stand_in(tmp_path, "backend_cuda_host_test", gtest(host), status)
    stand_in(tmp_path, "cuda_equality", equality_report("oracle", "real", "adversarial", "seeded"))
    one_by_one = "host_tests,host_equality,identity,gpu_tests,equality,roofs,sanitizer"
    stand_in(tmp_path, "backend_cuda_test", gtest("passed"))
    command = [str(ROOT / "scripts" / "gpu_check.sh"), "--dry-run", "--bin", str(tmp_path),
               "--parts", one_by_one, str(tmp_path / "out")]
    environment = {**os.environ, "TEMPSWEEP_CHECK_PYTHON": sys.executable}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == status, done.stderr
    report = json.loads((tmp_path / "out" / "gpu-check.json").read_text())
    verdicts = {part["name"]: part["verdict"] for part in report["parts"]}
    assert verdicts.pop("host_tests") == host and verdicts.pop("host_equality") == verdicts.pop("identity") == PASSED
    assert set(verdicts.values()) == {NOT_RUN} and report["device"] is None
    assert "nothing on this page ran on a card" in (tmp_path / "out" / "gpu-check.md").read_text()


def test_what_is_done_stays_when_the_rest_is_cut_off() -> None:
    kept: list[int] = []
    parts = [Part(name, 10, lambda limit: Outcome(PASSED)) for name in "abc"]
    run_parts(parts, Budget(100), card=True, keep=lambda records: kept.append(len(records)))
    assert kept == [1, 2, 3]


@pytest.mark.parametrize("words, status, said", [
    (["--list"], 0, "gpu_tests              90 s"), (["--list", "--parts", "sani,draws"], 0, "sanitizer_synccheck"),
    (["--parts", "nothing"], 2, "no part 'nothing'"), ([], 3, "no card")])
def test_parts_are_chosen(tmp_path: Path, words: list[str], status: int, said: str) -> None:
    if status == 3 and gpu_check.ask_driver()["count"]:
        pytest.skip("a card answers")
    done = subprocess.run([sys.executable, str(ROOT / "scripts" / "gpu_check.py"), *words, str(tmp_path / "out")],
                          capture_output=True, text=True)
    assert done.returncode == status and said in done.stdout + done.stderr, done.stderr
    assert not (tmp_path / "out").exists()
    if "sani,draws" in words:
        assert [line.split()[0] for line in done.stdout.splitlines()] == [
            "draws", "sanitizer_memcheck", "sanitizer_racecheck", "sanitizer_initcheck", "sanitizer_synccheck"]


def test_the_best_come_first_and_fit() -> None:
    """What must pass and what is asked about has its time before what only looks closer."""
    parts = card_parts(Place(ROOT, ROOT), {"count": 1})
    names = [part.name for part in parts]
    assert names[:4] == ["identity", "gpu_tests", "equality", "roofs"]
    asked = [part.limit for part in parts[:names.index("peers")]]
    assert sum(asked) <= 440 and sum(part.limit for part in parts[:names.index("file")]) <= 540


def test_full_sizes_that_take_too_long_leave_the_quick_ones(tmp_path: Path) -> None:
    stand_in(tmp_path, "bench_cuda", {"results": [{"kernel": "scan_rows"}]})
    assert kernels(Place(tmp_path, tmp_path), 10).data["sizes"] == "full"
    head, slow = "#!/bin/bash\n", "#!/bin/bash\n[[ $1 == --quick ]] || sleep 60\n"
    program = tmp_path / "bench_cuda"
    program.write_text(program.read_text().replace(head, slow))
    outcome = kernels(Place(tmp_path, tmp_path), 1)
    assert outcome.verdict == PASSED and outcome.data["sizes"] == "quick" and "did not end in time" in outcome.note


def test_the_cards_ex2_must_be_as_good_as_the_sums_rely_on(tmp_path: Path) -> None:
    place = Place(tmp_path, tmp_path)
    for error, verdict in ((2.0**-23, PASSED), (2.0**-21, FAILED)):
        stand_in(tmp_path, "gpu_roofs", {"results": [], "ex2_error": {"max_relative": error}})
        assert roofs(place, 10).verdict == verdict
