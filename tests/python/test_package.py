# SPDX-License-Identifier: Apache-2.0
"""One version, and an import that needs nothing."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import tempsweep


def test_the_version_is_that_of_the_build(root: Path) -> None:
    project = re.search(r"project\(tempsweep VERSION ([0-9.]+)", (root / "CMakeLists.txt").read_text())
    assert project and project.group(1) == tempsweep.__version__


def test_the_program_has_the_same_version(program: Path) -> None:
    done = subprocess.run([program, "--version"], capture_output=True, encoding="utf-8", check=True)
    assert tempsweep.__version__ in done.stdout


def test_import_loads_no_other_package(root: Path) -> None:
    code = "import sys, tempsweep; sys.exit(any(name in sys.modules for name in ('numpy', 'xarray', 'matplotlib')))"
    assert subprocess.run([sys.executable, "-c", code], cwd=root / "python", check=False).returncode == 0


def test_unknown_names_are_attribute_errors() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nope'"):
        tempsweep.nope  # noqa: B018
    assert {"open", "run_experiment"} <= set(dir(tempsweep))
