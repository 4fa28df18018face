# SPDX-License-Identifier: Apache-2.0
"""Breaks every include rule in a scratch tree and sees that check_includes.py says so: include_rules.py SCRIPTS."""

import subprocess
import sys
import tempfile
from pathlib import Path

LICENCE = "// SPDX-License-Identifier: Apache-2.0\n"
BROKEN = [
    ("include/tempsweep/math/a.hpp", '#include "tempsweep/core/number.hpp"', "math may not see core"),
    ("include/tempsweep/core/a.hpp", '#include "tempsweep/sink.hpp"', "core may not see interfaces"),
    ("include/tempsweep/a.hpp", "#include <fmt/format.h>", "public headers are plain C++"),
    ("src/source/a.cpp", '#include "io/datasets.hpp"', "source may not see io"),
    ("src/io/a.cpp", '#include "backend/cpu/cpu_backend.hpp"', "io may not see backend"),
    ("src/backend/cpu/a.cpp", '#include "engine/tiling.hpp"', "backend may not see engine"),
    ("src/engine/a.cpp", '#include "io/datasets.hpp"', "engine may not see io"),
    ("src/engine/b.cpp", "#include <cxxopts.hpp>", "which only src/app/"),
    ("src/engine/c.cpp", "#include <hdf5.h>", "which only src/io/"),
    ("src/io/b.cpp", "#include <hwy/highway.h>", "which only src/backend/cpu/"),
    ("src/stats/a.cpp", "#include <thrust/sort.h>", "which only kernels/cuda/"),
    ("src/backend/cuda/a.cpp", "#include <cuda_runtime.h>", "which only kernels/cuda/"),
    ("kernels/body/b.hpp", "#include <cub/cub.cuh>", "which only kernels/cuda/"),
    ("kernels/body/c.hpp", '#include "kernels/block/device_block.cuh"', "needs nvcc"),
    ("src/engine/d.cpp", "#include <boost/context/fiber.hpp>", "which only kernels/block/"),
    ("src/app/a.cpp", "#include <tempsweep/sink.hpp>", "stand in quotes"),
    ("kernels/a.cu", '#include "tempsweep/sink.hpp"', "kernels may not see interfaces"),
    ("src/core/long.cpp", "\n" * 300, "more than 300"),
]


def main() -> int:
    checker = Path(sys.argv[1]) / "check_includes.py"
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        for name, text, _ in BROKEN:
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(LICENCE + text + "\n", encoding="utf-8")
        Path(folder, "src/core/bare.cpp").write_text("int x;\n", encoding="utf-8")
        run = subprocess.run([sys.executable, checker, folder], capture_output=True, text=True, check=False)
        said = run.stdout.splitlines()
        for name, _, message in [*BROKEN, ("src/core/bare.cpp", "", "no SPDX-License-Identifier")]:
            if not any(line.startswith(f"{name}:") and message in line for line in said):
                wrong.append(f"{name}: not a word of '{message}'")
        if run.returncode == 0:
            wrong.append("exit status 0")
    print("\n".join([*wrong, run.stdout]) if wrong else f"{len(BROKEN) + 1} broken rules, all reported")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
