# SPDX-License-Identifier: Apache-2.0
"""Writes small result files of the documented schema, by netCDF4 and NumPy alone, for tests without the program."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional, Sequence

import netCDF4
import numpy as np

METRICS = {"entropy": ("entropy of the softmax law", "bit"), "top_probability": ("probability of the top token", "1"),
           "log_partition": ("logarithm of the partition function", "nat"), "perplexity": ("perplexity", "1")}

DRAWN = ("total_variation", "empirical_entropy", "empirical_entropy_corrected")


@dataclass
class Sweep:
    """What to write. logits: (row, token); temperatures: strictly increasing, may hold 0 and inf."""

    logits: np.ndarray
    temperatures: np.ndarray
    tokens: Optional[Sequence[str]] = None
    vocab_sizes: Sequence[int] = field(default_factory=list)
    probabilities: str = "f32"
    samples: int = 0
    complete: int = 1
    schema_version: Optional[int] = 1

    def sizes(self) -> list[int]:
        return list(self.vocab_sizes) or [self.logits.shape[1]]


def experiment1_grid() -> np.ndarray:
    """The grid of the walkthrough: the five tested T, the curve and the 50 heatmap T."""
    parts = [[0.1, 0.5, 1.0, 2.0, 5.0], np.linspace(0.05, 5.0, 200), 0.1 + (5.0 - 0.1) * np.arange(50) / 49]
    return np.unique(np.concatenate(parts))


def law(logits: np.ndarray, temperature: float) -> np.ndarray:
    """Softmax of the last axis at T; ties share the mass at T = 0."""
    top = logits.max(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        shifted = np.where(logits == top, 0.0, (logits - top) / temperature)
    weights = np.exp(shifted)
    return weights / weights.sum(axis=-1, keepdims=True)


def _metrics(logits: np.ndarray, p: np.ndarray, temperature: float) -> dict[str, np.ndarray]:
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = -np.where(p == 0, 0.0, p * np.log2(p)).sum(axis=-1)
        log_partition = logits.max(axis=-1) / temperature - np.log(p.max(axis=-1))
    return {"entropy": entropy, "top_probability": p.max(axis=-1), "log_partition": log_partition,
            "perplexity": 2.0**entropy}


def _drawn(count: np.ndarray, p: np.ndarray) -> dict[str, np.ndarray]:
    """What draws say of their law."""
    n = count.sum(axis=-1, keepdims=True)
    f = count / n
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = -np.where(f == 0, 0.0, f * np.log2(f)).sum(axis=-1)
    bias = ((count > 0).sum(axis=-1) - 1) / (2 * n[..., 0] * np.log(2))
    return {"total_variation": np.abs(f - p).sum(axis=-1) / 2, "empirical_entropy": entropy,
            "empirical_entropy_corrected": entropy + bias}


def _renyi2(p: np.ndarray) -> np.ndarray:
    return -np.log2((p**2).sum(axis=-1))


def _create_axes(file: netCDF4.Dataset, sweep: Sweep) -> None:
    axes = {"vocab_size": (sweep.sizes(), "i8", "1"), "row": (np.arange(len(sweep.logits)), "i8", "1"),
            "temperature": (sweep.temperatures, "f8", "logit"), "token": (np.arange(sweep.logits.shape[1]), "i8", "1"),
            "renyi_order": ([2.0], "f8", "1")}
    for name, (values, kind, units) in axes.items():
        file.createDimension(name, len(values))
        variable = file.createVariable(name, kind, (name,))
        variable[:] = values
        variable.long_name, variable.units = name.replace("_", " "), units
    with np.errstate(divide="ignore"):
        inverse = 1.0 / np.asarray(sweep.temperatures, dtype=float)
    file.createVariable("inverse_temperature", "f8", ("temperature",))[:] = inverse


def _create_names(file: netCDF4.Dataset, tokens: Sequence[str]) -> None:
    encoded = [name.encode() for name in tokens]
    length = max(1, max(map(len, encoded)))
    file.createDimension("token_name_length", length)
    variable = file.createVariable("token_name", "S1", ("token", "token_name_length"))
    variable.set_auto_chartostring(False)
    variable.setncattr("_Encoding", "utf-8")
    variable[:] = np.array([list(name.ljust(length, b"\0")) for name in encoded], np.uint8).view("S1")


def _create_metrics(file: netCDF4.Dataset) -> None:
    for name, (long_name, units) in METRICS.items():
        variable = file.createVariable(name, "f8", ("vocab_size", "row", "temperature"), fill_value=np.nan)
        variable.long_name, variable.units = long_name, units
    renyi = file.createVariable("renyi_entropy", "f8", ("vocab_size", "row", "temperature", "renyi_order"),
                                fill_value=np.nan)
    renyi.long_name, renyi.units = "Renyi entropy", "bit"
    file.createVariable("top_token", "i8", ("vocab_size", "row")).long_name = "top token"


def _create_tables(file: netCDF4.Dataset, sweep: Sweep) -> None:
    grid = ("vocab_size", "row", "temperature", "token")
    if sweep.probabilities == "f32":
        variable = file.createVariable("probability", "f4", grid, fill_value=np.float32(np.nan))
        variable.long_name, variable.units = "probability", "1"
    elif sweep.probabilities == "log16":
        variable = file.createVariable("log_probability", "u2", grid, fill_value=np.uint16(65535))
        variable.scale_factor = np.float32(-(2.0**-10))
        variable.long_name, variable.units = "logarithm of the probability", "nat"
    if sweep.samples:
        file.createVariable("count", "u8", grid).long_name = "drawn count"
        for name in DRAWN:
            file.createVariable(name, "f8", grid[:3], fill_value=np.nan).long_name = name.replace("_", " ")


def _write_point(file: netCDF4.Dataset, sweep: Sweep, where: tuple[int, int], p: np.ndarray) -> None:
    v, t = where
    size = p.shape[-1]
    if sweep.probabilities == "f32":
        file["probability"][v, :, t, :size] = p
    elif sweep.probabilities == "log16":
        with np.errstate(divide="ignore"):
            file["log_probability"][v, :, t, :size] = np.maximum(np.log(p), -63.99)
    if sweep.samples:
        draws = np.random.default_rng(7 + t)
        count = np.stack([draws.multinomial(sweep.samples, row) for row in p])
        file["count"][v, :, t, :size] = count
        for name, values in _drawn(count, p).items():
            file[name][v, :, t] = values


def write_result(path: Path, sweep: Sweep) -> Path:
    """Writes `sweep` to `path` and returns it."""
    with netCDF4.Dataset(path, "w", format="NETCDF4") as file:
        _create_axes(file, sweep)
        if sweep.tokens is not None:
            _create_names(file, sweep.tokens)
        _create_metrics(file)
        _create_tables(file, sweep)
        for v, size in enumerate(sweep.sizes()):
            file["top_token"][v, :] = sweep.logits[:, :size].argmax(axis=-1)
            for t, temperature in enumerate(sweep.temperatures):
                p = law(sweep.logits[:, :size], temperature)
                for name, values in _metrics(sweep.logits[:, :size], p, temperature).items():
                    file[name][v, :, t] = values
                file["renyi_entropy"][v, :, t, 0] = _renyi2(p)
                _write_point(file, sweep, (v, t), p)
        file.Conventions, file.complete, file.title = "CF-1.10", np.int32(sweep.complete), "fake sweep"
        file.samples, file.input_name = np.int64(sweep.samples), "folder/logits.npy"
        if sweep.schema_version is not None:
            file.schema_version = np.int32(sweep.schema_version)
    return path
