# SPDX-License-Identifier: Apache-2.0
"""The plot of bench/methods.py: time against temperatures, and against vocabulary, by method."""

import sys

import method_report

STYLES = {
    "direct": ("#b5651d", "s", "direct: ∝ V·T"),
    "expansion": ("#2a6f97", "^", "expansion: ∝ V + T"),
    "interpolation": ("#5a9367", "o", "interpolation: ∝ V + octaves + T/10"),
}


def draw_axis(axis, places, points, label):
    for method, (colour, marker, text) in STYLES.items():
        times = [times[method][0] for _, _, times, _ in points]
        measured = [times[method][1] for _, _, times, _ in points]
        axis.plot(places, times, color=colour, linewidth=1)
        for kind, fill in ((True, colour), (False, "white")):
            chosen = [(x, y) for x, y, m in zip(places, times, measured) if m is kind]
            if chosen:
                axis.plot(*zip(*chosen), marker, color=colour, markerfacecolor=fill, markersize=4, linestyle="none")
        axis.plot([], [], color=colour, marker=marker, markersize=4, label=text)
    axis.plot(places, [times["auto"][0] for _, _, times, _ in points], "k--", linewidth=1.4, label="auto")
    for left, right, a, b in zip(places, places[1:], points, points[1:]):
        if a[3] != b[3]:
            axis.axvline((left * right) ** 0.5, color="0.7", linewidth=0.8, zorder=0)
            axis.text((left * right) ** 0.5, 0.02, f" {b[3]}", transform=axis.get_xaxis_transform(), fontsize=7)
    axis.set(xscale="log", yscale="log", xlabel=label)
    axis.grid(alpha=0.2)


def draw(report, path):
    """Writes a PNG. \\returns whether it could"""
    try:
        import matplotlib
    except ImportError:
        print("methods.py: matplotlib is not installed; no plot", file=sys.stderr)
        return False
    matplotlib.use("Agg")
    from matplotlib import pyplot

    points = list(method_report.points(report))
    grid = points[: len(report["grid_sizes"])]
    vocabularies = sorted(points[len(grid) : len(grid) + len(report["vocabularies"])])
    figure, axes = pyplot.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
    draw_axis(axes[0], [p[1] for p in grid], grid, f"temperatures, of a row of {report['shape'][1]:,} tokens")
    draw_axis(
        axes[1], [p[0] for p in vocabularies], vocabularies, f"tokens, {report['grid_at_vocabularies']:,} temperatures"
    )
    axes[0].set_ylabel("seconds, one thread")
    axes[0].legend(fontsize=7)
    figure.savefig(path, dpi=110)
    return True
