# SPDX-License-Identifier: Apache-2.0
"""One look for all figures.

Figures are made by matplotlib.figure.Figure and never by pyplot: no display is needed, and the backend that a
notebook has chosen stays as it is.
"""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

BACKGROUND = "#0e1116"
PANEL = "#161b22"
TEXT = "#e6edf3"
MUTED = "#8b949e"
MISSING = "#3a3f47"
"""Colour of cells without a value."""

HEAT = "inferno"
"""Probabilities: perceptually uniform, brighter and yellower = more."""
SCALAR = "viridis"
"""Other quantities."""

FONTS = ["DejaVu Sans", "Noto Sans CJK JP", "Noto Sans CJK SC", "WenQuanYi Micro Hei", "IPAexGothic"]
"""In order of preference: tokens come in any script."""

_COMMON: dict[str, Any] = {
    "font.size": 10, "axes.titlesize": 11, "axes.labelsize": 10, "axes.spines.top": False,
    "axes.spines.right": False, "figure.constrained_layout.use": True, "text.parse_math": False,
}

DARK: dict[str, Any] = {
    **_COMMON, "figure.facecolor": BACKGROUND, "axes.facecolor": PANEL, "savefig.facecolor": BACKGROUND,
    "text.color": TEXT, "axes.labelcolor": TEXT, "axes.edgecolor": MUTED, "axes.titlecolor": TEXT,
    "xtick.color": TEXT, "ytick.color": TEXT, "grid.color": "#30363d", "legend.facecolor": PANEL,
    "legend.edgecolor": "#30363d",
}
LIGHT: dict[str, Any] = {**_COMMON, "grid.color": "#dddddd", "legend.frameon": False}


def installed_fonts() -> list[str]:
    """Those of FONTS that this machine has, so that matplotlib looks for no other."""
    from matplotlib import font_manager

    known = {font.name for font in font_manager.fontManager.ttflist}
    return [name for name in FONTS if name in known]


def rules(dark: bool) -> dict[str, Any]:
    """rcParams of the dark or the light look, for matplotlib.rc_context."""
    return {**(DARK if dark else LIGHT), "font.family": installed_fonts()}


def is_dark(axes: Axes) -> bool:
    """Whether an axis was made under the dark rules."""
    return sum(to_rgb(axes.get_facecolor())) < 1.5
