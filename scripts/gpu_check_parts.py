# SPDX-License-Identifier: Apache-2.0
"""The parts of gpu_check: which program each one runs, and how it reads what the program wrote."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable

from gpu_check_ends import FULL, TINY, draws, file_ends, float_sums, sweeps
from gpu_check_equality import equality
from gpu_check_limits import devices, far, scarce
from gpu_check_place import Place, measured, missing, read_json
from gpu_check_run import FAILED, NOT_RUN, PASSED, Outcome, Part, TimeIsOver, must_end, run_program
from gpu_check_tests import run_methods, run_tests
from gpu_check_tools import SANITIZERS, counters, find_tool, sanitizer_kernels

EX2_ERROR = 2.0**-22
CARD_FACTS = ("name", "driver_version", "memory.total", "clocks.max.sm", "clocks.max.memory", "power.limit",
              "mig.mode.current")


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


def roofs(place: Place, limit: float) -> Outcome:
    """The roofs; and whether the card's ex2 is as good as the float sums rely on (kernels/body/merge_f32.hpp)."""
    outcome = measured(place, "gpu_roofs", limit)
    largest = outcome.data.get("ex2_error", {}).get("max_relative") or 0
    if outcome.verdict == PASSED and largest > EX2_ERROR:
        return Outcome(FAILED, f"ex2 errs by {largest:.3g}, more than 2^-22", outcome.data)
    return outcome


def kernels(place: Place, limit: float) -> Outcome:
    """Every kernel: at the sizes of a quick look, and, time allowing, at full size."""
    end = time.monotonic() + limit
    quick = measured(place, "bench_cuda", limit, ["--quick"])
    if quick.verdict != PASSED:
        return quick
    quick.data["sizes"] = "quick"
    try:
        full = measured(place, "bench_cuda", end - time.monotonic(), ["--runs", "5"])
    except TimeIsOver:
        quick.note = "the full sizes did not end in time: these are quick ones"
        return quick
    full.data["sizes"] = "full"
    return full


def sanitizer(place: Place, tool: str, limit: float) -> Outcome:
    """Every kernel by itself, then, time allowing, the small tests of the backend."""
    end = time.monotonic() + limit
    try:
        outcome = sanitizer_kernels(place, tool, limit)
    except TimeIsOver:  # a sanitizer slows a program down a hundredfold: that is no fault of the program
        return Outcome(NOT_RUN, f"not through within {limit:.0f} s")
    if outcome.verdict != PASSED:
        return outcome
    before = [str(find_tool("compute-sanitizer")), "--tool", tool, "--error-exitcode", "99"]
    try:
        tests = run_methods(place, end - time.monotonic(), before, place.filter)
        noise = tool == "initcheck" and tests.verdict == FAILED and not tests.data.get("failed")
        outcome.data["tests"] = {"verdict": tests.verdict, "note": tests.note,
                                 "summary": tests.data.get("summary", [])}
        outcome.note += f"; tests: {tests.note}" + (" (of CUB's sort, which the tests use, too)" if noise else "")
        if tests.verdict == FAILED and not noise:
            outcome.verdict = FAILED
    except TimeIsOver:
        outcome.note += "; the tests were not through in time"
    return outcome


def peers(place: Place, limit: float) -> Outcome:
    """Libraries that do the same work, with the Python of $TEMPSWEEP_PEER_PYTHON or the one that runs this."""
    script = place.root / "bench" / "gpu_peers.py"
    if not script.is_file():
        return missing("bench/gpu_peers.py")
    python = os.environ.get("TEMPSWEEP_PEER_PYTHON", sys.executable)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "peers.json"
        finished = run_program([python, str(script), "--json", str(file), "--budget", f"{limit - 5:.0f}",
                                "--seconds", "6"], limit)
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
        Part("identity", 15, lambda limit: identity(place, device, limit), needs_card=False),
        Part("gpu_tests", 90, lambda limit: run_methods(place, limit), required=True),
        Part("equality", 75, lambda limit: equality(place, "cuda", limit), required=True),
        Part("roofs", 40, lambda limit: roofs(place, limit)),
        Part("float_sums", 20, lambda limit: float_sums(place, limit)),
        Part("draws", 60, lambda limit: draws(place, "cuda", FULL, limit)),
        Part("sweeps", 50, lambda limit: sweeps(place, "cuda", FULL, limit)),
        Part("kernels", 80, lambda limit: kernels(place, limit)),
        Part("peers", 100, lambda limit: peers(place, limit)),
        Part("file", 60, lambda limit: file_ends(place, "cuda", FULL, limit)),
        Part("scarce", 40, lambda limit: scarce(place, "cuda", FULL, limit)),
        Part("far", 45, lambda limit: far(place, "cuda", FULL, limit)),
        *(Part(f"sanitizer_{tool}", 40, lambda limit, tool=tool: sanitizer(place, tool, limit)) for tool in SANITIZERS),
        Part("counters", 60, lambda limit: counters(place, limit)),
        Part("devices", 30, lambda limit: devices(place, device.get("count", 0), FULL, limit)),
    ]


def host_parts(place: Place) -> list[Part]:
    """The kernels run thread by thread on the CPU, small: what can be checked without a card, and the harness itself.
    Nothing here says anything of speed."""
    def host(name: str, limit: float, run: Callable[[float], Outcome]) -> Part:
        return Part(f"host_{name}", limit, run, needs_card=False)

    small = ["--largest", "300", "--rows", "4"]
    return [
        host("tests", 200, lambda limit: run_tests(place, "backend_cuda_host_test", limit, tests=place.filter)),
        host("equality", 120, lambda limit: equality(place, "cuda-host", limit, options=small)),
        host("kernels", 60, lambda limit: measured(place, "bench_cuda", limit, ["--backend", "cuda-host"])),
        host("draws", 60, lambda limit: draws(place, "cuda-host", TINY, limit)),
        host("sweeps", 60, lambda limit: sweeps(place, "cuda-host", TINY, limit)),
        host("file", 60, lambda limit: file_ends(place, "cuda-host", TINY, limit)),
        host("scarce", 60, lambda limit: scarce(place, "cuda-host", TINY, limit)),
        host("far", 60, lambda limit: far(place, "cuda-host", TINY, limit)),
    ]
