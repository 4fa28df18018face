#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs tempsweep's samplers and their peers in turn on the same law, and writes a table (Markdown) and the numbers (JSON).

One thread each, histogram and table included; interleaved rounds, medians over them.
"""

import statistics
import time

from compare_peers import bench, describe_machine, read_arguments, write_report  # first: it fixes the thread counts
import numpy as np

try:
    import torch
except ImportError:
    torch = None

SIZES = (32000, 128256)
PEER_DRAWS = 2_000_000
DRAWS = {"alias": "alias", "inverse": "inverse", "gumbel": "gumbel (no table)"}
COUNTS = {"multinomial_1e9": "10⁹ draws", "multinomial_1e12": "10¹² draws"}


def normal_law(tokens):
    logits = np.random.default_rng(2).normal(0, 3, tokens)
    weights = np.exp(logits - logits.max())
    return weights / weights.sum()


def seconds_of(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def peer_draws(law):
    """Draws a second of every peer that can be imported, by name."""
    generator = np.random.default_rng(3)
    tokens = len(law)

    def choose():
        np.bincount(generator.choice(tokens, size=PEER_DRAWS, p=law), minlength=tokens)

    rates = {f"NumPy {np.__version__} `Generator.choice`": PEER_DRAWS / seconds_of(choose)}
    if torch is not None:
        torch.set_num_threads(1)
        for dtype in (torch.float32, torch.float64):
            weights = torch.tensor(law.tolist(), dtype=dtype)

            def draw(weights=weights):
                torch.bincount(torch.multinomial(weights, PEER_DRAWS, replacement=True), minlength=tokens)

            name = f"PyTorch {torch.__version__} `multinomial`, {str(dtype).removeprefix('torch.')}"
            rates[name] = PEER_DRAWS / seconds_of(draw)
    return rates


def one_round(program, seconds):
    """Draws a second and seconds a table of counts, by (name, tokens)."""
    ours = bench(program, "alias_draws|inverse_draws|gumbel_draws|multinomial_", seconds)
    draws, counts = {}, {}
    for tokens in SIZES:
        suffix = "" if tokens == SIZES[0] else f"_{tokens}"
        for name, title in DRAWS.items():
            draws[f"tempsweep {title}", tokens] = ours[f"{name}_draws{suffix}"]["draws_per_s"]
        law = normal_law(tokens)
        for name, rate in peer_draws(law).items():
            draws[name, tokens] = rate
        for name, title in COUNTS.items():
            counts[f"tempsweep multinomial, {title}", tokens] = ours[f"{name}{suffix}"]["cpu_time"] / 1e3
        generator = np.random.default_rng(4)
        counts[f"NumPy {np.__version__} `Generator.multinomial`, 10⁹ draws", tokens] = seconds_of(
            lambda law=law, generator=generator: generator.multinomial(10**9, law)
        )
    return draws, counts


def table(title, values, text, better):
    """Lines of one table; `better(ours, theirs)` is the last column's factor against the first line."""
    names = list(dict.fromkeys(name for name, _ in values))
    first = names[0]
    lines = ["| " + title + " | " + " | ".join(f"V = {tokens:,}".replace(",", " ") for tokens in SIZES) + " | the first is faster by |",
             "|---" * (len(SIZES) + 2) + "|"]
    for name in names:
        factors = " … ".join(f"{better(values[first, tokens], values[name, tokens]):.2g}" for tokens in SIZES)
        lines.append(f"| {name} | " + " | ".join(text(values[name, tokens]) for tokens in SIZES) + f" | {factors} |")
    return lines


def markdown(report, draws, counts):
    machine = report["machine"]
    modified = ", modified" if machine["modified"] else ""
    return "\n".join([
        "<!-- SPDX-License-Identifier: Apache-2.0 -->",
        "# The samplers on one core, beside their peers",
        "",
        f"Normal logits (σ = 3) at T = 1, one thread each, table and histogram included; medians of {report['rounds']} interleaved "
        f"rounds. tempsweep: 2·10⁷ draws a point (gumbel 1000 and 250), the peers {PEER_DRAWS:,}.".replace(",000,000", "·10⁶"),
        f"{machine['cpu']}, {machine['cores']} cores; {machine['date']}, commit {machine['commit']}{modified}; "
        f"load before the run {machine['load']:.1f}. Written by `bench/run.sh`.",
        "",
        *table("million draws a second", draws, lambda rate: f"{rate / 1e6:.3g}", lambda ours, theirs: ours / theirs),
        "",
        *table("counts of n draws, ms", counts, lambda s: f"{1e3 * s:.2f}", lambda ours, theirs: theirs / ours),
        "",
        "What the peers' draws are worth stands in [docs/peers.md](../peers.md).",
        "",
    ])


def main():
    arguments = read_arguments(__doc__, 0.3)
    machine = describe_machine()
    seen = [{}, {}]
    for _ in range(arguments.rounds):
        for all_values, values in zip(seen, one_round(arguments.bench, arguments.seconds)):
            for key, value in values.items():
                all_values.setdefault(key, []).append(value)
    draws, counts = ({key: statistics.median(v) for key, v in values.items()} for values in seen)
    named = [{f"{name}, V = {tokens}": v for (name, tokens), v in values.items()} for values in seen]
    report = {"machine": machine, "rounds": arguments.rounds, "draws_per_s": named[0], "seconds": named[1]}
    write_report(arguments.output, report, markdown(report, draws, counts))


if __name__ == "__main__":
    main()
