# SPDX-License-Identifier: Apache-2.0
"""The pages of gpu_check and gpu_status: figures, what is asked, and nothing that no card has shown."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from gpu_stand_ins import equality_report

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import gpu_check_figures  # noqa: E402
import gpu_status  # noqa: E402
from gpu_check_asked import asked_of  # noqa: E402
from gpu_check_page import make_page  # noqa: E402
from gpu_check_run import FAILED, NOT_RUN, PASSED  # noqa: E402


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
            "kernels": kernels, "peers": peers, "equality": equality_report("oracle")}
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
                 "| draw | c | 5 G/s | – | – |", "2^-22.00",
                 "| oracle | direct | 3 | 1.0e-15 | all equal | all equal |", "| entropy | 1.0e-15 |", "a\\|b"):
        assert text in page
    bare = make_page({**canned(), "device": None, "parts": []})
    assert bare.count("Not run yet.") == 3 and "nothing on this page ran on a card" in bare


def test_the_status_page_invents_nothing() -> None:
    page = gpu_status.make_status([], "By hand.")
    table = [line for line in page.split("## What is asked")[0].splitlines() if line.startswith("| ")][1:]
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


def complete() -> dict:
    """canned() with every figure that is asked for; each is kept, but the second."""
    report = canned()
    data = {part["name"]: part["data"] for part in report["parts"]}
    data["float_sums"] = {"results": [{"kernel": "direct_f32", "points_per_second": 2e12, "sm_clock_hz": 1.5e9}]}
    data["kernels"]["results"].append({"kernel": "metrics_f32", "case": "c", "points_per_second": 1.2e12})
    data["roofs"]["results"] += [{"name": "copy_host_to_device", "unit": "bytes", "per_second": 5e10},
                                 {"name": "copy_device_to_host", "unit": "bytes", "per_second": 4e10}]
    data["kernels"]["results"].append({"kernel": "probabilities_float", "case": "c", "points_per_second": 4.5e11,
                                       "bytes_per_second": 1.8e12})
    data["sweeps"] = {"cases": [{"method": method, "compute_seconds": 0.012, "double_bytes": 5e8, "float_bytes": 2.5e8,
                                 "points_per_second": 4e14} for method in ("expansion", "interpolation")]}
    data["file"] = {"disk_bytes_per_second": 2e9, "cases": [{"tolerance": t, "bytes": 4e9, "elapsed_seconds": 2.4}
                                                            for t in ("1e-12", "1e-5")]}
    data["draws"] = {"cases": [{"vocabulary": v, "temperature": t, "draws_per_second": 3e10, "many_draws": 3e10,
                                "many_seconds": 1.0, "equal": True} for v in (32000, 128256) for t in (1, 0.05)]}
    data["devices"] = {"cards": 1}
    report["parts"] = [{"name": name, "verdict": PASSED, "note": "", "seconds": 1, "data": found}
                       for name, found in data.items()]
    return report


def test_what_is_asked_stands_beside_its_bound() -> None:
    table = {one.what: one for one in asked_of(complete())}
    expected = {"`direct_f32`": ("83 %, 2 Tpoints/s", True), "its metrics": ("4.0 ×", False),
                "expansion": ("1.20 ×, 12.0 ms", True), "interpolation": ("1.20 ×, 12.0 ms", True),
                "the same, beside": ("1333 ×", True),
                "probabilities into the card's memory, tolerance 1e-5": ("90 %", True),
                "probabilities into a file, tolerance 1e-5": ("1.20 ×", True),
                "draws into a histogram, V = 32000": ("30 G/s", True),
                "the same at T = 0.05": ("1.00 × the rate", True),
                "SHA-256": ("4 of 4 equal", True), "several cards": ("one card: not run", None)}
    for begin, (measured, kept) in expected.items():
        one = next(value for key, value in table.items() if key.startswith(begin))
        assert (one.measured, one.kept) == (measured, kept), one
    assert table["probabilities into a file, tolerance 1e-5"].bound == "disk, 2 GB/s"
    assert "at 1.500 GHz" in table["`direct_f32`, [64, 128256] × 256, logits on the card"].bound


def test_what_is_asked_has_not_run_without_a_card() -> None:
    for report in ({}, {**complete(), "device": None}):
        assert {one.measured for one in asked_of(report)} == {NOT_RUN}
        assert {one.kept for one in asked_of(report)} == {None} and len(asked_of(report)) == 16
    page = gpu_status.make_status([complete()], "By hand.")
    assert "| ≥ 5 × | 4.0 × | fast, 300 Gpoints/s | missed |" in page and "Card, 2026-01-02, beside the CPU" in page


def test_counters_and_findings_are_on_the_page() -> None:
    report = canned()
    kernels = {"direct_f32": {"seconds": 0.0015, "occupancy": 24.9, "shares": {"MUFU": 81.5}, "bound": "MUFU",
                              "dram_bytes": 1e6}}
    report["parts"] += [{"name": "counters", "verdict": PASSED, "note": "", "seconds": 1, "data": {"kernels": kernels}},
                        {"name": "sanitizer_memcheck", "verdict": PASSED, "note": "", "seconds": 1,
                         "data": {"kernels": {"scan_rows": 0}}}]
    page = make_page(report)
    assert "| direct_f32 | 1.500 | MUFU | 82 % | 1.0 | 25 % |" in page and "| scan_rows | 0 |" in page


def test_the_status_page_is_in_step() -> None:
    """With the kernels, with what is asked, and with what was checked without a card."""
    page = (ROOT / "docs" / "gpu-status.md").read_text(encoding="utf-8")
    host = gpu_status.without_licence_line((ROOT / "docs" / "gpu-status-host.md").read_text(encoding="utf-8"))
    assert page.endswith(f"\n\n{host.strip()}\n"), "run scripts/gpu_status.py with the reports of the page"
    table = [line for line in page.split("## What is asked")[0].splitlines() if line.startswith("| ")]
    assert list(dict.fromkeys(line.split("|")[1].strip() for line in table[1:])) == gpu_status.kernels()
    assert all(f"| {one.what} | {one.asked} |" in page for one in asked_of({}))


def test_the_planted_faults_are_counted() -> None:
    sys.path.insert(0, str(ROOT / "tests" / "kernels"))
    from planted_faults import FAULTS

    host = (ROOT / "docs" / "gpu-status-host.md").read_text(encoding="utf-8")
    assert f"{len(FAULTS)} planted faults" in host
