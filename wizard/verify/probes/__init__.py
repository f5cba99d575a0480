"""Probes: one look at one hop. Each reads through `Reads` and hands what it read to a judgement that is pure."""
