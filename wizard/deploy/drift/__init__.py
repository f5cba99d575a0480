"""Drift: a look at what AWS has otherwise than a stack's state, and the three ways on.

look:  engine's refresh-only plan, without the lock ─► suspects ─► CloudTrail, peerings, tags ─► wizard.drift ─► Look, kept
ways:  accept ─► the answers, or the state alone;  revert, import ─► a plan, shown and confirmed and applied as any
"""
