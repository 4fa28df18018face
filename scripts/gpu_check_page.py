# SPDX-License-Identifier: Apache-2.0
"""The page gpu-check.md, made from the contents of gpu-check.json alone."""

from __future__ import annotations

import math
from typing import Iterator

from gpu_check_asked import asked_table
from gpu_check_equality import metric_table, set_table
from gpu_check_figures import figures, part

TITLES = {
    "host_tests": "kernels on the CPU: tests", "host_equality": "kernels on the CPU: equal to the CPU backend",
    "host_kernels": "kernels on the CPU: each by itself", "host_draws": "kernels on the CPU: draws",
    "host_sweeps": "kernels on the CPU: sweeps", "host_file": "kernels on the CPU: into a file",
    "host_scarce": "the ballast's program, without a card", "host_far": "equal rows, few of them, on the CPU",
    "identity": "`tempsweep devices`", "gpu_tests": "tests on the card", "equality": "card and CPU backend",
    "roofs": "roofs measured", "float_sums": "float sums at their own clock", "draws": "draws into histograms",
    "sweeps": "sweeps from end to end", "kernels": "kernels measured", "peers": "peers measured",
    "file": "probabilities into a file", "scarce": "a card that is nearly full", "far": "more than 2³² logits",
    "counters": "Nsight Compute", "devices": "several cards",
}


def cell(text: object) -> str:
    """Safe inside a Markdown table."""
    return str(text).replace("|", "\\|").replace("\n", " ")


def head(report: dict) -> Iterator[str]:
    device, build = report.get("device"), report["build"]
    yield "<!-- SPDX-License-Identifier: Apache-2.0 -->"
    yield "# The CUDA backend on a card" if device else "# The CUDA backend, without a card"
    yield ""
    if device:
        smi = part(report, "identity")["data"].get("nvidia_smi", {})
        driver = smi.get("driver_version", "of unknown version")
        yield (f"{device['name']}, compute capability {device['compute_capability']}, {device['multiprocessors']} SMs, "
               f"{device['memory_bytes'] / 2**30:.0f} GiB; driver {driver} (CUDA {device['cuda_of_driver']}).")
    else:
        yield "A dry run: nothing on this page ran on a card."
    built_for = f", built for {build['architectures']}" if build.get("architectures") else ""
    yield f"{report['date']}; commit {build.get('commit', 'unknown')}{built_for}; {report['seconds']:.0f} s in all."
    yield ""


def verdicts(report: dict) -> Iterator[str]:
    yield "| check | verdict | |"
    yield "|---|---|---|"
    for record in report["parts"]:
        title = TITLES.get(record["name"], record["name"].replace("sanitizer_", "compute-sanitizer "))
        yield f"| {title} | {record['verdict']} | {cell(record['note'])} |"
    yield ""


def failed_tests(report: dict) -> Iterator[str]:
    for name in ("gpu_tests", "host_tests"):
        results = part(report, name)["data"].get("tests", {})
        failed = [test for test, result in results.items() if result == "failed"]
        if failed:
            yield f"Failed: {', '.join(f'`{test}`' for test in failed[:20])}{' …' if len(failed) > 20 else ''}"
            yield ""


def nothing(report: dict, name: str) -> Iterator[str]:
    """Instead of the table of a part that measured nothing."""
    yield "Failed, see above." if part(report, name)["verdict"] == "failed" else "Not run yet."
    yield ""


def kernel_table(report: dict) -> Iterator[str]:
    rows = figures(report)
    yield "## Kernels"
    yield ""
    if not rows:
        yield from nothing(report, "kernels")
        return
    yield "A point is one token of one row at one temperature. Shares are of the roofs measured in the same run, at the"
    yield "clock that the kernel itself ran at."
    yield ""
    yield "| kernel | case | points | share of its roof | beside the best peer |"
    yield "|---|---|---|---|---|"
    for row in rows:
        yield f"| {row.kernel} | {cell(row.case)} | {row.rate()} | {row.share_text()} | {cell(row.ratio_text())} |"
    yield ""


