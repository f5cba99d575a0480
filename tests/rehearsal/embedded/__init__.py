"""The embedded AWS, seen as a client sees it."""
