# SPDX-License-Identifier: Apache-2.0
"""The parts of gpu_check with stand-in programs and canned outputs, and on the host what runs there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from gpu_stand_ins import equality_report, executable, make_programs, stand_in

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import gpu_status  # noqa: E402
from gpu_check_ends import FULL, TINY, SweepFailed, draws, file_ends, float_sums, summary, sweeps  # noqa: E402
from gpu_check_equality import equality  # noqa: E402
from gpu_check_limits import devices, far, scarce  # noqa: E402
from gpu_check_place import Place  # noqa: E402
from gpu_check_run import FAILED, NOT_RUN, PASSED, Finished  # noqa: E402
from gpu_check_tools import counters, judge_sanitizer, kernel_of, read_counters, sanitizer_kernels  # noqa: E402

OF_THE_HOST = ("tempsweep", "result_digest", "bench_cuda", "cuda_equality")
PROGRAMS = Path(os.environ.get("TEMPSWEEP_PROGRAM", "/none")).parent


@pytest.mark.parametrize("text, name", [
    ("void tempsweep::kernels::kernel<tempsweep::kernels::ScanRows>(T1)", "scan_rows"),
    ("at void kernel<DirectF64>(T1)+0x1b0 in direct_f64.hpp:70", "direct_f64"),
    ("void tempsweep::kernels::kernel<tempsweep::kernels::Fill<unsigned short>>(T1)", "fill"),
    ("_ZN9tempsweep7kernels6kernelINS0_8ScanRowsEEEvT_", "scan_rows"),
    ("_ZN9tempsweep7kernels6kernelINS0_4FillIfEEEEvT_", "fill"),
    ("void cub::CUB_300001_SM_900::detail::radix_sort::DeviceRadixSortOnesweepKernel<...>(T1)", "CUB"),
    ("by thread (0,0,0) in block (0,0,0)", "")])
def test_kernels_are_known_by_the_compilers_names(text: str, name: str) -> None:
    assert kernel_of(text) == name


MEMCHECK = """========= COMPUTE-SANITIZER
========= Invalid __global__ read of size 8 bytes
=========     at void tempsweep::kernels::kernel<tempsweep::kernels::ScanRows>(T1)+0x2c0 in row_scan.hpp:40
=========     by thread (0,0,0) in block (0,0,0)
=========     Address 0x7f is out of bounds
========= Program hit cudaErrorLaunchFailure (error 719) due to "unspecified launch failure" on CUDA API call
=========     Saved host backtrace up to driver entry point at error
========= ERROR SUMMARY: 2 errors
"""
RACECHECK = """========= COMPUTE-SANITIZER
========= Error: Race reported between Write access at void kernel<BuildAlias>(T1)+0x70 in alias_build.hpp:10
=========     and Read access at void kernel<BuildAlias>(T1)+0x90 in alias_build.hpp:12 [4 hazards]
=========
========= RACECHECK SUMMARY: 1 hazard displayed (1 error, 0 warnings)
"""
INITCHECK = """========= COMPUTE-SANITIZER
========= Uninitialized __global__ memory read of size 8 bytes
=========     at void cub::CUB_300001_SM_900::detail::radix_sort::DeviceRadixSortOnesweepKernel<P>(T1)+0x10
=========
========= ERROR SUMMARY: 1 error
"""
CLEAN = "========= COMPUTE-SANITIZER\n========= ERROR SUMMARY: 0 errors\n"
RAN = ("build_alias", "scan_rows")


@pytest.mark.parametrize("tool, text, status, kernels, verdict, said", [
    ("memcheck", CLEAN, 0, RAN, PASSED, "2 kernels"),
    ("memcheck", MEMCHECK, 99, RAN, FAILED, "scan_rows: 1"),
    ("racecheck", RACECHECK, 99, RAN, FAILED, "build_alias: 1"),
    ("racecheck", RACECHECK.replace("Error: Race", "Warning: Race"), 0, RAN, FAILED, "build_alias: 1"),
    ("memcheck", CLEAN + "========= Warning: no backtrace of the host\n", 0, RAN, PASSED, "2 kernels"),
    ("initcheck", INITCHECK, 99, RAN, PASSED, "1 in CUB's own kernels"),
    ("memcheck", INITCHECK, 99, RAN, FAILED, "status 99"),
    ("memcheck", CLEAN, 0, (), FAILED, "status 0"),
    ("memcheck", CLEAN, 3, RAN, FAILED, "status 3"),
    ("memcheck", "========= Error: Device not supported. See the documentation\n", 1, (), NOT_RUN, "support")])
def test_findings_of_a_sanitizer_belong_to_kernels(tool: str, text: str, status: int, kernels: tuple[str, ...],
                                                   verdict: str, said: str) -> None:
    outcome = judge_sanitizer(tool, Finished(status, text, ""), kernels)
    assert outcome.verdict == verdict and said in outcome.note, outcome
    assert outcome.data["kernels"] == {name: int(f"{name}: 1" in outcome.note) for name in kernels}


def test_a_sanitizer_runs_every_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    stand_in(tmp_path, "bench_cuda", {"results": [{"kernel": "scan_rows"}, {"kernel": "fill"}]})
    executable(tools / "compute-sanitizer", '#!/bin/bash\n[[ $1$2$3 == --toolracecheck--error-exitcode ]] || exit 1\n'
               f'echo "{CLEAN}"; exec "${{@:7}}"\n')
    outcome = sanitizer_kernels(Place(tmp_path, tmp_path), "racecheck", 10)
    assert outcome.verdict == PASSED and outcome.data["kernels"] == {"fill": 0, "scan_rows": 0}


COUNTERS = '''==PROF== Connected to process 7
"ID","Kernel Name","dram__bytes_read.sum","dram__bytes_write.sum","dram__throughput.avg.pct_of_peak_sustained_elapsed",''' \
    '''"gpu__time_duration.sum","sm__inst_executed_pipe_xu.avg.pct_of_peak_sustained_active",''' \
    '''"sm__warps_active.avg.pct_of_peak_sustained_active"
"","","Mbyte","byte","%","us","%","%"
"0","void kernel<DirectF32>(T1)","32.5","1,000","2.5","1,500","81.5","24.9"
"1","void kernel<DirectF32>(T1)","30","1000","2.5","1400","70","24.9"
"2","void cub::DeviceRadixSortHistogramKernel<P>(T1)","1","0","60","10","0","50"
"3","void kernel<ScanRows>(T1)","8","0","91","20","0","60"
'''


def test_counters_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kernels = read_counters(COUNTERS)
    assert set(kernels) == {"direct_f32", "CUB", "scan_rows"}
    assert kernels["direct_f32"]["seconds"] == pytest.approx(1.5e-3) and kernels["direct_f32"]["bound"] == "MUFU"
    assert kernels["direct_f32"]["dram_bytes"] == pytest.approx(32.501e6) and kernels["scan_rows"]["bound"] == "DRAM"
    assert kernels["direct_f32"]["shares"]["MUFU"] == 81.5 and kernels["direct_f32"]["occupancy"] == 24.9
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    place = Place(tmp_path, tmp_path)
    assert counters(place, 10).verdict == NOT_RUN
    executable(tmp_path / "ncu", "#!/bin/bash\necho '==ERROR== ERR_NVGPUCTRPERM - no permission'; exit 1\n")
    stand_in(tmp_path, "bench_cuda", {})
    assert counters(place, 10).note == "not allowed: ERR_NVGPUCTRPERM"
    (tmp_path / "csv").write_text(COUNTERS)
    # An ncu that lacks one of the metrics refuses all of them.
    executable(tmp_path / "ncu", f'#!/bin/bash\n[[ $* != *pipe_alu* ]] || {{ echo "Failed to find metric"; exit 1; }}\n'
               f'cat {tmp_path}/csv\n')
    assert counters(place, 10).data["kernels"] == kernels
    executable(tmp_path / "ncu", "#!/bin/bash\necho 'it crashed'; exit 1\n")
    assert counters(place, 10).verdict == FAILED


def test_draws_must_be_the_cpus(tmp_path: Path) -> None:
    make_programs(tmp_path)
    outcome = draws(Place(tmp_path, tmp_path), "cuda", FULL, 30)
    assert outcome.verdict == PASSED and len(outcome.data["cases"]) == 4
    assert outcome.data["cases"][0]["draws_per_second"] == FULL.many_draws / 0.5
    make_programs(tmp_path, bits={"cuda0": "x"})
    outcome = draws(Place(tmp_path, tmp_path), "cuda", FULL, 30)
    assert outcome.verdict == FAILED and "V = 32000, T = 0.05" in outcome.note


def test_sweeps_and_files_are_timed(tmp_path: Path) -> None:
    place = Place(tmp_path, tmp_path)
    assert sweeps(place, "cuda", FULL, 10).verdict == file_ends(place, "cuda", FULL, 10).verdict == NOT_RUN
    make_programs(tmp_path, compute_seconds=0.25)
    cases = sweeps(place, "cuda", FULL, 30).data["cases"]
    assert [case["method"] for case in cases] == ["expansion", "interpolation"]
    assert cases[0]["points_per_second"] == 512 * 128256 * 4096 / 0.25 and cases[0]["float_bytes"] == 4 * 512 * 128256
    outcome = file_ends(place, "cuda", TINY, 30)
    assert [case["tolerance"] for case in outcome.data["cases"]] == ["1e-12", "1e-5"]
    assert outcome.data["cases"][0]["bytes"] == len("bits") and outcome.data["disk_bytes_per_second"] > 0
    make_programs(tmp_path, refused=["0"])
    with pytest.raises(SweepFailed, match="status 1: no such device"):
        summary(place, 10, tmp_path / "out", ["--backend", "cuda"])


@pytest.mark.parametrize("plan, verdict", [
    ({"least": 600, "says": "no room", "status": 5}, PASSED),
    ({"least": 600, "says": "no room", "status": 3}, FAILED),
    ({"least": 600, "says": "no\nroom", "status": 5}, FAILED),
    ({"least": 5000, "says": "no room", "status": 5}, FAILED),
    ({"least": 0, "says": "", "status": 5, "other_bits_below": 1000}, FAILED)])
def test_a_full_card_gives_the_same_bits_or_status_5(tmp_path: Path, plan: dict, verdict: str) -> None:
    make_programs(tmp_path, **plan)
    outcome = scarce(Place(tmp_path, tmp_path), "cuda", FULL, 60)
    assert outcome.verdict == verdict, outcome
    left = {int(leave): what for leave, what in outcome.data["left_mebibytes"].items()}
    if verdict == PASSED:  # the search ends where eight MiB decide
        least = min(leave for leave, what in left.items() if what == "same bits")
        most = max(leave for leave, what in left.items() if what == "status 5")
        assert 600 <= least <= 608 and least - most <= 8


def test_the_clock_is_read_beside_the_float_sums(tmp_path: Path) -> None:
    executable(tmp_path / "bench_cuda", '#!/bin/bash\nsleep 0.3\n'
               'echo \'{"results": [{"kernel": "direct_f32", "points_per_second": 1e12}]}\' > "$4"\n')
    executable(tmp_path / "smi", "#!/bin/bash\nprintf '345\\n1980\\n1755\\n1740\\n1755\\n'; exec sleep 60\n")
    outcome = float_sums(Place(tmp_path, tmp_path), 10, seconds=1.2, smi=str(tmp_path / "smi"))
    assert outcome.verdict == PASSED and outcome.data["results"][0]["sm_clock_hz"] == 1.755e9
    outcome = float_sums(Place(tmp_path, tmp_path), 10, seconds=1.2, smi=str(tmp_path / "none"))
    assert outcome.data["results"][0]["sm_clock_hz"] is None and "says no clock" in outcome.note


def test_far_rows(tmp_path: Path) -> None:
    place = Place(tmp_path, tmp_path)
    assert far(place, "cuda", FULL, 10).verdict == NOT_RUN
    for unequal, good, status, verdict in ((0, True, 0, PASSED), (3, False, 1, FAILED), (3, False, 0, FAILED)):
        stand_in(tmp_path, "cuda_equality", {"good": good, "unequal": {"counts": unequal}}, status)
        assert far(place, "cuda", FULL, 10).verdict == verdict
    executable(tmp_path / "cuda_equality", "#!/bin/bash\necho 'skipped: no card'; exit 77\n")
    assert far(place, "cuda", FULL, 10).verdict == NOT_RUN


def test_several_cards_must_agree(tmp_path: Path) -> None:
    place = Place(tmp_path, tmp_path)
    assert devices(place, 1, FULL, 10).note == "one card"
    make_programs(tmp_path)
    assert devices(place, 2, FULL, 10).verdict == PASSED
    for different in ("cuda1", "cudaall"):
        make_programs(tmp_path, bits={different: "x"})
        assert devices(place, 2, FULL, 10).verdict == FAILED
    make_programs(tmp_path, refused=["all"])
    with pytest.raises(SweepFailed):
        devices(place, 2, FULL, 10)


@pytest.mark.parametrize("changes, verdict, said", [
    ({}, PASSED, ""), ({"cases": 1}, PASSED, "only part of: real"),
    ({"good": False, "counts_unequal": 2}, FAILED, "real: direct (2 counts differ)"),
    ({"good": False, "metrics": {"entropy": {"worst": None}}}, FAILED, "entropy by None"),
    ({"good": False, "metrics": {"entropy": {"worst": 1e-3}}}, FAILED, "entropy by 0.001"),
    ({"good": False, "cases": 0, "metrics": {}}, FAILED, "nothing was compared")])
def test_equality_is_judged_set_by_set(tmp_path: Path, changes: dict, verdict: str, said: str) -> None:
    place = Place(tmp_path, tmp_path)
    assert equality(place, "cuda", 10).verdict == NOT_RUN
    stand_in(tmp_path, "cuda_equality", equality_report("real", **changes), status=1 if verdict == FAILED else 0)
    outcome = equality(place, "cuda", 10, sets=["real"])
    assert outcome.verdict == verdict and said in outcome.note, outcome


@pytest.mark.skipif(not (PROGRAMS / "bench_cuda").is_file(), reason="no benchmarks in this build")
def test_every_kernel_is_measured(tmp_path: Path) -> None:
    command = [str(PROGRAMS / "bench_cuda"), "--backend", "cuda-host", "--runs", "1", "--json", str(tmp_path / "out")]
    subprocess.run(command, check=True, capture_output=True)
    measured = {result["kernel"] for result in json.loads((tmp_path / "out").read_text())["results"]}
    assert measured == {*gpu_status.kernels(), "metrics_f32"}


@pytest.mark.skipif(not all((PROGRAMS / name).is_file() for name in OF_THE_HOST),
                    reason="not all programs in this build")
def test_the_host_runs_what_it_can(tmp_path: Path) -> None:
    parts = ("host_draws", "host_sweeps", "host_file", "host_scarce", "host_far")
    done = subprocess.run([str(ROOT / "scripts" / "gpu_check.sh"), "--dry-run", "--parts", ",".join(parts), "--bin",
                           str(PROGRAMS), str(tmp_path)], capture_output=True, text=True,
                          env={**os.environ, "TEMPSWEEP_CHECK_PYTHON": sys.executable})
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((tmp_path / "gpu-check.json").read_text())
    assert {part["name"]: part["verdict"] for part in report["parts"]} == dict.fromkeys(parts, PASSED)
    assert report["device"] is None and report["dry_run"]
    bare = gpu_status.make_status([], "By hand.")
    assert gpu_status.make_status([report], "By hand.") == bare  # nothing of it is a card's
