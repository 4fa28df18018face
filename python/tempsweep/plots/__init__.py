# SPDX-License-Identifier: Apache-2.0
"""Figures drawn from result files; scripts/plot_*.py are their command lines. Needs matplotlib."""
