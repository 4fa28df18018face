#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the machine code of the kernels: check_sass.py --cuobjdump PROGRAM --library FILE --rules RULES.json

FILE is an object, a static library or a program. Looked at in each kernel: the whole function, and its inner loop,
which is the backward branch around the most "heart" instructions (MUFU.EX2 unless the rule says otherwise) that has
no smaller such loop inside. RULES.json: {"architecture": "sm_90", "kernels": [RULE, ...]} with these keys in a RULE:

  name, match             its name in messages; regular expression, searched in mangled names: all found are checked
  heart                   opcode that the inner loop is known by; default MUFU.EX2, or DFMA for a loop in f64
  points                  points that one turn of the inner loop evaluates; without it nothing is said of the loop
  mufu_per_point          expected MUFU of any kind
  instructions_per_point  expected instructions, the branch and its bookkeeping counted
  tolerance               relative, for both of the above; default 0.05
  wide_loads              "loop", "kernel" (default) or "none": where a 16-byte load (LDG.E.128) must stand
  fp64                    "forbidden" (default) or "allowed" inside the inner loop
  streaming               true: a 16-byte store that the caches need not keep (STG.E.EF.128) must stand in the kernel
  registers               largest number of registers a thread may take
  counts                  {opcode: number} that the inner loop must hold exactly; FFMA also counts FFMA.SAT

Local memory (stack, LDL, STL) and calls out of the inner loop are always violations. Exit status: 0; 1 with a line a
violation on stderr; 2 for a wrong call or file; 77 without cuobjdump, nvdisasm or code for the architecture.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator, Optional

SKIPPED = 77
KEYS = {"name", "match", "heart", "points", "mufu_per_point", "instructions_per_point", "tolerance", "wide_loads",
        "fp64", "streaming", "registers", "counts"}
HEAD = ["kernel", "loop instructions", "points", "MUFU a point", "instructions a point", "registers", "spills"]

FUNCTION = re.compile(r"^\s*Function\s*:?\s+([^\s:]+):?\s*$")
LABEL = re.compile(r"^\s*(\.L\w*):\s*$")
INSTRUCTION = re.compile(r"^\s*/\*([0-9a-f]{4,})\*/\s+(?:\{\s*)?(?:@!?U?P\w+\s+)?([A-Z][A-Z0-9_.]*)\s*([^;]*);?")
TARGET = re.compile(r"\b0x([0-9a-f]+)\b|\((\.L\w*)\)")
RESOURCES = re.compile(r"REG:(\d+)\s+STACK:(\d+).*?LOCAL:(\d+)")
FP64 = re.compile(r"(DADD|DMUL|DFMA|DSETP|DMNMX|DMMA)\b|.*\.F64\b|MUFU\.\w*64H")
LOCAL = re.compile(r"(LDL|STL)\b")
WIDE_LOAD = re.compile(r"LDG\.E\.(\w+\.)*128\b")
STREAMING_STORE = re.compile(r"STG\.E\.EF\.128\b")


class NothingToCheck(Exception):
    """Says why the check is skipped."""


@dataclass
class Instruction:
    address: int
    opcode: str
    operands: str


@dataclass
class Function:
    """One kernel."""

    name: str
    code: list[Instruction] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)
    registers: int = 0
    stack: int = 0

    def target(self, instruction: Instruction) -> Optional[int]:
        """The address that a branch goes to."""
        found = TARGET.search(instruction.operands)
        if not found:
            return None
        return int(found[1], 16) if found[1] else self.labels.get(found[2])

    def local_accesses(self) -> int:
        return sum(bool(LOCAL.match(instruction.opcode)) for instruction in self.code)

    def loops(self) -> list[list[Instruction]]:
        """The stretches from the target of a backward branch to that branch."""
        starts = ((self.target(jump), jump.address) for jump in self.code if is_a(jump.opcode, "BRA"))
        spans = [(start, end) for start, end in starts if start is not None and start <= end]
        return [[i for i in self.code if start <= i.address <= end] for start, end in spans]


def is_a(opcode: str, kind: str) -> bool:
    """FFMA.SAT is an FFMA, MUFU.EX2 is a MUFU; FFMA is no FF."""
    return opcode == kind or opcode.startswith(kind + ".")


def count(code: list[Instruction], kind: str) -> int:
    return sum(is_a(instruction.opcode, kind) for instruction in code)


def inner_loop(function: Function, heart: str) -> list[Instruction]:
    """The loop with the most hearts among those that hold no smaller loop with a heart; empty where there is none."""
    loops = [loop for loop in function.loops() if count(loop, heart)]

    def holds_another(loop: list[Instruction]) -> bool:
        first, last = loop[0].address, loop[-1].address
        return any(first <= o[0].address and o[-1].address <= last and len(o) < len(loop) for o in loops)

    inner = [loop for loop in loops if not holds_another(loop)]
    return max(inner, key=lambda loop: (count(loop, heart), -len(loop)), default=[])


def parse_code(text: str) -> list[Function]:
    """What `cuobjdump -sass` prints."""
    functions: list[Function] = []
    address = 0
    for line in text.splitlines():
        if found := FUNCTION.match(line):
            functions.append(Function(found[1]))
            address = -16
        elif functions and (found := INSTRUCTION.match(line)):
            address = int(found[1], 16)
            functions[-1].code.append(Instruction(address, found[2], found[3]))
        elif functions and (found := LABEL.match(line)):
            functions[-1].labels[found[1]] = address + 16
    return functions


def parse_resources(text: str, functions: list[Function]) -> None:
    """Adds what `cuobjdump -res-usage` prints; a name that occurs twice keeps its worst figures."""
    current: list[Function] = []
    for line in text.splitlines():
        if found := FUNCTION.match(line):
            current = [function for function in functions if function.name == found[1]]
        elif found := RESOURCES.search(line):
            for function in current:
                function.registers = max(function.registers, int(found[1]))
                function.stack = max(function.stack, int(found[2]) + int(found[3]))


