# SPDX-License-Identifier: Apache-2.0
"""The figure of the walkthrough: eight panels from one result file.

Rows 0 and 1 hold five bar charts and the top-probability curve; row 2 the heatmap, two columns wide, and the entropy.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Optional, Sequence

import matplotlib
import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from . import experiment1_panels as panels
from . import style
from .experiment1_panels import Experiment
from .labels import token_labels
from .reading import metric, nearest, open_grid, position, require
from .saving import picture_format, save

TESTED = (0.1, 0.5, 1.0, 2.0, 5.0)
CURVE = (0.05, 5.0)
HEATMAP = 0.1 + (5.0 - 0.1) * np.arange(50) / 49
TOKEN_LIMIT = 64
"""Tokens drawn at most; of a larger vocabulary the most probable ones."""


def _drawn_tokens(law: np.ndarray, size: int) -> np.ndarray:
    """Positions of the tokens to draw, in the file's order."""
    order = np.argsort(-law[:size], kind="stable")[:TOKEN_LIMIT]
    return np.sort(order)


def read_experiment(dataset: xr.Dataset, row: Optional[int] = None) -> Experiment:
    """Picks the five tested T, the curve and the heatmap's T from the grid of a result (largest vocabulary, one row).

    :raises PlotError: a variable or a temperature is missing.
    """
    at = {"vocab_size": int(dataset["vocab_size"].values.argmax()), "row": position(dataset, "row", row, 0)}
    size = int(dataset["vocab_size"].values[at["vocab_size"]])
    grid = dataset["temperature"].values
    tested, heat = nearest(grid, TESTED), nearest(grid, HEATMAP)
    curve = np.flatnonzero((grid >= CURVE[0] * (1 - 1e-9)) & (grid <= CURVE[1] * (1 + 1e-9)))
    law = require(dataset, "probability").isel(at).transpose("temperature", "token")
    tokens = _drawn_tokens(law.isel(temperature=int(tested[2])).values, min(size, law.sizes["token"]))
    top, entropy = metric(dataset, "top_probability").isel(at).values, metric(dataset, "entropy").isel(at).values
    return Experiment(
        tokens=token_labels(dataset, tokens), vocab_size=size,
        tested=law.isel(temperature=tested).values[:, tokens], tested_entropy=entropy[tested], tested_top=top[tested],
        heat=law.isel(temperature=heat).values[:, tokens].T, temperatures=grid[curve], top=top[curve],
        entropy=entropy[curve])


def build_figure(experiment: Experiment, title: str = "") -> Figure:
    """The 3 × 3 grid: eight panels and the heatmap's colour bar."""
    with matplotlib.rc_context(style.rules(dark=True)):
        figure = Figure(figsize=(17, 14))
        grid = figure.add_gridspec(3, 3, height_ratios=[1, 1, 1.15])
        for index, temperature in enumerate(TESTED):
            panels.draw_bars(figure.add_subplot(grid[index // 3, index % 3]), experiment, index, temperature)
        panels.draw_top_probability(figure.add_subplot(grid[1, 2]), experiment, TESTED)
        panels.draw_entropy(figure.add_subplot(grid[2, 2]), experiment, TESTED)
        wide = grid[2, :2].subgridspec(1, 2, width_ratios=[44, 1], wspace=0.02)
        panels.draw_heatmap(figure.add_subplot(wide[0]), figure.add_subplot(wide[1]), experiment, HEATMAP)
        figure.suptitle(title or "Experiment 1: temperature sweep", fontsize=17, fontweight="bold")
        figure.get_layout_engine().set(w_pad=0.12, h_pad=0.12)
        return figure


def _title(dataset: xr.Dataset) -> str:
    preset = str(dataset.attrs.get("preset", ""))
    return "Experiment 1: temperature sweep" + (f", {preset}" if preset else "")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="plot_experiment1", description=__doc__.splitlines()[0])
    parser.add_argument("result", type=Path, help="result file of `tempsweep experiment1`")
    parser.add_argument("-o", "--output", type=Path, required=True, help="picture: .png, .svg or .pdf")
    parser.add_argument("--row", type=int, help="row of the input (default: the first)")
    return parser


def main(arguments: Sequence[str]) -> None:
    """Draws the figure of a result file.

    :raises PlotError: the file does not hold what the panels need.
    """
    options = _parser().parse_args(arguments)
    picture_format(options.output)
    with open_grid(options.result) as dataset:
        experiment, title = read_experiment(dataset, options.row), _title(dataset)
    save(build_figure(experiment, title), options.output, dpi=130)
