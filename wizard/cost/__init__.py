"""What a month costs, by AWS's own list: what is paid for by time, line by line, and what is not known. Pure.

answers ─► items (what is paid for, how much of it) ─► asks ─► prices ─► lines ─► sums that hide no unknown line
"""
