"""Deploying: the way from saved answers to an applied stack. Edges are joined here; what they decide is pure."""
