# SPDX-License-Identifier: Apache-2.0
"""Options that cannot be meant, and outputs that cannot be written."""

from __future__ import annotations

import os
import resource

import numpy as np
import pytest
from conftest import Bench

NOT_YET = "not part of this version"
REFUSED: list[tuple[str, list[str]]] = [
    ("--temperatures ''", ["--temperatures", "empty"]),
    ("--temperatures 1,,2", ["--temperatures", "empty"]),
    ("--temperatures 0.1x", ["'0.1x'", "not a number"]),
    ("--temperatures 1e400", ["too large for a double"]),
    ("--temperatures lin:1:2", ["lin:a:b:n"]),
    ("--temperatures lin:2:1:5", ["descending"]),
    ("--temperatures log:0:1:5", ["begins at 0"]),
    ("--temperatures lin:0:inf:5", ["infinite end"]),
    ("--temperatures lin:0:1:1", ["one point for two ends"]),
    ("--temperatures lin:0:1:0", ["no points"]),
    ("--temperatures lin:0:1:2.5", ["whole number"]),
    ("--temperatures lin:0:1:1e30", ["too large"]),
    ("--temperatures cubic:0:1:5", ["'cubic:0:1:5'", "invlin"]),
    ("--temperatures @", ["names no file"]),
    ("--temperatures @grid", ["grid:2", "'warm'"]),
    ("--vocab ''", ["--vocab", "empty"]),
    ("--vocab 0", ["sizes begin at 1"]),
    ("--vocab 41", ["'41'", "40 tokens wide"]),
    ("--vocab log2:3:8", ["powers of two"]),
    ("--vocab log2:8:2", ["descending"]),
    ("--vocab ten", ["'ten'"]),
    ("--vocab-by prefx", ["--vocab-by", "prefix, rank", "did you mean 'prefix'?"]),
    ("--rows 2:4", ["--rows '2:4'", "3 rows"]),
    ("--rows 2:2", ["selects no row"]),
    ("--rows 1", ["write A:B"]),
    ("--rows a:b", ["--rows", "'a'"]),
    ("--rows -1:2", ["--rows", "'-1'"]),
    ("--metrics entropie", ["'entropie'", "did you mean 'entropy'?"]),
    ("--metrics ''", ["--metrics", "default, all"]),
    ("--metrics cross_entropy", ["cross_entropy needs --labels"]),
    ("--metrics renyi_entropy", ["--renyi-orders"]),
    ("--metrics nucleus_size", ["nucleus_size", "--nucleus-masses", "0.5,0.9,0.95,0.99"]),
    ("--metrics top_k_mass", ["top_k_mass", "--mass-at-k"]),
    ("--metrics min_p_survivors --thresholds 0.1", ["min_p_survivors", "--min-p-levels"]),
    ("--metrics tokens_above", ["tokens_above", "--thresholds"]),
    ("--metrics nucleus_sise", ["did you mean 'nucleus_size'?"]),
    ("--renyi-orders -1", ["--renyi-orders", "'-1'"]),
    ("--renyi-orders 2,nan", ["'nan'"]),
    ("--probabilities f64", ["--probabilities", "none, f32, log16"]),
    ("--samples -5", ["--samples", "'-5'"]),
    ("--samples 1.5", ["whole number"]),
    ("--samples 1e17", ["--samples", "too large"]),
    ("--samples 0x10", ["'0x10'"]),
    ("--seed 1e30", ["--seed", "too large"]),
    ("--counts keep", ["--counts", "auto, store, drop"]),
    ("--counts store", ["--samples N"]),
    ("--alpha 1", ["--alpha", "between 0 and 1"]),
    ("--alpha nan", ["--alpha"]),
    ("--backend gpu", ["--backend", "auto, cpu, cuda or cuda-host"]),
    ("--device 0", ["--device", "CUDA"]),
    ("--threads 0", ["--threads 0", "at least one"]),
    ("--threads 5000", ["--threads", "at most 4096"]),
    ("--threads two", ["--threads", "'two'"]),
    ("--memory lots", ["--memory", "512M"]),
    ("--memory 1X", ["--memory", "'1X'"]),
    ("--memory 99999999999G", ["too large"]),
    ("--tolerance 1", ["--tolerance", "1e-12 to 1e-5"]),
    ("--on-bad-row ignore", ["--on-bad-row", "stop, skip"]),
    ("--compression zip", ["--compression", "none, fast, small"]),
    ("--color red", ["--color", "auto, always, never"]),
    ("--synthetic gumbel", ["INPUT or --synthetic"]),
    ("--synthetic-rows 3", ["needs --synthetic"]),
    ("--resume", ["--resume", NOT_YET]),
    ("--shard 1/2", ["--shard", NOT_YET]),
    ("--top-k 5", ["--top-k", "--samples N"]),
    ("--top-p 0.9", ["--top-p", "--samples N"]),
    ("--min-p 0.1 --samples 0", ["--min-p", "--samples N"]),
    ("--samples 9 --top-k 0", ["--top-k", "'0'", "1 or more"]),
    ("--samples 9 --top-k 2.5", ["--top-k", "whole number"]),
    ("--samples 9 --top-k 1e19", ["--top-k", "1e19"]),
    ("--samples 9 --top-k 1,2", ["--top-k", "'1,2'"]),
    ("--samples 9 --top-p 0", ["--top-p", "'0'", "above 0 to 1"]),
    ("--samples 9 --top-p 1.0001", ["--top-p", "'1.0001'", "above 0 to 1"]),
    ("--samples 9 --top-p nan", ["--top-p", "'nan'"]),
    ("--samples 9 --top-p 90%", ["--top-p", "not a number"]),
    ("--samples 9 --min-p 1.5", ["--min-p", "'1.5'", "from 0 to 1"]),
    ("--samples 9 --min-p -0.1", ["--min-p", "'-0.1'"]),
    ("--samples 9 --min-p nan", ["--min-p", "'nan'"]),
    ("--nucleus-masses 0.5,0", ["--nucleus-masses", "'0'", "above 0 to 1"]),
    ("--nucleus-masses 1.01", ["--nucleus-masses", "'1.01'"]),
    ("--nucleus-masses 90%", ["--nucleus-masses", "'90%'", "not a number"]),
    ("--nucleus-masses ''", ["--nucleus-masses", "missing"]),
    ("--mass-at-k 0", ["--mass-at-k", "'0'", "1 or more"]),
    ("--mass-at-k 1.5", ["--mass-at-k", "whole number"]),
    ("--mass-at-k 1e19", ["--mass-at-k"]),
    ("--min-p-levels -0.1", ["--min-p-levels", "'-0.1'", "from 0 to 1"]),
    ("--min-p-levels nan", ["--min-p-levels", "'nan'"]),
    ("--thresholds 0.1,2", ["--thresholds", "'2'", "from 0 to 1"]),
    ("--thresholds 0.1,,1", ["--thresholds", "missing"]),
    ("--input-dtype bf16", ["--input-dtype", NOT_YET]),
    ("--sampler alia", ["--sampler", "did you mean 'alias'?"]),
    ("--method expansions", ["--method", "did you mean 'expansion'?"]),
    ("--temperature 1", ["--temperature", "did you mean --temperatures?"]),
    ("--vocabulary 5", ["unknown option --vocabulary"]),
    ("--frobnicate", ["unknown option --frobnicate", "--help"]),
    ("-x", ["unknown option -x"]),
    ("--seed 1 --seed 2", ["--seed", "given 2 times"]),
    ("--force --force", ["--force", "given 2 times"]),
    ("--quiet=maybe", ["'maybe'", "flag"]),
    ("--samples", ["--samples needs a value"]),
    ("-o=b.h5", ["write -o b.h5"]),
]


