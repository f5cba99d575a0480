"""Blueprints: the products that can be deployed. Each is data and small pure functions."""
