# SPDX-License-Identifier: Apache-2.0
"""The parts of gpu_check that look into the kernels with NVIDIA's tools: compute-sanitizer and Nsight Compute."""

from __future__ import annotations

import csv
import io
import re
import shutil
import tempfile
from pathlib import Path
from typing import Optional, Sequence

from gpu_check_place import Place, missing, read_json
from gpu_check_run import FAILED, NOT_RUN, PASSED, Finished, Outcome, must_end

SANITIZERS = ("memcheck", "racecheck", "initcheck", "synccheck")
FOUND = 99  # exit status of a sanitizer that found something
LIBRARY = "CUB"  # its sort reads padding that nobody wrote: known noise of initcheck
TIME, DRAM = "gpu__time_duration.sum", "dram__bytes"
OCCUPANCY = "sm__warps_active.avg.pct_of_peak_sustained_active"
PIPES = {"MUFU": "xu", "FP64": "fp64", "FMA": "fma", "ALU": "alu", "load and store": "lsu"}
SHARES = {**{name: f"sm__inst_executed_pipe_{pipe}.avg.pct_of_peak_sustained_active" for name, pipe in PIPES.items()},
          "issue": "sm__inst_issued.avg.pct_of_peak_sustained_active",
          "DRAM": "dram__throughput.avg.pct_of_peak_sustained_elapsed"}
METRICS = [TIME, OCCUPANCY, f"{DRAM}_read.sum", f"{DRAM}_write.sum", *SHARES.values()]
FEW_METRICS = [TIME, OCCUPANCY, f"{DRAM}_read.sum", f"{DRAM}_write.sum", SHARES["DRAM"]]
NOT_ALLOWED = ("ERR_NVGPUCTRPERM", "LibraryNotLoaded", "Failed to initialize the profiler", "not supported")
SECONDS = {"ns": 1e-9, "nsecond": 1e-9, "us": 1e-6, "usecond": 1e-6, "ms": 1e-3, "msecond": 1e-3, "s": 1.0,
           "second": 1.0}
NO_FINDING = re.compile(r"COMPUTE-SANITIZER|(ERROR|RACECHECK|LEAK) SUMMARY|Target application|Error: process|"
                        r"Warning: (?!Race)")
BYTES = {"byte": 1.0, "Kbyte": 1e3, "Mbyte": 1e6, "Gbyte": 1e9}


def find_tool(name: str) -> Optional[str]:
    return shutil.which(name) or shutil.which(f"/usr/local/cuda/bin/{name}")


def kernel_of(text: str) -> str:
    """Our name of a kernel, from the compiler's, plain or mangled; CUB for those of the library."""
    found = (re.search(r"kernel<(?:[\w:]*::)?([A-Z]\w*)", text)
             or re.search(r"kernelINS\w*?_\d+([A-Z][A-Za-z0-9]*?)(?:I\w+?)?E", text))
    if found:
        return re.sub(r"(?<!^)(?=[A-Z])", "_", found.group(1)).lower()
    return LIBRARY if re.search(r"\bcub|3cub|DeviceRadixSort", text) else ""


def sanitizer_findings(text: str) -> dict[str, int]:
    """How many findings each kernel has; "" are those that name none. Each begins with an unindented line and says
    where in the lines that follow."""
    findings: dict[str, int] = {}
    blocks = re.split(r"^========= (?=[^ =])", text, flags=re.MULTILINE)[1:]
    for block in blocks:
        head = block.splitlines()[0]
        if NO_FINDING.match(head):
            continue
        where = next((line for line in block.splitlines() if kernel_of(line)), "")
        name = kernel_of(where)
        findings[name] = findings.get(name, 0) + 1
    return findings


