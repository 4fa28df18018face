# SPDX-License-Identifier: Apache-2.0
"""The whole program against the disk: `tempsweep sweep` over a million temperatures, and a writer of the same bytes."""

import os
import pathlib
import tempfile
import threading
import time

import numpy as np

BLOCK = 8 << 20


def watch(path, stop, sizes):
    """Sizes that a file that grows goes through, by time."""
    start = time.perf_counter()
    while not stop.is_set():
        try:
            size = path.stat().st_size
        except FileNotFoundError:
            size = 0
        if not sizes or size != sizes[-1][1]:
            sizes.append((time.perf_counter() - start, size))
        stop.wait(0.005)


def sweep(program, folder, temperatures, memory):
    """One run: seconds, bytes written, peak resident bytes, and what the file did on the way."""
    out = folder / "out.h5"
    stop, sizes = threading.Event(), []
    watcher = threading.Thread(target=watch, args=(folder / "out.h5.partial", stop, sizes))
    command = [program, "sweep", str(folder / "logits.npy"), "-o", str(out), "--force", "--quiet"]
    command += ["--temperatures", f"log:0.05:5:{temperatures}", "--compression", "none", "--memory", memory]
    command += ["--backend", "cpu"]
    watcher.start()
    start = time.perf_counter()
    child = os.posix_spawn(program, command, os.environ)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    stop.set()
    watcher.join()
    if status != 0:
        raise RuntimeError(f"{' '.join(command)}: status {os.waitstatus_to_exitcode(status)}")
    written = out.stat().st_size
    out.unlink()
    grown = [size for _, size in sizes if size]
    return {
        "seconds": seconds,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "bytes": written,
        "peak_bytes": usage.ru_maxrss * 1024,
        "sizes_seen": len(set(grown)),
        "largest_step": max((b - a for a, b in zip(grown, grown[1:])), default=0),
    }


def write(folder, size):
    """Seconds to write so many bytes to the same disk and wait for it."""
    block = np.random.default_rng(1).bytes(BLOCK)
    path = folder / "plain.bin"
    start = time.perf_counter()
    with open(path, "wb", buffering=0) as file:
        left = size
        while left:
            left -= file.write(block[: min(left, BLOCK)])
        os.fsync(file.fileno())
    seconds = time.perf_counter() - start
    path.unlink()
    return seconds


def measure(program, scratch, rounds, rows, vocabulary, temperatures, memory):
    """Rounds of both in turn."""
    runs, writes = [], []
    with tempfile.TemporaryDirectory(dir=scratch) as name:
        folder = pathlib.Path(name)
        logits = np.random.default_rng(1).normal(0, 3, (rows, vocabulary)).astype(np.float32)
        np.save(folder / "logits.npy", logits)
        for _ in range(rounds):
            runs.append(sweep(program, folder, temperatures, memory))
            writes.append(write(folder, runs[-1]["bytes"]))
    return {"rows": rows, "temperatures": temperatures, "memory": memory, "runs": runs, "write_seconds": writes}
