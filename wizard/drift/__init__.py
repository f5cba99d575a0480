"""What AWS has otherwise than a stack's state: what changed, by whom, what it interrupts, and the ways on. Pure.

    refresh-only plan ─► designed (what our own runs and the customer did as asked) ─► the rest
    the rest, CloudTrail's events, the peerings' status ─► explain ─► Drifted(…, ways)

`who` fits calls to differences, `weight` says what a difference interrupts, `answering` which answer says it.
"""