def judge_sanitizer(tool: str, finished: Finished, kernels: Sequence[str]) -> Outcome:
    text = finished.out + finished.err
    findings = sanitizer_findings(text)
    data = {"kernels": {name: findings.get(name, 0) for name in kernels}, "library": findings.get(LIBRARY, 0),
            "findings": findings, "summary": re.findall(r"=+ ((?:ERROR|RACECHECK) SUMMARY: .*)", text)}
    if "Device not supported" in text:
        return Outcome(NOT_RUN, "compute-sanitizer does not support this device", data)
    ours = {name: count for name, count in findings.items() if name != LIBRARY}
    noise = f"; {findings[LIBRARY]} in {LIBRARY}'s own kernels" if findings.get(LIBRARY) else ""
    if ours:
        listed = ", ".join(f"{name or 'no kernel named'}: {count}" for name, count in sorted(ours.items()))
        data["text"] = text[:4000]
        return Outcome(FAILED, f"{listed}{noise}", data)
    noise_only = tool == "initcheck" and finished.status == FOUND and findings.get(LIBRARY)
    if not kernels or (finished.status != 0 and not noise_only):
        data["text"] = text[-4000:]
        return Outcome(FAILED, f"ended with status {finished.status}: {finished.last_line()}", data)
    return Outcome(PASSED, f"{len(kernels)} kernels{noise}", data)


def sanitizer_kernels(place: Place, tool: str, limit: float) -> Outcome:
    """Every kernel once or twice on small data under one tool."""
    checker, program = find_tool("compute-sanitizer"), place.program("bench_cuda")
    if not checker:
        return Outcome(NOT_RUN, "no compute-sanitizer here")
    if not program:
        return missing("bench_cuda")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench.json"
        command = [checker, "--tool", tool, "--error-exitcode", str(FOUND), "--print-limit", "1000",
                   program, "--tiny", "--runs", "1", "--json", str(file)]
        finished = must_end(command, limit, place.environment())
        ran = read_json(file)["results"] if file.is_file() else []
    return judge_sanitizer(tool, finished, sorted({result["kernel"] for result in ran}))


def number(text: str) -> Optional[float]:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


def read_counters(text: str) -> dict[str, dict]:
    """From ncu's raw page as CSV, the longest launch of each kernel: seconds, bytes of DRAM, occupancy and shares."""
    begin = text.find('"ID"')
    rows = list(csv.DictReader(io.StringIO(text[begin:]))) if begin >= 0 else []
    if not rows:
        return {}
    units, kernels = rows[0], {}
    for row in rows[1:]:
        name, took = kernel_of(row.get("Kernel Name") or ""), number(row.get(TIME) or "")
        if not name or took is None:
            continue
        seconds = took * SECONDS.get(units.get(TIME) or "", float("nan"))
        if seconds <= kernels.get(name, {}).get("seconds", -1):
            continue
        moved = [(number(row.get(f"{DRAM}_{way}.sum") or ""), BYTES.get(units.get(f"{DRAM}_{way}.sum") or ""))
                 for way in ("read", "write")]
        known = all(None not in pair for pair in moved)
        shares = {pipe: value for pipe, metric in SHARES.items()
                  if (value := number(row.get(metric) or "")) is not None}
        kernels[name] = {"seconds": seconds, "occupancy": number(row.get(OCCUPANCY) or ""), "shares": shares,
                         "bound": max(shares, key=lambda pipe: shares[pipe], default=None),
                         "dram_bytes": sum(value * unit for value, unit in moved) if known else None}
    return kernels


def counters(place: Place, limit: float) -> Outcome:
    """Of every kernel at the sizes of a quick look. The clocks stay as they are."""
    profiler, program = find_tool("ncu"), place.program("bench_cuda")
    if not profiler:
        return Outcome(NOT_RUN, "no ncu here")
    if not program:
        return missing("bench_cuda")
    for metrics in (METRICS, FEW_METRICS):
        command = [profiler, "--clock-control", "none", "--csv", "--page", "raw", "--metrics", ",".join(metrics),
                   program, "--quick", "--runs", "1"]
        finished = must_end(command, limit, place.environment())
        text = finished.out + finished.err
        kernels = read_counters(finished.out)
        if kernels:
            return Outcome(PASSED, f"{len(kernels)} kernels", {"kernels": kernels})
        if "metric" not in text.lower() or any(sign in text for sign in NOT_ALLOWED):
            break
    refused = next((sign for sign in NOT_ALLOWED if sign in text), None)
    if refused:
        return Outcome(NOT_RUN, f"not allowed: {refused}", {"text": text[-2000:]})
    return Outcome(FAILED, f"ncu ended with status {finished.status}: {finished.last_line()}", {"text": text[-2000:]})
