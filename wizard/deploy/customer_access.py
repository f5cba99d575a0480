"""The ways into the customer's accounts, out of the answers, and the sessions behind them.

    database.profile, customer_access ─► Account ─► session beside the operator's, checked to be of that account

The database's profile counts for its account where `customer_access` has no entry for it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from wizard.answers.account import Account
from wizard.blueprints.springtail.answers import DeploymentAnswers
from wizard.blueprints.springtail.contracts import InstanceOutputs, PeeringOutput
from wizard.errors import AccountError

if TYPE_CHECKING:
    from wizard.aws.session import AwsSession
    from wizard.deploy.target import Target
    from wizard.verify.customer.pasted import Pasted
    from wizard.verify.customer.reads import CustomerReads


def customer_session(target: Target, operator: AwsSession, account_id: str, region: str) -> AwsSession | None:
    """Give the session of one of the customer's accounts, opened once beside the operator's; None without a way in.

    Raises AccountError when it does not open, or is of another account, and AwsError when AWS does not tell whose it is.
    """
    account = account_of(target, account_id, region)
    if account is None:
        return None
    session = operator.beside(account)
    identity = session.identity()
    if identity.account != account_id:
        raise AccountError(
            f"the way into the customer's account {account_id} leads into {identity.account}",
            cause=f"{identity.arn} is who answers",
            action="correct customer_access, or database.profile: a profile or a role of the account itself",
        )
    return session


def customers_of(
    target: Target, operator: AwsSession, outputs: InstanceOutputs, pasted: Pasted | None = None
) -> dict[str, CustomerReads]:
    """Give who answers for each side of the customer's, where anybody does: the database's by the empty name, the others by
    their application's. What was pasted of the database's side goes before what a role shows. Opens nothing yet."""
    from wizard.verify.customer.edge import SessionReads
    from wizard.verify.customer.pasted import PastedReads
    from wizard.verify.customer.path import DATABASE, looks_of

    path = outputs.private
    if path is None:
        return {}

    def opened(peering: PeeringOutput) -> AwsSession:
        session = customer_session(target, operator, peering.peer_account_id, peering.peer_region)
        if session is None:
            raise AccountError(f"no way into {peering.peer_account_id} is named")
        return session

    named = {DATABASE: path.database_peering, **path.application_peerings}
    found: dict[str, CustomerReads] = {
        name: SessionReads(partial(opened, named[name])) for name in looks_of(target.deployment, outputs)
    }
    if pasted is not None:
        found[DATABASE] = PastedReads(pasted, found.get(DATABASE))
    return found


def account_of(target: Target, account_id: str, region: str) -> Account | None:
    """Give how an account of the customer's is entered; None where the answers name no way."""
    access = target.answers.way_into(account_id) if isinstance(target.answers, DeploymentAnswers) else None
    if access is None:
        return None
    return Account(
        id=account_id,
        region=region,
        partition=target.shard.account.partition,
        profile=access.profile,
        role_arn=access.role_arn,
        external_id=access.external_id,
    )


def account_of_database(target: Target) -> Account | None:
    """Give how the database's account is entered. Of the public topology nobody named it: the profile alone tells."""
    if not isinstance(target.answers, DeploymentAnswers):
        return None
    own, database = target.shard.account, target.answers.database
    if database.vpc is not None:
        return account_of(target, database.vpc.account_id, database.vpc.region)
    if not database.profile:
        return None
    return Account(id=own.id, region=own.region, partition=own.partition, profile=database.profile)
