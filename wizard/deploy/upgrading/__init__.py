"""An upgrade that is carried out step by step, each its own apply, and that goes on where it was left.

    course (what is left) ─► record ─► write ─► plan ─► yes ─► before ─► apply ─► after ─► gates ─► course again ─► …

`course` is what a blueprint brings; `record` what is kept of an upgrade; `standing` decides what comes next (pure);
`carrying` does one step; `flowing` carries it through the engine and Springtail's services.
"""
