"""Widgets of general use, one per module."""
