"""Benchmarks: `python -m tests.bench` prints each figure beside its budget."""
