#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs bench_direct and its peers in turn on the same work, and writes a table (Markdown) and the numbers (JSON).

Interleaved, because the clock of a shared machine drifts: each round runs every contestant once, and medians over
the rounds are compared.
"""

import argparse
import datetime
import json
import os
import pathlib
import statistics
import subprocess
import time

import peers  # first: it fixes the thread counts
import numpy as np

ROWS, VOCABULARY, TEMPERATURES = 64, 32000, 64
OURS = "tempsweep direct, float64"
PATHS = {
    "sums_exact": "sums in double",
    "sums_exact_squares": "… with Σw²",
    "sums_brief": "sums in double, short exponential (tolerance ≥ 3e-10)",
    "sums_mixed": "float exponentials, sums in double (≥ 4e-7)",
    "sums_single": "sums in float (≥ 2e-6)",
    "probabilities": "probabilities, f32 from double",
    "probabilities_float": "probabilities, f32 from float (≥ 4e-7)",
    "probabilities_coarse": "probabilities, f32 from float, degree 4 (≥ 5e-6)",
}


def bench(program, pattern, seconds):
    """Counters of the benchmarks whose name matches, by name."""
    command = [program, f"--benchmark_filter={pattern}", f"--benchmark_min_time={seconds}", "--benchmark_format=json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return {b["name"].split("/")[0]: b for b in json.loads(done.stdout)["benchmarks"]}


def measure_paths(program, rounds, seconds):
    """Median counters of every loop of the direct method on every instruction set, by name and set."""
    seen = {}
    for _ in range(rounds):
        for name, result in bench(program, "^(sums|probabilities)", seconds).items():
            for key in ("element_temperatures_per_s", "share_of_bound", "multiply_adds_per_s", "share_of_write_rate",
                        "write_bytes_per_s"):
                if key in result:
                    seen.setdefault(name, {}).setdefault(key, []).append(result[key])
    return {name: {key: statistics.median(v) for key, v in counters.items()} for name, counters in seen.items()}


def path_lines(paths):
    """A table of what measure_paths() found."""
    sets = list(dict.fromkeys(name.split(".")[1] for name in paths))
    lines = [
        "## Every loop against its bound",
        "",
        "One row of 32 000 normal logits × 64 temperatures from 0.25 to 5 in cache: million token·temperature a second of "
        "one thread's time, and the share of the bound of the multiply-add pipes: what they have to do for a vector (counted in "
        "`bench/paths.cpp`) at the rate of a loop of nothing else on the same instruction set in the same seconds. "
        "Probabilities also against a streaming fill of the same buffer in the same seconds.",
        "",
        "| | " + " | ".join(sets) + " |",
        "|---" * (len(sets) + 1) + "|",
    ]
    for name, title in PATHS.items():
        cells = []
        for target in sets:
            c = paths[f"{name}.{target}"]
            cell = f"{c['element_temperatures_per_s'] / 1e6:.0f} ({100 * c['share_of_bound']:.0f} %"
            if "share_of_write_rate" in c:
                cell += f"; {100 * c['share_of_write_rate']:.0f} % of {c['write_bytes_per_s'] / 1e9:.1f} GB/s written"
            cells.append(cell + ")")
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    rates = ", ".join(f"{paths[f'sums_exact.{t}']['multiply_adds_per_s'] / 1e9:.1f} billion ({t})" for t in sets)
    return [*lines, "", f"Multiply-adds of doubles a second: {rates}.", ""]


def describe_machine():
    def output(*command):
        try:
            return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        except (OSError, subprocess.CalledProcessError):
            return ""

    model = [line.split(":", 1)[1].strip() for line in output("lscpu").splitlines() if line.startswith("Model name")]
    here = str(pathlib.Path(__file__).resolve().parent)
    return {
        "cpu": model[0] if model else "unknown",
        "cores": os.cpu_count(),
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d"),
        "commit": output("git", "-C", here, "rev-parse", "--short", "HEAD") or "unknown",
        # Tables that an earlier program of the same run has written do not make another program.
        "modified": bool(output("git", "-C", here, "status", "--porcelain", "--untracked-files=no", "--", ":/", ":!/docs")),
        "load": os.getloadavg()[0],
    }


def time_peer(peer, temperatures):
    start = time.perf_counter()
    values = peer.run(temperatures)
    return ROWS * VOCABULARY * len(temperatures) / (time.perf_counter() - start), values


def measure(program, rounds, seconds, temperatures):
    rng = np.random.default_rng(1)
    logits = rng.normal(0, 3, (ROWS, VOCABULARY)).astype(np.float32).astype(np.float64)
    contestants = peers.make_peers(logits)
    rates = {OURS: [], **{peer.name: [] for peer in contestants}}
    counters, entropy = {}, {}
    for round_number in range(rounds):
        results = bench(program, "direct_sweep", seconds)
        rates[OURS].append(results["direct_sweep"]["element_temperatures_per_s"])
        for name, result in results.items():
            for key in ("element_temperatures_per_s", "share_of_bound", "share_of_bound_18", "multiply_adds_per_s"):
                counters.setdefault((name, key), []).append(result.get(key, 0.0))
        for peer in contestants:
            rate, values = time_peer(peer, temperatures)
            rates[peer.name].append(rate)
            entropy[peer.name] = values[0]
        print(f"round {round_number + 1} of {rounds}: tempsweep {rates[OURS][-1] / 1e6:.0f} million/s", flush=True)
    # All of them must have done the same work.
    reference = entropy[contestants[0].name]
    for name, values in entropy.items():
        assert np.allclose(values, reference, rtol=0, atol=1e-2), f"{name} disagrees"
    return rates, {f"{name}.{key}": statistics.median(v) for (name, key), v in counters.items()}


def markdown(report):
    machine, counters, sampling = report["machine"], report["counters"], report["sampling"]
    modified = ", modified" if machine["modified"] else ""
    lines = [
        "<!-- SPDX-License-Identifier: Apache-2.0 -->",
        "# The direct method on one core, beside its peers",
        "",
        f"[{ROWS}, {VOCABULARY}] normal logits (σ = 3) × {report['temperatures']} temperatures from 0.05 to 5: "
        "entropy, mean, variance and collision probability at every point. "
        f"Medians of {report['rounds']} interleaved rounds, one thread each.",
        f"{machine['cpu']}, {machine['cores']} cores; {machine['date']}, commit {machine['commit']}{modified}; "
        f"load before the run {machine['load']:.1f}. Written by `bench/run.sh`.",
        "",
        "| | million row·token·temperature a second | least … most | tempsweep is faster by |",
        "|---|---|---|---|",
    ]
    ours = report["rates"][OURS]["median"]
    for name, rate in report["rates"].items():
        lines.append(
            f"| {name} | {rate['median'] / 1e6:.0f} | {rate['least'] / 1e6:.0f} … {rate['most'] / 1e6:.0f} | "
            f"{ours / rate['median']:.1f} |"
        )
    threads = counters["direct_sweep_all_threads.element_temperatures_per_s"]
    lines += [
        "",
        f"- On all {machine['cores']} cores: {threads / 1e6:.0f} million/s.",
        f"- Bound: 15 operations of the multiply-add pipes a vector (18 where additions share them), against a "
        f"loop of nothing but multiply-adds in the same minute ({counters['direct_sweep.multiply_adds_per_s'] / 1e9:.1f} "
        f"billion doubles/s): {100 * counters['direct_sweep.share_of_bound']:.0f} % of it "
        f"({100 * counters['direct_sweep.share_of_bound_18']:.0f} % of the rate that 18 would allow). "
        "Counted in `bench/sweep.cpp`.",
        f"- Alias sampler, V = 32 000: table {sampling['alias_build_ns_per_token']:.1f} ns/token, weights "
        f"{sampling['weights_ns_per_token']:.2f} ns/token, {sampling['draws_per_s'] / 1e6:.0f} million draws/s.",
        "- The peers subtract ⟨l⟩² from ⟨l²⟩ and lose the relative accuracy of entropy and variance at low "
        "temperature; tempsweep's metrics keep it. float32 peers carry 1e-6.",
        "",
        *path_lines(report["paths"]),
    ]
    return "\n".join(lines)


def read_arguments(description, seconds):
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--bench", required=True, help="the bench_direct program")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=seconds, help="least time of one tempsweep measurement")
    parser.add_argument("--output", type=pathlib.Path, required=True, help="where to write, without suffix")
    return parser.parse_args()


def write_report(output, report, text):
    output.parent.mkdir(parents=True, exist_ok=True)
    output.with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n")
    output.with_suffix(".md").write_text(text)
    print(text)


def main():
    arguments = read_arguments(__doc__, 1.0)
    machine = describe_machine()
    temperatures = np.geomspace(0.05, 5, TEMPERATURES)
    rates, counters = measure(arguments.bench, arguments.rounds, arguments.seconds, temperatures)
    sampling = bench(arguments.bench, "alias|table_weights", arguments.seconds)
    report = {
        "machine": machine,
        "rounds": arguments.rounds,
        "temperatures": TEMPERATURES,
        "rates": {
            name: {"median": statistics.median(v), "least": min(v), "most": max(v), "all": v} for name, v in rates.items()
        },
        "counters": counters,
        "paths": measure_paths(arguments.bench, arguments.rounds, arguments.seconds / 2),
        "sampling": {
            "alias_build_ns_per_token": 1e9 / sampling["alias_build"]["tokens_per_s"],
            "weights_ns_per_token": 1e9 / sampling["table_weights"]["tokens_per_s"],
            "draws_per_s": sampling["alias_draws"]["draws_per_s"],
        },
    }
    write_report(arguments.output, report, markdown(report))


if __name__ == "__main__":
    main()
