# SPDX-License-Identifier: Apache-2.0
"""Presets and the excerpt hold what they say."""

from __future__ import annotations

import json
from decimal import Decimal, localcontext
from pathlib import Path

import numpy as np
import pytest

from tempsweep.data import PRESETS, data_path, load_preset


def top_probability(logits: list[float], temperature: str) -> Decimal:
    """In 60-digit arithmetic, of the decimals as printed."""
    with localcontext() as context:
        context.prec = 60
        weights = [(Decimal(repr(logit)) / Decimal(temperature)).exp() for logit in logits]
        return max(weights) / sum(weights)


@pytest.mark.parametrize("name", PRESETS)
def test_preset_has_three_keys_and_one_logit_per_token(name: str) -> None:
    preset = json.loads(data_path(f"presets/{name}.json").read_text(encoding="utf-8"))
    assert list(preset) == ["tokens", "logits", "note"]
    assert len(preset["tokens"]) == len(preset["logits"]) == len(set(preset["tokens"]))
    assert preset["note"]


@pytest.mark.parametrize("name", PRESETS)
def test_preset_lists_the_favourite_first(name: str) -> None:
    _, logits = load_preset(name)
    assert all(high > low for high, low in zip(logits, logits[1:]))


def test_twenty_token_is_as_the_figure_needs_it() -> None:
    tokens, logits = load_preset("twenty-token")
    assert tokens == [f"Token {index}" for index in range(20)]
    assert abs(top_probability(logits, "1") - Decimal("0.35")) <= Decimal("0.01")
    assert top_probability(logits, "0.1") >= Decimal("0.97")
    assert "ours" in json.loads(data_path("presets/twenty-token.json").read_text(encoding="utf-8"))["note"]


def test_an_unknown_preset_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="worked-example"):
        load_preset("nope")


def test_excerpt_has_one_label_per_row_and_one_name_per_token(root: Path) -> None:
    folder = root / "data" / "wikitext2_excerpt"
    logits, labels = np.load(folder / "logits.npy"), np.load(folder / "labels.npy")
    names = (folder / "tokens.txt").read_text(encoding="utf-8").splitlines()
    assert (logits.dtype, logits.shape) == (np.float32, (16, 18328))
    assert labels.shape == (16,) and labels.min() >= 0 and labels.max() < 18328
    assert len(names) == 18328
    assert "CC BY-SA" in (folder / "SOURCE.md").read_text(encoding="utf-8")


def test_excerpt_gives_the_reading_in_its_source_file(root: Path) -> None:
    folder = root / "data" / "wikitext2_excerpt"
    logits, labels = np.load(folder / "logits.npy").astype(float), np.load(folder / "labels.npy")
    log_law = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    entropy = -(np.exp(log_law) * log_law).sum(axis=1) / np.log(2)
    assert entropy[0] == pytest.approx(8.7306, abs=5e-5)
    assert -log_law[np.arange(16), labels].mean() == pytest.approx(5.4241, abs=5e-5)