def dump(program: str, what: str, architecture: str, library: Path) -> str:
    # nvdisasm lies beside cuobjdump, which looks for it on the PATH alone.
    folders = os.pathsep.join([str(Path(program).parent), os.environ.get("PATH", "")])
    done = subprocess.run([program, what, "-arch", architecture, str(library)], capture_output=True, text=True,
                          env={**os.environ, "PATH": folders})
    if done.returncode != 0 and "nvdisasm" in done.stderr:
        raise NothingToCheck("cuobjdump finds no nvdisasm")
    if done.returncode != 0:
        print(f"check_sass: cuobjdump {what} failed: {(done.stderr or done.stdout).strip()}", file=sys.stderr)
        sys.exit(2)
    return done.stdout


def read_functions(program: str, architecture: str, library: Path) -> list[Function]:
    found = shutil.which(program)
    if not found:
        raise NothingToCheck(f"no program {program}")
    functions = parse_code(dump(found, "-sass", architecture, library))
    if not functions:
        raise NothingToCheck(f"{library} holds no code for {architecture}")
    parse_resources(dump(found, "-res-usage", architecture, library), functions)
    return functions


def check_figure(rule: dict, key: str, number: int) -> Iterator[str]:
    expected, points = rule.get(key), rule["points"]
    if expected is not None and abs(number / points - expected) > rule.get("tolerance", 0.05) * expected:
        yield f"{key.replace('_', ' ')}: {number / points:.2f} ({number} for {points} points), expected {expected}"


def check_loop(loop: list[Instruction], rule: dict) -> Iterator[str]:
    if not loop:
        yield f"no loop around {rule.get('heart', 'MUFU.EX2')} found"
        return
    double = sorted({instruction.opcode for instruction in loop if FP64.match(instruction.opcode)})
    if double and rule.get("fp64", "forbidden") == "forbidden":
        yield f"FP64 in the inner loop: {', '.join(double)}"
    if count(loop, "CALL"):
        yield "the inner loop calls a function"
    if rule.get("wide_loads") == "loop" and not any(WIDE_LOAD.match(i.opcode) for i in loop):
        yield "no 16-byte load (LDG.E.128) in the inner loop"
    if "points" in rule:
        yield from check_figure(rule, "mufu_per_point", count(loop, "MUFU"))
        yield from check_figure(rule, "instructions_per_point", len(loop))
    for opcode, expected in rule.get("counts", {}).items():
        if count(loop, opcode) != expected:
            yield f"{count(loop, opcode)} {opcode} in the inner loop, expected {expected}"


def check(function: Function, rule: dict) -> Iterator[str]:
    """What is wrong with one function, a line each."""
    if function.local_accesses() or function.stack:
        yield f"local memory: {function.local_accesses()} loads and stores, {function.stack} bytes of stack"
    if function.registers > rule.get("registers", 255):
        yield f"{function.registers} registers, at most {rule['registers']} allowed"
    if rule.get("wide_loads", "kernel") == "kernel" and not any(WIDE_LOAD.match(i.opcode) for i in function.code):
        yield "no 16-byte load (LDG.E.128)"
    if rule.get("streaming") and not any(STREAMING_STORE.match(i.opcode) for i in function.code):
        yield "no 16-byte streaming store (STG.E.EF.128)"
    if "points" in rule or "counts" in rule or rule.get("wide_loads") == "loop":
        yield from check_loop(inner_loop(function, rule.get("heart", "MUFU.EX2")), rule)


def table_row(function: Function, rule: dict) -> list[str]:
    loop, points = inner_loop(function, rule.get("heart", "MUFU.EX2")), rule.get("points")
    per_point = [f"{n / points:.2f}" if points else "-" for n in (count(loop, "MUFU"), len(loop))]
    totals = [str(function.registers), str(function.local_accesses())]
    return [rule["name"], str(len(loop) or "-"), str(points or "-"), *per_point, *totals]


def print_table(rows: list[list[str]]) -> None:
    widths = [max(len(row[column]) for row in [HEAD, *rows]) for column in range(len(HEAD))]
    for row in [HEAD, *rows]:
        print("  ".join([row[0].ljust(widths[0])] + [cell.rjust(w) for cell, w in zip(row[1:], widths[1:])]))


def read_rules(path: Path) -> tuple[str, list[dict]]:
    rules = json.loads(path.read_text(encoding="utf-8"))
    for rule in rules["kernels"]:
        wrong = (set(rule) - KEYS) | ({"name", "match"} - set(rule))
        if wrong:
            print(f"check_sass: {path}: unknown or missing in a rule: {', '.join(sorted(wrong))}", file=sys.stderr)
            sys.exit(2)
    return rules.get("architecture", "sm_90"), rules["kernels"]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cuobjdump", required=True)
    parser.add_argument("--library", required=True, type=Path)
    parser.add_argument("--rules", required=True, type=Path)
    options = parser.parse_args()
    architecture, rules = read_rules(options.rules)
    try:
        functions = read_functions(options.cuobjdump, architecture, options.library)
    except NothingToCheck as reason:
        print(f"skipped: {reason}")
        return SKIPPED
    rows, problems = [], []
    for rule in rules:
        matching = [function for function in functions if re.search(rule["match"], function.name)]
        if not matching:
            problems.append(f"{rule['name']}: no function matches {rule['match']}")
        for function in matching:
            rows.append(table_row(function, rule))
            problems += [f"{rule['name']}: {text} [{function.name}]" for text in check(function, rule)]
    print_table(rows)
    for problem in problems:
        print(f"check_sass: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
