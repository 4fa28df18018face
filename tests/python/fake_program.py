#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Stands in for `tempsweep sweep` where a test is about the Python side: one row, one temperature, or a failure.

FAKE_PROGRAM_FAILURE="3:some text" makes it print the text on stderr and exit with the status.
"""

import argparse
import os
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
from fake_result import Sweep, write_result  # noqa: E402


def main() -> int:
    failure = os.environ.get("FAKE_PROGRAM_FAILURE")
    if failure:
        status, _, text = failure.partition(":")
        print(f"a warning\ntempsweep: {text}", file=sys.stderr)
        return int(status)
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["sweep"])
    parser.add_argument("input")
    parser.add_argument("-o", dest="output")
    parser.add_argument("--temperatures", type=float)
    parser.add_argument("--metrics")
    parser.add_argument("--probabilities", choices=["f32"])
    parser.add_argument("--samples", type=int, default=0)
    parser.add_argument("--counts", choices=["store"])
    parser.add_argument("--seed", type=int)
    parser.add_argument("--quiet", action="store_true")
    options = parser.parse_args()
    logits = np.load(options.input)
    write_result(Path(options.output), Sweep(logits, np.array([options.temperatures]), samples=options.samples))
    return 0


if __name__ == "__main__":
    sys.exit(main())
