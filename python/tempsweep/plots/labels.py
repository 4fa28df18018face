# SPDX-License-Identifier: Apache-2.0
"""Texts on axes: units, token names, numbers."""

from __future__ import annotations

from typing import Any, Optional

import numpy as np
import xarray as xr


def axis_label(variable: xr.DataArray) -> str:
    """`long_name [units]`; the unit 1 is not written."""
    name = str(variable.attrs.get("long_name") or variable.name or "").replace("_", " ")
    units = str(variable.attrs.get("units", ""))
    return f"{name} [{units}]" if units not in ("", "1") else name


def visible(name: str) -> str:
    """White space and control characters made visible: a token may be nothing but a line feed."""
    shown = [character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
             for character in name]
    text = "".join(shown)
    return text if text.strip() else f"'{text}'"


def shortened(name: str, length: int = 18) -> str:
    """A token name that fits on an axis, cut in the middle so that both ends stay."""
    text = visible(name)
    if len(text) <= length:
        return text
    head = length // 2
    return f"{text[:head]}…{text[-(length - 1 - head):]}"


def token_labels(dataset: xr.Dataset, tokens: Optional[np.ndarray] = None, length: int = 18) -> list[str]:
    """Names of the tokens at these positions (all by default), or their indices where the file has no names."""
    chosen = dataset["token"] if tokens is None else dataset["token"].isel(token=tokens)
    if "token_name" not in dataset.variables:
        return [str(int(value)) for value in chosen.values]
    names = dataset["token_name"] if tokens is None else dataset["token_name"].isel(token=tokens)
    return [shortened(str(name), length) for name in names.values]


def number(value: Any) -> str:
    """A temperature or an order as a person writes it: 0, 0.1, 2, ∞."""
    return "∞" if np.isposinf(value) else f"{float(value):g}"


def thousands(value: int) -> str:
    """65536 as `65,536`."""
    return f"{int(value):,}"
