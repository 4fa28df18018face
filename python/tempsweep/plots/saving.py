# SPDX-License-Identifier: Apache-2.0
"""Writes a figure: the same input gives the same bytes, and never half a picture."""

from __future__ import annotations

import os
import re
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

import matplotlib
from matplotlib.figure import Figure

from .command import PlotError

METADATA = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "ModDate": None, "Creator": None, "Producer": None},
}
"""What each format would stamp with a time or a version of the drawing library."""


def picture_format(path: Path) -> str:
    """png, svg or pdf, by the suffix.

    :raises PlotError: another suffix, or none.
    """
    suffix = path.suffix.lower().lstrip(".")
    if suffix not in METADATA:
        raise PlotError(f"-o {path}: the picture must end in .png, .svg or .pdf")
    return suffix


@contextmanager
def _glyphs_counted() -> Iterator[None]:
    """One warning in place of one per character that no installed font can draw."""
    missing = set()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for warning in caught:
        glyph = re.match(r"Glyph (\d+) .*missing from", str(warning.message))
        if glyph:
            missing.add(glyph.group(1))
        else:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    if missing:
        warnings.warn(f"{len(missing)} characters of the token names have no glyph in the installed fonts and are "
                      "drawn as boxes; a font such as Noto Sans CJK has them", stacklevel=2)


def save(figure: Figure, path: Path, dpi: int = 150) -> None:
    """Writes `figure` beside `path` and renames it into place; dpi also sets the size of rasterized parts.

    :raises OSError: the folder is missing or not writable.
    """
    kind = picture_format(path)
    if not path.parent.is_dir():
        raise OSError(f"-o {path}: there is no folder {path.parent}")
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with matplotlib.rc_context({"svg.hashsalt": "tempsweep", "svg.fonttype": "path"}), _glyphs_counted():
            figure.savefig(partial, format=kind, dpi=dpi, metadata=METADATA[kind],
                           facecolor=figure.get_facecolor())
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
