"""The Textual front end: one module per screen, widgets beside them, styles in assets. Sibling of `wizard.cli`."""

import os

#: Paints a second at most. After a paint Textual waits for the next one's turn: at its 60 a letter that is typed just when a
#: check has been shown waits for up to 17 ms, and nothing else is done meanwhile. Textual reads this when it is imported.
os.environ.setdefault("TEXTUAL_FPS", "120")
