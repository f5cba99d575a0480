"""The Textual front end: a sibling of the command line over the same core."""
