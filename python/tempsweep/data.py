# SPDX-License-Identifier: Apache-2.0
"""Finds the data files that come with tempsweep: presets and claims."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

DATA_VARIABLE = "TEMPSWEEP_DATA_DIR"

PRESETS = ("ten-token", "customer-service", "worked-example", "twenty-token")


def data_path(name: str) -> Path:
    """`name` in $TEMPSWEEP_DATA_DIR, the checkout's data folder or PREFIX/share/tempsweep.

    :raises FileNotFoundError: it is in none of them.
    """
    named = os.environ.get(DATA_VARIABLE)
    checkout = Path(__file__).resolve().parent.parent.parent / "data"
    folders = [Path(named)] if named else [checkout, Path(sys.prefix) / "share" / "tempsweep"]
    for folder in folders:
        if (folder / name).exists():
            return folder / name
    raise FileNotFoundError(f"data file {name} was not found: name the folder that has it in {DATA_VARIABLE}")


def load_preset(name: str) -> tuple[list[str], list[float]]:
    """Tokens and logits of a preset, in the file's order."""
    if name not in PRESETS:
        raise ValueError(f"no preset {name!r}: one of {', '.join(PRESETS)}")
    preset = json.loads(data_path(f"presets/{name}.json").read_text(encoding="utf-8"))
    return list(preset["tokens"]), [float(logit) for logit in preset["logits"]]


def load_claims() -> list[dict[str, Any]]:
    """The claims of data/claims/experiment1_claims.json, in the file's order."""
    return json.loads(data_path("claims/experiment1_claims.json").read_text(encoding="utf-8"))["claims"]
