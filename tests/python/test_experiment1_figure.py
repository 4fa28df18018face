# SPDX-License-Identifier: Apache-2.0
"""The walkthrough's figure: eight panels, their texts and their data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fake_result import Sweep, experiment1_grid, law, write_result
from matplotlib.figure import Figure

import tempsweep
from tempsweep.data import load_preset
from tempsweep.plots.command import PlotError
from tempsweep.plots.experiment1 import TESTED, build_figure, read_experiment


@pytest.fixture(scope="module")
def figure(experiment1_file: Path) -> Figure:
    with tempsweep.open(experiment1_file) as sweep:
        return build_figure(read_experiment(sweep))


def test_eight_panels_and_a_colour_bar_on_a_dark_ground(figure: Figure) -> None:
    assert len(figure.axes) == 9
    assert sum(figure.get_facecolor()[:3]) < 0.3
    wide, narrow = figure.axes[7].get_subplotspec(), figure.axes[0].get_subplotspec()
    assert wide.get_topmost_subplotspec().colspan == range(0, 2)
    assert narrow.colspan == range(0, 1)


@pytest.mark.parametrize("index", range(5))
def test_bars(figure: Figure, index: int) -> None:
    _, logits = load_preset("twenty-token")
    expected = law(np.array(logits), TESTED[index])
    axes = figure.axes[index]
    bars = axes.patches
    np.testing.assert_allclose([bar.get_height() for bar in bars], expected, rtol=1e-6)
    assert bars[0].get_edgecolor()[:3] == (1, 1, 1) and bars[0].get_linewidth() > 1
    assert [text.get_text() for text in axes.texts] == [f"P(top)={100 * expected[0]:.1f}%"]
    assert f"Entropy = {-(expected * np.log2(expected)).sum():.3f} bits" in axes.get_title()
    assert axes.get_ylim() == (0, 1)
    assert [label.get_text() for label in axes.get_xticklabels()] == [f"Token {i}" for i in range(20)]


@pytest.mark.parametrize("panel", [5, 6])
def test_curves_carry_five_white_dots_and_a_line_at_one(figure: Figure, panel: int) -> None:
    curve, dots, line = figure.axes[panel].lines[:3]
    assert curve.get_xdata()[0] == 0.05 and curve.get_xdata()[-1] == 5.0
    np.testing.assert_array_equal(dots.get_xdata(), TESTED)
    assert dots.get_color() == "white"
    assert line.get_linestyle() == "--" and set(line.get_xdata()) == {1.0}
    np.testing.assert_allclose(dots.get_ydata(), np.interp(TESTED, curve.get_xdata(), curve.get_ydata()))


def test_entropy_has_its_ceiling(figure: Figure) -> None:
    ceiling = figure.axes[6].lines[3]
    np.testing.assert_allclose(ceiling.get_ydata(), np.log2(20))
    assert "4.32 bits" in figure.axes[6].texts[-1].get_text()


def test_heatmap_has_token_zero_at_the_bottom_and_fifty_columns(figure: Figure) -> None:
    axes = figure.axes[7]
    mesh = axes.collections[0]
    values = np.asarray(mesh.get_array()).reshape(20, 50)
    assert axes.get_ylim()[0] < axes.get_ylim()[1] and values[0, 0] > 0.99 > values[19, 0]
    colors = mesh.cmap(mesh.norm(np.array([0.05, 0.3, 0.95])))
    assert (np.diff(colors[:, :3].sum(axis=1)) > 0).all(), "brighter is more probable"


def test_probabilities_may_be_logarithms_and_names_may_be_missing(tmp_path: Path) -> None:
    _, logits = load_preset("ten-token")
    sweep = Sweep(np.array([logits]), experiment1_grid(), probabilities="log16")
    with tempsweep.open(write_result(tmp_path / "log16.h5", sweep)) as result:
        drawn = build_figure(read_experiment(result))
    assert drawn.axes[0].get_xticklabels()[3].get_text() == "3"
    assert drawn.axes[2].patches[0].get_height() == pytest.approx(0.34681, rel=1e-3)


def test_a_top_token_on_the_right_keeps_its_annotation_inside(tmp_path: Path) -> None:
    sweep = Sweep(np.array([[0.0, 0.5, 1.0, 3.0]]), experiment1_grid(), list("abcd"))
    with tempsweep.open(write_result(tmp_path / "right.h5", sweep)) as result:
        drawn = build_figure(read_experiment(result))
    drawn.draw_without_rendering()
    for axes in drawn.axes[:5]:
        box, frame = axes.texts[0].get_window_extent(), axes.get_window_extent()
        assert frame.x0 <= box.x0 and box.x1 <= frame.x1 and box.y1 <= frame.y1 + 1


def test_of_a_large_vocabulary_the_most_probable_tokens_are_drawn(tmp_path: Path) -> None:
    logits = np.random.default_rng(0).normal(0, 2, (1, 300))
    with tempsweep.open(write_result(tmp_path / "wide.h5", Sweep(logits, experiment1_grid()))) as result:
        experiment = read_experiment(result)
    assert len(experiment.tokens) == 64 and experiment.vocab_size == 300
    assert str(int(logits.argmax())) in experiment.tokens


def test_a_missing_temperature_or_variable_is_named(tmp_path: Path) -> None:
    grid = experiment1_grid()
    sweep = Sweep(np.zeros((1, 3)), grid[np.abs(grid - 2.0) > 1e-12])
    with tempsweep.open(write_result(tmp_path / "gap.h5", sweep)) as result:
        with pytest.raises(PlotError, match="lacks 2;"):
            read_experiment(result)
    bare = replace(sweep, temperatures=grid, probabilities="none")
    with tempsweep.open(write_result(tmp_path / "bare.h5", bare)) as result:
        with pytest.raises(PlotError, match="--probabilities f32"):
            read_experiment(result)
