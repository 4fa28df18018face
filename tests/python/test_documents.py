# SPDX-License-Identifier: Apache-2.0
"""The tables of the documentation against what the program writes."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("TEMPSWEEP_PROGRAM", "")
TYPES = {"float64": "f64", "float32": "f32", "int64": "i64", "int8": "i8", "uint64": "u64", "uint16": "u16", "|S1": "char"}

pytestmark = pytest.mark.skipif(not Path(PROGRAM).is_file(), reason="TEMPSWEEP_PROGRAM is not set to the program")

COORDINATES = ("vocab_size", "row", "temperature", "token", "renyi_order", "nucleus_mass", "top_k", "min_p",
               "probability_threshold")


def documented() -> dict[str, tuple[str, tuple[str, ...], str]]:
    """Variable -> (type, dimensions, unit) as docs/file-format.md has them."""
    rows = {}
    text = (ROOT / "docs/file-format.md").read_text(encoding="utf-8")
    for line in text.split("## Variables")[1].split("## ")[0].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[0].startswith("`"):
            axes = cells[2].replace("point", "vocab_size, row, temperature")
            for name in re.findall(r"`([a-z0-9_]+)`", cells[0]):
                rows[name] = (cells[1], tuple(axis.strip() for axis in axes.split(",")), cells[3])
    return rows


def written(folder: Path, probabilities: str) -> dict[str, tuple[str, tuple[str, ...], str]]:
    """The same of a file that holds everything this version can write."""
    h5py = pytest.importorskip("h5py")
    (folder / "in.json").write_text('{"a": 1.0, "b": 0.5, "c": -2.0}')
    (folder / "labels.txt").write_text("1\n")
    out = folder / f"{probabilities}.h5"
    subprocess.run(
        [PROGRAM, "sweep", str(folder / "in.json"), "-o", str(out), "--metrics", "all", "--quiet", "--samples", "100",
         "--counts", "store", "--labels", str(folder / "labels.txt"), "--renyi-orders", "2", "--nucleus-masses", "0.9",
         "--mass-at-k", "2", "--min-p-levels", "0.1", "--thresholds", "0.1", "--temperatures", "0,1,inf",
         "--probabilities", probabilities],
        check=True)
    found = {}
    with h5py.File(out, "r") as result:
        for name, data in result.items():
            if "units" in data.attrs and name not in COORDINATES:
                kind = "char" if data.dtype.kind == "S" else TYPES[str(data.dtype)]
                axes = tuple(dimension[0].name.lstrip("/") for dimension in data.dims)
                found[name] = (kind, axes, data.attrs["units"].decode())
    return found


def test_variable_table_is_what_the_program_writes(tmp_path: Path) -> None:
    everything = written(tmp_path, "f32") | written(tmp_path, "log16")
    assert documented() == everything
