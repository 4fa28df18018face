#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws with other people's samplers, has `tempsweep validate` judge them, and writes docs/peers.md.

    /usr/bin/python3 scripts/judge_peers.py [--program build/bin/tempsweep] [--quick] [-o docs/peers.md]

Needs NumPy; PyTorch's cases are left out where it is not installed. --quick: a hundredth of the draws, to try it.
"""

from __future__ import annotations

import argparse
import datetime
import json
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Optional

import numpy as np

try:
    import torch
except ImportError:
    torch = None

ROOT = Path(__file__).resolve().parents[1]
SEED = 20_000


def softmax(logits: np.ndarray, temperature: float) -> np.ndarray:
    weights = np.exp((logits.astype("f8") - logits.max()) / temperature)
    return weights / weights.sum()


def normal_logits(tokens: int, deviation: float) -> np.ndarray:
    return np.random.default_rng(7).normal(0, deviation, tokens).astype("f4")


@dataclass
class Law:
    """What the samplers claim to draw from."""

    name: str
    logits: np.ndarray
    temperature: float
    words: list[str] = field(default_factory=list)


@dataclass
class Case:
    sampler: str
    law: Law
    draws: int
    draw: Callable[[Law, int], np.ndarray]  # counts of each token
    table: Optional[Callable[[Law], np.ndarray]] = None  # a CDF or weights
    needs_torch: bool = False


def numpy_choice(law: Law, draws: int) -> np.ndarray:
    p = softmax(law.logits, law.temperature)
    counts = np.zeros(len(p), dtype="i8")
    generator = np.random.default_rng(SEED)
    for done in range(0, draws, 10**7):
        ids = generator.choice(len(p), min(10**7, draws - done), p=p)
        counts += np.bincount(ids, minlength=len(p))
    return counts


def numpy_choice_table(law: Law) -> np.ndarray:
    """Generator.choice: p.cumsum(), divided by its last entry."""
    table = softmax(law.logits, law.temperature).cumsum()
    return table / table[-1]


def numpy_multinomial(law: Law, draws: int) -> np.ndarray:
    return np.random.default_rng(SEED).multinomial(draws, softmax(law.logits, law.temperature))


def torch_law(law: Law, dtype: str) -> "torch.Tensor":
    logits = torch.from_numpy(law.logits).to(getattr(torch, dtype))
    return torch.softmax(logits / law.temperature, dim=-1)


def torch_count(p: "torch.Tensor", draws: int) -> np.ndarray:
    torch.manual_seed(SEED)
    counts = np.zeros(len(p), dtype="i8")
    for done in range(0, draws, 10**7):
        ids = torch.multinomial(p, min(10**7, draws - done), replacement=True).numpy()
        counts += np.bincount(ids, minlength=len(p))
    return counts


def torch_table(law: Law, dtype: str) -> np.ndarray:
    """The CPU kernel of torch.multinomial: sequential sums in the type of the weights, divided by their total."""
    sums = np.cumsum(torch_law(law, dtype).numpy())
    table = sums / sums[-1]
    table[-1] = 1
    return table


def torch_top_p(law: Law, draws: int) -> np.ndarray:
    """As it is often written: sort, softmax, cumsum, cut where the mass before a token exceeds p."""
    logits = torch.from_numpy(law.logits) / law.temperature
    ordered, index = torch.sort(logits, descending=True)
    mass = torch.cumsum(torch.softmax(ordered, dim=-1), dim=-1)
    cut = mass > 0.9
    cut[1:] = cut[:-1].clone()
    cut[0] = False
    logits[index[cut]] = -float("inf")
    return torch_count(torch.softmax(logits, dim=-1), draws)


PRINTED = np.array([35, 27, 15, 12, 11])  # "0.35, 0.27, 0.15, 0.12, 0.11"


def cases(scale: float) -> list[Case]:
    tokens = normal_logits(128256, 3)
    wide = Law("normal σ = 3, V = 128 256, T = 1", tokens, 1)
    huge = Law("normal σ = 1, V = 2²⁴, T = 1", normal_logits(2**24, 1), 1)
    text = np.load(ROOT / "data/wikitext2_excerpt/logits.npy")[0].astype("f4")
    real = Law("WikiText-2 row 0, V = 18 328, T = 0.7", text, 0.7)
    nucleus = Law("the same, top-p 0.9", text, 0.7, ["--top-p", "0.9"])
    preset = json.loads((ROOT / "data/presets/customer-service.json").read_text(encoding="utf-8"))
    printed = Law("customer service, V = 5, T = 2", np.array(preset["logits"]), 2)
    n = lambda draws: max(int(draws * scale), 1000)  # noqa: E731
    single = lambda law: torch_table(law, "float32")  # noqa: E731
    double = lambda law: torch_table(law, "float64")  # noqa: E731
    draw_single = lambda law, draws: torch_count(torch_law(law, "float32"), draws)  # noqa: E731
    draw_double = lambda law, draws: torch_count(torch_law(law, "float64"), draws)  # noqa: E731
    return [
        Case("NumPy `Generator.choice`", wide, n(10**7), numpy_choice, numpy_choice_table),
        Case("NumPy `Generator.multinomial`", wide, n(10**9), numpy_multinomial),
        Case("PyTorch `multinomial`, float32", wide, n(3 * 10**7), draw_single, single, True),
        Case("PyTorch `multinomial`, float64", wide, n(3 * 10**7), draw_double, double, True),
        Case("PyTorch `multinomial`, float32", huge, n(3 * 10**7), draw_single, single, True),
        Case("PyTorch `multinomial`, float64", huge, n(3 * 10**7), draw_double, double, True),
        Case("NumPy `Generator.choice`", real, n(10**7), numpy_choice, numpy_choice_table),
        Case("PyTorch `multinomial`, float32", real, n(2 * 10**8), draw_single, single, True),
        Case("PyTorch, sort + cumsum + `multinomial`", nucleus, n(10**7), torch_top_p, None, True),
        Case("the walkthrough's printed table, as 100 draws", printed, 100, lambda law, draws: PRINTED,
             lambda law: PRINTED / 100),
        Case("the same, as 10 000 draws", printed, 10_000, lambda law, draws: 100 * PRINTED, lambda law: PRINTED / 100),
    ]


def validate(program: Path, folder: Path, words: list[str]) -> dict:
    done = subprocess.run([str(program), "validate", *words, "--json"], cwd=folder, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(f"validate {' '.join(words)}: {done.stderr}")
    return json.loads(done.stdout)


def judge(program: Path, case: Case, folder: Path) -> dict:
    np.save(folder / "logits.npy", case.law.logits)
    np.save(folder / "counts.npy", case.draw(case.law, case.draws))
    words = ["--logits", "logits.npy", "--temperature", str(case.law.temperature), "--counts", "counts.npy", *case.law.words]
    if case.table is None:
        return validate(program, folder, words)
    table = case.table(case.law)
    np.save(folder / "table.npy", table)
    report = validate(program, folder, [*words, "--audit-table", "table.npy"])
    if (np.diff(table) >= 0).all():  # a CDF: are the draws those of the table that was rebuilt?
        with np.errstate(divide="ignore"):
            np.save(folder / "own.npy", np.log(np.diff(table.astype("f8"), prepend=0)))
        own = ["--logits", "own.npy", "--temperature", "1", "--counts", "counts.npy"]
        report["own"] = validate(program, folder, own)
    return report


def p_text(test: dict) -> str:
    if test["p"] is None:
        return "no test"
    return f"{test['p']:.2g}" if test["p"] > 1e-4 else f"10^{test['log10_p']:.1f}"


def draws_row(case: Case, report: dict) -> str:
    point = report["points"][0]
    error = point["effective_temperature_error"]
    looks = f"{point['effective_temperature']:.6g} ± {error:.1g}" if isinstance(error, float) else "—"
    impossible = point["impossible"]["tokens"]
    note = f" ({impossible} impossible tokens)" if impossible else ""
    verdict = "**rejected**" if report["rejected"] else "accepted"
    return (f"| {case.sampler} | {case.law.name} | {case.draws:.3g} | {verdict}{note} | {p_text(point['chi_square'])} | "
            f"{p_text(point['score'])} | {looks} | {p_text(point['max_residual'])} | {point['total_variation']:.2g} |")


def audit_row(case: Case, report: dict) -> str:
    audit = report["audit"]
    seen = audit["visible_from_draws"]
    seen = f"{seen:.2g}" if isinstance(seen, float) else "more than 2⁵³"
    own = "—"
    if "own" in report:
        verdict = "rejected" if report["own"]["rejected"] else "accepted"
        own = f"{verdict}, p {p_text(report['own']['points'][0]['chi_square'])}"
    return (f"| {case.sampler.split(', as')[0]} | {case.law.name} | {audit['total_variation']:.2g} | "
            f"{audit['chi_square_distance']:.2g} | {audit['never_drawn']['tokens']} ({audit['never_drawn']['mass']:.2g}) | "
            f"{audit['worst']['relative_error']:+.2g} | {seen} | {own} |")


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or "unknown"


def page(program: Path, results: list[tuple[Case, dict]]) -> str:
    version = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    versions = f"NumPy {np.__version__}" + (f", PyTorch {torch.__version__}" if torch is not None else "")
    draws = "\n".join(draws_row(case, report) for case, report in results)
    unique = {(case.law.name, case.sampler.split(" as ")[0]): (case, report) for case, report in reversed(results)}
    audits = "\n".join(audit_row(case, report) for case, report in reversed(unique.values()) if "audit" in report
                       and not case.sampler.startswith("the same"))
    template = (ROOT / "scripts/judge_peers.md").read_text(encoding="utf-8")
    return template.format(date=datetime.date.today().isoformat(), processor=processor(), versions=versions, draws=draws,
                           python=platform.python_version(), version=version, audits=audits)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, default=ROOT / "build/bin/tempsweep")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "docs/peers.md")
    options = parser.parse_args()
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for case in cases(0.01 if options.quick else 1):
            if case.needs_torch and torch is None:
                print(f"{case.sampler}: PyTorch is not installed, left out", file=sys.stderr)
                continue
            print(f"{case.sampler}, {case.law.name}", file=sys.stderr)
            results.append((case, judge(options.program.resolve(), case, Path(folder))))
    options.output.write_text(page(options.program, results), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
