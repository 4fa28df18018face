#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks and measures the CUDA backend on the card of this machine; gpu_check.sh calls it.

Writes OUT/gpu-check.json and OUT/gpu-check.md, anew after each part. Exit status: 0; 1 when a part failed, or when
there is a card and the tests or the comparison with the CPU were chosen and did not run on it; 2 for a wrong call; 3
without a card (--dry-run: 0).
"""

from __future__ import annotations

import argparse
import datetime
import json
import platform
import subprocess
import sys
from pathlib import Path

from gpu_check_page import make_page
from gpu_check_parts import card_parts, host_parts
from gpu_check_place import SMALL_FILTER, Place
from gpu_check_run import Budget, Part, exit_status, run_parts, run_program

HERE = Path(__file__).resolve().parent


def ask_driver() -> dict:
    """In a process of its own: a driver that hangs or dies takes nothing along."""
    finished = run_program([sys.executable, str(HERE / "gpu_check_device.py")], 30)
    try:
        return json.loads(finished.out)
    except ValueError:
        return {"count": 0, "reason": "the driver did not answer"}


def build_facts(root: Path) -> dict:
    """Commit and architectures: VERSION of a bundle holds `key: value` lines, a checkout has git."""
    version = root / "VERSION"
    if version.is_file():
        lines = (line.partition(":") for line in version.read_text(encoding="utf-8").splitlines())
        return {key.strip(): value.strip() for key, colon, value in lines if colon}
    try:
        git = ["git", "-C", str(root)]
        commit = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
        status = [*git, "status", "--porcelain", "--untracked-files=no"]
        changed = subprocess.run(status, check=True, capture_output=True).stdout.strip()
        return {"commit": commit + (" modified" if changed else "")}
    except (OSError, subprocess.CalledProcessError):
        return {"commit": "unknown"}


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0], prog="gpu_check.sh")
    add = parser.add_argument
    add("out", nargs="?", type=Path, default=Path("out/gpu-check"), help="folder to write (default: out/gpu-check)")
    add("--dry-run", action="store_true", help="without a card: run what the CPU can, mark the rest")
    add("--bin", type=Path, help="folder of the programs (default: bin of a bundle, build/bin of a checkout)")
    add("--budget", type=float, default=540, help="seconds for everything (default: 540)")
    add("--parts", default="", help="only these, as a list with commas; the start of a name takes all that begin so")
    add("--list", action="store_true", help="name the parts, in their order, and their seconds at most")
    add("--filter", default=SMALL_FILTER, help=f"tests under the sanitizers and of --dry-run (default: {SMALL_FILTER})")
    return parser.parse_args()


def chosen(parts: list[Part], wanted: str) -> list[Part]:
    """Ends the program when a word is the start of no part's name."""
    words = [word.strip() for word in wanted.split(",") if word.strip()]
    for word in words:
        if not any(part.name.startswith(word) for part in parts):
            print(f"gpu_check: no part '{word}'; there are {', '.join(part.name for part in parts)}", file=sys.stderr)
            raise SystemExit(2)
    return [part for part in parts if not words or any(part.name.startswith(word) for word in words)]


def write_report(out: Path, report: dict) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / "gpu-check.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    (out / "gpu-check.md").write_text(make_page(report), encoding="utf-8")


def main() -> int:
    options, begun = parse_arguments(), datetime.datetime.now(datetime.timezone.utc)
    budget = Budget(options.budget)
    root = HERE.parent
    programs = options.bin or (root / "bin" if (root / "VERSION").is_file() else root / "build" / "bin")
    place = Place(root, programs.resolve(), options.filter)
    device = {"count": 0, "reason": "not asked: a dry run"} if options.dry_run or options.list else ask_driver()
    card = device["count"] > 0
    parts = chosen((host_parts(place) if options.dry_run else []) + card_parts(place, device), options.parts)
    if options.list:
        print("\n".join(f"{part.name:<20} {part.limit:>4.0f} s" for part in parts))
        return 0
    if not card and not options.dry_run:
        print(f"gpu_check: no card: {device['reason']}; --dry-run runs what needs none", file=sys.stderr)
        return 3
    report = {"format": 2, "date": begun.strftime("%Y-%m-%d %H:%M UTC"), "dry_run": options.dry_run,
              "build": build_facts(root), "device": device if card else None, "filter": options.filter,
              "host": {"system": platform.platform(), "python": platform.python_version()}}

    def keep(records: list[dict]) -> None:
        write_report(options.out, {**report, "seconds": round(options.budget - budget.left(), 1), "parts": records})

    records = run_parts(parts, budget, card, say=lambda line: print(line, flush=True), keep=keep)
    print(f"wrote {options.out / 'gpu-check.md'} and gpu-check.json", flush=True)
    return exit_status(records, card)


if __name__ == "__main__":
    sys.exit(main())
