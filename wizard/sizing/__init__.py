"""Instance types by what they can do, and what a node needs of one. Pure."""
