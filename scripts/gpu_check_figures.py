# SPDX-License-Identifier: Apache-2.0
"""Figures of a gpu-check.json: each kernel's rate, its share of the roof measured in the same run, its best peer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

FP64_PER_POINT = 17.0  # of direct_f64, where bench_cuda does not say
WRITTEN_BYTES = {"probabilities_f32": 4, "probabilities_log16": 2, "probabilities_float": 4}
PEER_JOB = {"direct_f32": "metrics", "metrics_f32": "metrics", "probabilities_f32": "probabilities"}
IN_FLOAT = ("direct_f32", "direct_f32_mixed", "metrics_f32")  # a share above 1 is what the mixed one is for


@dataclass
class Figure:
    """One measured case; `share` is of the roof called `roof`, `ratio` is our rate over the rate of `peer`."""

    kernel: str
    case: str
    points_per_second: float
    share: Optional[float] = None
    roof: str = ""
    ratio: Optional[float] = None
    peer: str = ""

    def rate(self) -> str:
        for size, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M")):
            if self.points_per_second >= size:
                return f"{self.points_per_second / size:.3g} {letter}/s"
        return f"{self.points_per_second:.3g} /s"

    def share_text(self) -> str:
        return "–" if self.share is None else f"{100 * self.share:.0f} % of {self.roof}"

    def ratio_text(self) -> str:
        return "–" if self.ratio is None else f"{self.ratio:.1f} × {self.peer}"


def part(report: dict, name: str) -> dict:
    """The record of a part, or an empty one that has not run."""
    return next((p for p in report.get("parts", []) if p["name"] == name),
                {"name": name, "verdict": "not run yet", "note": "", "seconds": 0, "data": {}})


def roof_of(report: dict, name: str) -> Optional[dict]:
    return next((r for r in part(report, "roofs")["data"].get("results", []) if r["name"] == name), None)


def instruction_rate(report: dict, roof: dict, clock: Optional[float]) -> float:
    """Instructions a second that the roof allows at the clock at which the kernel ran; the roof's own where unknown."""
    multiprocessors = part(report, "roofs")["data"].get("device", {}).get("multiprocessors")
    if clock and multiprocessors and roof.get("per_clock_per_sm"):
        return roof["per_clock_per_sm"] * clock * multiprocessors
    return roof["per_second"]


def share_of_roof(report: dict, result: dict) -> tuple[Optional[float], str]:
    """How much of its roof a kernel reaches, and that roof's name; (None, "") where one of the two was not measured."""
    kernel, points, clock = result["kernel"], result["points_per_second"], result.get("sm_clock_hz")
    bench, moved = part(report, "kernels")["data"], result.get("bytes_per_second")
    if kernel in IN_FLOAT and (roof := roof_of(report, "mufu_ex2")):
        return points / instruction_rate(report, roof, clock), "MUFU"
    in_double = kernel == "direct_f64" or result.get("fp64_per_point")
    if in_double and (roof := roof_of(report, "dfma")):
        each = result.get("fp64_per_point") or bench.get("fp64_per_point") or FP64_PER_POINT
        return each * points / instruction_rate(report, roof, clock), "DFMA"
    if kernel in WRITTEN_BYTES and (roof := roof_of(report, "write_stream")):
        return (moved or WRITTEN_BYTES[kernel] * points) / roof["per_second"], "writing"
    if kernel in ("scan_rows", "count_kept", "collect_kept") and moved and (roof := roof_of(report, "read_sum")):
        return moved / roof["per_second"], "reading"
    return None, ""


def best_peer(report: dict, kernel: str) -> Optional[dict]:
    results = part(report, "peers")["data"].get("results", [])
    same = [result for result in results if result.get("job") == PEER_JOB.get(kernel)]
    return max(same, key=lambda result: result["points_per_second"], default=None)


def figures(report: dict) -> list[Figure]:
    found = []
    for result in part(report, "kernels")["data"].get("results", []):
        figure = Figure(result["kernel"], result.get("case", ""), result["points_per_second"])
        figure.share, figure.roof = share_of_roof(report, result)
        peer = best_peer(report, figure.kernel)
        if peer:
            figure.ratio, figure.peer = figure.points_per_second / peer["points_per_second"], peer["peer"]
        found.append(figure)
    return found


def device_name(report: dict) -> str:
    return (report.get("device") or {}).get("name", "no card")
