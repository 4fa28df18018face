# SPDX-License-Identifier: Apache-2.0
"""The metrics of the order, through the program: shapes, types, defaults, values against sorted probabilities."""

from __future__ import annotations

import h5py
import numpy as np
import pytest
from conftest import Bench

INF = np.inf
LEVELS = ("--nucleus-masses", "0.9,0.5", "--mass-at-k", "1,10,1k", "--min-p-levels", "0.1", "--thresholds", "0.01,0.1,1e-3")
AXES = {"nucleus_size": ("nucleus_mass", [0.5, 0.9]), "top_k_mass": ("top_k", [1, 10, 1000]),
        "min_p_survivors": ("min_p", [0.1]), "tokens_above": ("probability_threshold", [1e-3, 0.01, 0.1])}
GRID = ("--temperatures", "0.3,1,4")


def law(logits: np.ndarray, temperature: float) -> np.ndarray:
    """Probabilities, highest first."""
    weights = np.exp((logits - logits.max()) / temperature)
    return np.sort(weights / weights.sum())[::-1]


@pytest.mark.parametrize("metrics", ["default", "all", "nucleus_size,top_k_mass,min_p_survivors,tokens_above"])
def test_values_and_axes(bench: Bench, logits: np.ndarray, metrics: str) -> None:
    got = bench.sweep("in.npy", *GRID, *LEVELS, "--metrics", metrics, "--vocab", "7,all")
    with h5py.File(bench.path("out.h5")) as file:
        for name, (axis, levels) in AXES.items():
            dimensions = [dimension[0].name.lstrip("/") for dimension in file[name].dims]
            assert dimensions == ["vocab_size", "row", "temperature", axis]
            assert file[axis].dtype == ("i8" if axis == "top_k" else "f8") and file[axis][()].tolist() == levels
            assert file[name].dtype == ("f8" if name == "top_k_mass" else "i8")
            assert (name == "top_k_mass") == ("_FillValue" in file[name].attrs)
    for v, size in enumerate((7, 40)):
        for r in range(3):
            for t, temperature in enumerate((0.3, 1, 4)):
                p = law(logits[r, :size], temperature)
                place = (v, r, t)
                assert got["nucleus_size"][place].tolist() == [np.argmax(p.cumsum() >= m) + 1 for m in (0.5, 0.9)]
                np.testing.assert_allclose(got["top_k_mass"][place], [p[0], p[:10].sum(), 1], rtol=1e-14)
                assert got["min_p_survivors"][place].tolist() == [(p >= 0.1 * p[0]).sum()]
                assert got["tokens_above"][place].tolist() == [(p > level).sum() for level in (1e-3, 0.01, 0.1)]


def test_only_what_was_asked_for(bench: Bench, logits: np.ndarray) -> None:
    assert not AXES.keys() & bench.sweep("in.npy", "--metrics", "all").keys()
    got = bench.sweep("in.npy", *LEVELS, "--metrics", "entropy,tokens_above")
    assert AXES.keys() & got.keys() == {"tokens_above"} and "nucleus_mass" not in got
    got = bench.sweep("in.npy", "--thresholds", "0.1,0.1,-0")
    assert got["probability_threshold"].tolist() == [0, 0.1] and not np.signbit(got["probability_threshold"][0])


def test_limits(bench: Bench) -> None:
    bench.save("in.npy", [[3, 1, 3, -INF, 2], [0, 0, 0, 0, 0]])
    got = bench.sweep("in.npy", "--temperatures", "0,inf", "--nucleus-masses", "0.5,0.6,1", "--mass-at-k", "1,2,9",
                      "--min-p-levels", "0,1", "--thresholds", "0,0.2,0.25,0.5,1")
    assert got["nucleus_size"][0].tolist() == [[[1, 2, 2], [2, 3, 4]], [[3, 3, 5], [3, 3, 5]]]
    assert got["top_k_mass"][0].tolist() == [[[0.5, 1, 1], [0.25, 0.5, 1]], [[0.2, 0.4, 1]] * 2]
    assert got["min_p_survivors"][0].tolist() == [[[4, 2], [4, 4]], [[5, 5]] * 2]
    assert got["tokens_above"][0].tolist() == [[[2, 2, 2, 0, 0], [4, 4, 0, 0, 0]], [[5, 0, 0, 0, 0]] * 2]


def test_skipped_rows_are_missing(bench: Bench) -> None:
    bench.save("in.npy", [[1, 2, 3], [1, np.nan, 2], [-INF] * 3, [3, 2, 1]])
    got = bench.sweep("in.npy", *GRID, *LEVELS, "--on-bad-row", "skip")
    for name in ("nucleus_size", "min_p_survivors", "tokens_above"):
        assert np.all(got[name][0, 1:3] == -1) and np.all(got[name][0, [0, 3]] >= 0), name
    assert np.all(np.isnan(got["top_k_mass"][0, 1:3])) and np.all(got["top_k_mass"][0, [0, 3]] > 0)


def test_input_forms_and_ways(bench: Bench) -> None:
    """Fortran order, float16, and the k most probable tokens as a vocabulary of their own."""
    values = np.round(np.random.default_rng(8).normal(0, 3, (4, 300)), 1).astype("f2")
    np.save(bench.path("f.npy"), np.asfortranarray(values))
    bench.save("c.npy", values)
    plain, fortran = (bench.sweep(name, *GRID, *LEVELS) for name in ("c.npy", "f.npy"))
    for name in AXES:
        np.testing.assert_array_equal(plain[name], fortran[name])
    ranked = bench.sweep("c.npy", *GRID, *LEVELS, "--vocab", "20,300", "--vocab-by", "rank")
    for name in AXES:
        np.testing.assert_array_equal(ranked[name][1], plain[name][0])
    for r, row in enumerate(np.sort(values.astype("f8"), axis=1)[:, ::-1]):
        p = law(row[:20], 1)
        assert ranked["nucleus_size"][0, r, 1].tolist() == [np.argmax(p.cumsum() >= m) + 1 for m in (0.5, 0.9)]


@pytest.mark.parametrize("engine", ["h5netcdf", "netcdf4"])
def test_readers_keep_the_integers(bench: Bench, logits: np.ndarray, engine: str) -> None:
    xarray = pytest.importorskip("xarray")
    pytest.importorskip(engine.replace("netcdf4", "netCDF4"))
    bench.sweep("in.npy", *GRID, *LEVELS)
    with xarray.open_dataset(bench.path("out.h5"), engine=engine) as result:
        assert result.nucleus_size.dtype == np.int64 and result.tokens_above.dtype == np.int64
        assert result.nucleus_size.dims == ("vocab_size", "row", "temperature", "nucleus_mass")
        assert result.nucleus_size.sel(nucleus_mass=0.9).shape == (1, 3, 3)


def test_help_names_them(bench: Bench) -> None:
    text = bench.run("sweep", "--help").stdout
    assert all(name in text for name in AXES) and "--nucleus-masses" in text
