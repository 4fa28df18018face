# SPDX-License-Identifier: Apache-2.0
"""Runs pytest for ctest: `run_pytest.py FILE…`; exit status 77 when there was nothing that could run here."""

from __future__ import annotations

import sys
from importlib.util import find_spec

SKIPPED = 77
NEEDED = ("pytest", "numpy", "xarray", "h5netcdf", "netCDF4", "matplotlib")


class Outcomes:
    """Counts the tests that ran to a verdict."""

    def __init__(self) -> None:
        self.judged = 0

    def pytest_runtest_logreport(self, report: object) -> None:
        self.judged += getattr(report, "when", "") == "call" and getattr(report, "outcome", "") != "skipped"


def main() -> int:
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        print(f"skipped: {sys.executable} has no {', '.join(missing)}")
        return SKIPPED
    import pytest

    outcomes = Outcomes()
    status = int(pytest.main(["-p", "no:cacheprovider", *sys.argv[1:]], plugins=[outcomes]))
    return SKIPPED if status == 0 and outcomes.judged == 0 else status


if __name__ == "__main__":
    sys.exit(main())
