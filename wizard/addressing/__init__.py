"""Address blocks: who has which, what is free, how a plan of them looks. Pure."""
