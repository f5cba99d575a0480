"""Planewright's core: everything but the screens. Importing it costs nothing."""

__version__ = "0.1.0"
