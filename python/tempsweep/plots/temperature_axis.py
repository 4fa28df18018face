# SPDX-License-Identifier: Apache-2.0
"""The temperature axis: logarithmic or linear, with T = 0 and T = inf in margins of their own.

A cell of a heatmap reaches half-way to its neighbours, on the scale of the axis: geometric edges on a log axis.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from .labels import number

MARGIN = 0.05
"""Width of a margin strip, as a share of the axis; the gap beside it is GAP times as wide."""
GAP = 0.6


@dataclass(frozen=True)
class TemperatureAxis:
    """Places the temperatures of a grid (increasing; may begin with 0 and end with inf).

    `finite` are the 0 < T < inf; `log` says whether the axis is logarithmic.
    """

    temperatures: np.ndarray
    log: bool

    @property
    def finite(self) -> np.ndarray:
        return self.temperatures[np.isfinite(self.temperatures) & (self.temperatures > 0)]

    @property
    def has_zero(self) -> bool:
        return bool((self.temperatures == 0).any())

    @property
    def has_infinity(self) -> bool:
        return bool(np.isposinf(self.temperatures).any())

    def _forward(self, values: np.ndarray) -> np.ndarray:
        return np.log10(values) if self.log else np.asarray(values, dtype=float)

    def _backward(self, values: np.ndarray) -> np.ndarray:
        return 10.0 ** np.asarray(values) if self.log else np.asarray(values)

    def _scaled_edges(self) -> np.ndarray:
        u = self._forward(self.finite)
        if u.size == 0:
            return np.array([0.0, 1.0])
        if u.size == 1:
            return np.array([u[0] - 0.05, u[0] + 0.05])
        middle = 0.5 * (u[1:] + u[:-1])
        return np.concatenate([[u[0] - (middle[0] - u[0])], middle, [u[-1] + (u[-1] - middle[-1])]])

    def edges(self) -> np.ndarray:
        """Cell edges of the finite temperatures, in axis coordinates, one more than there are."""
        return self._backward(self._scaled_edges())

    def _strip(self, infinity: bool) -> np.ndarray:
        edges = self._scaled_edges()
        width = MARGIN * (edges[-1] - edges[0])
        near, far = GAP * width, (1 + GAP) * width
        return np.array([edges[-1] + near, edges[-1] + far] if infinity else [edges[0] - far, edges[0] - near])

    def strip(self, infinity: bool) -> np.ndarray:
        """Both edges of the margin of T = 0 or T = inf, in axis coordinates."""
        return self._backward(self._strip(infinity))

    def place(self, infinity: bool) -> float:
        """Where T = 0 or T = inf is marked: the middle of its margin."""
        return float(self._backward(self._strip(infinity).mean()))

    def _ladder(self) -> np.ndarray:
        """Round temperatures inside the axis: 1-2-5 steps on a log axis, even steps on a linear or short one."""
        low, high = self.finite[0], self.finite[-1]
        if low == high:
            return np.array([low])
        if not self.log:
            return _even_steps(low, high)
        decades = np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
        factors = [1, 2, 5] if decades.size <= 5 else [1]
        ladder = np.array([factor * 10.0**decade for decade in decades for factor in factors])
        inside = ladder[(ladder >= low * (1 - 1e-9)) & (ladder <= high * (1 + 1e-9))]
        return inside if inside.size >= 3 else _even_steps(low, high)

    def apply(self, axes: Axes) -> None:
        """Scale, limits, ticks and label of the x axis."""
        if self.log:
            axes.set_xscale("log")
        ticks = list(self._ladder()) if self.finite.size else []
        names = [number(tick) for tick in np.round(ticks, 12)]
        low, high = self._scaled_edges()[[0, -1]]
        if self.has_zero:
            low, ticks, names = self._strip(False)[0], [self.place(False), *ticks], ["0", *names]
        if self.has_infinity:
            high, ticks, names = self._strip(True)[1], [*ticks, self.place(True)], [*names, "∞"]
        axes.set_xticks(ticks, names)
        axes.set_xticks([], minor=True)
        axes.set_xlim(*self._backward(np.array([low, high])))
        axes.set_xlabel("temperature T")


def _even_steps(low: float, high: float) -> np.ndarray:
    step = _round_step((high - low) / 6)
    return np.arange(np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9) + 1) * step


def _round_step(raw: float) -> float:
    power = 10.0 ** np.floor(np.log10(raw))
    return float(min((factor * power for factor in (1, 2, 5, 10)), key=lambda step: abs(step - raw)))


def is_geometric(temperatures: np.ndarray) -> bool:
    """Whether a log axis suits: the gaps are more even in log T than in T."""
    finite = temperatures[np.isfinite(temperatures) & (temperatures > 0)]
    if finite.size < 3:
        return finite.size == 2 and bool(finite[-1] / finite[0] > 20)

    def unevenness(values: np.ndarray) -> float:
        gaps = np.diff(values)
        return float(gaps.std() / gaps.mean())

    return unevenness(np.log(finite)) < unevenness(finite)


def temperature_axis(temperatures: np.ndarray, scale: str = "auto") -> TemperatureAxis:
    """The axis of a grid; scale is auto, log or linear."""
    log = is_geometric(temperatures) if scale == "auto" else scale == "log"
    return TemperatureAxis(np.asarray(temperatures, dtype=float), log)
