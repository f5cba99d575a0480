"""How pictures are kept: one small SVG for each, beside the tests."""

from __future__ import annotations

from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode


class Picture(SingleFileSnapshotExtension):
    """A text file that any browser shows."""

    _file_extension = "svg"
    _write_mode = WriteMode.TEXT
