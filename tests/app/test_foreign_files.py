# SPDX-License-Identifier: Apache-2.0
"""Files of counts, ids and tables that tempsweep validate reads and refuses, and exact audits."""

from __future__ import annotations

import json

import h5py
import numpy as np
import pytest
from conftest import Bench
from foreign_laws import alias_table, float_cdf, softmax
from test_foreign import LAWS, judge

LAW = ("--logits", "l.npy", "--temperature", "0.7")


@pytest.fixture
def ids(bench: Bench) -> np.ndarray:
    """20 000 right draws of row 0; the logits as l.npy."""
    bench.save("l.npy", LAWS[0], "f4")
    return np.random.default_rng(1).choice(2000, 20_000, p=softmax(LAWS[0], 0.7))


def test_every_way_to_hand_over_draws(bench: Bench, ids: np.ndarray) -> None:
    counts = np.bincount(ids, minlength=2000)
    bench.save("ids.npy", ids.reshape(200, 100), "i4")
    bench.save("c.npy", counts, "u8")
    text = "".join(f"{token}\n" for token in ids)
    bench.write("ids.txt", text)
    bench.write("c.csv", ",".join(map(str, counts)))
    bench.write("named.csv", "token,count\n" + "".join(f"w{i},{n}\n" for i, n in enumerate(counts) if n))
    bench.write("names.txt", "".join(f"w{i}\n" for i in range(2000)))
    bench.write("c.json", json.dumps({str(i): int(n) for i, n in enumerate(counts)}))
    with h5py.File(bench.path("c.h5"), "w") as file:
        file["runs/counts"] = counts
        file["ids"] = ids
    ways = [("--draws", "ids.npy"), ("--draws", "ids.txt"), ("--draws", "c.h5:/ids"), ("--counts", "c.npy"),
            ("--counts", "c.csv"), ("--counts", "c.json"), ("--counts", "c.h5:/runs/counts"),
            ("--counts", "named.csv", "--tokens", "names.txt")]
    reports = [judge(bench, *LAW, *words, status=0) for words in ways]
    reports.append(judge(bench, *LAW, "--draws", "-", stdin=text, status=0))
    first = reports[0]["points"][0]["chi_square"]
    assert all(report["points"][0]["chi_square"] == first for report in reports)
    assert reports[7]["points"][0]["top"]["name"] == f"w{LAWS[0].argmax()}"


def test_a_part_of_the_vocabulary(bench: Bench) -> None:
    bench.save("l.npy", LAWS[0], "f4")
    bench.save("c.npy", np.random.default_rng(1).multinomial(20_000, softmax(LAWS[0, :500], 0.7)), "i8")
    assert judge(bench, *LAW, "--vocab", "500", "--counts", "c.npy", status=0)["vocabulary_size"] == 500


def test_the_report_for_people(bench: Bench, ids: np.ndarray) -> None:
    bench.save("ids.npy", ids, "i4")
    done = bench.run("validate", *LAW, "--draws", "ids.npy")
    assert (done.returncode, done.stderr) == (0, "")
    for words in ("ids.npy: agree with the law", "20 000, of 2 000", "the draws look like T = 0.", " ± 0.00", "claimed 0.7", "top  ",
                  "largest residual", "total variation", "power"):
        assert words in done.stdout, words


