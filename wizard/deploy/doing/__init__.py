"""The customer's steps, done for them with a role of theirs and their consent.

    steps + what their side is now ─► calls (pure) ─► shown ─► typed account id ─► looked at again ─► the very same calls

Planned here as the bundle's script does them, on the same marks: what one has done the other leaves alone, and takes back.
"""
