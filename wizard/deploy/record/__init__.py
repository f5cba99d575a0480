"""The record of a call: what was answered, found, accepted, planned, applied and proven, and what was not; sealed by a digest.

answers, findings, runs, journals, the newest verification ─► Record ─► Document ─► Markdown, HTML
                                                                └────────────────► JSON
"""
