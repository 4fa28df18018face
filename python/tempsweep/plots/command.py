# SPDX-License-Identifier: Apache-2.0
"""Runs a plot module as a command: one line per failure and the program's exit statuses."""

from __future__ import annotations

import sys
import warnings
from importlib import import_module
from typing import Optional, Sequence

BAD_INPUT_STATUS = 2
FILE_STATUS = 4


class PlotError(ValueError):
    """The result file or the options do not allow the figure; the message says what to do."""


def _say(name: str, text: object) -> None:
    print(f"{name}: {' '.join(str(text).split())}", file=sys.stderr)


def _show_warnings_as_lines(name: str) -> None:
    def show(message: object, *_: object, **__: object) -> None:
        _say(name, f"warning: {message}")

    warnings.showwarning = show  # type: ignore[assignment]


def run(name: str, arguments: Optional[Sequence[str]] = None) -> int:
    """Runs `tempsweep.plots.NAME`.main and returns the exit status.

    0 drawn; 2 wrong usage, wrong file or missing variable; 4 a Python package is missing or the picture cannot be
    written. Failures are one line on stderr.
    """
    label = f"plot_{name}"
    try:
        with warnings.catch_warnings():
            _show_warnings_as_lines(label)
            import_module(f"tempsweep.plots.{name}").main(sys.argv[1:] if arguments is None else list(arguments))
    except ModuleNotFoundError as error:
        package = (error.name or "a package").partition(".")[0]
        _say(label, f"Python package {package} is missing; install what the figures need with: "
                    f"{sys.executable} -m pip install matplotlib xarray h5netcdf")
        return FILE_STATUS
    except (ValueError, FileNotFoundError) as error:
        _say(label, error)
        return BAD_INPUT_STATUS
    except OSError as error:
        _say(label, error)
        return FILE_STATUS
    return 0
