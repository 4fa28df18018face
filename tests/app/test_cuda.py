# SPDX-License-Identifier: Apache-2.0
"""The CUDA backend from the command line: its kernels on the host agree with the CPU, counts and probabilities to the bit; a card, where one is."""

from __future__ import annotations

import json

import numpy as np
import pytest
from conftest import Bench, same

EVERYTHING = ("--metrics", "all", "--renyi-orders", "0.5,2,inf", "--nucleus-masses", "0.5,0.9,1",
              "--mass-at-k", "1,10,100", "--min-p-levels", "0.1", "--thresholds", "0,0.01,0.1", "--temperatures", "0,0.05,0.7,1,3,inf", "--samples", "500",
              "--seed", "5", "--probabilities")


@pytest.fixture
def rows(bench: Bench) -> np.ndarray:
    random = np.random.default_rng(3)
    logits = np.float32(random.normal(0, 3, (4, 300)))
    logits[1, 7] = -np.inf
    logits[2] = np.round(logits[2])
    return bench.save("rows.npy", logits, "f4")


def has_card(bench: Bench) -> bool:
    return any(item["backend"] == "cuda" and item["available"] for item in json.loads(bench.run("devices", "--json").stdout))


@pytest.mark.parametrize("options", [("f32", "--vocab", "10,all"), ("log16", "--vocab", "17,200", "--vocab-by", "rank")])
def test_kernels_on_the_host_agree(bench: Bench, rows: str, options: tuple[str, ...]) -> None:
    ours = bench.sweep(rows, *EVERYTHING, *options, "--backend", "cuda-host", out="host.h5")
    cpu = bench.sweep(rows, *EVERYTHING, *options, "--backend", "cpu", out="cpu.h5")
    assert ours.keys() == cpu.keys()
    for name, values in cpu.items():
        if name.endswith("_error_bound"):
            assert (values <= 1e-12).all() and (ours[name] <= 1e-12).all(), name  # each backend states its own
        elif values.dtype == np.float64:
            np.testing.assert_allclose(ours[name], values, rtol=1e-12, atol=1e-12, err_msg=name)
        else:
            assert values.tobytes() == ours[name].tobytes(), name
    assert bench.attributes("host.h5")["backend"] == "cuda-host"
    assert "on the CPU" in str(bench.attributes("host.h5")["device"])


def test_a_card_gives_the_same_draws(bench: Bench, rows: str) -> None:
    if not has_card(bench):
        pytest.skip("no card answers")
    ours = bench.sweep(rows, *EVERYTHING, "f32", "--backend", "cuda", out="card.h5")
    cpu = bench.sweep(rows, *EVERYTHING, "f32", "--backend", "cpu", out="cpu.h5")
    assert np.array_equal(ours["count"], cpu["count"]) and np.array_equal(ours["top_token"], cpu["top_token"])
    np.testing.assert_allclose(ours["entropy"], cpu["entropy"], rtol=1e-12, atol=1e-12)


def test_without_a_card(bench: Bench, rows: str) -> None:
    if has_card(bench):
        pytest.skip("a card answers")
    for backend in ("cuda",):
        done = bench.run("sweep", rows, "-o", "out.h5", "--backend", backend)
        assert done.returncode == 3 and len(done.stderr.splitlines()) == 1, done.stderr
        assert "--backend cuda" in done.stderr and "CUDA" in done.stderr and not bench.path("out.h5").exists()
    done = bench.run("sweep", rows, "-o", "out.h5")
    assert done.returncode == 0 and done.stderr.count("\n") == 1 and "using the CPU" in done.stderr


def test_devices(bench: Bench) -> None:
    done = bench.run("devices", "--json")
    assert done.returncode == 0 and done.stderr == ""
    by_name = {item["backend"]: item for item in json.loads(done.stdout)}
    assert list(by_name) == ["cuda", "cpu", "cuda-host"]
    assert by_name["cpu"]["copy_bytes_per_second"] > 1e8 and by_name["cpu"]["memory_bytes"] > 1e8
    assert by_name["cuda-host"]["available"]
    if not by_name["cuda"]["available"]:
        assert "CUDA" in by_name["cuda"]["reason"]


def test_device_numbers(bench: Bench, rows: str) -> None:
    bench.refuses(2, ["--device", "cpu backend"], rows, "--device", "0", "--backend", "cpu")
    bench.refuses(3, ["--device 2", "2 devices"], rows, "--device", "2", "--backend", "cuda-host")
    bench.refuses(3, ["--device 7", "2 devices"], rows, "--device", "0,7", "--backend", "cuda-host")
    bench.refuses(2, ["--device", "'x'"], rows, "--device", "x", "--backend", "cuda-host")
    bench.refuses(2, ["--device", "'0,0'", "twice"], rows, "--device", "0,0", "--backend", "cuda-host")
    bench.refuses(2, ["--device"], rows, "--device", "0,", "--backend", "cuda-host")
    bench.sweep(rows, "--device", "0", "--backend", "cuda-host")


def test_several_devices(bench: Bench, rows: str) -> None:
    words = (rows, "--backend", "cuda-host", "--samples", "50", "--probabilities", "f32")
    one = bench.sweep(*words)
    same(one, bench.sweep(*words, "--device", "1"))
    same(one, bench.sweep(*words, "--device", "all"))
    same(one, bench.sweep(*words, "--device", "1,0"))
    done = bench.run("sweep", *words, "--device", "all", "-o", "all.h5", "--json")
    summary = json.loads(done.stdout)
    assert [share["device"] for share in summary["devices"]] == [0, 1]
    assert sum(share["grid_points"] for share in summary["devices"]) == summary["grid_points"]
    stages = summary["stages"]
    assert stages["bottleneck"] in ("reading", "uploading", "computing", "downloading", "judging draws", "writing")
    assert stages["uploading_seconds"] > 0 and stages["downloading_seconds"] > 0
    assert stages["bottleneck_over_next"] >= 1
    told = bench.run("sweep", *words, "--device", "1,0", "-o", "words.h5").stdout
    assert "busy:" in told and "device 1:" in told and "device 0:" in told


def test_a_loose_tolerance_is_kept_and_stated(bench: Bench) -> None:
    wide = bench.save("wide.npy", np.random.default_rng(4).normal(0, 3, (1, 3000)), "f4")
    grid = ("--temperatures", "log:0.2:20:12")
    loose = bench.sweep(wide, *grid, "--backend", "cuda-host", "--tolerance", "1e-5", out="loose.h5")
    exact = bench.sweep(wide, *grid, "--backend", "cpu", out="exact.h5")
    assert 1e-12 < loose["entropy_error_bound"][0, 0] <= 1e-5 and exact["entropy_error_bound"][0, 0] < 1e-12
    error = np.abs(loose["entropy"] - exact["entropy"]) * np.log(2)
    assert 0 < error.max() <= 1e-5
    np.testing.assert_allclose(loose["logit_variance"], exact["logit_variance"], rtol=1e-4)
