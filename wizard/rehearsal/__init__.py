"""Rehearsal: the whole journey on a laptop, on embedded parts, with no AWS account.

Nothing outside this package and the command line may import it: what is rehearsed cannot know that it is.
"""
