# SPDX-License-Identifier: Apache-2.0
"""Metrics against temperature, with quantile bands over rows."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Sequence

import matplotlib
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from . import style
from .command import PlotError
from .labels import axis_label, thousands
from .reading import BLOCK_VALUES, drawn_columns, metric, open_grid, position, read_rows, spread
from .saving import picture_format, save
from .temperature_axis import TemperatureAxis, temperature_axis

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
BAND_CURVES = 4
"""With more vocabulary sizes than this only medians are drawn: bands would hide one another."""

EXAMPLES = """examples:
  plot_curves.py r.h5 --variable entropy,top_probability -o curves.svg
  plot_curves.py r.h5 --variable renyi_entropy --at 2 --vocab 1000 --vocab 32000 -o renyi.pdf"""


@dataclass(frozen=True)
class Curve:
    """One metric at one vocabulary size: quantiles over rows, shape (5, temperature); NaN where there is no value."""

    vocab_size: int
    quantiles: np.ndarray
    rows: int


@dataclass(frozen=True)
class Panel:
    """One metric."""

    label: str
    axis: TemperatureAxis
    curves: list[Curve]


def _quantiles(values: np.ndarray) -> np.ndarray:
    """Quantiles over rows; a column without any value stays NaN, and without a warning."""
    result = np.full((len(QUANTILES), values.shape[1]), np.nan)
    filled = ~np.isnan(values).all(axis=0)
    if filled.any():
        result[:, filled] = np.nanquantile(values[:, filled], QUANTILES, axis=0)
    return result


def read_panel(dataset: xr.Dataset, name: str, vocabularies: Optional[Sequence[int]] = None,
               at: Optional[float] = None, row: Optional[int] = None, scale: str = "auto") -> Panel:
    """A metric for the chosen vocabulary sizes (all by default); of very many rows an even selection is read."""
    variable = metric(dataset, name, at)
    temperatures = dataset["temperature"].values
    columns = drawn_columns(temperatures)
    rows = spread(variable.sizes["row"], max(1, BLOCK_VALUES // max(1, columns.size)))
    if row is not None:
        rows = np.array([position(dataset, "row", row, 0)])
    sizes = dataset["vocab_size"].values
    chosen = [position(dataset, "vocab_size", size, 0) for size in vocabularies] if vocabularies else range(sizes.size)
    curves = [Curve(int(sizes[v]), _quantiles(read_rows(variable.isel(vocab_size=v), rows, columns)), rows.size)
              for v in chosen]
    return Panel(axis_label(variable), temperature_axis(temperatures[columns], scale), curves)


def _draw_edge(axes: Axes, axis: TemperatureAxis, quantiles: np.ndarray, infinity: bool, color: object,
               bands: bool) -> None:
    """The value at T = 0 or inf: a dot in the margin, with bars for the quantiles."""
    place, column = axis.place(infinity), quantiles[:, -1 if infinity else 0]
    if bands:
        axes.plot([place, place], column[[0, 4]], color=color, linewidth=1.2, alpha=0.5)
        axes.plot([place, place], column[[1, 3]], color=color, linewidth=3.5, alpha=0.5, solid_capstyle="butt")
    axes.plot([place], [column[2]], "o", color=color, markersize=5)


def _draw_curve(axes: Axes, axis: TemperatureAxis, curve: Curve, color: object, bands: bool) -> None:
    finite = np.isfinite(axis.temperatures) & (axis.temperatures > 0)
    t, q = axis.temperatures[finite], curve.quantiles[:, finite]
    bands = bands and curve.rows > 1
    if bands:
        axes.fill_between(t, q[0], q[4], color=color, alpha=0.15, linewidth=0)
        axes.fill_between(t, q[1], q[3], color=color, alpha=0.28, linewidth=0)
    axes.plot(t, q[2], color=color, linewidth=2.0, marker="o" if t.size == 1 else None,
              label=thousands(curve.vocab_size))
    if axis.has_zero:
        _draw_edge(axes, axis, curve.quantiles, False, color, bands)
    if axis.has_infinity:
        _draw_edge(axes, axis, curve.quantiles, True, color, bands)


def draw_panel(axes: Axes, panel: Panel, legend: bool) -> None:
    """One metric: a curve per vocabulary size, brighter where it is larger."""
    count = len(panel.curves)
    low, high = (0.35, 0.95) if style.is_dark(axes) else (0.15, 0.85)
    shades = matplotlib.colormaps["viridis"](np.linspace(low, high, count) if count > 1 else [0.5 * (low + high)])
    for curve, color in zip(panel.curves, shades):
        _draw_curve(axes, panel.axis, curve, color, bands=count <= BAND_CURVES)
    panel.axis.apply(axes)
    axes.set_ylabel(panel.label)
    axes.margins(y=0.06)
    axes.ticklabel_format(axis="y", useOffset=False)
    axes.grid(linewidth=0.6)
    if legend and count > 1:
        axes.legend(title="vocabulary size", fontsize=8, title_fontsize=8, ncols=1 + (count - 1) // 8)


def _caption(panel: Panel) -> str:
    rows = panel.curves[0].rows
    if rows == 1:
        return "one row"
    if len(panel.curves) > BAND_CURVES:
        return f"median over {thousands(rows)} rows"
    return f"median over {thousands(rows)} rows; bands: 25–75 % and 5–95 %"


def build_figure(panels: Sequence[Panel], dark: bool = False) -> Figure:
    """One panel per metric, at most three side by side."""
    columns = min(len(panels), 3 if len(panels) > 4 else 2)
    lines = -(-len(panels) // columns)
    with matplotlib.rc_context(style.rules(dark)):
        figure = Figure(figsize=(max(7.0, 5.2 * columns), 0.7 + 3.7 * lines))
        for index, panel in enumerate(panels):
            draw_panel(figure.add_subplot(lines, columns, index + 1), panel, legend=index == 0)
        figure.suptitle(_caption(panels[0]), fontsize=11)
        return figure


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="plot_curves", description=__doc__.splitlines()[0], epilog=EXAMPLES,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("result", type=Path, help="result file of `tempsweep sweep`")
    parser.add_argument("-o", "--output", type=Path, required=True, help="picture: .png, .svg or .pdf")
    parser.add_argument("--variable", default="entropy,top_probability", help="metrics, separated by commas")
    parser.add_argument("--row", type=int, help="one row instead of quantiles over rows")
    parser.add_argument("--vocab", type=int, action="append", help="vocabulary size; may be repeated (default: all)")
    parser.add_argument("--at", type=float, help="value on an extra axis, such as the order of renyi_entropy")
    parser.add_argument("--scale", choices=("auto", "log", "linear"), default="auto", help="temperature axis")
    parser.add_argument("--dark", action="store_true", help="dark background")
    return parser


def main(arguments: Sequence[str]) -> None:
    """Draws curves of a result file.

    :raises PlotError: the file does not hold what was asked for.
    """
    options = _parser().parse_args(arguments)
    picture_format(options.output)
    names = [name.strip() for name in options.variable.split(",") if name.strip()]
    if not names:
        raise PlotError("--variable names no metric")
    with open_grid(options.result) as dataset:
        panels = [read_panel(dataset, name, options.vocab, options.at, options.row, options.scale) for name in names]
    save(build_figure(panels, options.dark), options.output)
