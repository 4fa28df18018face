#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures the methods beside their peers, and writes tables (Markdown), numbers (JSON) and a plot.

Interleaved, because the clock of a shared machine drifts: each round runs every contestant once, and medians over the
rounds are compared.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

import method_plots
import method_program
import method_report
from compare_peers import describe_machine

ROWS, VOCABULARY, TEMPERATURES = 8, 128256, 1024
MANY = 1000000
PEER_TEMPERATURES = 16  # of those 1024, over the whole range; the rest is taken to cost the same
GRID_SIZES = [1, 3, 10, 30, 100, 300, 1000, 3000, 10000, 100000, MANY]
VOCABULARIES = [100, 1000, 3000, 10000, 30000, 100000, MANY]
GRID_AT_VOCABULARIES = 1000
# Where the methods lie close together: (tokens, temperatures).
CLOSE_SHAPES = [(10, 10000), (30, 1000), (30, 10000), (1000, 30), (3000, 10), (10000, 10), (10000, 30), (10000, 100)]
METHODS = ["direct", "expansion", "interpolation", "auto"]
DIRECT_NS = 1.0  # a token and temperature, about: decides how often the direct method is run
PARTS = ("read_row", "collect_rest", "build_ladder")


def case(method, rows, vocabulary, temperatures, digits=12, threads=1, metrics=""):
    return f"{method},{rows},{vocabulary},{temperatures},{digits},{threads}" + (f",{metrics}" if metrics else "")


def run_bench(program, arguments, seconds):
    command = [program, f"--benchmark_min_time={seconds}", "--benchmark_format=json", *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return json.loads(done.stdout)["benchmarks"]


def run_cases(program, cases, seconds):
    """Seconds, label and stated error of each case."""
    named = [word for one in cases for word in ("--case", one)]
    results = run_bench(program, ["--benchmark_filter=^sweep/", *named], seconds)
    return {
        b["name"].split("/")[1]: (b["real_time"] * 1e-9, b.get("label", ""), b["entropy_error_bound"]) for b in results
    }


def run_parts(program, seconds):
    """Nanoseconds a token of one thread, at the large vocabulary."""
    results = run_bench(program, [f"--benchmark_filter=^({'|'.join(PARTS)})/{VOCABULARY}$"], seconds)
    return {b["name"].split("/")[0]: b["ns"] for b in results}


class Peers:
    """One process of peers with so many threads."""

    def __init__(self, threads):
        self.process = None
        self.names = []
        script = pathlib.Path(__file__).with_name("method_peers.py")
        command = [sys.executable, str(script), *map(str, (threads, ROWS, VOCABULARY, PEER_TEMPERATURES))]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            print(f"methods.py: no peers with {threads} threads; their lines are left out", file=sys.stderr)
        self.names = json.loads(line) if line else []

    def seconds(self, name):
        """Of all temperatures."""
        self.process.stdin.write(name + "\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline()) * TEMPERATURES

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def grid_cases(round_number):
    """Part three: each method at every size, the direct one less often, or not at all, where it takes long."""
    shapes = [(VOCABULARY, count) for count in GRID_SIZES] + [(v, GRID_AT_VOCABULARIES) for v in VOCABULARIES]
    shapes += CLOSE_SHAPES
    cases = []
    for vocabulary, temperatures in shapes:
        expected = vocabulary * temperatures * DIRECT_NS * 1e-9
        for method in METHODS:
            if method == "direct" and (expected > 20 or (expected > 0.5 and round_number > 0)):
                continue
            cases.append(case(method, 1, vocabulary, temperatures))
    return cases


def collect(into, results):
    for name, values in results.items():
        into.setdefault(name, []).append(values)


def measure(options, threads_all):
    heads = [
        case("auto", ROWS, VOCABULARY, TEMPERATURES, digits, threads)
        for digits in (9, 12)
        for threads in (1, threads_all)
    ]
    heads += [case("auto", 1, VOCABULARY, MANY), case("auto", 1, VOCABULARY, MANY, metrics="all")]
    sweeps, parts, peers = {}, {}, {}
    workers = {threads: Peers(threads) for threads in sorted({1, threads_all})}
    for round_number in range(options.rounds):
        collect(sweeps, run_cases(options.bench, heads, options.seconds))
        collect(parts, run_parts(options.bench, options.seconds))
        for threads, worker in workers.items():
            collect(peers, {f"{threads}:{name}": worker.seconds(name) for name in worker.names})
        collect(sweeps, run_cases(options.bench, grid_cases(round_number), options.seconds / 4))
        print(f"methods.py: round {round_number + 1} of {options.rounds}", file=sys.stderr, flush=True)
    for worker in workers.values():
        worker.close()
    program = method_program.measure(options.program, options.scratch, options.rounds, ROWS, VOCABULARY, MANY, "1G")
    return {
        "sweeps": {
            name: {
                "seconds": statistics.median(v[0] for v in values),
                "all": [v[0] for v in values],
                "label": values[0][1],
                "entropy_error_bound": values[0][2],
            }
            for name, values in sweeps.items()
        },
        "parts": {name: statistics.median(v) for name, v in parts.items()},
        "peers": {name: {"seconds": statistics.median(v), "all": v} for name, v in peers.items()},
        "program": program,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bench", required=True, help="the bench_methods program")
    parser.add_argument("--program", required=True, help="the tempsweep program")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.2, help="least time of one tempsweep measurement")
    parser.add_argument("--scratch", type=pathlib.Path, required=True, help="folder for the program's results")
    parser.add_argument("--output", type=pathlib.Path, required=True, help="where to write, without suffix")
    options = parser.parse_args()
    options.output.parent.mkdir(parents=True, exist_ok=True)
    threads_all = len(os.sched_getaffinity(0))
    report = {
        "machine": describe_machine(),
        "rounds": options.rounds,
        "threads": threads_all,
        "shape": [ROWS, VOCABULARY, TEMPERATURES],
        "peer_temperatures": PEER_TEMPERATURES,
        "grid_sizes": GRID_SIZES,
        "vocabularies": VOCABULARIES,
        "grid_at_vocabularies": GRID_AT_VOCABULARIES,
        "close_shapes": CLOSE_SHAPES,
        **measure(options, threads_all),
    }
    options.output.with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n")
    plotted = method_plots.draw(report, options.output.with_suffix(".png"))
    text = method_report.markdown(report, options.output.with_suffix(".png").name if plotted else None)
    options.output.with_suffix(".md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
