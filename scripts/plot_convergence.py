#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws the error of drawn laws against the number of draws: plot_convergence.py --law zipf:1.07 -o FILE.png"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "python"))

from tempsweep.plots.command import run  # noqa: E402

if __name__ == "__main__":
    sys.exit(run("convergence"))
