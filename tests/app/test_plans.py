# SPDX-License-Identifier: Apache-2.0
"""--plan: the run echoes its plan, and the plan repeats the run."""

from __future__ import annotations

import json

import numpy as np
import pytest
from conftest import Bench, same

RUNS = {
    "plain": ("in.npy",),
    "full": ("in.npy", "--metrics", "all", "--renyi-orders", "0.5,2", "--nucleus-masses", "0.5,0.9", "--mass-at-k", "1,10", "--min-p-levels", "0.1",
             "--thresholds", "0.1,0.25", "--vocab", "log2:4:32,all", "--vocab-by", "rank",
             "--temperatures", "0,invlin:0.1:5:20,inf", "--samples", "100", "--seed", "9", "--probabilities", "log16",
             "--rows", "1:3", "--tolerance", "1e-9"),
    "truncated": ("in.npy", "--samples", "100", "--top-k", "20", "--top-p", "0.9", "--min-p", "0.05", "--vocab", "30,all"),
    "synthetic": ("--synthetic", "normal:2", "--synthetic-rows", "4", "--vocab", "50,100", "--seed", "3"),
    "skipping": ("in.npy", "bad.npy", "--on-bad-row", "skip", "--labels", "labels.npy", "--metrics", "all"),
}


@pytest.mark.parametrize("run", RUNS)
def test_echoed_plan_repeats_the_run(bench: Bench, logits: np.ndarray, run: str) -> None:
    bench.save("bad.npy", np.full((1, 40), np.nan))
    bench.save("labels.npy", [1, 2, 3, 4], "i8")
    first = bench.sweep(*RUNS[run])
    bench.write("plan.json", str(bench.attributes()["plan"]))
    same(first, bench.sweep("--plan", "plan.json", out="again.h5"))
    assert bench.attributes("again.h5")["plan"] == bench.attributes()["plan"]


def test_command_line_wins(bench: Bench, logits: np.ndarray) -> None:
    plan = {"input": "in.npy", "temperatures": [0.5, 1, "inf"], "seed": 3, "output": "planned.h5", "quiet": True}
    bench.write("plan.json", json.dumps(plan))
    assert bench.run("sweep", "--plan", "plan.json").stdout == ""
    assert bench.read("planned.h5")["temperature"].tolist() == [0.5, 1, np.inf]
    assert bench.sweep("--plan", "plan.json", "--temperatures", "2")["temperature"].tolist() == [2]


@pytest.mark.parametrize(("text", "needed"), [
    ("", ["JSON object"]), ("{", ["JSON object"]), ("[1]", ["JSON object"]), ("3", ["JSON object"]),
    ('{"temperature": 1}', ["temperatures", "did you mean 'temperatures'?"]),
    ('{"help": true}', ['"help"', "leave it out"]), ('{"plan": "x"}', ['"plan"', "leave it out"]),
    ('{"samples": null}', ['"samples"', "no usable value"]), ('{"samples": {}}', ['"samples"']),
    ('{"samples": []}', ['"samples"']), ('{"samples": "many"}', ["--samples", "'many'"]),
    ('{"samples": -1}', ["--samples", "'-1'"]), ('{"samples": true}', ["--samples", "'true'"]),
    ('{"force": "yes"}', ['"force"', "true or false"]), ('{"input": 3}', ['"input"', "file name"]),
    ('{"input": []}', ["no input"]), ('{"resume": true}', ["--resume", "not part of this version"]),
    ('{"samples": 9, "top-k": 0}', ["--top-k", "'0'"]), ('{"samples": 9, "top-p": 2}', ["--top-p", "'2'"]),
])
def test_broken_plans(bench: Bench, logits: np.ndarray, text: str, needed: list[str]) -> None:
    bench.write("plan.json", text)
    words = () if "input" in text else ("in.npy",)
    bench.refuses(2, needed, *words, "--plan", "plan.json")


def test_no_plan(bench: Bench, logits: np.ndarray) -> None:
    for path in ("none.json", ".", ""):
        bench.refuses(2, ["--plan", "JSON file"], "in.npy", "--plan", path)
