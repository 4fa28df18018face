# SPDX-License-Identifier: Apache-2.0
"""The program's draws against a second implementation, written from the method's text with exact integers."""

from __future__ import annotations

import json
import math
import os
import re
import struct
import subprocess
from fractions import Fraction
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("TEMPSWEEP_PROGRAM", "")
MASK = 0xFFFFFFFF

pytestmark = pytest.mark.skipif(not Path(PROGRAM).is_file(), reason="TEMPSWEEP_PROGRAM is not set to the program")


def philox(key: tuple[int, int], counter: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """Philox4x32-10 (Salmon et al. 2011)."""
    (k0, k1), (a, b, c, d) = key, counter
    for _ in range(10):
        left, right = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b, c, d = (right >> 32) ^ b ^ k0, right & MASK, (left >> 32) ^ d ^ k1, left & MASK
        k0, k1 = (k0 + 0x9E3779B9) & MASK, (k1 + 0xBB67AE85) & MASK
    return a, b, c, d


def words(seed: int, temperature: float, vocabulary: int, row: int, count: int) -> list[int]:
    """The first 64-bit words of a point: the three-call address, purpose 0."""
    bits = struct.unpack("<Q", struct.pack("<d", temperature))[0]
    one = philox((seed & MASK, seed >> 32), (bits & MASK, bits >> 32, vocabulary, 0))
    two = philox(one[:2], (row & MASK, row >> 32, one[2], one[3]))
    result = []
    for block in range((count + 1) // 2):
        x, y, z, w = philox(two[:2], (block & MASK, block >> 32, two[2], two[3]))
        result += [x | y << 32, z | w << 32]
    return result[:count]


def fma(a: float, b: float, c: float) -> float:
    return float(Fraction(a) * Fraction(b) + Fraction(c))


def coefficients() -> list[float]:
    """Of the project's own exponential: numbers, not code, are shared with the header."""
    text = (ROOT / "include/tempsweep/math/exp2.hpp").read_text(encoding="utf-8")
    found = dict(re.findall(r"exp2_c(\d+) = (0x[0-9a-f.]+p[-+]?\d+);", text))
    return [1.0] + [float.fromhex(found[str(k)]) for k in range(1, 12)]


def weight(depth: float, beta: float) -> float:
    """e^(-depth beta) by the documented operations."""
    if depth == 0:
        return 1.0
    if math.isinf(beta):
        return 0.0
    product = depth * beta
    if not product <= 708:
        return 0.0
    log2_e, log2_e_low, ln_2 = (float.fromhex(h) for h in ("0x1.71547652b82fep0", "0x1.777d0ffda0d24p-56", "0x1.62e42fefa39efp-1"))
    high = product * log2_e
    low = fma(fma(depth, beta, -product), log2_e, fma(product, log2_e_low, fma(product, log2_e, -high)))
    whole = round(-high)  # ties to even, as the hardware rounds
    fraction = -high - whole
    polynomial = 0.0
    for coefficient in reversed(coefficients()):
        polynomial = fma(polynomial, fraction, coefficient)
    result = math.ldexp(polynomial, whole)
    return fma(result, -(low * ln_2), result)


def integer_law(weights: list[float], column_bits: int) -> list[int]:
    """W_i over 2^(c + 32), units left over to the largest remainders, ties to the lower index."""
    scale = 61 - math.ceil(math.log2(math.fsum(weights)))
    integers = [int(Fraction(w) * 2**scale) for w in weights]
    total, unit = sum(integers), 2 ** (column_bits + 32)
    shares = [a * unit // total for a in integers]
    order = sorted(range(len(weights)), key=lambda i: (-(integers[i] * unit % total), i))
    for i in order[: unit - sum(shares)]:
        shares[i] += 1
    return shares


def alias_table(law: list[int], column_bits: int) -> list[tuple[int, int]]:
    """The sweep of Huebschle-Schneider and Sanders: light and heavy columns in ascending order."""
    capacity, columns = 2**32, 2**column_bits
    law = law + [0] * (columns - len(law))
    light = [i for i in range(columns) if law[i] < capacity]
    heavy = [i for i in range(columns) if law[i] >= capacity]
    table: list[tuple[int, int]] = [(0, i) for i in range(columns)]
    current = heavy.pop(0)
    left = law[current]
    while True:
        while left > capacity:
            column = light.pop(0)
            table[column] = (law[column], current)
            left -= capacity - law[column]
        if not heavy:
            return table
        following = heavy.pop(0)
        table[current] = (0, current) if left == capacity else (left, following)
        current, left = following, law[following] - (capacity - left)


def draw(seed: int, temperature: float, row: int, logits: list[float], n: int) -> list[int]:
    column_bits = (len(logits) - 1).bit_length()
    beta = 1 / temperature if temperature else math.inf
    weights = [weight(max(logits) - logit, beta) for logit in logits]
    table = alias_table(integer_law(weights, column_bits), column_bits)
    counts = [0] * len(logits)
    for word in words(seed, temperature, len(logits), row, n):
        column = word >> (64 - column_bits) if column_bits else 0
        threshold, alias = table[column]
        unit = (word << column_bits >> 32) & MASK
        counts[column if unit < threshold else alias] += 1
    return counts


@pytest.mark.parametrize("size", [1, 2, 3, 8, 13, 100])
@pytest.mark.parametrize("seed", [0, 12345678901234567])
def test_counts_are_those_of_the_method(tmp_path: Path, size: int, seed: int) -> None:
    h5py = pytest.importorskip("h5py")
    rows = [[math.sin(1.7 * i + row) * 4 - 0.01 * i * row for i in range(size)] for row in range(3)]
    rows[1][0] = rows[1][-1]  # a tie
    temperatures, n = [0.0, 0.05, 0.7, 1.0, 30.0, math.inf], 1501
    (tmp_path / "in.json").write_text(json.dumps(rows))
    out = tmp_path / "out.h5"
    subprocess.run(
        [PROGRAM, "sweep", str(tmp_path / "in.json"), "-o", str(out), "--samples", str(n), "--seed", str(seed), "--quiet",
         "--rows", "1:3", "--counts", "store", "--temperatures", ",".join(map(repr, temperatures))],
        check=True)
    with h5py.File(out, "r") as result:
        counts = result["count"][0]
        assert result["row"][:].tolist() == [1, 2]
    for row, logits in enumerate(rows[1:], start=1):  # a selected row keeps its number in the whole input
        for t, temperature in enumerate(temperatures):
            assert counts[row - 1, t].tolist() == draw(seed, temperature, row, logits, n), (row, temperature)
