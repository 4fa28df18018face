# SPDX-License-Identifier: Apache-2.0
"""Error of the empirical law against the number of draws: total variation, and entropy.

Lines are theory, without a fitted number. Total variation tends to sum sqrt(p (1 - p)) / sqrt(2 pi n); the plug-in entropy
is low by (k - 1) / (2 n ln 2) bit, k tokens (Miller 1955, Madow 1948), and any estimate has a spread of sqrt(C / n) / ln 2.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Optional, Sequence

import matplotlib
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from . import style
from .command import PlotError
from .convergence_runs import draw_numbers, run_sweeps
from .labels import number, thousands
from .reading import metric, open_grid
from .saving import picture_format, save

EXAMPLES = """examples:
  plot_convergence.py -o convergence.png
  plot_convergence.py --law zipf:1.07 --law logits.npy --draws 1e3:1e12:10 -o convergence.svg
  plot_convergence.py n3.h5 n4.h5 n5.h5 -o convergence.pdf      (sweeps that differ in --samples)"""

DEFAULT_LAWS = ("zipf:1.07", "normal:3")


@dataclass
class Convergence:
    """One law at one temperature; arrays over (number of draws, row). NaN in a scale: the files do not say."""

    label: str
    draws: np.ndarray
    total_variation: np.ndarray
    plug_in_error: np.ndarray
    corrected_error: np.ndarray
    variation_scale: float
    tokens: int
    spread_scale: float


@dataclass(frozen=True)
class _Reading:
    """What one file says."""

    key: tuple[str, str, int]
    samples: int
    values: dict[str, np.ndarray]
    tokens: int
    variation_scale: float
    spread_scale: float


def _variation_scale(dataset: xr.Dataset, column: int) -> float:
    if "probability" not in dataset.variables:
        return float("nan")
    law = dataset["probability"].isel(vocab_size=-1, temperature=column).values.astype(np.float64)
    return float(np.sqrt(np.nan_to_num(law * (1 - law))).sum(axis=-1).mean() / np.sqrt(2 * np.pi))


def read_result(path: Path, temperature: float) -> _Reading:
    """The largest vocabulary of a sweep with draws, at one temperature.

    :raises PlotError: no draws, or not this temperature.
    """
    with open_grid(path) as dataset:
        samples = int(dataset.attrs.get("samples", 0))
        if samples == 0:
            raise PlotError(f"{path}: no draws: run the sweep with --samples N")
        column = column_of(dataset, path, temperature)
        names = ("total_variation", "empirical_entropy", "empirical_entropy_corrected", "entropy")
        at = {"vocab_size": -1, "temperature": column}
        values = {name: metric(dataset, name).isel(at).values for name in names}
        spread = float("nan")
        if "heat_capacity" in dataset.variables:
            capacity = metric(dataset, "heat_capacity").isel(at).values
            spread = float(np.sqrt(np.nanmean(capacity)) / np.log(2))
        tokens = int(dataset["vocab_size"].values[-1])
        key = (str(dataset.attrs.get("input_name", path.name)), str(dataset.attrs.get("input_digest", "")), tokens)
        return _Reading(key, samples, values, tokens, _variation_scale(dataset, column), spread)


def column_of(dataset: xr.Dataset, path: Path, temperature: float) -> int:
    """Position of a temperature.

    :raises PlotError: the sweep does not have it.
    """
    temperatures = dataset["temperature"].values
    found = np.flatnonzero(np.isclose(temperatures, temperature, rtol=1e-9, atol=0))
    if found.size == 0:
        raise PlotError(f"{path}: temperature {number(temperature)} is not in the file; name another by --temperature")
    return int(found[0])


def _short_name(name: str) -> str:
    """A law as it is, a file with the folder that it is in: many are called logits.npy."""
    return "/".join(Path(name.removeprefix("synthetic:")).parts[-2:])


def gather(readings: Sequence[_Reading]) -> list[Convergence]:
    """Files of one input become one law, in the order in which inputs come.

    :raises PlotError: files of one input have different numbers of rows.
    """
    groups: dict[tuple[str, str, int], list[_Reading]] = {}
    for reading in readings:
        groups.setdefault(reading.key, []).append(reading)
    laws = []
    for (name, _, tokens), members in groups.items():
        members.sort(key=lambda reading: reading.samples)
        if len({member.values["entropy"].size for member in members}) > 1:
            raise PlotError(f"{name}: the files have different numbers of rows")
        table = {key: np.array([member.values[key] for member in members]) for key in members[0].values}
        scales = [member.variation_scale for member in members if np.isfinite(member.variation_scale)]
        laws.append(Convergence(
            f"{_short_name(name)}, {thousands(tokens)} tokens", np.array([member.samples for member in members]),
            table["total_variation"], table["empirical_entropy"] - table["entropy"],
            table["empirical_entropy_corrected"] - table["entropy"], scales[0] if scales else float("nan"), tokens,
            members[0].spread_scale))
    return laws


def _root_mean_square(errors: np.ndarray) -> np.ndarray:
    return np.sqrt(np.nanmean(errors**2, axis=1))


def _draw_line(axes: Axes, law: Convergence, theory: Callable[[np.ndarray], np.ndarray], most: float,
               **look: Any) -> None:
    """A line of theory over the law's draws, as far as the error can go at all."""
    draws = np.geomspace(law.draws[0], law.draws[-1], 200)
    values = theory(draws)
    axes.plot(draws, np.where(values <= most, values, np.nan), linewidth=1.2, **look)


