# SPDX-License-Identifier: Apache-2.0
"""Heatmaps: cells, margins, order and labels."""

from __future__ import annotations

import argparse
from pathlib import Path

import netCDF4
import numpy as np
import pytest
from fake_result import Sweep, law, write_result

import tempsweep
from tempsweep.plots import heatmap
from tempsweep.plots.command import PlotError


def options(**changes: object) -> argparse.Namespace:
    parsed = heatmap._parser().parse_args(["r.h5", "-o", "p.png", "--kind", "token"])
    return argparse.Namespace(**{**vars(parsed), **changes})


def test_tokens_stand_in_order_of_probability(large_file: Path, large_sweep: Sweep) -> None:
    with tempsweep.open(large_file) as sweep:
        drawn = heatmap.token_heatmap(sweep, options(row=5, top=10))
    order = np.argsort(-large_sweep.logits[5], kind="stable")[:10]
    expected = np.array([law(large_sweep.logits[5], t)[order] for t in large_sweep.temperatures]).T
    np.testing.assert_allclose(drawn.values, expected, rtol=1e-6, atol=1e-37)
    assert len(drawn.names) == 10


def test_every_temperature_is_drawn_edges_included(large_file: Path, large_sweep: Sweep) -> None:
    with tempsweep.open(large_file) as sweep:
        figure = heatmap.build_figure(heatmap.row_heatmap(sweep, options()))
    axes = figure.axes[0]
    assert sum(np.asarray(mesh.get_array()).size for mesh in axes.collections) == 24 * 42
    assert len(axes.collections) == 3
    labels = [label.get_text() for label in axes.get_xticklabels()]
    assert labels[0] == "0" and labels[-1] == "∞" and "1" in labels
    assert axes.get_xscale() == "log"


def test_a_smaller_vocabulary_shows_only_its_tokens(large_file: Path) -> None:
    with tempsweep.open(large_file) as sweep:
        drawn = heatmap.token_heatmap(sweep, options(vocab=16))
    assert drawn.values.shape[0] == 16 and not np.isnan(drawn.values).any()


def test_vocabulary_heatmap_averages_over_rows(large_file: Path) -> None:
    with tempsweep.open(large_file) as sweep:
        drawn = heatmap.vocabulary_heatmap(sweep, options(variable="entropy"))
        expected = sweep["entropy"].mean("row").values
        one = heatmap.vocabulary_heatmap(sweep, options(variable="entropy", row=3))
        np.testing.assert_array_equal(one.values, sweep["entropy"].isel(row=3).values)
    np.testing.assert_allclose(drawn.values, expected, rtol=1e-12)
    assert drawn.names == ["16", "32", "64"]


def test_an_extra_axis_is_taken_at_the_value_asked_for(large_file: Path) -> None:
    with tempsweep.open(large_file) as sweep:
        drawn = heatmap.row_heatmap(sweep, options(variable="renyi_entropy", at=1.9))
    assert "order 2" in drawn.value_label and drawn.value_label.endswith("[bit]")


def test_missing_integers_are_no_values(tmp_path: Path) -> None:
    path = write_result(tmp_path / "counts.h5", Sweep(np.zeros((3, 4)), np.array([0.5, 1.0])))
    with netCDF4.Dataset(path, "a") as file:
        file.createDimension("nucleus_mass", 1)
        file.createVariable("nucleus_mass", "f8", ("nucleus_mass",))[:] = [0.9]
        counts = file.createVariable("nucleus_size", "i8", ("vocab_size", "row", "temperature", "nucleus_mass"))
        counts.valid_min, counts.long_name, counts.units = np.int64(0), "fewest tokens", "1"
        counts[:] = np.array([4, -1, 2])[None, :, None, None]
    with tempsweep.open(path) as sweep:
        mean = heatmap.vocabulary_heatmap(sweep, options(variable="nucleus_size", at=0.9)).values
        skipped = heatmap.vocabulary_heatmap(sweep, options(variable="nucleus_size", row=1)).values
        drawn = heatmap.row_heatmap(sweep, options(variable="nucleus_size"))
    assert np.all(mean == 3) and np.all(np.isnan(skipped))
    np.testing.assert_array_equal(drawn.values, [[4, 4], [np.nan, np.nan], [2, 2]])


def test_negative_values_have_no_logarithmic_colours(large_file: Path) -> None:
    with tempsweep.open(large_file) as sweep:
        drawn = heatmap.row_heatmap(sweep, options(variable="log_partition", log_values=True))
    drawn.values[0, 3] = -1.0
    with pytest.raises(PlotError, match="negative values"):
        heatmap.build_figure(drawn)


def test_rows_without_values_are_grey_and_said_so(tmp_path: Path) -> None:
    logits = np.zeros((3, 4))
    logits[1] = np.nan
    sweep = Sweep(logits, np.geomspace(0.1, 10, 5))
    with tempsweep.open(write_result(tmp_path / "bad.h5", sweep)) as result:
        figure = heatmap.build_figure(heatmap.row_heatmap(result, options(sort=True)))
        all_bad = heatmap.vocabulary_heatmap(result, options(row=1, variable="entropy"))
    assert any("no value" in text.get_text() for text in figure.axes[0].texts)
    heatmap.build_figure(all_bad).draw_without_rendering()


@pytest.mark.parametrize("temperatures", [[0.0], [np.inf], [1.0], [0.0, np.inf], [0.5, 1.0]])
@pytest.mark.parametrize("vocab", [1, 3])
def test_the_smallest_grids_are_drawn(tmp_path: Path, temperatures: list[float], vocab: int) -> None:
    sweep = Sweep(np.arange(float(vocab))[np.newaxis], np.array(temperatures))
    with tempsweep.open(write_result(tmp_path / "small.h5", sweep)) as result:
        for kind in heatmap.KINDS.values():
            for logarithmic in (False, True):
                drawn = kind(result, options(log_values=logarithmic))
                heatmap.build_figure(drawn).draw_without_rendering()


@pytest.mark.parametrize(("changes", "message"), [
    ({"row": 99}, "row 99 is not in the file"), ({"vocab": 17}, "vocab_size 17 is not in the file; it has 16, 32, 64"),
    ({"variable": "entropy"}, "--kind token draws"), ({"variable": "count"}, "no variable 'count'"),
])
def test_refusals_say_what_there_is(large_file: Path, changes: dict, message: str) -> None:
    with tempsweep.open(large_file) as sweep, pytest.raises(PlotError, match=message):
        heatmap.token_heatmap(sweep, options(**changes))
