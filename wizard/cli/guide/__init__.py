"""`planewright --plain`: all that the screens do, asked and told line by line, for screen readers and dumb terminals.

    lines (a terminal, a pipe, a test) ─► talk (asks, understands `<`, `?`, `:words`) ─► objects ─► way ─► one module a step

Nothing is redrawn, no state is told by a colour or a sign alone, and every line stands for itself. What happens is the
same core's doing as on the screens, through the same drafts, checks, plans and runs.
"""
