"""What each planned change does to what runs: its class, why, and the way back. Pure; the rules are data.

    plan ─► Change ─► rules of its type and attributes ─► Classed(change, cls, reason, rollback)

`tables` holds the rules, `losing` what is gone with a resource, `ignored` what is asked for and would not happen.
docs/changes.md is made of them.
"""
