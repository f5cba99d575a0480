"""The content of each step of the wizard, one module per step."""
