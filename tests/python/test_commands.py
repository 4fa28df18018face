# SPDX-License-Identifier: Apache-2.0
"""The plot scripts as a shell sees them: pictures, exit statuses, one line per failure."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tempsweep.plots.command import run

PLOTS = {
    "experiment1": [],
    "heatmap": ["--kind", "token", "--top", "12"],
    "curves": ["--variable", "entropy,top_probability"],
    "convergence": ["--temperature", "1"],
}
SIGNATURES = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}


def run_script(root: Path, name: str, *arguments: object, python_path: str = "") -> subprocess.CompletedProcess:
    environment = {**os.environ, "PYTHONPATH": python_path}
    return subprocess.run([sys.executable, str(root / "scripts" / f"plot_{name}.py"), *map(str, arguments)],
                          capture_output=True, encoding="utf-8", env=environment, check=False)


@pytest.mark.parametrize("suffix", SIGNATURES)
@pytest.mark.parametrize("name", PLOTS)
def test_three_formats_the_same_bytes_each_time(tmp_path: Path, experiment1_file: Path, name: str, suffix: str) -> None:
    pictures = []
    for turn in range(2):
        path = tmp_path / f"{turn}.{suffix}"
        assert run(name, [str(experiment1_file), "-o", str(path), *PLOTS[name]]) == 0
        pictures.append(path.read_bytes())
    assert pictures[0].startswith(SIGNATURES[suffix]) and len(pictures[0]) > 5000
    assert pictures[0] == pictures[1]
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"0.{suffix}", f"1.{suffix}"]


@pytest.mark.parametrize("name", PLOTS)
def test_the_scripts_draw_the_same_bytes_in_any_process(root: Path, tmp_path: Path, experiment1_file: Path,
                                                        name: str) -> None:
    done = run_script(root, name, experiment1_file, "-o", tmp_path / "script.svg", *PLOTS[name])
    assert (done.returncode, done.stderr) == (0, "")
    assert run(name, [str(experiment1_file), "-o", str(tmp_path / "here.svg"), *PLOTS[name]]) == 0
    assert (tmp_path / "script.svg").read_bytes() == (tmp_path / "here.svg").read_bytes()


def one_line(done: subprocess.CompletedProcess) -> str:
    assert done.stderr.count("\n") == 1 and "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize("name", ["experiment1", "curves"])
def test_a_missing_or_wrong_file_is_bad_input(root: Path, tmp_path: Path, name: str) -> None:
    done = run_script(root, name, tmp_path / "none.h5", "-o", tmp_path / "p.png", *PLOTS[name])
    assert done.returncode == 2 and "no such file" in one_line(done)
    (tmp_path / "text.h5").write_text("text")
    done = run_script(root, name, tmp_path / "text.h5", "-o", tmp_path / "p.png", *PLOTS[name])
    assert done.returncode == 2 and "no tempsweep result" in one_line(done)


def test_a_missing_variable_is_bad_input(root: Path, tmp_path: Path, experiment1_file: Path) -> None:
    done = run_script(root, "curves", experiment1_file, "--variable", "entrophy", "-o", tmp_path / "p.png")
    assert done.returncode == 2 and ", entropy, log_partition" in one_line(done)


def test_another_suffix_is_bad_input_and_no_folder_a_file_failure(root: Path, tmp_path: Path,
                                                                  experiment1_file: Path) -> None:
    done = run_script(root, "curves", experiment1_file, "-o", tmp_path / "p.jpg")
    assert done.returncode == 2 and ".png, .svg or .pdf" in one_line(done)
    done = run_script(root, "curves", experiment1_file, "-o", tmp_path / "none" / "p.png")
    assert done.returncode == 4 and "no folder" in one_line(done)


@pytest.mark.parametrize("name", PLOTS)
def test_without_matplotlib_one_line_says_what_to_install(root: Path, tmp_path: Path, experiment1_file: Path,
                                                          name: str) -> None:
    (tmp_path / "matplotlib.py").write_text("raise ModuleNotFoundError('no', name='matplotlib')")
    done = run_script(root, name, experiment1_file, "-o", tmp_path / "p.png", *PLOTS[name], python_path=str(tmp_path))
    assert done.returncode == 4 and "pip install matplotlib" in one_line(done)
    assert not (tmp_path / "p.png").exists()


def test_unknown_glyphs_give_one_warning(root: Path, tmp_path: Path, large_file: Path) -> None:
    done = run_script(root, "heatmap", large_file, "--kind", "token", "--top", "64", "-o", tmp_path / "p.png")
    assert done.returncode == 0 and done.stderr.count("\n") <= 1
