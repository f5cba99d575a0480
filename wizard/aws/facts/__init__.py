"""Readers of facts: one function per ask, in parallel, with a deadline. Read only."""
