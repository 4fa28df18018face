# SPDX-License-Identifier: Apache-2.0
"""The version of the package; a test holds it equal to project(VERSION) in CMakeLists.txt."""

__version__ = "0.1.0"
