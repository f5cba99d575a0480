"""Answers and contracts in, files out. Pure: the same input gives the same bytes."""