@pytest.mark.parametrize(("words", "needed"), REFUSED, ids=[words for words, _ in REFUSED])
def test_refused(bench: Bench, logits: np.ndarray, words: str, needed: list[str]) -> None:
    bench.write("grid", "0.5\nwarm\n")
    bench.fails(2, needed, "sweep", "in.npy", "-o", "out.h5", *[w.replace("''", "") for w in words.split(" ")])


@pytest.mark.parametrize(("words", "needed"), [
    ([], ["no command", "--help"]), ([""], ["unknown command ''"]), (["swep"], ["did you mean 'sweep'?"]),
    (["validate", "x.h5"], ["x.h5"]), (["merge", "a", "b"], ["merge", NOT_YET]),
    (["sweep", "in.npy"], ["-o OUT.h5"]), (["sweep", "in.npy", "-o"], ["-o needs a value"]),
    (["sweep", "in.npy", "-o", ""], ["-o OUT.h5"]), (["devices", "x"], ["'x'"]), (["info"], ["give one file"]),
    (["sweep", "--synthetic", "gumbel", "-o", "x.h5"], ["--vocab"]),
    (["sweep", "--synthetic", "gumbel", "--vocab", "all", "-o", "x.h5"], ["all", "numbers"]),
    (["sweep", "--synthetic", "cauchy:1", "--vocab", "8", "-o", "x.h5"], ["'cauchy:1'", "zipf:s"]),
    (["sweep", "--synthetic", "normal", "--vocab", "8", "-o", "x.h5"], ["1 are needed"]),
    (["sweep", "--synthetic", "gumbel", "--synthetic-rows", "0", "--vocab", "8", "-o", "x.h5"], ["at least one row"]),
    (["sweep", "--synthetic", "gumbel", "--synthetic-rows", "1e12", "--vocab", "16", "--temperatures",
      "lin:0:1:1e6", "-o", "x.h5"], ["1000000000000 rows", "too many"]),
])
def test_commands(bench: Bench, logits: np.ndarray, words: list[str], needed: list[str]) -> None:
    bench.fails(2, needed, *words)