@pytest.mark.parametrize(("words", "needed"), [
    (("--draws", "bad.txt"), ["bad.txt:2", "token id 2000", "0 ... 1999"]),
    (("--draws", "minus.npy"), ["minus.npy", "draw 1", "-3", "negative"]),
    (("--draws", "real.npy"), ["real.npy", "float64", "astype"]),
    (("--draws", "missing.npy"), ["missing.npy", "no such file"]),
    (("--counts", "short.npy"), ["short.npy", "3 counts a row", "2000 tokens"]),
    (("--counts", "short.csv"), ["short.csv:1", "3 counts a row"]),
    (("--counts", "zero.npy"), ["zero.npy", "all counts are 0"]),
    (("--counts", "half.csv"), ["half.csv:1:2", "0.5", "not whole"]),
    (("--counts", "c.h5:/none"), ["c.h5", "/none", "h5ls"]),
    (("--counts", "bad.txt"), ["bad.txt", "format is unknown"]),
    (("--counts", "zero.npy", "--draws", "bad.txt"), ["--counts or --draws"]),
    (("--counts", "zero.npy", "--rows", "7"), ["--rows '7'", "0 ... 0"]),
    (("--counts", "zero.npy", "--top-k", "0"), ["--top-k"]),
    (("--counts", "zero.npy", "--alpha", "2"), ["--alpha"]),
    (("--counts", "zero.npy", "--vocab", "2001"), ["2001"]),
    (("--audit-table", "short.npy"), ["short.npy", "3 numbers", "THRESHOLDS,ALIASES"]),
    (("--audit-table", "rising.npy"), ["rising.npy", "cdf:FILE or weights:FILE"]),
    (("--audit-table", "cdf:down.npy"), ["down.npy", "entry 1", "ascends"]),
    (("--audit-table", "a.npz"), ["a.npz", "arrays x, y", "threshold and alias"]),
    (("--audit-table", "bad.txt"), ["bad.txt"]),
    (("--audit-table", "notzip.npz"), ["notzip.npz", "no .npz archive"]),
])
def test_refusals(bench: Bench, ids: np.ndarray, words: tuple[str, ...], needed: list[str]) -> None:
    bench.write("bad.txt", "1\n2000\n")
    bench.save("minus.npy", [1, -3], "i4")
    bench.save("real.npy", ids)
    bench.save("short.npy", [1, 2, 3], "i4")
    bench.write("short.csv", "1,2,3\n")
    bench.save("zero.npy", np.zeros(2000), "i4")
    bench.write("half.csv", "1,0.5\n")
    bench.save("rising.npy", np.arange(2000) + 1.0)
    bench.save("down.npy", np.arange(2000)[::-1] + 1.0)
    np.savez(bench.path("a.npz"), x=ids, y=ids)
    bench.write("notzip.npz", "PK, but no more")
    with h5py.File(bench.path("c.h5"), "w") as file:
        file["ids"] = ids
    bench.fails(2, needed, "validate", *LAW, *words)


@pytest.mark.parametrize(("words", "needed"), [
    (("--logits", "l.npy", "--counts", "c.npy"), ["--temperature"]),
    (("--logits", "l.npy", "--temperature", "-1", "--counts", "c.npy"), ["--temperature", "0 or more"]),
    (("--logits", "l.npy", "--temperature", "nan", "--counts", "c.npy"), ["--temperature"]),
    (("--logits", "l.npy", "--temperature", "1"), ["--counts"]),
    (("--logits", "nan.npy", "--temperature", "1", "--counts", "c.npy"), ["nan.npy: row 0", "column 3", "NaN"]),
    (("--logits", "masked.npy", "--temperature", "1", "--counts", "c.npy"), ["masked.npy", "every token of the vocabulary of"]),
])
def test_no_law(bench: Bench, words: tuple[str, ...], needed: list[str]) -> None:
    bench.save("l.npy", np.arange(5.0))
    bench.save("c.npy", np.arange(5), "i4")
    bench.save("nan.npy", [1, 2, 3, np.nan, 5])
    bench.save("masked.npy", [-np.inf] * 5)
    bench.fails(2, needed, "validate", *words)


# Exact audits.

