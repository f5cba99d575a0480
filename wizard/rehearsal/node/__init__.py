"""What a rehearsed node runs: stand-ins for programs of its operating system, and the start of a function.

Each file is a program of its own that imports nothing of this package: it runs as the node's, not as ours.
"""
