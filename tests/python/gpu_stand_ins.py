# SPDX-License-Identifier: Apache-2.0
"""Programs that stand in for those of a card: they answer as a file beside them says, and compute nothing."""

from __future__ import annotations

import json
import stat
from pathlib import Path

HEAD = "#!/usr/bin/env python3\nimport hashlib, json, os, pathlib, sys\nwords = sys.argv[1:]\n" \
    "plan = json.loads(pathlib.Path(__file__).with_name('plan.json').read_text())\n"

TEMPSWEEP = HEAD + """
def after(word):
    return words[words.index(word) + 1]
backend, device = after('--backend'), after('--device') if '--device' in words else '0'
if device in plan.get('refused', []):
    sys.exit('no such device')
pathlib.Path(after('-o')).write_text('bits' + plan.get('bits', {}).get(backend + device, ''))
print(json.dumps({'compute_seconds': plan.get('compute_seconds', 0.5), 'elapsed_seconds': 2.0}))
"""

DIGEST = HEAD + """
print(json.dumps({'count': hashlib.sha256(pathlib.Path(words[0]).read_bytes()).hexdigest()}))
"""

BALLAST = HEAD + """
left = int(words[words.index('--leave') + 1])
print(f'bench_cuda: {left} MiB are free', file=sys.stderr, flush=True)
command = words[words.index('--leave') + 2:]
if left < plan['least']:
    print(plan['says'], file=sys.stderr)
    sys.exit(plan['status'])
if left < plan.get('other_bits_below', 0):
    pathlib.Path(command[command.index('-o') + 1]).write_text('other')
    sys.exit(0)
os.execv(command[0], command)
"""

PROGRAMS = {"tempsweep": TEMPSWEEP, "result_digest": DIGEST, "bench_cuda": BALLAST}


def executable(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(stat.S_IRWXU)
    return path


def make_programs(folder: Path, **plan: object) -> None:
    for name, text in PROGRAMS.items():
        executable(folder / name, text)
    (folder / "plan.json").write_text(json.dumps(plan))


def stand_in(folder: Path, name: str, report: object, status: int = 0) -> None:
    """A program that writes `report` where it is told to, and ends with the status."""
    (folder / f"{name}.json").write_text(json.dumps(report))
    executable(folder / name, '#!/bin/bash\nfor word; do case $word in --gtest_output=json:*) to=${word#*json:} ;;\n'
               '  --json) next=1 ;; *) [[ -z ${next-} ]] || to=$word; next= ;; esac; done\n'
               f'cat "$0.json" > "${{to:-/dev/stdout}}"; exit {status}\n')


def gtest(*results: str) -> dict:
    """A GoogleTest report; "failed" and "skipped" as it writes them."""
    tests = []
    for number, result in enumerate(results):
        test = {"name": f"Test{number}", "status": "NOTRUN" if result == "disabled" else "RUN",
                "result": {"skipped": "SKIPPED", "disabled": "SUPPRESSED"}.get(result, "COMPLETED")}
        tests.append({**test, "failures": [{"failure": "x"}]} if result == "failed" else test)
    return {"tests": len(tests), "testsuites": [{"name": "ScanRows", "testsuite": tests}]}


def equality_report(*names: str, **changes: object) -> dict:
    """What cuda_equality writes of sets, by the direct method alone."""
    one = {"cases": 2, "cases_wanted": 2, "rows": 3, "good": True, "counts_compared": 10, "counts_unequal": 0,
           "probabilities_unequal": 0, "scans_unequal": 0,
           "metrics": {"entropy": {"worst": 1e-15, "absolute": 1e-15, "relative": 2e-15, "points": 6, "equal_bits": 5},
                       "probability": {"worst": 0, "absolute": 0, "relative": 0, "points": 30, "equal_bits": 30}}}
    one.update(changes)
    return {"backend": "cuda", "good": one["good"], "sets": {name: {"direct": one} for name in names}}
