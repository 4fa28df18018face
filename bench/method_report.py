# SPDX-License-Identifier: Apache-2.0
"""The Markdown of bench/methods.py."""

import statistics

METHODS = ("direct", "expansion", "interpolation")


def sweep_name(method, rows, vocabulary, temperatures, digits=12, threads=1, metrics=""):
    return f"{method},{rows},{vocabulary},{temperatures},{digits},{threads}" + (f",{metrics}" if metrics else "")


def seconds_text(seconds):
    for unit, size in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            break
    return f"{seconds / size:.3g} {unit}"


def points(report):
    """(vocabulary, temperatures, {method: (seconds, measured)}, auto's choice) of the third part."""
    sweeps, large = report["sweeps"], report["shape"][1]
    shapes = [(large, count) for count in report["grid_sizes"]]
    shapes += [(v, report["grid_at_vocabularies"]) for v in report["vocabularies"]]
    shapes += map(tuple, report["close_shapes"])
    direct = [name for name in sweeps if name.startswith("direct,1,")]
    # The longest direct run, scaled, stands for those that would take too long.
    longest = max(direct, key=lambda name: sweeps[name]["seconds"])
    _, _, vocabulary, temperatures, *_ = longest.split(",")
    per_product = sweeps[longest]["seconds"] / (int(vocabulary) * int(temperatures))
    for vocabulary, temperatures in shapes:
        times = {}
        for method in (*METHODS, "auto"):
            sweep = sweeps.get(sweep_name(method, 1, vocabulary, temperatures))
            times[method] = (sweep["seconds"], True) if sweep else (vocabulary * temperatures * per_product, False)
        label = sweeps[sweep_name("auto", 1, vocabulary, temperatures)]["label"]
        yield vocabulary, temperatures, times, label


def ratio_to_best(times):
    return times["auto"][0] / min(times[method][0] for method in METHODS)


def head_lines(report):
    rows, vocabulary, temperatures = report["shape"]
    ours = {
        (digits, threads): report["sweeps"][sweep_name("auto", rows, vocabulary, temperatures, digits, threads)]
        for digits in (9, 12)
        for threads in {1, report["threads"]}
    }
    lines = [
        f"## [{rows}, {vocabulary}] float32 logits × {temperatures} temperatures",
        "",
        (
            "From logits in memory to metrics in memory: tempsweep's eight default metrics, each with a stated error; "
            "the peers' entropy, top probability and mean. "
            f"The peers are timed on {report['peer_temperatures']} of the temperatures, spread over "
            "all of them, and scaled."
        ),
        "",
        "| | threads | time | tempsweep at 1e-9 is faster by | at 1e-12 by |",
        "|---|---|---|---|---|",
    ]
    for (digits, threads), sweep in sorted(ours.items(), key=lambda item: (item[0][1], item[0][0])):
        bound = sweep["entropy_error_bound"]
        lines.append(
            f"| tempsweep, tolerance 1e-{digits} (entropy stated to {bound:.1e} nat) | {threads} | "
            f"{seconds_text(sweep['seconds'])} | | |"
        )
    for key, peer in report["peers"].items():
        threads, name = key.split(":", 1)
        by = [peer["seconds"] / ours[(digits, int(threads))]["seconds"] for digits in (9, 12)]
        lines.append(f"| {name} | {threads} | {seconds_text(peer['seconds'])} | {by[0]:.0f} | {by[1]:.0f} |")
    if not report["peers"]:
        lines.append("| no peer could be installed | | | | |")
    return [*lines, ""]


def part_lines(report):
    parts = report["parts"]
    names = {
        "read_row": "read a row: maximum, second, ties, masked tokens",
        "collect_rest": "write its depths",
        "build_ladder": "make its moments",
    }
    lines = ["One thread, nanoseconds a token of a row of 128 256:", "", "| | ns |", "|---|---|"]
    lines += [f"| {text} | {parts[name]:.2f} |" for name, text in names.items() if name in parts]
    return [*lines, ""]


