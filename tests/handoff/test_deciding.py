"""Which calls are decided on, where no AWS is needed to tell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.handoff.stand_in import SITE, THEIRS
from tests.handoff.test_steps import PUBLIC, keyed, steps
from wizard.deploy.doing.calls import Call, call
from wizard.deploy.doing.decided import Doing, Stand
from wizard.deploy.doing.deciding import Wish, decide
from wizard.deploy.doing.settings import suffices
from wizard.handoff.model import Act, Step


def decided(*some: Step, undo: bool = False) -> Doing:
    return decide(some or steps(), SITE, "acme-prod", THEIRS, Wish(undo=undo))


def test_what_only_a_person_can_do_is_left_to_them_and_nothing_is_called() -> None:
    by_people = replace(keyed(steps())["database.tls"], site=SITE)

    doing = decided(by_people)

    assert [part.stand for part in doing.parts] == [Stand.LEFT]
    assert doing.calls == ()
    assert decided(*steps(PUBLIC)).parts == ()


def test_every_step_that_the_script_does_is_decided_here_too() -> None:
    doing = decided()

    assert [part.step.key for part in doing.parts] == [step.key for step in steps() if step.site == SITE]
    assert {part.step.act for part in doing.parts if part.stand is Stand.TO_DO} >= {
        Act.ACCEPT_PEERING,
        Act.ALLOW_DNS,
        Act.ADD_ROUTES,
        Act.ADMIT_PORT,
        Act.ASSOCIATE_ZONE,
        Act.SET_PARAMETERS,
    }


def test_an_application_in_the_databases_vpc_gets_its_route_with_the_databases() -> None:
    routes = keyed(steps())["database.routes"]
    same = replace(routes, key="application.web.routes")

    first, second = decided(routes, same).parts

    assert len(first.calls) == 1
    assert (second.stand, second.calls) == (Stand.DONE, ())


def test_what_waits_for_a_step_that_cannot_be_done_is_not_done_either() -> None:
    found = keyed(steps())
    accept, dns = found["database.accept"], found["database.dns"]
    dead = replace(THEIRS, peerings=(replace(THEIRS.peerings[0], status="expired"),))

    doing = decide((accept, dns), SITE, "acme-prod", dead, Wish())

    assert [part.stand for part in doing.parts] == [Stand.BLOCKED, Stand.WAITS]


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"our_cidr": "100.65.0.0/24"}, "comes from 100.65.0.0/24, not from 100.64.0.0/24"),
        ({"our_account_id": "333333333333"}, "is not the request of account 111111111111"),
        ({"our_vpc_id": "vpc-0fedcba9876543210"}, "is not the request of account 111111111111"),
        ({"vpc_id": "vpc-web"}, "is not the request of account 111111111111"),
        ({"status": "rejected"}, "cannot be accepted any more: the operator has to request it anew"),
    ],
    ids=str,
)
def test_another_request_than_the_one_that_was_agreed_on_is_not_accepted(other: dict[str, str], said: str) -> None:
    seen = replace(THEIRS, peerings=(replace(THEIRS.peerings[0], **other),))  # type: ignore[arg-type]

    doing = decide((keyed(steps())["database.accept"],), SITE, "acme-prod", seen, Wish())

    assert (doing.parts[0].stand, doing.calls) == (Stand.BLOCKED, ())
    assert said in doing.parts[0].why


def test_the_calls_are_known_by_each_word_of_them_and_by_where_they_are_made() -> None:
    doing = decided()
    part = next(part for part in doing.parts if part.calls)
    changed = replace(doing, parts=(replace(part, moves=part.moves[:-1]), *doing.parts[1:]))

    assert doing.digest == decided().digest
    assert len({doing.digest, changed.digest, replace(doing, site=replace(SITE, region="us-west-2")).digest}) == 3


def test_a_call_is_one_line_that_a_shell_reads_as_it_is() -> None:
    made: Call = call("route53", "AssociateVPCWithHostedZone", HostedZoneId="Z1", VPC={"VPCId": "it's"})

    assert made.permission == "route53:AssociateVPCWithHostedZone"
    assert made.line("us-east-1") == (
        "aws route53 associate-vpc-with-hosted-zone --hosted-zone-id Z1 --vpc "
        """'{"VPCId":"it'"'"'s"}' --region us-east-1"""
    )


def test_a_number_that_is_larger_already_is_left_as_it_is() -> None:
    assert suffices("20", "12")
    assert not suffices("8", "12")
    assert not suffices("", "1")
    assert not suffices("on", "1")
