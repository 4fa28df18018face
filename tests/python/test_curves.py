# SPDX-License-Identifier: Apache-2.0
"""Curves and the temperature axis."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fake_result import Sweep, write_result

import tempsweep
from tempsweep.plots import curves, reading
from tempsweep.plots.labels import shortened, visible
from tempsweep.plots.temperature_axis import temperature_axis


def test_quantiles_are_those_over_rows(large_file: Path) -> None:
    with tempsweep.open(large_file) as sweep:
        panel = curves.read_panel(sweep, "entropy", [32])
        expected = sweep["entropy"].sel(vocab_size=32).quantile(curves.QUANTILES, "row").values
    np.testing.assert_allclose(panel.curves[0].quantiles, expected)
    assert panel.curves[0].rows == 24 and panel.label == "entropy of the softmax law [bit]"


def test_one_panel_per_metric_and_a_curve_per_vocabulary(large_file: Path) -> None:
    names = ["entropy", "top_probability", "perplexity"]
    with tempsweep.open(large_file) as sweep:
        figure = curves.build_figure([curves.read_panel(sweep, name) for name in names])
    assert len(figure.axes) == 3
    long_lines = [line for line in figure.axes[0].lines if len(line.get_xdata()) == 40]
    assert len(long_lines) == 3 and len(figure.axes[0].collections) == 6
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == ["16", "32", "64"]


@pytest.mark.parametrize("temperatures", [[0.0], [np.inf], [2.0], [0.0, 1.0, np.inf]])
def test_the_smallest_grids_are_drawn(tmp_path: Path, temperatures: list[float]) -> None:
    sweep = Sweep(np.array([[0.0, 1.0], [np.nan, np.nan]]), np.array(temperatures))
    with tempsweep.open(write_result(tmp_path / "small.h5", sweep)) as result:
        panels = [curves.read_panel(result, "entropy"), curves.read_panel(result, "entropy", row=1)]
    curves.build_figure(panels).draw_without_rendering()


def test_edges_are_geometric_on_a_log_axis_and_even_on_a_linear_one() -> None:
    log = temperature_axis(np.array([0.0, 0.1, 1.0, 10.0, np.inf]), "log")
    np.testing.assert_allclose(log.edges(), 10.0 ** np.array([-1.5, -0.5, 0.5, 1.5]))
    linear = temperature_axis(np.array([1.0, 2.0, 3.0]), "linear")
    np.testing.assert_allclose(linear.edges(), [0.5, 1.5, 2.5, 3.5])


def test_margins_lie_outside_the_finite_temperatures() -> None:
    axis = temperature_axis(np.concatenate([[0.0], np.geomspace(0.01, 100, 30), [np.inf]]))
    assert axis.log
    assert axis.strip(False)[1] < axis.edges()[0] and axis.edges()[-1] < axis.strip(True)[0]


def test_the_axis_follows_the_grid() -> None:
    assert temperature_axis(np.geomspace(0.05, 5, 64)).log
    assert not temperature_axis(np.linspace(0.05, 5, 64)).log


def test_columns_are_decimated_but_never_the_edges() -> None:
    grid = np.concatenate([[0.0], np.linspace(0.01, 10, 10_000), [np.inf]])
    columns = reading.drawn_columns(grid)
    assert columns.size == 2002
    assert list(columns[[0, 1, -2, -1]]) == [0, 1, 10_000, 10_001]


def test_rows_are_read_in_blocks(large_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BLOCK_VALUES", 100)
    rows, columns = np.array([0, 3, 4, 5, 6, 23]), np.array([1, 5, 41])
    with tempsweep.open(large_file) as sweep:
        variable = sweep["entropy"].isel(vocab_size=0)
        np.testing.assert_array_equal(reading.read_rows(variable, rows, columns), variable.values[rows][:, columns])
        np.testing.assert_allclose(reading.mean_over_rows(variable, columns), variable.values[:, columns].mean(axis=0))


def test_token_names_are_made_legible() -> None:
    assert visible("\n") == "\\n" and visible("  ") == "'  '" and visible("") == "''"
    assert shortened("abcdefghijklmnopqrstuvwxyz", 11) == "abcde…vwxyz"
    assert shortened("short", 11) == "short"
