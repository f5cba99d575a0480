"""What the customer does: each step with its exact values, and the policies that suffice for it. Pure."""
