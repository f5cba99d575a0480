"""Checks: what is wrong or risky about answers, said before anything is built. Pure; one module per subject."""

from wizard.checks.answered import check_deployment, check_shard

__all__ = ["check_deployment", "check_shard"]
