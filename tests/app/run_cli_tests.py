# SPDX-License-Identifier: Apache-2.0
"""The runner of tests/python with the fewer packages that these tests need."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "python"))

import run_pytest  # noqa: E402

if __name__ == "__main__":
    run_pytest.NEEDED = ("pytest", "numpy", "h5py")
    sys.exit(run_pytest.main())
