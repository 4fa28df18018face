# SPDX-License-Identifier: Apache-2.0
"""Reads from a result file only what a figure draws."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator, Optional

import numpy as np
import xarray as xr

from ..results import open as open_result
from .command import PlotError
from .labels import number

COLUMN_LIMIT = 2000
"""Temperatures drawn at most: more than the pixels of a picture."""
ROW_LIMIT = 2000
"""Rows drawn at most in a row heatmap."""
BLOCK_VALUES = 1 << 22
"""Values read at a time where rows are averaged."""
GRID = ("vocab_size", "row", "temperature")


def open_grid(path: Path) -> xr.Dataset:
    """Opens a result and sees that it has the axes of a sweep.

    :raises PlotError: an axis is missing.
    """
    dataset = open_result(path)
    missing = [axis for axis in GRID if axis not in dataset.sizes or dataset.sizes[axis] == 0]
    if missing:
        dataset.close()
        raise PlotError(f"{path}: no sweep: the axis {missing[0]!r} is missing or empty")
    return dataset


def require(dataset: xr.Dataset, name: str) -> xr.DataArray:
    """The variable.

    :raises PlotError: the file has none of that name; the message lists those that can be drawn.
    """
    if name in dataset.variables and name not in dataset.dims:
        return dataset[name]
    if name == "probability":
        raise PlotError("the file holds no probabilities: run the sweep with --probabilities f32 (or log16)")
    drawable = sorted(str(key) for key, value in dataset.data_vars.items()
                      if set(GRID) <= set(value.dims) and "token" not in value.dims)
    raise PlotError(f"the file holds no variable {name!r}; it has: {', '.join(drawable)}")


def metric(dataset: xr.Dataset, name: str, at: Optional[float] = None) -> xr.DataArray:
    """A variable over (vocab_size, row, temperature); an extra axis is taken at the value nearest to `at`.

    :raises PlotError: no such variable, or not over these axes.
    """
    variable = require(dataset, name)
    if "token" in variable.dims or not set(GRID) <= set(variable.dims):
        advice = ": draw it by plot_heatmap.py --kind token" if "token" in variable.dims else ""
        raise PlotError(f"{name} lies over ({', '.join(map(str, variable.dims))}), not over "
                        f"(vocab_size, row, temperature){advice}")
    for extra in [dim for dim in variable.dims if dim not in GRID]:
        position = 0 if at is None else int(np.abs(dataset[extra].values - at).argmin())
        value = float(dataset[extra].values[position])
        variable = variable.isel({extra: position})
        variable.attrs["long_name"] = (f"{variable.attrs.get('long_name', name)} "
                                       f"({str(extra).replace('_', ' ')} {number(value)})")
    return variable.transpose(*GRID)


def position(dataset: xr.Dataset, axis: str, value: Optional[int], default: int) -> int:
    """Where `value` stands on an axis of whole numbers.

    :raises PlotError: it is not there; the message says what is.
    """
    if value is None:
        return default
    values = dataset[axis].values
    found = np.flatnonzero(values == value)
    if found.size == 0:
        known = ", ".join(map(str, values)) if values.size <= 12 else f"{values[0]} … {values[-1]}"
        raise PlotError(f"{axis} {value} is not in the file; it has {known}")
    return int(found[0])


def spread(count: int, limit: int) -> np.ndarray:
    """At most `limit` positions of 0 … count − 1, evenly spread, both ends included."""
    if count <= limit:
        return np.arange(count)
    return np.unique(np.linspace(0, count - 1, limit).round().astype(np.int64))


def drawn_columns(temperatures: np.ndarray, limit: int = COLUMN_LIMIT) -> np.ndarray:
    """Positions of the temperatures to draw: T = 0 and inf always, the finite ones decimated to `limit`."""
    finite = np.flatnonzero(np.isfinite(temperatures) & (temperatures > 0))
    edges = np.flatnonzero(~(np.isfinite(temperatures) & (temperatures > 0)))
    return np.sort(np.concatenate([finite[spread(finite.size, limit)], edges]))


def nearest(temperatures: np.ndarray, wanted: Any) -> np.ndarray:
    """Positions of wanted temperatures that the grid must hold.

    :raises PlotError: one is not there within 1e-9 relative.
    """
    wanted = np.asarray(wanted, dtype=np.float64)
    positions = np.abs(temperatures[np.newaxis, :] - wanted[:, np.newaxis]).argmin(axis=1)
    missing = wanted[np.abs(temperatures[positions] - wanted) > 1e-9 * np.abs(wanted)]
    if missing.size:
        raise PlotError(f"the temperature grid lacks {', '.join(number(value) for value in missing)}; "
                        "it must hold the five tested temperatures and lin:0.1:5:50 "
                        "(tempsweep experiment1 writes such a file)")
    return positions


def values_of(variable: xr.DataArray) -> np.ndarray:
    """The values, NaN where they are missing: integers say so by a value below their valid_min."""
    values = np.asarray(variable.values)
    if values.dtype.kind != "i" or "valid_min" not in variable.attrs:
        return values
    return np.where(values < variable.attrs["valid_min"], np.nan, values)


def row_blocks(variable: xr.DataArray, rows: np.ndarray, columns: np.ndarray) -> Iterator[np.ndarray]:
    """These rows of a (row, temperature) variable in blocks, each of shape (rows of the block, len(columns))."""
    step = max(1, BLOCK_VALUES // max(1, variable.sizes["temperature"]))
    for start in range(0, rows.size, step):
        block = rows[start:start + step]
        if block[-1] - block[0] + 1 == block.size:
            yield values_of(variable.isel(row=slice(int(block[0]), int(block[-1]) + 1)))[:, columns]
        else:
            yield values_of(variable.isel(row=block))[:, columns]


def read_rows(variable: xr.DataArray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """These rows and columns of a (row, temperature) variable."""
    return np.concatenate(list(row_blocks(variable, rows, columns)))


def mean_over_rows(variable: xr.DataArray, columns: np.ndarray) -> np.ndarray:
    """Mean over rows of a (row, temperature) variable, NaN left out; NaN where no row has a value."""
    total = np.zeros(len(columns))
    count = np.zeros(len(columns), dtype=np.int64)
    for block in row_blocks(variable, np.arange(variable.sizes["row"]), columns):
        present = ~np.isnan(block)
        total += np.where(present, block, 0.0).sum(axis=0)
        count += present.sum(axis=0)
    return np.divide(total, count, out=np.full(len(columns), np.nan), where=count > 0)
