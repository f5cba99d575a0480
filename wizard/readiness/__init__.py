"""Whether the customer's database can be replicated from, out of what it says about itself. Pure.

assets/readiness/readiness.sql ─► documents ─► Readiness ─┐
                                                         ├─► Known ─► findings (wizard.checks.live.database)
RDS, through the customer's profile ─► RdsFact ──────────┘
"""
