"""The engine's states: what is true of each, copies of them, and the ways back after an accident.

    shelf (where a state lies: bucket or file) ─► seeing ─► diagnosis (pure: what happened, which steps) ─► recovering
    document (pure: what a state says) ─► changes (pure: one against another) ─► restoring

A step that writes a state holds its lock, keeps what was there first, and looks afterwards at what it wrote. A step that was
killed leaves what `seeing` and `diagnosis` go on from.
"""
