# SPDX-License-Identifier: Apache-2.0
"""The panels of the walkthrough's figure, one function each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm

from . import style
from .labels import number


@dataclass(frozen=True)
class Experiment:
    """What the panels draw. Tokens in the file's order; entropy in bits."""

    tokens: list[str]
    vocab_size: int
    tested: np.ndarray  # (5, token) probabilities
    tested_entropy: np.ndarray  # (5,)
    tested_top: np.ndarray  # (5,)
    heat: np.ndarray  # (token, 50) probabilities
    temperatures: np.ndarray  # (curve,)
    top: np.ndarray  # (curve,)
    entropy: np.ndarray  # (curve,)


CHARACTERS = ("extreme determinist", "focused", "classic", "creative", "very creative")
COLORS = ("#4f9dff", "#38c7c1", "#9bd35a", "#f6b73c", "#ff6b5e")
"""From cold to hot, one per tested temperature."""
CURVE_COLOR = "#c9a6ff"
ENTROPY_COLOR = "#6fd3ff"


def _token_ticks(axes: Axes, names: Sequence[str], vertical: bool) -> None:
    size = 9 if len(names) <= 12 else 8 if len(names) <= 24 else 5.5
    places = np.arange(len(names))
    if vertical:
        axes.set_yticks(places, names, fontsize=size)
    elif len(names) <= 5:
        axes.set_xticks(places, names, fontsize=size)
    else:
        slanted = len(names) <= 12
        axes.set_xticks(places, names, fontsize=size, rotation=40 if slanted else 90,
                        ha="right" if slanted else "center", rotation_mode="anchor" if slanted else "default")


def _annotate_top(axes: Axes, top: int, probability: float, count: int) -> None:
    """`P(top)=X%` above the bar, or beside it where there is no room above."""
    left = top < count / 2
    text = f"P(top)={100 * probability:.1f}%"
    edge = top - 0.4 if left else top + 0.4
    place = (edge, probability + 0.02)
    if probability > 0.9:
        place = (top + 0.55, probability - 0.035) if left else (top - 0.55, probability - 0.035)
    align = {"ha": "left" if left else "right", "va": "bottom" if probability <= 0.9 else "center"}
    axes.annotate(text, place, color="white", fontweight="bold", fontsize=11, annotation_clip=False, **align)


def draw_bars(axes: Axes, experiment: "Experiment", index: int, temperature: float) -> None:
    """Bar chart of the law at one tested temperature."""
    law = experiment.tested[index]
    count = len(law)
    bars = axes.bar(np.arange(count), law, width=0.8, color=COLORS[index], alpha=0.9, zorder=2)
    top = int(np.nanargmax(law))
    bars[top].set(edgecolor="white", linewidth=2.2, alpha=1.0, clip_on=False, zorder=3)
    _annotate_top(axes, top, float(experiment.tested_top[index]), count)
    axes.set(ylim=(0, 1), xlim=(-0.7, count - 0.3), ylabel="probability")
    axes.set_title(f"T = {number(temperature)}  ({CHARACTERS[index]})\n"
                   f"Entropy = {experiment.tested_entropy[index]:.3f} bits", color=COLORS[index])
    axes.grid(axis="y", linewidth=0.6, zorder=0)
    _token_ticks(axes, experiment.tokens, vertical=False)


def _draw_curve(axes: Axes, experiment: "Experiment", values: np.ndarray, tested: Sequence[float],
                at_tested: np.ndarray, color: str) -> None:
    axes.plot(experiment.temperatures, values, color=color, linewidth=2.4, zorder=3)
    axes.plot(tested, at_tested, "o", color="white", markersize=7, markeredgecolor=style.BACKGROUND, zorder=4,
              linestyle="none", label="tested temperatures")
    axes.axvline(1.0, color=style.MUTED, linestyle="--", linewidth=1.2, zorder=2)
    axes.set(xlim=(0, 5.1), xlabel="temperature T")
    axes.set_xticks(np.arange(0, 6))
    axes.grid(linewidth=0.6, zorder=0)


def draw_top_probability(axes: Axes, experiment: "Experiment", tested: Sequence[float]) -> None:
    """Probability of the top token against T."""
    _draw_curve(axes, experiment, experiment.top, tested, experiment.tested_top, CURVE_COLOR)
    axes.text(1.06, 0.97, "T = 1", color=style.MUTED, fontsize=9, va="top", transform=axes.get_xaxis_transform())
    axes.set(ylim=(0, 1.05), ylabel="probability of the top token")
    axes.set_title("Top-token probability falls with T")
    axes.legend(loc="upper right", fontsize=9)


def draw_entropy(axes: Axes, experiment: "Experiment", tested: Sequence[float]) -> None:
    """Entropy against T, under its ceiling log2(V)."""
    ceiling = float(np.log2(experiment.vocab_size))
    _draw_curve(axes, experiment, experiment.entropy, tested, experiment.tested_entropy, ENTROPY_COLOR)
    axes.axhline(ceiling, color="#ff9e64", linestyle="-.", linewidth=1.4, zorder=2)
    axes.annotate(f"ceiling log2({experiment.vocab_size}) = {ceiling:.2f} bits", (5.05, ceiling), xytext=(0, 5),
                  textcoords="offset points", ha="right", va="bottom", color="#ff9e64", fontsize=10)
    axes.set(ylim=(0, max(ceiling, 0.1) * 1.12), ylabel="entropy [bits]")
    axes.set_title("Entropy rises with T")
    axes.legend(loc="lower right", fontsize=9)


def draw_heatmap(axes: Axes, bar_axes: Axes, experiment: "Experiment", temperatures: np.ndarray) -> None:
    """Tokens × temperatures, token 0 at the bottom, and its colour bar; a square-root scale shows small ones."""
    half = 0.5 * (temperatures[1] - temperatures[0])
    t_edges = np.append(temperatures - half, temperatures[-1] + half)
    token_edges = np.arange(len(experiment.tokens) + 1) - 0.5
    mesh = axes.pcolormesh(t_edges, token_edges, experiment.heat, cmap=style.HEAT, norm=PowerNorm(0.5, 0, 1),
                           rasterized=True, shading="flat")
    axes.set(xlabel="temperature T", ylabel="token")
    axes.set_xticks([0.1, *np.arange(0.5, 5.1, 0.5)])
    axes.set_title(f"All tokens × {len(temperatures)} temperatures")
    _token_ticks(axes, experiment.tokens, vertical=True)
    axes.tick_params(axis="y", length=0)
    bar = axes.figure.colorbar(mesh, cax=bar_axes)
    bar.set_ticks([0, 0.01, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0])
    bar.ax.set_yticklabels(["0", "0.01", "0.05", "0.1", "0.2", "0.35", "0.5", "0.75", "1"])
    bar.set_label("probability (square-root colour scale)")
    bar.outline.set_edgecolor(style.MUTED)
