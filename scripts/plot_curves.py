#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws metrics against temperature: plot_curves.py RESULT.h5 --variable entropy -o FILE.png"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "python"))

from tempsweep.plots.command import run  # noqa: E402

if __name__ == "__main__":
    sys.exit(run("curves"))
