# SPDX-License-Identifier: Apache-2.0
"""Errors of the draws against their number."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fake_result import Sweep, law, write_result

from tempsweep.plots import convergence
from tempsweep.plots.command import PlotError, run
from tempsweep.plots.convergence_runs import draw_numbers

LOGITS = np.random.default_rng(5).normal(0, 2, (6, 40))
DRAWS = (100, 10_000, 1_000_000)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Sweeps of one input that differ in the number of draws; the largest comes first."""
    folder = tmp_path_factory.mktemp("convergence")
    return [write_result(folder / f"{n}.h5", Sweep(LOGITS, np.array([0.5, 1.0]), samples=n)) for n in reversed(DRAWS)]


def gathered(files: list[Path], temperature: float = 1.0) -> list[convergence.Convergence]:
    return convergence.gather([convergence.read_result(path, temperature) for path in files])


def test_files_of_one_input_are_one_law_in_order_of_draws(files: list[Path]) -> None:
    (found,) = gathered(files)
    assert list(found.draws) == list(DRAWS) and found.total_variation.shape == (3, 6)
    assert found.label == "folder/logits.npy, 40 tokens"
    plug_in, corrected = found.plug_in_error[0].mean(), found.corrected_error[0].mean()
    assert plug_in < 0 and abs(corrected) < abs(plug_in)


@pytest.mark.parametrize("temperature", [0.5, 1.0])
def test_total_variation_tends_to_the_line(files: list[Path], temperature: float) -> None:
    (found,) = gathered(files, temperature)
    p = law(LOGITS, temperature)
    assert found.variation_scale == pytest.approx(np.sqrt(p * (1 - p)).sum(axis=1).mean() / np.sqrt(2 * np.pi), rel=1e-6)
    # Each row's total variation has a spread of about 12 % over 40 tokens; six rows are drawn.
    assert found.total_variation[2].mean() * 1000 == pytest.approx(found.variation_scale, rel=0.2)


def test_lines_and_points_of_the_figure(files: list[Path]) -> None:
    (found,) = gathered(files)
    found.spread_scale = 3.0
    left, right = convergence.build_figure([found], 1.0).axes
    np.testing.assert_allclose(left.lines[0].get_ydata(), found.total_variation.mean(axis=1))
    variation, bias, spread = left.lines[1], right.lines[2], right.lines[3]
    for line, scale, power in ((variation, found.variation_scale, 0.5), (bias, 39 / (2 * np.log(2)), 1.0),
                               (spread, 3.0, 0.5)):
        x, y = line.get_data()
        drawn = ~np.isnan(y)
        assert drawn[-1]
        np.testing.assert_allclose(y[drawn] * x[drawn] ** power, scale)
    np.testing.assert_allclose(right.lines[0].get_ydata(), np.sqrt((found.plug_in_error**2).mean(axis=1)))


def test_no_probabilities_no_line(tmp_path: Path) -> None:
    path = write_result(tmp_path / "none.h5", Sweep(LOGITS, np.array([1.0]), probabilities="none", samples=50))
    (found,) = gathered([path])
    assert np.isnan(found.variation_scale)
    convergence.build_figure([found], 1.0, dark=True).draw_without_rendering()


def test_what_cannot_be_drawn_is_said(tmp_path: Path, files: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    dry = write_result(tmp_path / "dry.h5", Sweep(LOGITS, np.array([1.0])))
    few = write_result(tmp_path / "few.h5", Sweep(LOGITS[:2], np.array([1.0]), samples=100))
    picture = ["-o", str(tmp_path / "p.png")]
    for arguments, text in (([str(dry)], "--samples N"), ([str(files[0]), "--temperature", "3"], "temperature 3"),
                            ([str(files[0]), "--law", "gumbel"], "not both"),
                            ([str(files[0]), str(few)], "different numbers of rows")):
        assert run("convergence", [*arguments, *picture]) == 2
        assert text in capsys.readouterr().err
    assert not (tmp_path / "p.png").exists()


def test_numbers_of_draws() -> None:
    assert draw_numbers("1e2:1e4:3") == [100, 1000, 10000]
    assert draw_numbers("1e6,10") == [10, 1000000]
    for wrong in ("1e2:1e4", "many", "0", "1e17", "1:1e3:0"):
        with pytest.raises(PlotError, match="--draws"):
            draw_numbers(wrong)


def test_it_runs_its_own_sweeps(tmp_path: Path, program: Path) -> None:
    path = tmp_path / "own.png"
    options = ["--law", "zipf:1", "--law", "normal:2", "--vocab", "60", "--rows", "3", "--draws", "1e2:1e10:3"]
    assert run("convergence", [*options, "-o", str(path)]) == 0
    assert path.read_bytes().startswith(b"\x89PNG")
    assert run("convergence", ["--law", "nothing:1", "-o", str(path)]) == 2
