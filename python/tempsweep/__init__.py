# SPDX-License-Identifier: Apache-2.0
"""tempsweep: temperature sweeps of language-model logits, from Python.

    from tempsweep import run_experiment
    out = run_experiment(["approve", "reject"], [2.2, 1.8], temperature=0.5)
    out["entropy"]                                  # bits

    import tempsweep
    sweep = tempsweep.open("result.h5")             # an xarray.Dataset, read lazily
    sweep.entropy.sel(temperature=0.7, method="nearest")

The numbers come from the `tempsweep` program (see tempsweep.program); this package starts it and reads its file.
numpy and xarray are imported at the first use, so that `import tempsweep` itself needs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._version import __version__

if TYPE_CHECKING:
    from .experiment import run_experiment
    from .results import open

__all__ = ["__version__", "open", "run_experiment"]

_HOME = {"open": ".results", "run_experiment": ".experiment"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'tempsweep' has no attribute {name!r}")
    return getattr(import_module(_HOME[name], __name__), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
