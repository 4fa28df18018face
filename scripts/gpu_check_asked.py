# SPDX-License-Identifier: Apache-2.0
"""What is asked of a card, beside what a gpu-check.json measured and the bound that it measured in the same run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, Optional

from gpu_check_figures import best_peer, part, roof_of, share_of_roof
from gpu_check_run import NOT_RUN

MUFU_SHARE, PEER_RATIO = 0.80, 5
NOISE = 0.03  # of two measured rates
COPY_RATIO, MANY_PEER_RATIO = 1.5, 1000
WRITE_SHARE, FILE_RATIO = 0.85, 1.3
DRAWS = 20e9
VOCABULARIES = (32000, 128256)


@dataclass
class Asked:
    """One figure: `kept` is None where it has not been measured, or where nothing is asked."""

    what: str
    asked: str
    measured: str = NOT_RUN
    bound: str = "–"
    kept: Optional[bool] = None


def quantity(value: float) -> str:
    for size, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g} {letter}"
    return f"{value:.3g} "


def result_of(report: dict, name: str, kernel: str, note: str = "") -> Optional[dict]:
    """The first measured case of a kernel whose case mentions `note`."""
    return next((result for result in part(report, name)["data"].get("results", [])
                 if result["kernel"] == kernel and note in result.get("case", "")), None)


def case_of(report: dict, name: str, **wanted: object) -> Optional[dict]:
    return next((case for case in part(report, name)["data"].get("cases", [])
                 if all(case.get(key) == value for key, value in wanted.items())), None)


def float_sums(report: dict) -> Iterator[Asked]:
    """The variants of the float sums, each of which may be listed; the first is asked about."""
    results = part(report, "float_sums")["data"].get("results", [])
    for number, result in enumerate(results or [None]):
        name = "direct_f32" if not result else result["kernel"]
        asked = Asked(f"`{name}`, [64, 128256] × 256, logits on the card",
                      f"≥ {100 * MUFU_SHARE:.0f} % of the MUFU roof" if number == 0 else "–")
        share, roof = share_of_roof(report, {**result, "kernel": "direct_f32"}) if result else (None, "")
        if result and share is not None:
            clock = result.get("sm_clock_hz")
            at = f"at {clock / 1e9:.3f} GHz, as read meanwhile" if clock else "at the roof's own clock"
            asked.measured = f"{100 * share:.0f} %, {quantity(result['points_per_second'])}points/s"
            asked.bound, asked.kept = f"{roof}, {at}", share >= MUFU_SHARE if number == 0 else None
        yield asked


def peers(report: dict) -> Iterator[Asked]:
    asked = Asked("its metrics, beside the best of PyTorch (eager, compiled), CuPy, JAX", f"≥ {PEER_RATIO} ×")
    ours, peer = result_of(report, "kernels", "metrics_f32"), best_peer(report, "direct_f32")
    if ours and peer:
        ratio = ours["points_per_second"] / peer["points_per_second"]
        asked.measured, asked.kept = f"{ratio:.1f} ×", ratio >= PEER_RATIO
        asked.bound = f"{peer['peer']}, {quantity(peer['points_per_second'])}points/s"
        absent = [entry["peer"] for entry in part(report, "peers")["data"].get("left_out", [])]
        asked.bound += f"; without {', '.join(absent)}" if absent else ""
    yield asked


def sweeps(report: dict) -> Iterator[Asked]:
    copy, peer = roof_of(report, "copy_host_to_device"), best_peer(report, "direct_f32")
    for method in ("expansion", "interpolation"):
        case = case_of(report, "sweeps", method=method)
        name = f"{method}, [512, 128256] × 4096, from and to host memory"
        beside_copy = Asked(name, f"≤ {COPY_RATIO} × the copy of the logits")
        if case and copy:
            doubles, floats = (case[key] / copy["per_second"] for key in ("double_bytes", "float_bytes"))
            ratio = case["compute_seconds"] / doubles
            beside_copy.measured = f"{ratio:.2f} ×, {case['compute_seconds'] * 1e3:.1f} ms"
            beside_copy.bound = (f"{doubles * 1e3:.1f} ms as doubles, which the program holds; "
                                 f"{floats * 1e3:.1f} ms as floats")
            beside_copy.kept = ratio <= COPY_RATIO
        yield beside_copy
        beside_peer = Asked("the same, beside the best peer", f"≥ {MANY_PEER_RATIO} ×")
        if case and peer:
            ratio = case["points_per_second"] / peer["points_per_second"]
            beside_peer.measured, beside_peer.kept = f"{ratio:.0f} ×", ratio >= MANY_PEER_RATIO
            beside_peer.bound = f"{peer['peer']}, {quantity(peer['points_per_second'])}points/s, logits on the card"
        yield beside_peer


def probabilities(report: dict) -> Iterator[Asked]:
    """In double at the default tolerance, by float exponentials at a looser one."""
    exact = result_of(report, "kernels", "probabilities_f32")
    loose = result_of(report, "kernels", "probabilities_float")
    for result, tolerance, least in ((exact, "1e-12", None), (loose, "1e-5", WRITE_SHARE)):
        asked = Asked(f"probabilities into the card's memory, tolerance {tolerance}",
                      f"≥ {100 * least:.0f} % of its bandwidth" if least else "–")
        share = share_of_roof(report, result)[0] if result else None
        roof = roof_of(report, "write_stream")
        if result and share is not None and roof:
            asked.measured, asked.bound = f"{100 * share:.0f} %", f"writing, {quantity(roof['per_second'])}B/s"
            asked.kept = share >= least if least else None
        yield asked
    bus, disk = roof_of(report, "copy_device_to_host"), part(report, "file")["data"].get("disk_bytes_per_second")
    for tolerance in ("1e-12", "1e-5"):
        asked = Asked(f"probabilities into a file, tolerance {tolerance}",
                      f"≤ {FILE_RATIO} × the slower of bus and disk")
        case = case_of(report, "file", tolerance=tolerance)
        if case and bus and disk:
            slower, name = min((bus["per_second"], "bus"), (disk, "disk"))
            ratio = case["elapsed_seconds"] / (case["bytes"] / slower)
            asked.measured, asked.bound = f"{ratio:.2f} ×", f"{name}, {quantity(slower)}B/s"
            asked.kept = ratio <= FILE_RATIO
        yield asked


def draws(report: dict) -> Iterator[Asked]:
    for vocabulary in VOCABULARIES:
        warm, cold = (case_of(report, "draws", vocabulary=vocabulary, temperature=t) for t in (1, 0.05))
        asked = Asked(f"draws into a histogram, V = {vocabulary}, T = 1, table included", f"≥ {quantity(DRAWS)}/s")
        if warm:
            asked.measured, asked.kept = f"{quantity(warm['draws_per_second'])}/s", warm["draws_per_second"] >= DRAWS
            asked.bound = f"{quantity(warm['many_draws'])}draws in {warm['many_seconds']:.3g} s"
        yield asked
        beside = Asked("the same at T = 0.05", "no slower")
        if warm and cold:
            ratio = cold["draws_per_second"] / warm["draws_per_second"]
            beside.measured, beside.kept = f"{ratio:.2f} × the rate", ratio >= 1 - NOISE
        yield beside
    cases = part(report, "draws")["data"].get("cases", [])
    equal = Asked("SHA-256 of the histograms of 10⁹ draws", "the CPU's")
    if cases:
        right = sum(case["equal"] for case in cases)
        equal.measured, equal.kept = f"{right} of {len(cases)} equal", right == len(cases)
    yield equal


def several_cards(report: dict) -> Iterator[Asked]:
    found, asked = part(report, "devices"), Asked("several cards", "the same bits")
    if found["data"].get("cards") == 1:
        asked.measured = "one card: not run"
    elif found["data"].get("runs"):
        asked.measured, asked.kept = f"{found['data']['cards']} cards: {found['verdict']}", found["verdict"] == "passed"
    yield asked


def asked_of(report: dict) -> list[Asked]:
    """Nothing of a report without a card is a figure of a card."""
    if not report.get("device"):
        report = {}
    makers = (float_sums, peers, sweeps, probabilities, draws, several_cards)
    return [asked for maker in makers for asked in maker(report)]


def asked_table(report: dict) -> Iterator[str]:
    yield "| figure | asked | measured | bound, measured in the same run | |"
    yield "|---|---|---|---|---|"
    for one in asked_of(report):
        verdict = {None: "", True: "kept", False: "missed"}[one.kept]
        cells = (one.what, one.asked, one.measured, one.bound, verdict)
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""
