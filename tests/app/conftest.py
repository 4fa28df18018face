# SPDX-License-Identifier: Apache-2.0
"""A scratch folder with the program in it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

PROGRAM = Path(os.environ.get("TEMPSWEEP_PROGRAM", ""))
Result = dict[str, np.ndarray]


class Bench:
    """Runs the program in a folder of its own, with what the folder should hold afterwards."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path:
        return self.folder / name

    def save(self, name: str, array: object, dtype: str = "f8") -> str:
        np.save(self.path(name), np.asarray(array, dtype=dtype))
        return name

    def write(self, name: str, text: str | bytes) -> str:
        self.path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return name

    def run(self, *words: object, timeout: float = 60, **options: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run([str(PROGRAM), *map(str, words)], cwd=self.folder, capture_output=True, text=True,
                              errors="surrogateescape", stdin=subprocess.DEVNULL, timeout=timeout, **options)

    def sweep(self, *words: object, out: str = "out.h5", **options: object) -> Result:
        """A sweep that must succeed, and all its variables."""
        done = self.run("sweep", *words, "-o", out, "--force", "--quiet", **options)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        return self.read(out)

    def read(self, out: str) -> Result:
        with h5py.File(self.path(out)) as file:
            return {name: file[name][()] for name in file}

    def attributes(self, out: str = "out.h5") -> dict[str, object]:
        with h5py.File(self.path(out)) as file:
            return {name: value.decode() if isinstance(value, bytes) else value for name, value in file.attrs.items()}

    def fails(self, status: int, needed: list[str], *words: object, **options: object) -> str:
        """The words must end with `status`, one line that holds all of `needed`, and nothing left behind."""
        before = self.listing()
        done = self.run(*words, **options)
        lines = done.stderr.splitlines()
        assert done.returncode == status, (done.returncode, done.stderr)
        assert len(lines) == 1 and done.stderr.endswith("\n"), done.stderr
        assert lines[0].startswith("tempsweep: "), lines[0]
        assert done.stdout == ""
        for word in needed:
            assert word in lines[0], (word, lines[0])
        assert self.listing() == before, "something was left behind or taken away"
        return lines[0]

    def refuses(self, status: int, needed: list[str], *words: object, **options: object) -> str:
        """As fails(), of a sweep to out.h5."""
        return self.fails(status, needed, "sweep", *words, "-o", "out.h5", **options)

    def listing(self) -> dict[str, int]:
        return {str(p.relative_to(self.folder)): p.lstat().st_size for p in self.folder.rglob("*")}


def same(one: Result, other: Result) -> None:
    """Bit for bit the same variables."""
    assert sorted(one) == sorted(other)
    for name, values in one.items():
        assert values.dtype == other[name].dtype and values.shape == other[name].shape, name
        assert values.tobytes() == other[name].tobytes(), name


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    if not PROGRAM.is_file():
        pytest.skip("TEMPSWEEP_PROGRAM names no program")
    yield Bench(tmp_path)


@pytest.fixture
def logits(bench: Bench) -> np.ndarray:
    """3 rows of 40 logits, also as in.npy."""
    values = np.random.default_rng(11).normal(0, 3, (3, 40))
    bench.save("in.npy", values)
    return values
