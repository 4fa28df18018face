#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""2^f on [-1/2, 1/2] by polynomials in float, the constant term exactly 1: include/tempsweep/math/float_exp2.hpp.

Printed for each degree: the least relative error that any coefficients reach (Remez' exchange), the error of those of
the header, which are all floats, and coefficients found by rounding the best ones and moving them as long as that
helps.
"""

from __future__ import annotations

import math
import re
import struct
import sys
from pathlib import Path
from typing import Iterator

HEADER = Path(__file__).resolve().parent.parent / "include" / "tempsweep" / "math" / "float_exp2.hpp"
POINTS = [k / 4001 - 0.5 for k in range(4002)]  # 0, where there is never an error, is none of them


def to_float(x: float) -> float:
    return struct.unpack("f", struct.pack("f", x))[0]


def error(coefficients: list[float], x: float) -> float:
    value = 0.0
    for c in reversed(coefficients):
        value = value * x + c
    return value / 2.0**x - 1


def solve(matrix: list[list[float]]) -> list[float]:
    """Of a system with its right side in the last column."""
    n = len(matrix)
    for column in range(n):
        pivot = max(range(column, n), key=lambda row: abs(matrix[row][column]))
        matrix[column], matrix[pivot] = matrix[pivot], matrix[column]
        for row in range(n):
            if row != column:
                factor = matrix[row][column] / matrix[column][column]
                matrix[row] = [a - factor * b for a, b in zip(matrix[row], matrix[column])]
    return [matrix[row][n] / matrix[row][row] for row in range(n)]


def side(x: float, power: int) -> float:
    """The sign of x^power: where the fitted part is x^power times a polynomial, the errors alternate but for it."""
    return -1.0 if x < 0 and power % 2 else 1.0


def alternation(coefficients: list[float], power: int, count: int) -> list[float]:
    """Where the error is largest between its changes of sign; `count` places in a row with the largest errors."""
    runs: list[float] = []
    for x in POINTS:
        positive = error(coefficients, x) * side(x, power) > 0
        if runs and positive == (error(coefficients, runs[-1]) * side(runs[-1], power) > 0):
            if abs(error(coefficients, x)) > abs(error(coefficients, runs[-1])):
                runs[-1] = x
        else:
            runs.append(x)
    while len(runs) > count:
        runs.pop(0 if abs(error(coefficients, runs[0])) < abs(error(coefficients, runs[-1])) else -1)
    return runs


def fit(degree: int, fixed: list[float]) -> list[float]:
    """The best coefficients, of which the lowest are given."""
    power = len(fixed)
    free = degree + 1 - power
    even = free + 1 + (free + 1) % 2  # where the count is odd, one beside 0 is left out: at 0 there is no error
    places = [-0.5 * math.cos(math.pi * (k + 0.5) / even) for k in range(even) if k != even // 2 or even == free + 1]
    coefficients = fixed
    for _ in range(30):
        rows = []
        for k, x in enumerate(places):
            known = sum(c * x**j for j, c in enumerate(fixed))
            powers = [x ** (power + j) for j in range(free)]
            rows.append([*powers, (-1) ** k * side(x, power) * 2.0**x, 2.0**x - known])
        coefficients = [*fixed, *solve(rows)[:free]]
        found = alternation(coefficients, power, free + 1)
        if len(found) < free + 1:
            break
        places = found
    return coefficients


def worst(coefficients: list[float], every: int = 1) -> float:
    return max(abs(error(coefficients, x)) for x in POINTS[::every])


def moved(x: float, places: int) -> float:
    """The float so many places further from zero."""
    return struct.unpack("f", struct.pack("I", struct.unpack("I", struct.pack("f", x))[0] + places))[0]


def rounded(best: list[float]) -> list[float]:
    coefficients = [to_float(c) for c in best]
    least, step = worst(coefficients, 20), 64
    while step:
        better = False
        for power in range(1, len(coefficients)):
            for places in (-step, step):
                other = [*coefficients]
                other[power] = moved(other[power], places)
                if (now := worst(other, 20)) < least:
                    coefficients, least, better = other, now, True
        step = step if better else step // 2
    return coefficients


def header() -> Iterator[list[float]]:
    for body in re.findall(r"\[\d\] = \{([^}]*)\}", HEADER.read_text(encoding="utf-8")):
        yield [float(number) for number in re.findall(r"([-\d.e]+)F", body)]


def main() -> int:
    bits = lambda coefficients: f"2^{math.log2(worst(coefficients)):.2f}"  # noqa: E731
    for coefficients in header():
        degree = len(coefficients) - 1
        best = fit(degree, [1.0])
        found = rounded(best)
        print(f"degree {degree}: best {bits(best)}, of the header {bits(coefficients)}, found {bits(found)}:",
              ", ".join(c.hex() for c in found))
        if [to_float(c) for c in coefficients] != coefficients or worst(coefficients) > 2 * worst(best):
            print("those of the header are no floats, or err by more than twice the best")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
