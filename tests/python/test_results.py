# SPDX-License-Identifier: Apache-2.0
"""tempsweep.open: names, laziness, probabilities from logarithms, refusals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fake_result import Sweep, write_result

import tempsweep
from tempsweep.results import _ExpOf


def test_axes_and_names(experiment1_file: Path) -> None:
    with tempsweep.open(experiment1_file) as sweep:
        assert sweep["probability"].dims == ("vocab_size", "row", "temperature", "token")
        assert list(sweep["token_name"].values[[0, 19]]) == ["Token 0", "Token 19"]
        assert "token_name" in sweep["probability"].coords
        assert sweep["entropy"].attrs["units"] == "bit"
        assert sweep["count"].dtype == np.uint64
        assert float(sweep["entropy"].sel(temperature=1.01, method="nearest").isel(row=0, vocab_size=0)) > 3


def test_names_in_any_script(large_file: Path, large_sweep: Sweep) -> None:
    with tempsweep.open(large_file) as sweep:
        assert list(sweep["token_name"].values) == large_sweep.tokens


def test_probability_comes_lazily_from_its_logarithm(tmp_path: Path, large_sweep: Sweep, large_file: Path,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_result(tmp_path / "log16.h5", replace(large_sweep, probabilities="log16"))
    read: list[tuple[int, ...]] = []
    original = _ExpOf._read

    def counting(self: _ExpOf, key: tuple) -> np.ndarray:
        values = original(self, key)
        read.append(values.shape)
        return values

    monkeypatch.setattr(_ExpOf, "_read", counting)
    with tempsweep.open(path) as sweep, tempsweep.open(large_file) as dense:
        assert not read, "nothing is computed before it is asked for"
        one = sweep["probability"].isel(vocab_size=2, row=1, temperature=[3, 5], token=[7, 2, 4])
        expected = dense["probability"].isel(vocab_size=2, row=1, temperature=[3, 5], token=[7, 2, 4])
        np.testing.assert_allclose(one.values, expected.values, rtol=6e-4, atol=1e-20)
        assert np.prod(read[0]) <= 2 * 64
        small = sweep["probability"].isel(vocab_size=0, row=0)
        assert np.isnan(small.values[:, 16:]).all() and not np.isnan(small.values[:, :16]).any()


def test_an_incomplete_file_warns(tmp_path: Path) -> None:
    path = write_result(tmp_path / "partial.h5", Sweep(np.zeros((1, 2)), np.array([1.0]), complete=0))
    with pytest.warns(UserWarning, match="not complete"):
        tempsweep.open(path).close()


@pytest.mark.parametrize(("version", "message"), [(None, "schema_version is missing"), (99, "schema_version 99")])
def test_a_file_of_another_schema_is_refused(tmp_path: Path, version: object, message: str) -> None:
    path = write_result(tmp_path / "other.h5", Sweep(np.zeros((1, 2)), np.array([1.0]), schema_version=version))
    with pytest.raises(ValueError, match=message):
        tempsweep.open(path)


def test_no_file_and_no_hdf5(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no such file"):
        tempsweep.open(tmp_path / "none.h5")
    (tmp_path / "text.h5").write_text("not HDF5")
    with pytest.raises(ValueError, match="no tempsweep result"):
        tempsweep.open(tmp_path / "text.h5")
