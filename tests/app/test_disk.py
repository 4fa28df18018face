# SPDX-License-Identifier: Apache-2.0
"""Disks that fill up: status 4, the file and the reason named, nothing left."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Bench

DENSE = ("--synthetic", "gumbel", "--vocab", "4096", "--temperatures", "lin:0.1:5:800", "--probabilities", "f32",
         "--quiet")
COMPRESSED = ("--synthetic", "gumbel", "--vocab", "64", "--synthetic-rows", "800", "--temperatures", "lin:0.1:5:400",
              "--quiet")


@pytest.mark.parametrize("grid", [DENSE, COMPRESSED], ids=["dense", "compressed"])
@pytest.mark.parametrize("limit", [1000, 100_000, 3_000_000])
def test_limit_on_file_sizes(bench: Bench, grid: tuple[str, ...], limit: int) -> None:
    def lower() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    bench.refuses(4, ["out.h5", "File too large", "ulimit -f"], *grid, preexec_fn=lower)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 6 MB inside the bench's folder."""
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(disk)], capture_output=True, text=True)
    if made.returncode != 0:
        pytest.skip(f"cannot mount a small disk here: {made.stderr.strip()}")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_disk_that_fills_up(bench: Bench, small_disk: Path) -> None:
    bench.fails(4, ["disk/out.h5", "No space left on device", "free some space"], "sweep", *COMPRESSED,
                "-o", "disk/out.h5")


def test_early_refusal(bench: Bench, small_disk: Path) -> None:
    bench.fails(4, ["disk/out.h5", "the result needs 13.0 MiB", "left"], "sweep", *DENSE, "-o", "disk/out.h5")


def test_early_refusal_of_the_impossible(bench: Bench) -> None:
    bench.refuses(4, ["out.h5", "the result needs", "PiB", "the disk has"], "--synthetic", "gumbel", "--vocab", "1M",
                  "--synthetic-rows", "1M", "--temperatures", "lin:0.1:5:1000", "--probabilities", "f32", "--quiet")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
@pytest.mark.parametrize("words", [("--help",), ("sweep", "--help"), ("devices",), ("sweep", "in.npy", "-o", "out.h5")])
def test_standard_output_that_is_full(bench: Bench, logits: object, words: tuple[str, ...]) -> None:
    command = [os.environ["TEMPSWEEP_PROGRAM"], *words]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, cwd=bench.folder, stdout=full, stderr=subprocess.PIPE, text=True)
        assert done.returncode == 4 and "standard output" in done.stderr
        done = subprocess.run(command, cwd=bench.folder, stdout=subprocess.DEVNULL, stderr=full)
        assert done.returncode in (0, 4)  # 4: the result exists by now
