# SPDX-License-Identifier: Apache-2.0
"""Inputs that are no inputs: one line that names the file and the place, status 2, nothing left behind."""

from __future__ import annotations

import io
import os
import pickle

import numpy as np
import pytest
from conftest import Bench


def npy(array: np.ndarray, **changes: str) -> bytes:
    """The bytes of an .npy file, with words of its header replaced by others of the same length."""
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, allow_pickle=True)
    data = buffer.getvalue()
    for old, new in changes.items():
        old, new = old.replace("__", "'").encode(), new.encode()
        assert len(old) == len(new)
        data = data.replace(old, new, 1)
    return data


GOOD = npy(np.zeros((3, 4)))
FILES: dict[str, tuple[bytes, list[str]]] = {
    "empty.npy": (b"", ["empty"]),
    "cut.npy": (GOOD[:-1], ["cut short", "write it again"]),
    "header_only.npy": (GOOD[:128], ["cut short"]),
    "half_header.npy": (GOOD[:60], ["cut short"]),
    "magic_only.npy": (GOOD[:8], ["within the .npy header"]),
    "longer.npy": (GOOD + b"x", ["longer than its header states"]),
    "foreign.npy": (b"PK\x03\x04 this is a zip file", ["NUMPY", "numpy.save"]),
    "version.npy": (GOOD[:6] + b"\x09" + GOOD[7:], ["version 9"]),
    "vast.npy": (GOOD.replace(b"(3, 4), }" + b" " * 18, b"(9223372036854775807, 4), }"), ["more bytes than any file"]),
    "zero_rows.npy": (npy(np.zeros((0, 4))), ["no rows"]),
    "zero_width.npy": (npy(np.zeros((4, 0))), ["no columns"]),
    "scalar.npy": (npy(np.float64(3)), ["rank 0"]),
    "cube.npy": (npy(np.zeros((2, 3, 4))), ["rank 3", "reshape"]),
    "integers.npy": (npy(np.zeros((2, 3), "i8")), ["integers", "astype"]),
    "complex.npy": (npy(np.zeros((2, 3), "c16")), ["complex"]),
    "words.npy": (npy(np.array([["a", "b"]])), ["'<U1'"]),
    "objects.npy": (npy(np.array([[1, "a"]], dtype=object)), ["pickle"]),
    "bf16.npy": (npy(np.zeros((2, 3), "V2")), ["bfloat16", "astype"]),
    "records.npy": (npy(np.zeros(3, [("a", "f4"), ("b", "f8")])), ["structured"]),
    "model.pkl": (pickle.dumps([1.0]), ["pickle", "safetensors"]),
    "model.pt": (b"PK", ["pickle", "numpy.save"]),
    "model.bin": (b"\0\1", ["pickle"]),
    "logits.npz": (b"PK", [".npz", "numpy.save"]),
    "logits.safetensors": (b"{}", [".safetensors", "numpy.save"]),
    "logits.h5": (b"\x89HDF\r\n\x1a\n", [".h5", "numpy.save"]),
    "table.parquet": (b"PAR1", [".parquet", "numpy"]),
    "samples.jsonl": (b"{}\n", ["one document a line"]),
    "dump.bin": (b"_logits_" + bytes(30), ["llama.cpp", "numpy.save"]),
    "notes.txt": (b"hello", ["format is unknown"]),
    "empty.csv": (b"", ["empty"]),
    "blank.csv": (b"\n\n", ["blank"]),
    "ragged.csv": (b"1,2,3\n4,5\n", ["ragged.csv:2", "2 fields"]),
    "hole.csv": (b"1,2\n3,\n", ["hole.csv:2:2", "empty"]),
    "junk.csv": (b"1,2\n3,4x\n", ["junk.csv:2:2", "4x"]),
    "huge.csv": (b"1,1e400\n", ["huge.csv:1:2", "too large"]),
    "header.csv": (b"alpha,beta\n1,2\n", ["header.csv:1:1", "token,logit"]),
    "named_hole.csv": (b"token,logit\na,\n", ["named_hole.csv:2:2", "empty"]),
    "named_none.csv": (b"token,logit\n", ["no token"]),
    "open_quote.csv": (b'token,logit\n"a,1\n', ["open_quote.csv:2:1", "never closed"]),
    "empty.json": (b"", ["empty"]),
    "cut.json": (b"[1, 2", ["malformed JSON", "ends before"]),
    "bare_nan.json": (b"[1, NaN]", ["malformed JSON", '"nan"']),
    "null.json": (b"[1, null]", ["row 1, column 2", "null"]),
    "ragged.json": (b"[[1, 2], [3]]", ["row 2", "shorter"]),
    "twice.json": (b'{"a": 1, "a": 2}', ["'a'", "twice"]),
    "tokens_only.json": (b'{"tokens": ["a"]}', ["no \"logits\""]),
    "too_few.json": (b'{"tokens": ["a"], "logits": [1, 2]}', ["1 tokens", "2 logits"]),
    "number.json": (b"3", ["lone value"]),
    "nothing.json": (b"[]", ["no logits"]),
    "overflow.json": (b"[1e400]", ["too large"]),
}


