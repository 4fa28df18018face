# SPDX-License-Identifier: Apache-2.0
"""Every figure of the teaching text beside the engine's value."""

from __future__ import annotations

from decimal import Decimal, localcontext
from pathlib import Path

import pytest

from tempsweep import claims
from tempsweep.data import load_claims, load_preset

CLAIMS = load_claims()


@pytest.fixture(autouse=True)
def _fresh_program() -> None:
    claims._law.cache_clear()


def test_identifiers_are_unique_and_fields_are_there() -> None:
    assert len({claim["id"] for claim in CLAIMS}) == len(CLAIMS) == 42
    for claim in CLAIMS:
        assert {"preset", "temperature", "quantity", "claimed", "unit", "computed", "verdict", "row"} <= set(claim)
        assert ("token" in claim) == (claim["quantity"] == "probability")


def test_the_precision_is_that_of_the_print() -> None:
    assert claims.agrees("0.36", 0.3550001) and not claims.agrees("0.36", 0.3549)
    assert claims.agrees("60.6", 60.561) and not claims.agrees("97", 98.169)
    assert claims.agrees("approve", "approve") and not claims.agrees("optimize", "approve")


def exact(claim: dict) -> Decimal:
    """The value of a numeric claim in 60-digit arithmetic, from the decimals of the preset."""
    tokens, logits = load_preset(claim["preset"])
    with localcontext() as context:
        context.prec = 60
        inverse = 0 if claim["temperature"] == "inf" else 1 / Decimal(repr(claim["temperature"]))
        weights = [(Decimal(repr(logit)) * inverse).exp() for logit in logits]
        law = [weight / sum(weights) for weight in weights]
        if claim["quantity"] in ("entropy", "log2_size"):
            return -sum(p * p.ln() for p in law) / Decimal(2).ln()
        value = law[tokens.index(claim["token"])] if claim["quantity"] == "probability" else max(law)
        return 100 * value if claim["unit"] == "percent" else value


@pytest.mark.parametrize("claim", [claim for claim in CLAIMS if claim["unit"] != "name"],
                         ids=lambda claim: claim["id"])
def test_references_and_verdicts_follow_from_the_presets(claim: dict) -> None:
    value = exact(claim)
    assert abs(Decimal(claim["computed"]) - value) <= claims.half_unit(claim["computed"])
    holds = abs(Decimal(claim["claimed"]) - value) <= claims.half_unit(claim["claimed"])
    assert holds == (claim["verdict"] == "holds")


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim["id"])
def test_computed_value_and_verdict(program: Path, claim: dict) -> None:
    verdict = claims.judge(claim)
    assert claims.agrees(claim["computed"], verdict.computed), verdict.computed
    assert verdict.verdict == claim["verdict"]
    assert verdict.expected


def test_the_audit_prints_a_line_per_claim(program: Path, capsys: pytest.CaptureFixture) -> None:
    assert claims.main([]) == 0
    printed = capsys.readouterr().out
    assert len(printed.splitlines()) == len(CLAIMS) + 4
    assert "UNEXPECTED" not in printed and "optimize" in printed
