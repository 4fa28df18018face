# SPDX-License-Identifier: Apache-2.0
"""Opens a result file as an xarray.Dataset."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any, Union

import numpy as np
import xarray as xr
from xarray.backends import BackendArray
from xarray.core import indexing

SCHEMA_VERSION = 1
"""The newest file schema that this package knows."""

PROBABILITY_ATTRIBUTES = {"long_name": "probability", "units": "1", "comment": "exp(log_probability)"}


class _ExpOf(BackendArray):
    """exp of a variable, element by element and only where it is asked for."""

    def __init__(self, logarithm: xr.Variable) -> None:
        self.logarithm = logarithm
        self.shape = logarithm.shape
        self.dtype = logarithm.dtype

    def __getitem__(self, key: indexing.ExplicitIndexer) -> np.ndarray:
        return indexing.explicit_indexing_adapter(key, self.shape, indexing.IndexingSupport.OUTER, self._read)

    def _read(self, key: tuple[Any, ...]) -> np.ndarray:
        return np.exp(np.asarray(self.logarithm[key].values))


def _open_dataset(path: Path) -> xr.Dataset:
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such file")
    try:
        return xr.open_dataset(path, engine="h5netcdf", chunks=None)
    except (OSError, ValueError, KeyError) as error:
        if path.is_file() and not os.access(path, os.R_OK):
            raise
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ValueError(f"{path}: no tempsweep result, or damaged ({reason})") from error


def _check(dataset: xr.Dataset, path: Path) -> None:
    version = dataset.attrs.get("schema_version")
    if version is None:
        raise ValueError(f"{path}: no tempsweep result: the root attribute schema_version is missing")
    if int(version) > SCHEMA_VERSION:
        raise ValueError(f"{path}: schema_version {int(version)}, but this package knows {SCHEMA_VERSION}: update it")
    if int(dataset.attrs.get("complete", 0)) != 1:
        warnings.warn(f"{path}: the sweep is not complete; unwritten values read as NaN or 0", stacklevel=3)


def _with_token_names(dataset: xr.Dataset) -> xr.Dataset:
    if "token_name" not in dataset.variables:
        return dataset
    names = dataset["token_name"]
    if names.dtype.kind == "S":
        text = np.char.decode(names.values, "utf-8")
        dataset = dataset.assign(token_name=(names.dims, text, names.attrs))
    return dataset.set_coords("token_name")


def _with_probability(dataset: xr.Dataset) -> xr.Dataset:
    if "probability" in dataset.variables or "log_probability" not in dataset.variables:
        return dataset
    logarithm = dataset["log_probability"].variable
    lazy = indexing.LazilyIndexedArray(_ExpOf(logarithm))
    return dataset.assign(probability=xr.Variable(logarithm.dims, lazy, PROBABILITY_ATTRIBUTES))


def open(path: Union[str, "os.PathLike[str]"]) -> xr.Dataset:  # noqa: A001 - read as tempsweep.open
    """Opens a result file; values are read when they are asked for.

    Dimensions are vocab_size, row, temperature and token. `token_name`, where present, is a coordinate of `token`.
    A file that stores only `log_probability` gets a `probability` that is computed on access.

    :raises FileNotFoundError: there is no such file.
    :raises ValueError: not a tempsweep result, or one of a newer schema.
    Warns (UserWarning) when the sweep that wrote the file did not finish.
    """
    path = Path(path)
    dataset = _open_dataset(path)
    try:
        _check(dataset, path)
        return _with_probability(_with_token_names(dataset))
    except BaseException:
        dataset.close()
        raise
