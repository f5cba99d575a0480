"""Upgrades: which steps lead from what is there to what is wanted, each its own apply. Pure; the rules are data.

    ladder (data) + state now + state wanted ─► sequence ─► Move, Move, … ─► a blueprint's steps
                                                   └► Explained: which rule forbids it, and the way that works

`steps` holds what a step is made of, `ladder` what a blueprint declares, `sequence` finds the way.
"""
