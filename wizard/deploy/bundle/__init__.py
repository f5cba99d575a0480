"""What support is sent: journals, facts, reports, findings and versions of one object, redacted before they are packed.

    folder ─► chosen (known files; all else is left out by name) ─► cleaned ─► packed, with a list of both

Three fences: a file that nobody vouches for is not taken; what is taken is masked; and no secret should be there at all.
"""