def test_float_sums_of_a_large_vocabulary(bench: Bench) -> None:
    """The known fault of sequential float sums, about the figures that were measured of torch.multinomial."""
    logits = np.random.default_rng(7).normal(0, 3, 128256).astype("f4")
    np.save(bench.path("l.npy"), logits)
    np.save(bench.path("t.npy"), float_cdf(softmax(logits)))
    report = judge(bench, "--logits", "l.npy", "--temperature", 1, "--audit-table", "t.npy", status=0)["audit"]
    assert report["layout"] == "CDF of 128256 float32 entries"
    assert 3e-4 < report["total_variation"] < 1.2e-3
    assert 20_000 < report["never_drawn"]["tokens"] < 60_000
    assert 1e-4 < report["never_drawn"]["mass"] < 5e-4
    assert 1e6 < report["visible_from_draws_unpooled"] < 1e7
    exact = np.diff(float_cdf(softmax(logits)).astype("f8"), prepend=0)
    assert report["total_variation"] == pytest.approx(np.abs(exact - softmax(logits)).sum() / 2, rel=1e-9)
    assert report["never_drawn"]["tokens"] == np.count_nonzero(exact == 0)
    # The same law in double is as good as exact.
    np.save(bench.path("t.npy"), np.cumsum(softmax(logits)))
    report = judge(bench, "--logits", "l.npy", "--temperature", 1, "--audit-table", "t.npy", status=0)["audit"]
    assert report["total_variation"] < 1e-10 and report["never_drawn"]["tokens"] == 0


def test_layouts_of_one_law(bench: Bench) -> None:
    np.save(bench.path("l.npy"), LAWS[0])
    p = softmax(LAWS[0], 0.7)
    share, alias = alias_table(p)
    np.save(bench.path("share.npy"), share)
    np.save(bench.path("alias.npy"), alias.astype("i4"))
    np.savez_compressed(bench.path("a.npz"), probability=share, alias=alias)
    np.savez(bench.path("w.npz"), weights=p * 7)
    np.save(bench.path("v1.npy"), np.concatenate(([0], np.cumsum(p))))
    np.save(bench.path("p.npy"), p)
    bench.write("p.csv", ",".join(map(repr, p.tolist())))
    units = np.minimum(np.floor(share * 2.0**32), 2.0**32 - 1).astype("u4")
    np.save(bench.path("pairs.npy"), np.stack([units, alias.astype("u4")], axis=1))
    with h5py.File(bench.path("t.h5"), "w") as file:
        file["deep/threshold"], file["deep/alias"], file["cdf"] = units, alias, np.cumsum(p)
    layouts = {"share.npy,alias.npy": "alias", "a.npz": "alias", "t.h5:/deep": "alias", "pairs.npy": "alias",
               "w.npz": "weights", "p.npy": "weights", "p.csv": "weights", "w.npz:weights": "weights",
               "v1.npy": "CDF", "t.h5:/cdf": "CDF", "cdf:t.h5:/cdf": "CDF"}
    for word, layout in layouts.items():
        report = judge(bench, *LAW, "--audit-table", word, status=0)["audit"]
        assert report["layout"].startswith(layout), (word, report["layout"])
        assert report["total_variation"] < 1e-6, word
    swapped = alias.copy()
    top = int(np.argmax(np.bincount(alias)))
    swapped[alias == top] = (top + 1) % len(p)
    np.savez(bench.path("a.npz"), probability=share, alias=swapped)
    assert judge(bench, *LAW, "--audit-table", "a.npz", status=0)["audit"]["total_variation"] > 0.1


def test_a_table_that_draws_what_it_must_not(bench: Bench, ids: np.ndarray) -> None:
    np.save(bench.path("p.npy"), softmax(LAWS[0], 0.7))
    bench.save("ids.npy", ids, "i4")
    report = judge(bench, *LAW, "--top-k", 10, "--audit-table", "p.npy", status=1)["audit"]
    assert report["impossible"]["tokens"] == 1990 and report["impossible"]["why"] == "is outside top-k 10"
    report = judge(bench, *LAW, "--audit-table", "p.npy", "--draws", "ids.npy", status=0)
    assert report["audit"]["never_drawn"]["tokens"] == 0 and len(report["points"]) == 1
