#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asks the driver what it sees, without a toolkit: prints JSON, {"count": 0, "reason": ...} where there is no card."""

from __future__ import annotations

import ctypes
import json
import sys

MULTIPROCESSORS, MAJOR, MINOR, CLOCK_KHZ = 16, 75, 76, 13


def describe() -> dict:
    """The first card. Calls of the driver return 0 when they succeed."""
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return {"count": 0, "reason": "no NVIDIA driver (libcuda.so.1) is installed"}
    status, count, version = driver.cuInit(0), ctypes.c_int(), ctypes.c_int()
    if status != 0 or driver.cuDeviceGetCount(ctypes.byref(count)) != 0 or count.value == 0:
        return {"count": 0, "reason": f"the driver answers with status {status} and {count.value} cards"}
    driver.cuDriverGetVersion(ctypes.byref(version))
    device, name, memory = ctypes.c_int(), ctypes.create_string_buffer(256), ctypes.c_size_t()
    driver.cuDeviceGet(ctypes.byref(device), 0)
    driver.cuDeviceGetName(name, len(name), device)
    driver.cuDeviceTotalMem_v2(ctypes.byref(memory), device)

    def attribute(which: int) -> int:
        value = ctypes.c_int()
        driver.cuDeviceGetAttribute(ctypes.byref(value), which, device)
        return value.value

    return {"count": count.value, "name": name.value.decode(errors="replace"), "memory_bytes": memory.value,
            "compute_capability": f"{attribute(MAJOR)}.{attribute(MINOR)}",
            "multiprocessors": attribute(MULTIPROCESSORS), "max_clock_hz": 1000 * attribute(CLOCK_KHZ),
            "cuda_of_driver": f"{version.value // 1000}.{version.value % 1000 // 10}"}


if __name__ == "__main__":
    json.dump(describe(), sys.stdout)
