# SPDX-License-Identifier: Apache-2.0
"""Heatmaps over temperature: tokens of one row, vocabulary sizes, or rows."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Optional, Sequence

import matplotlib
import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from . import style
from .command import PlotError
from .heatmap_axes import Heatmap, draw_heatmap
from .labels import axis_label, thousands, token_labels
from .reading import (ROW_LIMIT, drawn_columns, mean_over_rows, metric, open_grid, position, read_rows,
                      require, spread, values_of)
from .saving import picture_format, save
from .temperature_axis import temperature_axis

EXAMPLES = """examples:
  plot_heatmap.py r.h5 --kind token --row 0 --top 40 -o tokens.png
  plot_heatmap.py r.h5 --kind vocab --variable entropy -o vocabulary.svg
  plot_heatmap.py r.h5 --kind row --variable top_probability -o rows.pdf"""


def _vocabulary(dataset: xr.Dataset, vocab: Optional[int]) -> int:
    return position(dataset, "vocab_size", vocab, int(dataset["vocab_size"].values.argmax()))


def _top_tokens(law: xr.DataArray, temperatures: np.ndarray, count: int) -> np.ndarray:
    """The most probable tokens of a (temperature, token) law, best first.

    Order does not depend on T; the highest finite T shows it best, where the fewest probabilities round to zero.
    """
    finite = np.flatnonzero(np.isfinite(temperatures))
    reference = law.isel(temperature=int(finite[-1] if finite.size else 0)).values
    reference = np.where(np.isnan(reference), -np.inf, reference)
    order = np.argsort(-reference, kind="stable")[:count]
    return order[np.isfinite(reference[order])]


def token_heatmap(dataset: xr.Dataset, options: argparse.Namespace) -> Heatmap:
    """Probability of the top tokens of one row; the most probable at the bottom."""
    temperatures = dataset["temperature"].values
    columns = drawn_columns(temperatures)
    at = {"vocab_size": _vocabulary(dataset, options.vocab), "row": position(dataset, "row", options.row, 0)}
    name = options.variable or "probability"
    if name not in ("probability", "log_probability", "count"):
        raise PlotError(f"--kind token draws probability, log_probability or count, not {name!r}")
    variable = require(dataset, name).isel(at).transpose("temperature", "token")
    tokens = _top_tokens(require(dataset, "probability").isel(at).transpose("temperature", "token"), temperatures,
                         options.top)
    values = variable.isel(token=np.sort(tokens)).values[columns].T.astype(np.float64)
    values = values[np.argsort(np.argsort(tokens))]
    size = int(dataset["vocab_size"].values[at["vocab_size"]])
    return Heatmap(values, temperature_axis(temperatures[columns], options.scale), token_labels(dataset, tokens, 24),
                   np.arange(len(tokens)), "token (most probable at the bottom)", axis_label(variable),
                   f"{len(tokens)} most probable of {thousands(size)} tokens, row {dataset['row'].values[at['row']]}",
                   probability=name == "probability", logarithmic=options.log_values)


def vocabulary_heatmap(dataset: xr.Dataset, options: argparse.Namespace) -> Heatmap:
    """A metric over vocabulary size × T: of one row, or the mean over rows."""
    temperatures = dataset["temperature"].values
    columns = drawn_columns(temperatures)
    variable = metric(dataset, options.variable or "entropy", options.at)
    if options.row is None:
        lines = [mean_over_rows(variable.isel(vocab_size=v), columns) for v in range(variable.sizes["vocab_size"])]
        who = f"mean over {thousands(variable.sizes['row'])} rows" if variable.sizes["row"] > 1 else "one row"
    else:
        at = position(dataset, "row", options.row, 0)
        lines, who = list(values_of(variable.isel(row=at))[:, columns]), f"row {options.row}"
    sizes = dataset["vocab_size"].values
    names = [thousands(size) for size in sizes] if sizes.size <= 32 else None
    return Heatmap(np.array(lines, dtype=np.float64), temperature_axis(temperatures[columns], options.scale), names,
                   sizes, "vocabulary size", axis_label(variable), f"{axis_label(variable)}: {who}",
                   logarithmic=options.log_values)


def row_heatmap(dataset: xr.Dataset, options: argparse.Namespace) -> Heatmap:
    """A metric over rows × T at one vocabulary size; of many rows an even selection."""
    temperatures = dataset["temperature"].values
    columns = drawn_columns(temperatures)
    variable = metric(dataset, options.variable or "entropy", options.at)
    at = _vocabulary(dataset, options.vocab)
    rows = spread(variable.sizes["row"], ROW_LIMIT)
    values = read_rows(variable.isel(vocab_size=at), rows, columns)
    if options.sort:
        middle = int(np.abs(np.log(np.clip(temperatures[columns], 1e-300, 1e300))).argmin())
        values = values[np.argsort(values[:, middle], kind="stable")]
    which = f"{thousands(rows.size)} of {thousands(variable.sizes['row'])} rows" \
        if rows.size < variable.sizes["row"] else f"{thousands(rows.size)} rows"
    size = int(dataset["vocab_size"].values[at])
    label = f"row, sorted at T = {temperatures[columns][middle]:.3g}" if options.sort else "row"
    y_values = np.arange(rows.size) if options.sort else dataset["row"].values[rows]
    return Heatmap(values, temperature_axis(temperatures[columns], options.scale), None, y_values, label,
                   axis_label(variable), f"{axis_label(variable)}: {which}, vocabulary {thousands(size)}",
                   logarithmic=options.log_values)


KINDS = {"token": token_heatmap, "vocab": vocabulary_heatmap, "row": row_heatmap}


def build_figure(heatmap: Heatmap, dark: bool = False) -> Figure:
    """One heatmap with its colour bar."""
    with matplotlib.rc_context(style.rules(dark)):
        height = 5.5 if heatmap.names is None else max(3.6, min(14.0, 1.8 + 0.22 * len(heatmap.names)))
        figure = Figure(figsize=(9.5, height))
        draw_heatmap(figure.add_subplot(), heatmap)
        return figure


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="plot_heatmap", description=__doc__.splitlines()[0], epilog=EXAMPLES,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("result", type=Path, help="result file of `tempsweep sweep`")
    parser.add_argument("-o", "--output", type=Path, required=True, help="picture: .png, .svg or .pdf")
    parser.add_argument("--kind", choices=sorted(KINDS), required=True, help="what lies on the y axis")
    parser.add_argument("--variable", help="what is coloured (default: probability for token, else entropy)")
    parser.add_argument("--row", type=int, help="row of the input (token: the first; vocab: mean over rows)")
    parser.add_argument("--vocab", type=int, help="vocabulary size (default: the largest)")
    parser.add_argument("--top", type=_positive, default=30, help="token: how many tokens (default 30)")
    parser.add_argument("--at", type=float, help="value on an extra axis, such as the order of renyi_entropy")
    parser.add_argument("--scale", choices=("auto", "log", "linear"), default="auto", help="temperature axis")
    parser.add_argument("--log-values", action="store_true", help="logarithmic colours")
    parser.add_argument("--sort", action="store_true", help="row: sort by the value at T = 1 or nearest")
    parser.add_argument("--dark", action="store_true", help="dark background")
    return parser


def main(arguments: Sequence[str]) -> None:
    """Draws a heatmap of a result file.

    :raises PlotError: the file does not hold what was asked for.
    """
    options = _parser().parse_args(arguments)
    picture_format(options.output)
    with open_grid(options.result) as dataset:
        heatmap = KINDS[options.kind](dataset, options)
    save(build_figure(heatmap, options.dark), options.output)
