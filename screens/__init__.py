"""The Textual front end: one module per screen, widgets beside them, styles in assets. Sibling of `wizard.cli`."""
