# SPDX-License-Identifier: Apache-2.0
"""Draws one heatmap on an axis: cells, margins of T = 0 and inf, labels and colour bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize, PowerNorm

from . import style
from .command import PlotError
from .labels import thousands
from .temperature_axis import TemperatureAxis


@dataclass(frozen=True)
class Heatmap:
    """What is drawn: values (y, temperature), NaN where there is none; y increases upwards."""

    values: np.ndarray
    axis: TemperatureAxis
    names: Optional[list[str]]  # one label per y; None: y_values is a numeric axis
    y_values: np.ndarray
    y_label: str
    value_label: str
    title: str
    probability: bool = False
    logarithmic: bool = False


MISSING_NOTE = "grey: no value"


def _norm(heatmap: "Heatmap") -> Normalize:
    """Range of the colours: 0…1 for probabilities, else that of the values; one value gets a little room."""
    finite = heatmap.values[np.isfinite(heatmap.values)]
    if heatmap.logarithmic:
        if finite.size and finite.min() < 0:
            raise PlotError(f"--log-values: {heatmap.value_label} has negative values; leave the option out")
        positive = finite[finite > 0]
        low, high = (positive.min(), positive.max()) if positive.size else (0.1, 1.0)
        return LogNorm(max(low, high * 1e-12), high if high > low else low * 10)
    if heatmap.probability:
        return PowerNorm(0.5, 0.0, 1.0)
    low, high = (finite.min(), finite.max()) if finite.size else (0.0, 1.0)
    return Normalize(low, high if high > low else low + 1e-9 + abs(low) * 1e-9)


def _cells(heatmap: "Heatmap") -> np.ma.MaskedArray:
    """Values to colour. Of a logarithmic scale zeros take the lowest colour instead of none."""
    values = np.array(heatmap.values, dtype=np.float64)
    if heatmap.logarithmic:
        values[values <= 0] = np.finfo(float).tiny
    return np.ma.masked_invalid(values)


def _y_edges(heatmap: "Heatmap") -> np.ndarray:
    """Edges between evenly drawn lines, or half-way between numeric values where they are rows."""
    if heatmap.names is not None or len(heatmap.y_values) == 1:
        return np.arange(len(heatmap.y_values) + 1) - 0.5
    y = np.asarray(heatmap.y_values, dtype=float)
    middle = 0.5 * (y[1:] + y[:-1])
    return np.concatenate([[2 * y[0] - middle[0]], middle, [2 * y[-1] - middle[-1]]])


def _draw_cells(axes: Axes, heatmap: "Heatmap", colors: dict[str, Any]) -> Any:
    """The finite temperatures and, beside them, the strips of T = 0 and T = inf; returns a mesh for the bar."""
    axis, cells, y_edges = heatmap.axis, _cells(heatmap), _y_edges(heatmap)
    temperatures = axis.temperatures
    common = {**colors, "rasterized": True, "shading": "flat"}
    mesh = None
    finite = np.isfinite(temperatures) & (temperatures > 0)
    if finite.any():
        mesh = axes.pcolormesh(axis.edges(), y_edges, cells[:, finite], **common)
    if axis.has_zero:
        mesh = axes.pcolormesh(axis.strip(False), y_edges, cells[:, :1], **common)
    if axis.has_infinity:
        mesh = axes.pcolormesh(axis.strip(True), y_edges, cells[:, -1:], **common)
    return mesh


def _label_y(axes: Axes, heatmap: "Heatmap") -> None:
    edges = _y_edges(heatmap)
    axes.set_ylim(edges[0], edges[-1])
    axes.set_ylabel(heatmap.y_label)
    if heatmap.names is not None:
        line = 72 * 0.85 * axes.figure.get_figheight() / len(heatmap.names)
        axes.set_yticks(np.arange(len(heatmap.names)), heatmap.names, fontsize=min(9.0, 0.75 * line))
    elif len(heatmap.y_values) == 1:
        axes.set_yticks([0], [thousands(heatmap.y_values[0])])
    else:
        axes.yaxis.set_major_locator(matplotlib.ticker.MaxNLocator(8, integer=True))
        axes.yaxis.set_major_formatter(lambda value, _: thousands(value))
    axes.tick_params(axis="y", length=0)


def draw_heatmap(axes: Axes, heatmap: "Heatmap") -> None:
    """Everything of one heatmap, its colour bar included."""
    name = style.HEAT if heatmap.probability else style.SCALAR
    palette = matplotlib.colormaps[name].with_extremes(bad=style.MISSING if style.is_dark(axes) else "#c8ccd0")
    mesh = _draw_cells(axes, heatmap, {"cmap": palette, "norm": _norm(heatmap)})
    heatmap.axis.apply(axes)
    _label_y(axes, heatmap)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.set_title(heatmap.title)
    if np.isnan(heatmap.values).any():
        axes.annotate(MISSING_NOTE, (1, 0), xycoords="axes fraction", xytext=(0, -26), textcoords="offset points",
                      ha="right", va="top", fontsize=8, alpha=0.75)
    bar = axes.figure.colorbar(mesh, ax=axes, pad=0.02, fraction=0.06, aspect=4.2 * axes.figure.get_figheight())
    scaled = heatmap.probability and not heatmap.logarithmic
    bar.set_label(heatmap.value_label + (" (square-root scale)" if scaled else ""))
    if scaled:
        ticks = [0, 0.01, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0]
        bar.set_ticks(ticks, labels=[f"{tick:g}" for tick in ticks])
