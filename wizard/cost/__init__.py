"""What a deployment costs by the month, from prices that AWS gave. Pure."""
