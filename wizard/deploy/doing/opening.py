"""Getting into a customer's account to do their steps there: by what is named for it, or by the way that the answers know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wizard.answers.account import Account, Partition
from wizard.deploy.customer_access import account_of
from wizard.deploy.doing.acting import Consent, Made, Order, Outcome, act
from wizard.deploy.doing.decided import Doing
from wizard.deploy.doing.deciding import Wish
from wizard.deploy.doing.history import Keeper
from wizard.deploy.handoff import steps_of
from wizard.errors import AccountError, InputError
from wizard.handoff.model import Site, Step, accounts, sites

if TYPE_CHECKING:
    from wizard.aws.session import AwsSession
    from wizard.deploy.target import Target


@dataclass(frozen=True, slots=True)
class Way:
    """A way into their account that was named for this alone. Empty: the way that the answers know (`customer_access`).

    A role without a profile is assumed with the operator's own credentials. `account_id` says which account, of several.
    """

    account_id: str = ""
    profile: str = ""
    role_arn: str = ""
    external_id: str = ""

    @property
    def given(self) -> bool:
        """Whether anything leads in."""
        return bool(self.profile or self.role_arn)


def orders(target: Target, operator: AwsSession, wish: Wish, way: Way) -> tuple[Order, ...]:
    """Give what can be asked for in the customer's account, an order for each of its regions. Changes nothing.

    Raises InputError where nothing is known of an account or of a way into it; AccountError, AwsError where it does not open.
    """
    steps = steps_of(target)
    keys = {site: {step.key for step in steps if step.site == site} for site in sites_in(steps, way)}
    meant = [site for site in keys if not wish.only or keys[site] & set(wish.only)]
    # A key that no region knows is told by the first of them.
    return tuple(
        Order(
            steps,
            site,
            target.name,
            operator.beside(_account(target, site, way)),
            replace(wish, only=tuple(key for key in wish.only if key in keys[site]) or wish.only),
        )
        for site in meant or list(keys)[:1]
    )


def _account(target: Target, site: Site, way: Way) -> Account:
    if way.given:
        return Account(
            id=site.account_id,
            region=site.region,
            partition=Partition(site.partition),
            profile=way.profile,
            role_arn=way.role_arn,
            external_id=way.external_id,
        )
    known = account_of(target, site.account_id, site.region)
    if known is None:
        raise InputError(
            f"no way into the customer's account {site.account_id} is known",
            cause="the answers name none (customer_access), and none was given",
            action="with their consent, name a role or a profile of that account: --role-arn ARN or --profile NAME",
        )
    return known


def do(
    target: Target, order: Order, shown: Doing, consent: Consent, *, told: Callable[[Made], None] = lambda _: None
) -> Outcome:
    """Make the calls that were shown, and keep each of them. See `act` for what it raises."""
    keeper = Keeper(target.place)

    def keep(made: Made) -> None:
        keeper.told(made)
        told(made)

    return act(order, shown, consent, begun=keeper.begun, told=keep)


def sites_in(steps: tuple[Step, ...], way: Way) -> tuple[Site, ...]:
    """Give the sites of the account that is meant. Raises InputError where there is none or more than one, AccountError
    where no step is in the account that was named."""
    every = sites(steps)
    if not every:
        raise InputError(
            "no step of this deployment is in an account that is known",
            cause="the customer named none: people do the steps",
            action="give them the page that `planewright handoff` writes",
        )
    known = accounts(steps)
    wanted = way.account_id or _account_in(way.role_arn) or (known[0] if len(known) == 1 else "")
    if not wanted:
        raise InputError(
            "the customer has more than one account", cause=", ".join(known), action="name the one: --account ID"
        )
    if wanted not in known:
        raise AccountError(
            f"no step is to be done in account {wanted}",
            cause=f"the customer's accounts are {', '.join(known)}",
            action="name a role or a profile of one of them; nothing was done",
        )
    return tuple(site for site in every if site.account_id == wanted)


def _account_in(arn: str) -> str:
    return arn.split(":")[4] if arn.count(":") >= 5 else ""
