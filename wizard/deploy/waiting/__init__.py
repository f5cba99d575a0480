"""A plan that was confirmed and cannot be applied yet: it waits for the customer, and is applied when the ledger turns.

    shown ─► confirmed ─► detached waiter ─look, sleep─► … ─every acceptance seen─► exactly that plan ─► handed over

It is applied as it was shown or not at all: with other answers, another file, another state, it gives up and says so.
"""