def million_lines(report):
    vocabulary, many = report["shape"][1], report["grid_sizes"][-1]
    lines = [
        f"## {many:,} temperatures of one row of {vocabulary:,} tokens",
        "",
        "One thread, tolerance 1e-12, everything counted (the row's moments, too):",
        "",
        "| | ns a (row, temperature) |",
        "|---|---|",
    ]
    for metrics, text in (("", "the eight default metrics"), ("all", "every metric but cross entropy")):
        sweep = report["sweeps"][sweep_name("auto", 1, vocabulary, many, metrics=metrics)]
        lines.append(f"| {text} | {sweep['seconds'] / many * 1e9:.1f} |")
    return [*lines, ""]


def program_lines(report):
    program = report["program"]
    runs = program["runs"]
    size = statistics.median(run["bytes"] for run in runs)
    seconds = statistics.median(run["seconds"] for run in runs)
    writing = statistics.median(program["write_seconds"])
    ratio = statistics.median(run["seconds"] / write for run, write in zip(runs, program["write_seconds"]))
    return [
        (
            "The whole program, `tempsweep sweep logits.npy --temperatures log:0.05:5:1000000 --compression none "
            f"--memory {program['memory']}`, {program['rows']} rows, {report['threads']} threads, beside a writer of "
            f"the same {size / 1e6:.0f} MB in blocks of 8 MiB; both wait for the disk (fsync):"
        ),
        "",
        "| | s | MB/s |",
        "|---|---|---|",
        f"| tempsweep | {seconds:.2f} | {size / seconds / 1e6:.0f} |",
        f"| the writer | {writing:.2f} | {size / writing / 1e6:.0f} |",
        "",
        (
            f"- The program takes {ratio:.2f} × the time of writing (median of the rounds' ratios); "
            f"{statistics.median(run['cpu_seconds'] for run in runs):.2f} s of processor time."
        ),
        f"- Peak memory {max(run['peak_bytes'] for run in runs) / 2**20:.0f} MiB, the logits and all else included.",
        (
            f"- The file grew tile by tile: {min(run['sizes_seen'] for run in runs)} sizes seen on the way, none more "
            f"than {max(run['largest_step'] for run in runs) / 1e6:.0f} MB above the one before."
        ),
        "",
    ]


def grid_lines(report, plot):
    lines = [
        "## Cost against grid and vocabulary",
        "",
        (
            "One row, one thread, tolerance 1e-12, default metrics. `auto` chooses by the cost model of "
            "`src/backend/cpu/method_costs.hpp`. In brackets: not run, but scaled from the longest direct run."
        ),
        "",
    ]
    if plot:
        lines += [f"![time against temperatures and against vocabulary]({plot})", ""]
    lines += [
        "| tokens | temperatures | direct | expansion | interpolation | auto | takes | auto over the best |",
        "|---|---|---|---|---|---|---|---|",
    ]
    worst = (0, 0, 0)
    for vocabulary, temperatures, times, label in points(report):
        cells = [seconds_text(s) if measured else f"({seconds_text(s)})" for s, measured in times.values()]
        ratio = ratio_to_best(times)
        worst = max(worst, (ratio, vocabulary, temperatures))
        lines.append(f"| {vocabulary:,} | {temperatures:,} | {' | '.join(cells)} | {label} | {ratio:.2f} |")
    return [
        *lines,
        "",
        f"The worst of `auto`: {worst[0]:.2f} × the best time ({worst[1]:,} tokens, {worst[2]:,} temperatures).",
        "",
    ]


def markdown(report, plot):
    machine = report["machine"]
    modified = ", modified" if machine["modified"] else ""
    lines = [
        "<!-- SPDX-License-Identifier: Apache-2.0 -->",
        "# The three methods, and their peers",
        "",
        (
            f"{machine['cpu']}, {machine['cores']} cores; {machine['date']}, commit {machine['commit']}{modified}; "
            f"load before the run {machine['load']:.1f}. Normal logits, σ = 3, log-spaced temperatures from 0.05 to 5; "
            f"medians of {report['rounds']} interleaved rounds. Written by `bench/methods.sh`."
        ),
        "",
        *head_lines(report),
        *part_lines(report),
        *million_lines(report),
        *program_lines(report),
        *grid_lines(report, plot),
    ]
    return "\n".join(lines)
