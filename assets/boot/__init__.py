"""The boot program that every node runs."""
