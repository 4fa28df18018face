# SPDX-License-Identifier: Apache-2.0
"""info: what a file holds."""

from __future__ import annotations

import json

import numpy as np
import pytest
from conftest import Bench


def test_result(bench: Bench, logits: np.ndarray) -> None:
    bench.sweep("in.npy", "--temperatures", "0,1,inf", "--probabilities", "f32")
    text = bench.run("info", "out.h5")
    assert text.returncode == 0 and text.stderr == ""
    assert "vocab_size 1, row 3, temperature 3, token 40" in text.stdout and "input_digest" in text.stdout
    got = json.loads(bench.run("info", "out.h5", "--json").stdout)
    assert got["kind"] == "result" and got["dimensions"]["token"] == 40
    assert got["variables"]["probability"]["shape"] == [1, 3, 3, 40]
    assert got["variables"]["entropy"]["units"] == "bit"
    assert got["attributes"]["complete"] == 1


@pytest.mark.parametrize(("name", "rows", "width", "named"), [("in.npy", 3, 40, False), ("m.csv", 1, 2, False),
                                                             ("named.json", 1, 2, True)])
def test_input(bench: Bench, logits: np.ndarray, name: str, rows: int, width: int, named: bool) -> None:
    bench.write("m.csv", "1,2\n")
    bench.write("named.json", '{"a": 1, "b": 2}')
    assert f"{rows} rows x {width} tokens" in bench.run("info", name).stdout
    got = json.loads(bench.run("info", name, "--json").stdout)
    assert (got["kind"], got["rows"], got["width"], got["token_names"]) == ("input", rows, width, named)


@pytest.mark.parametrize(("name", "needed"), [
    ("none", ["no such file"]), ("none.h5", ["No such file"]), (".", ["directory"]), ("junk.h5", ["no HDF5 file"]),
    ("cut.h5", ["cut.h5"]), ("notes.txt", ["format is unknown"]), ("", ["no such file"]), ("/dev/null", ["regular"]),
])
def test_refusals(bench: Bench, logits: np.ndarray, name: str, needed: list[str]) -> None:
    bench.sweep("in.npy")
    bench.write("cut.h5", bench.path("out.h5").read_bytes()[:3000])
    bench.write("junk.h5", "junk")
    bench.write("notes.txt", "notes")
    bench.fails(2, needed, "info", name)