def test_no_cuda(bench: Bench, logits: np.ndarray) -> None:
    bench.refuses(3, ["--backend cuda", "--backend cpu"], "in.npy", "--backend", "cuda")


@pytest.mark.parametrize("size", ["0", "1", "30M"])
def test_too_little_memory(bench: Bench, logits: np.ndarray, size: str) -> None:
    bench.refuses(5, ["--memory", "needs", "raise --memory"], "in.npy", "--memory", size)


@pytest.mark.parametrize("words", [
    ("--synthetic", "gumbel", "--vocab", "40M"),
    ("--synthetic", "gumbel", "--vocab", "1000", "--threads", "64"),
    ("--synthetic", "gumbel", "--vocab", "8", "--temperatures", "lin:0:1:30M"),
])
def test_allocation_failure(bench: Bench, words: tuple[str, ...]) -> None:
    """--memory allows what the system then refuses."""
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (256 << 20, 256 << 20))

    bench.refuses(5, [], *words, "--memory", "64G", "--quiet", preexec_fn=limit)


def test_outputs(bench: Bench, logits: np.ndarray) -> None:
    bench.path("folder").mkdir()
    bench.write("full.h5", "a result")
    bench.write("stale.h5.partial", "left")
    bench.path("nothing.h5").symlink_to("nowhere")
    bench.save("labels.npy", [1, 2, 3], "i8")
    for name, needed in {"folder": ["directory"], "none/out.h5": ["none", "No such file"],
                         "full.h5": ["exists", "--force"], "stale.h5": ["stale.h5.partial", "killed", "--force"],
                         "/dev/full": ["no regular file"], "nothing.h5": ["link"]}.items():
        bench.fails(4, [name, *needed], "sweep", "in.npy", "-o", name)
    for name in ("in.npy", "labels.npy"):
        bench.fails(2, [name, "reads"], "sweep", "in.npy", "-o", name, "--force", "--labels", "labels.npy")
    bench.sweep("in.npy", out="full.h5")
    bench.sweep("in.npy", out="stale.h5")
    assert not bench.path("stale.h5.partial").exists()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_folder_without_permission(bench: Bench, logits: np.ndarray) -> None:
    for folder in (bench.folder, *bench.folder.parents[:2]):
        folder.chmod(0o755)
    bench.refuses(4, ["out.h5", "Permission denied"], "in.npy", "--quiet", user=65534, group=65534)


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_folder_that_is_read_only(bench: Bench, logits: np.ndarray) -> None:
    bench.folder.chmod(0o555)
    try:
        bench.refuses(4, ["out.h5", "Permission denied"], "in.npy", "--quiet")
    finally:
        bench.folder.chmod(0o755)
