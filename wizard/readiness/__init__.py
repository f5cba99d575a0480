"""Whether the customer's database can be replicated from, out of what it says about itself. Pure."""
