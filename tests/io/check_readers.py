# SPDX-License-Identifier: Apache-2.0
"""Opens result files with other programs' readers: check_readers.py CHECK SAMPLE [LARGE | DOCUMENT].

Exit status 77: the reader is not installed.
"""

import math
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
SKIP = 77
DIMENSIONS = ["vocab_size", "row", "temperature", "token", "token_name_length", "renyi_order"]
NAMES = ["a", "bc", "é", "日本", "\\xFF"]


def need_module(name):
    try:
        return __import__(name)
    except ImportError:
        print(f"{name} is not installed")
        sys.exit(SKIP)


def run(command):
    """Output of a program; a warning on stderr counts as a failure."""
    if shutil.which(command[0]) is None:
        print(f"{command[0]} is not installed")
        sys.exit(SKIP)
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == SKIP:
        sys.exit(SKIP)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, done.stderr


def check_h5py(sample, _):
    h5py = need_module("h5py")
    with h5py.File(sample, "r") as f:
        assert f["entropy"][1, 2, 3] == 123 and math.isnan(f["entropy"][0, 3, 0])
        assert [f["entropy"].dims[i][0].name for i in range(3)] == ["/vocab_size", "/row", "/temperature"]
        assert [len(axis) for axis in f["entropy"].dims] == [1, 1, 1]
        assert f["count"].dtype == "uint64" and int(f["count"][0, 0, 0, 0]) == 2**63 + 1
        assert f["log_probability"][0, 0, 0, 4] == 65535 and f["log_probability"].fillvalue == 65535
        assert f["probability"].chunks == (1, 2, 4, 5) and f["probability"].compression is None
        assert f["entropy"].compression == "gzip" and f["entropy"].shuffle
        assert f.attrs["complete"] == 1 and f.attrs["history"] == b"" and f.attrs["seed"] == 42
        assert list(f.attrs)[0] == "_NCProperties" or "Conventions" in f.attrs


def check_xarray(sample, engine):
    xarray = need_module("xarray")
    need_module({"netcdf4": "netCDF4"}.get(engine, engine))
    with xarray.open_dataset(sample, engine=engine) as d:
        assert sorted(d.sizes) == sorted(set(DIMENSIONS) - {"token_name_length"}), d.sizes
        assert d.entropy.dims == ("vocab_size", "row", "temperature") and d.entropy.units == "bit"
        assert d.entropy.sel(vocab_size=5, row=2, temperature=math.inf).item() == 123
        assert d.entropy.isel(row=3).isnull().all() and d.renyi_entropy.isnull().all()
        assert d.probability.isel(vocab_size=0, token=slice(3, None)).isnull().all()
        assert d["count"].dtype == "uint64" and int(d["count"].max()) == 2**63 + 1
        assert d.log_probability.sel(vocab_size=3, row=0, temperature=1).values[:3].tolist() == [-1, -1, -1]
        assert d.log_probability.isel(vocab_size=0, token=4).isnull().all()
        names = [n.decode() if isinstance(n, bytes) else str(n) for n in d.token_name.values]
        assert names == NAMES, names
        assert d.row_status.dtype == "int8" and d.row_status.values[0].tolist() == [0, 0, 0, 1]
        assert list(d.row_status.attrs["flag_values"]) == [0, 1, 2]
        assert d.entropy.sel(row=1, temperature=0.6, method="nearest").values.tolist() == [11, 111]
        assert "inverse_temperature" in d.coords and d.inverse_temperature.values[-1] == 0
        assert d.attrs["complete"] == 1 and d.attrs["history"] == ""


def check_ncdump(sample, _):
    out, err = run(["ncdump", "-h", sample])
    assert not err and "phony_dim" not in out, out + err
    order = re.findall(r"^\t(\w+) = \d+ ;", out, re.M)
    assert order == DIMENSIONS, order
    assert "float token_name_length" not in out
    data, err = run(["ncdump", "-v", "entropy,probability,count,token_name", sample])
    assert not err and r"\346\227\245" in data and "9223372036854775809" in data, data + err


def check_h5dump(sample, _):
    out, err = run(["h5dump", "-H", sample])
    assert not err and "HDF5-DIAG" not in out and "phony_dim" not in out, err
    assert "This is a netCDF dimension" not in out  # a value, and -H shows none
    run(["h5ls", "-r", sample])


def check_slab(_, large):
    """One slab of a 256 MiB file, in a process that may grow by 48 MiB."""
    h5py = need_module("h5py")
    with h5py.File(large, "r") as f:
        f["probability"][0, :8]
        pages = int(pathlib.Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + (48 << 20)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        try:
            f["probability"][...]
            raise AssertionError("the limit does not bite")
        except MemoryError:
            pass
        assert f["probability"][63].max() == 63 and f["probability"][62, -5:].tolist() == [62] * 5


def check_r(sample, _):
    run(["Rscript", "--vanilla", str(HERE / "check_reader.R"), sample])


def check_octave(sample, _):
    run(["octave-cli", "--quiet", "--norc", str(HERE / "check_reader.m"), sample])


def snippets(document, language):
    found = re.findall(rf"^```{language}\n(.*?)^```", pathlib.Path(document).read_text(), re.M | re.S)
    assert found, f"no {language} example in {document}"
    return found


def check_example(sample, document, language, suffix, command):
    for number, text in enumerate(snippets(document, language)):
        with tempfile.TemporaryDirectory() as folder:
            script = pathlib.Path(folder) / f"example{number}{suffix}"
            script.write_text(text.replace("sweep.h5", sample))
            out, _ = run([*command, str(script)])
            assert out.strip(), text


def check_example_python(sample, document):
    for module in ("xarray", "h5py", "h5netcdf", "netCDF4"):
        need_module(module)
    check_example(sample, document, "python", ".py", [sys.executable])


def check_example_r(sample, document):
    run(["Rscript", "--vanilla", "-e", "if (!requireNamespace('ncdf4', quietly = TRUE)) quit(status = 77)"])
    check_example(sample, document, "r", ".R", ["Rscript", "--vanilla"])


def check_example_octave(sample, document):
    run(["octave-cli", "--quiet", "--norc", "--eval", "try, pkg load netcdf, catch, exit(77), end"])
    check_example(sample, document, "octave", ".m", ["octave-cli", "--quiet", "--norc"])


if __name__ == "__main__":
    globals()["check_" + sys.argv[1]](sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else "")
