#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks who includes whom, licence lines and file lengths: check_includes.py [ROOT]; exit status 1 says something broke.

Layers, bottom up: math, core, interfaces, the parts (source, io, stats, backend), engine, app. A file includes its own
layer and those below it; parts never include one another, except that the engine and the app bring them together.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Iterator, Optional

MAY_INCLUDE = {
    "math": {"math"},
    "core": {"math", "core"},
    "interfaces": {"math", "core", "interfaces"},
    "source": {"math", "core", "interfaces", "source"},
    "io": {"math", "core", "interfaces", "io"},
    "stats": {"math", "core", "interfaces", "stats"},
    "backend": {"math", "core", "interfaces", "backend", "kernels"},
    "engine": {"math", "core", "interfaces", "source", "stats", "backend", "engine"},
    "app": {"math", "core", "interfaces", "source", "io", "stats", "backend", "engine", "app"},
    "kernels": {"math", "kernels"},
}

# Third-party headers and the folders that may see them.
RESERVED = [
    (re.compile(r"cxxopts"), ("src/app/", "tests/app/")),
    (re.compile(r"(hdf5|H5\w*)(_hl)?\.h$"), ("src/io/", "tests/io/")),
    (re.compile(r"(thrust|cub|cuda|cooperative_groups)/|(cu(da|rand)\w*|device_launch_parameters)\.(h|cuh)$"),
     ("kernels/cuda/", "bench/roofs/", "tests/math/philox_curand_test.cpp")),
    (re.compile(r"boost/context/"), ("kernels/block/",)),
    (re.compile(r"hwy/"), ("src/backend/cpu/",)),
    (re.compile(r"zip\.h$"), ("src/source/",)),
    (re.compile(r"libdeflate\.h$"), ("src/io/",)),
]

# Files of src/core that serve an interface.
INTERFACES = {"core/sink_types.cpp"}

CODE = {".hpp", ".cpp", ".cuh", ".cu"}
LICENSED = CODE | {".py", ".sh", ".cmake", ".R", ".m", ".sollya"}
SKIPPED = re.compile(r"(\.|build|out$|__pycache__$|.*\.egg-info$)")
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
STANDARD = re.compile(r"[a-z0-9_]+$")
SHORT, LONG = 250, 300


def layer_of(path: str) -> Optional[str]:
    """The layer of a file or of the path in an include line; None for tests and the like."""
    path = re.sub(r"^(include|src)/", "", path)
    public = re.match(r"tempsweep/(math|core)/", path)
    if public:
        return public[1]
    if path.startswith("tempsweep/") or path in INTERFACES:
        return "interfaces"
    first = path.partition("/")[0]
    return first if "/" in path and first in MAY_INCLUDE else None


def source_files(root: Path) -> Iterator[Path]:
    """Every file that must carry a licence line, sorted."""
    for entry in sorted(root.iterdir()):
        if SKIPPED.match(entry.name) and entry.name not in (".ci", ".clang-tidy"):
            continue
        if entry.is_dir():
            yield from source_files(entry)
        elif entry.suffix in LICENSED or entry.name in ("CMakeLists.txt", ".clang-tidy") or entry.parent.name == ".ci":
            yield entry


def check_include(name: str, quoted: Optional[str], angled: Optional[str]) -> Iterator[str]:
    """What is wrong with one include line of the file `name`."""
    header = quoted or angled or ""
    for pattern, folders in RESERVED:
        if pattern.match(header) and not name.startswith((*folders, "tests/must_fail/")):
            yield f"includes {header}, which only {' and '.join(folders)} may"
    if name.startswith("include/") and not (header.startswith("tempsweep/") or STANDARD.match(header)):
        yield f"includes {header}; public headers are plain C++ and see only the standard library and tempsweep/"
    if header.endswith(".cuh") and not name.endswith((".cu", ".cuh")):
        yield f"includes {header}, which needs nvcc; only .cu and .cuh files may"
    if angled and layer_of(header):
        yield f"includes <{header}>; headers of the house stand in quotes"
    here, there = (layer_of(name) if name.startswith(("include/", "src/", "kernels/")) else None), layer_of(header)
    if here and there and there not in MAY_INCLUDE[here]:
        yield f"includes {header}: {here} may not see {there}"


def check_file(root: Path, path: Path) -> Iterator[str]:
    """What is wrong with one file, one line each."""
    name = path.relative_to(root).as_posix()
    lines = path.read_text(encoding="utf-8").splitlines()
    if lines and not any("SPDX-License-Identifier: " in line for line in lines[:3]):
        yield f"{name}:1: no SPDX-License-Identifier in the first three lines"
    if len(lines) > LONG:
        yield f"{name}: {len(lines)} lines; more than {LONG}: name a part and move it"
    if path.suffix not in CODE:
        return
    for number, line in enumerate(lines, 1):
        found = INCLUDE.match(line)
        if found:
            yield from (f"{name}:{number}: {text}" for text in check_include(name, found[1], found[2]))


def main() -> int:
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()
    files = list(source_files(root))
    problems = [problem for path in files for problem in check_file(root, path)]
    for path in files:
        length = len(path.read_text(encoding="utf-8").splitlines())
        if SHORT < length <= LONG:
            print(f"warning: {path.relative_to(root)}: {length} lines; {SHORT} is long")
    print("\n".join(problems) if problems else f"{len(files)} files keep the rules")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
