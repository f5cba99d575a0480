"""Prices, as AWS's Price List gives them."""

from __future__ import annotations