@pytest.mark.parametrize("name", FILES)
def test_no_input(bench: Bench, name: str) -> None:
    data, needed = FILES[name]
    bench.write(name, data)
    bench.refuses(2, [name, *needed], name)


@pytest.mark.parametrize(("words", "needed"), [
    (["missing.npy"], ["missing.npy", "no such file"]),
    (["."], ["directory"]),
    (["in.npy/x.npy"], ["no such file"]),
    (["-"], ["standard input", "save it"]),
    (["logits.npz:w"], [".npz", "numpy.save"]),
    (["model.h5:/w"], [".h5", "numpy.save"]),
    (["/dev/null"], ["not a regular file"]),
    ([""], ["no such file"]),
    (["in.npy", "missing.npy"], ["missing.npy"]),
    (["in.npy", "narrow.npy"], ["in.npy has rows of 40", "narrow.npy rows of 7"]),
    (["a.json", "b.json"], ["token 1", "'y'", "'z'"]),
    ([], ["no input", "--synthetic"]),
])
def test_no_file(bench: Bench, logits: np.ndarray, words: list[str], needed: list[str]) -> None:
    bench.save("narrow.npy", np.zeros((2, 7)))
    bench.write("a.json", '{"x": 1, "y": 2}')
    bench.write("b.json", '{"x": 1, "z": 2}')
    bench.refuses(2, needed, *words)


@pytest.mark.parametrize(("text", "needed"), [
    (b"1\n2\n", ["2 labels for 3 rows"]),
    (b"1\n2\n3\n4\n", ["4 labels for 3 rows"]),
    (b"1\n40\n3\n", ["row 1", "label 40", "0 ... 39"]),
    (b"1\n-1\n3\n", ["label -1"]),
    (b"1\ntwo\n3\n", ["labels:2", "two"]),
    (b"1\n\n3\n", ["labels:2", "blank"]),
    (b"", ["empty"]),
    (npy(np.zeros(3)), ["astype('int64')"]),
    (npy(np.zeros((3, 1), "i4")), ["shape (3, 1)", "ravel"]),
    (npy(np.array([1, 2, 99], "u2")), ["row 2", "label 99"]),
])
def test_labels(bench: Bench, logits: np.ndarray, text: bytes, needed: list[str]) -> None:
    bench.write("labels", text)
    bench.refuses(2, ["labels", *needed], "in.npy", "--labels", "labels")


def test_too_few_names(bench: Bench, logits: np.ndarray) -> None:
    bench.write("names", "a\nb\n")
    bench.refuses(2, ["names", "2 tokens", "40 tokens wide"], "in.npy", "--tokens", "names")
    bench.refuses(2, ["nowhere", "no such file"], "in.npy", "--tokens", "nowhere")


@pytest.mark.parametrize("words", [("f.npy",), ("in.npy", "--labels", "f.npy"), ("in.npy", "--tokens", "f.npy"),
                                   ("in.npy", "--plan", "f.npy"), ("in.npy", "--temperatures", "@f.npy")])
def test_a_pipe_does_not_hang(bench: Bench, logits: np.ndarray, words: tuple[str, ...]) -> None:
    os.mkfifo(bench.path("f.npy"))
    done = bench.run("sweep", *words, "-o", "out.h5", timeout=5)
    assert done.returncode in (2, 4) and "f.npy" in done.stderr
    assert bench.run("info", "f.npy", timeout=5).returncode == 2


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_a_file_without_permission(bench: Bench, logits: np.ndarray) -> None:
    bench.path("in.npy").chmod(0)
    for folder in (bench.folder, *bench.folder.parents[:2]):
        folder.chmod(0o777)
    bench.refuses(2, ["in.npy", "no permission"], "in.npy", user=65534, group=65534)
