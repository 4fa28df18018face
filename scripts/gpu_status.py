#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes docs/gpu-status.md: gpu_status.py [--output FILE] [gpu-check.json ...]

Kernel by kernel: on which card, at which commit, with which verdict and figure; "not run yet" where no report says
otherwise. docs/gpu-status-host.md, kept by hand, says what was checked without a card and is included as it is.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Iterator

from gpu_check_asked import asked_table
from gpu_check_equality import set_table
from gpu_check_figures import device_name, figures, part

ROOT = Path(__file__).resolve().parent.parent
ARGUMENTS = ROOT / "kernels" / "arguments"
SUBJECTS = ("rows", "sums", "ladder", "methods", "points", "ordering", "draws")  # in the order of a sweep
NOT_RUN = "not run yet"


def kernels() -> list[str]:
    """Every kernel that the arguments name; what a library does, and what is measured in two forms, by its own name."""
    by_subject = {path.stem: re.findall(r'\bname = "(\w+)"', path.read_text(encoding="utf-8"))
                  for path in sorted(ARGUMENTS.glob("*.hpp"))}
    order = [*SUBJECTS, *(subject for subject in by_subject if subject not in SUBJECTS)]
    names = [name for subject in order for name in by_subject.get(subject, [])]
    split = {"probabilities": ["probabilities_f32", "probabilities_log16"], "merge_scans": ["merge_scans", "sort_rows"],
             "number_tokens": ["number_tokens", "sort_pairs"]}
    return [name for kernel in names for name in split.get(kernel, [kernel])]


def plain(name: str) -> str:
    """ScanRows, scan_rows and scanRows are the same word."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def verdict(report: dict, kernel: str) -> str:
    """Of the tests that carry the kernel's name, or, where none does, of all tests of the backend together."""
    tests = part(report, "gpu_tests")
    named = [result for test, result in tests["data"].get("tests", {}).items() if plain(kernel) in plain(test)]
    if not report.get("device") or tests["verdict"] == NOT_RUN:
        return NOT_RUN
    if not named:
        return f"none of its own; of the backend: {tests['verdict']} ({tests['note']})"
    if "failed" in named:
        return f"failed ({named.count('failed')} of {len(named)} tests)"
    if "passed" not in named:
        return NOT_RUN
    skipped = f", {named.count('skipped')} skipped" if "skipped" in named else ""
    return f"passed ({named.count('passed')} of its tests{skipped})"


def figure(report: dict, kernel: str) -> str:
    """The first measured case of the kernel."""
    for found in figures(report):
        if found.kernel == kernel:
            share = f", {found.share_text()}" if found.share is not None else ""
            return f"{found.rate()}{share}, {found.case}".rstrip(", ")
    return NOT_RUN


def rows(reports: list[dict]) -> Iterator[str]:
    for kernel in kernels():
        for report in reports:
            commit = report["build"].get("commit", "unknown")
            short = re.sub(r"^([0-9a-f]{9})[0-9a-f]+", r"\1", commit)
            cells = (kernel, device_name(report), f"{short}, {report['date'][:10]}", verdict(report, kernel),
                     figure(report, kernel))
            yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
        if not reports:
            yield f"| {kernel} | – | – | {NOT_RUN} | {NOT_RUN} |"


def title(report: dict) -> str:
    return f"{device_name(report)}, {report['date'][:10]}"


def other_checks(reports: list[dict]) -> Iterator[str]:
    names = ("equality", "scarce", "far", "sanitizer_memcheck", "sanitizer_racecheck", "sanitizer_initcheck",
             "sanitizer_synccheck", "counters", "devices")
    for report in reports:
        said = "; ".join(f"{name.replace('_', ' ')}: {part(report, name)['verdict']}" for name in names)
        yield f"- {title(report)}: {said}."


def asked_tables(reports: list[dict]) -> Iterator[str]:
    for report in reports or [{}]:
        if report:
            yield f"{title(report)}:"
            yield ""
        yield from asked_table(report)


def equality_tables(reports: list[dict]) -> Iterator[str]:
    """Of the card and the CPU backend; nothing where none was compared."""
    for report in reports:
        data = part(report, "equality")["data"]
        if data.get("sets"):
            yield f"{title(report)}, beside the CPU backend:"
            yield ""
            yield from set_table(data)


def make_status(reports: list[dict], host_text: str) -> str:
    on_cards = [report for report in reports if report.get("device")]
    lines = ["<!-- SPDX-License-Identifier: Apache-2.0 -->", "<!-- Written by scripts/gpu_status.py. -->",
             "# What ran on a GPU", "",
             "A verdict or a figure stands here only if `scripts/gpu_check.sh` wrote it on that card. Everything else",
             f'says "{NOT_RUN}".', "",
             "| kernel | card | commit, date | tests on the card | points a second, share of the measured roof |",
             "|---|---|---|---|---|", *rows(on_cards), "", "## What is asked of a card", "", *asked_tables(on_cards)]
    checks = list(other_checks(on_cards))
    if checks:
        lines += ["## Beside the tests", "", *checks, "", *equality_tables(on_cards)]
    lines += ["## What was checked without a card", "", host_text.strip(), ""]
    return "\n".join(lines)


def without_licence_line(text: str) -> str:
    return re.sub(r"\A<!--.*?-->\n", "", text, flags=re.DOTALL)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("reports", nargs="*", type=Path, help="gpu-check.json of cards, in the order to list them")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "gpu-status.md")
    parser.add_argument("--host", type=Path, default=ROOT / "docs" / "gpu-status-host.md")
    options = parser.parse_args()
    reports = [json.loads(path.read_text(encoding="utf-8")) for path in options.reports]
    for path, report in zip(options.reports, reports):
        if not report.get("device"):
            print(f"gpu_status: {path} is of a dry run: it adds nothing", file=sys.stderr)
    host_text = without_licence_line(options.host.read_text(encoding="utf-8"))
    options.output.write_text(make_status(reports, host_text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