def draw_variation(axes: Axes, laws: Sequence[Convergence], colors: Sequence[object]) -> None:
    """Mean total variation, and the law it tends to."""
    for law, color in zip(laws, colors):
        axes.plot(law.draws, np.nanmean(law.total_variation, axis=1), "o", color=color, markersize=5, label=law.label)
        if np.isfinite(law.variation_scale):
            _draw_line(axes, law, lambda n, law=law: law.variation_scale / np.sqrt(n), 1.0, color=color)
    axes.set_ylabel("total variation between draws and law")
    axes.plot([], [], color="gray", linewidth=1.2, label="Σ√(p(1−p)) / √(2πn)")


def draw_entropy(axes: Axes, laws: Sequence[Convergence], colors: Sequence[object]) -> None:
    """Error of both entropies over rows, with the bias and the spread that theory gives."""
    for law, color in zip(laws, colors):
        axes.plot(law.draws, _root_mean_square(law.plug_in_error), "o", color=color, markersize=5)
        axes.plot(law.draws, _root_mean_square(law.corrected_error), "o", color=color, markersize=5,
                  markerfacecolor="none")
        _draw_line(axes, law, lambda n, law=law: (law.tokens - 1) / (2 * np.log(2) * n), np.log2(max(law.tokens, 2)),
                   color=color, linestyle="--")
        if law.spread_scale > 0:
            _draw_line(axes, law, lambda n, law=law: law.spread_scale / np.sqrt(n), np.inf, color=color)
    axes.set_ylabel("error of the entropy of the draws [bit]")
    for label, look in (("plug-in", {"marker": "o", "linestyle": ""}),
                        ("with Miller–Madow's correction", {"marker": "o", "linestyle": "", "markerfacecolor": "none"}),
                        ("bias (V − 1) / (2n ln 2)", {"linestyle": "--", "linewidth": 1.2}),
                        ("spread √(C/n) / ln 2", {"linestyle": "-", "linewidth": 1.2})):
        axes.plot([], [], color="gray", label=label, **look)


def build_figure(laws: Sequence[Convergence], temperature: float, dark: bool = False) -> Figure:
    """Two panels side by side over one axis of draws."""
    with matplotlib.rc_context(style.rules(dark)):
        figure = Figure(figsize=(12.0, 5.2))
        left, right = figure.subplots(1, 2, sharex=True)
        low, high = (0.35, 0.95) if dark else (0.1, 0.8)
        colors = matplotlib.colormaps[style.SCALAR](np.linspace(low, high, len(laws)) if len(laws) > 1 else [0.4])
        draw_variation(left, laws, colors)
        draw_entropy(right, laws, colors)
        for axes in (left, right):
            axes.set_xscale("log")
            axes.set_yscale("log")
            axes.set_xlabel("draws n")
            axes.grid(linewidth=0.6)
            axes.legend(fontsize=8, loc="lower left")
        rows = laws[0].total_variation.shape[1]
        shown = "one row" if rows == 1 else f"left mean, right root mean square over {rows} rows"
        figure.suptitle(f"draws against their law at T = {number(temperature)}: {shown}", fontsize=11)
        return figure


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="plot_convergence", description=__doc__.splitlines()[0], epilog=EXAMPLES,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path, nargs="*", help="sweeps that differ in --samples (none: run them)")
    parser.add_argument("-o", "--output", type=Path, required=True, help="picture: .png, .svg or .pdf")
    parser.add_argument("--law", action="append", help="what to run: a synthetic law or a file of logits; may be repeated")
    parser.add_argument("--draws", default="1e2:1e9:15", help="numbers of draws to run (1e2:1e9:15)")
    parser.add_argument("--vocab", type=int, default=32000, help="tokens of a synthetic law (32000)")
    parser.add_argument("--rows", type=int, default=16, help="rows to run (16)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the first sweep (0)")
    parser.add_argument("--temperature", type=float, default=1.0, help="temperature to run, or to read (1)")
    parser.add_argument("--dark", action="store_true", help="dark background")
    return parser


def _run_and_read(options: argparse.Namespace) -> list[_Reading]:
    draws = draw_numbers(options.draws)
    readings = []
    for law in options.law or DEFAULT_LAWS:
        with tempfile.TemporaryDirectory() as folder:
            paths = run_sweeps(law, draws, Path(folder), options.vocab, options.rows, options.temperature, options.seed)
            readings += [read_result(path, options.temperature) for path in paths]
    return readings


def main(arguments: Optional[Sequence[str]]) -> None:
    """Draws convergence from result files, or from sweeps that it runs.

    :raises PlotError: the files do not hold what is needed.
    """
    options = _parser().parse_args(arguments)
    picture_format(options.output)
    if options.results and options.law:
        raise PlotError("give result files or --law, not both")
    readings = [read_result(path, options.temperature) for path in options.results] or _run_and_read(options)
    save(build_figure(gather(readings), options.temperature, options.dark), options.output)
