"""The room of the Textual front end, a sibling of the command line over the same core. Nothing stands in it yet."""
