# SPDX-License-Identifier: Apache-2.0
"""The machine-code check on short listings as cuobjdump prints them: what passes, and that each rule can fail."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

import check_sass  # noqa: E402

RULE = {"name": "sweep", "match": "sweep", "points": 2, "mufu_per_point": 1, "instructions_per_point": 4,
        "wide_loads": "loop"}
# An outer loop in f64 around an inner one of 8 instructions and 2 points; the branch to itself ends every kernel.
BODY = ["LDC R1, c[0x0][0x28]", "DADD R2, R2, R4", "LDG.E.128.CONSTANT R8, desc[UR4][R6.64]", "FMUL R8, R8, R9",
        "MUFU.EX2 R8, R8", "FMUL R10, R10, R9", "MUFU.EX2 R10, R10", "FADD R11, R10, R8", "ISETP.NE.AND P0, PT, R0, RZ, PT",
        "@P0 BRA 0x20", "@!P1 BRA 0x10", "EXIT", "BRA 0xc0"]


def listing(body: list[str]) -> str:
    lines = ["Fatbin elf code:", "arch = sm_90", "\tcode for sm_90", "\t\tFunction : _Z5sweepv"]
    for number, text in enumerate(body):
        lines += [f"        /*{16 * number:04x}*/                   {text} ;   /* 0x00000a00ff017b82 */",
                  "                                                       /* 0x000fe20000000800 */"]
    return "\n".join(lines)


def parsed(body: list[str], resources: str = "REG:40 STACK:0 SHARED:0 LOCAL:0") -> check_sass.Function:
    functions = check_sass.parse_code(listing(body))
    check_sass.parse_resources(f" Function _Z5sweepv:\n  {resources} CONSTANT[0]:548", functions)
    assert len(functions) == 1
    return functions[0]


def changed(**replaced: str) -> list[str]:
    body = list(BODY)
    for place, text in replaced.items():
        body[int(place[1:])] = text
    return body


def test_the_inner_loop_is_found_and_passes() -> None:
    function = parsed(BODY)
    loop = check_sass.inner_loop(function, "MUFU.EX2")
    assert [loop[0].address, loop[-1].address, len(loop)] == [0x20, 0x90, 8]
    assert list(check_sass.check(function, RULE)) == []
    assert check_sass.table_row(function, RULE) == ["sweep", "8", "2", "1.00", "4.00", "40", "0"]


def test_labels_serve_as_well_as_addresses() -> None:
    lines = listing(changed(i9="@P0 BRA `(.L_x_1)", i10="@!P1 BRA `(.L_x_0)")).splitlines()
    labelled = "\n".join(f".L_x_1:\n{line}" if "/*0020*/" in line else line for line in lines)
    loop = check_sass.inner_loop(check_sass.parse_code(labelled)[0], "MUFU.EX2")
    assert [loop[0].address, loop[-1].address] == [0x20, 0x90]


@pytest.mark.parametrize("body, said", [
    (changed(i5="DMUL R10, R10, R9"), "FP64 in the inner loop: DMUL"),
    (changed(i5="F2F.F64.F32 R10, R10"), "FP64 in the inner loop: F2F.F64.F32"),
    (changed(i5="MUFU.RCP64H R10, R10"), "FP64 in the inner loop: MUFU.RCP64H"),
    (changed(i5="MUFU.EX2 R12, R12"), "mufu per point: 1.50"),
    (changed(i2="LDG.E.64 R8, desc[UR4][R6.64]"), "no 16-byte load"),
    (changed(i0="STL [R1], R2"), "local memory: 1 loads and stores"),
    (changed(i7="CALL.REL.NOINC 0x100"), "calls a function"),
    (changed(i9="@P0 BRA 0x30"), "instructions per point: 3.50"),
    (changed(i4="NOP", i6="NOP"), "no loop around MUFU.EX2"),
])
def test_each_rule_can_fail(body: list[str], said: str) -> None:
    assert any(said in problem for problem in check_sass.check(parsed(body), RULE))


def test_streaming_stores_are_looked_for() -> None:
    stored = changed(i0="STG.E.EF.128 desc[UR4][R6.64], R8")
    assert list(check_sass.check(parsed(stored), {**RULE, "streaming": True})) == []
    for body in (BODY, changed(i0="STG.E.128 desc[UR4][R6.64], R8"), changed(i0="STG.E.EF.64 desc[UR4][R6.64], R8")):
        assert any("no 16-byte streaming store" in said for said in check_sass.check(parsed(body), {**RULE, "streaming": True}))


def test_stack_registers_and_counts_can_fail() -> None:
    function = parsed(BODY, "REG:200 STACK:16 SHARED:0 LOCAL:0")
    problems = list(check_sass.check(function, {**RULE, "registers": 64, "counts": {"MUFU.EX2": 2, "FMUL": 0}}))
    assert problems == ["local memory: 0 loads and stores, 16 bytes of stack", "200 registers, at most 64 allowed",
                        "2 FMUL in the inner loop, expected 0"]


def test_a_missing_disassembler_is_a_skip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = tmp_path / "rules.json"
    rules.write_text('{"kernels": [{"name": "sweep", "match": "sweep"}]}')
    call = ["check_sass.py", "--cuobjdump", str(tmp_path / "none"), "--library", "x.a", "--rules", str(rules)]
    monkeypatch.setattr(sys, "argv", call)
    assert check_sass.main() == check_sass.SKIPPED
