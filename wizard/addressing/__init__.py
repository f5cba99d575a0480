"""Address blocks: whose they are, what they hold, where they meet, and which are free. Pure."""