def roof_table(report: dict) -> Iterator[str]:
    data = part(report, "roofs")["data"]
    yield "## Roofs"
    yield ""
    if not data.get("results"):
        yield from nothing(report, "roofs")
        return
    yield "| roof | G/s | SM clock, GHz | per clock and SM |"
    yield "|---|---|---|---|"
    for roof in data["results"]:
        clock, each = roof.get("sm_clock_hz"), roof.get("per_clock_per_sm")
        yield (f"| {roof['name']}{', bytes' if roof['unit'] == 'bytes' else ''} | {roof['per_second'] / 1e9:.1f} | "
               f"{f'{clock / 1e9:.3f}' if clock else '–'} | {f'{each:.2f}' if each else '–'} |")
    yield ""
    error = data.get("ex2_error", {})
    if error.get("max_relative"):
        largest = error["max_relative"]
        yield (f"`ex2.approx.ftz.f32` over {error['inputs']} inputs: largest relative error {largest:.3g} "
               f"(2^{math.log2(largest):.2f}), at {error['worst_input']}.")
        yield ""


def peer_table(report: dict) -> Iterator[str]:
    data = part(report, "peers")["data"]
    yield "## Peers"
    yield ""
    if not data.get("results"):
        yield from nothing(report, "peers")
        return
    yield "| peer | job | points, G/s | temperatures run |"
    yield "|---|---|---|---|"
    for entry in data["results"]:
        yield (f"| {cell(entry['peer'])} | {entry['job']} | {entry['points_per_second'] / 1e9:.2f} | "
               f"{entry['temperatures_run']} of {entry['temperatures']} |")
    yield ""


def equality_tables(report: dict) -> Iterator[str]:
    for name, title in (("equality", "The card and the CPU backend"),
                        ("host_equality", "The kernels on the CPU and the CPU backend")):
        data = part(report, name)["data"]
        if data.get("sets"):
            yield f"## {title}"
            yield ""
            yield "Worst differences, absolute or relative, whichever is smaller."
            yield ""
            yield from set_table(data)
            yield from metric_table(data)


def asked(report: dict) -> Iterator[str]:
    if report.get("device"):
        yield "## Asked"
        yield ""
        yield from asked_table(report)


def counter_table(report: dict) -> Iterator[str]:
    kernels = part(report, "counters")["data"].get("kernels")
    if not kernels:
        return
    yield "## Counters"
    yield ""
    yield "The longest launch of each kernel at the sizes of a quick look. A share is of what the pipe can do."
    yield ""
    yield "| kernel | ms | bound by | its share | DRAM, MB | occupancy |"
    yield "|---|---|---|---|---|---|"
    for name, one in kernels.items():
        share = f"{one['shares'][one['bound']]:.0f} %" if one["bound"] else "–"
        moved = "–" if one["dram_bytes"] is None else f"{one['dram_bytes'] / 1e6:.1f}"
        occupancy = "–" if one["occupancy"] is None else f"{one['occupancy']:.0f} %"
        yield f"| {name} | {one['seconds'] * 1e3:.3f} | {one['bound'] or '–'} | {share} | {moved} | {occupancy} |"
    yield ""


def sanitizer_table(report: dict) -> Iterator[str]:
    tools = [record for record in report["parts"]
             if record["name"].startswith("sanitizer_") and record["data"].get("kernels")]
    if not tools:
        return
    yield "## compute-sanitizer, findings a kernel"
    yield ""
    yield "| kernel | " + " | ".join(record["name"].removeprefix("sanitizer_") for record in tools) + " |"
    yield "|---" * (len(tools) + 1) + "|"
    for kernel in sorted({kernel for record in tools for kernel in record["data"]["kernels"]}):
        counts = (str(record["data"]["kernels"].get(kernel, "–")) for record in tools)
        yield f"| {kernel} | {' | '.join(counts)} |"
    yield ""


def make_page(report: dict) -> str:
    """The page as Markdown."""
    makers = (head, verdicts, failed_tests, asked, equality_tables, kernel_table, roof_table, peer_table, counter_table,
              sanitizer_table)
    return "\n".join(line for maker in makers for line in maker(report)).rstrip("\n") + "\n"
