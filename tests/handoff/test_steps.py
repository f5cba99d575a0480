"""The customer's steps: each with the exact values, in the order in which they can be done, for both topologies."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.verify import world
from wizard.blueprints.springtail.answers import TlsHolder
from wizard.blueprints.springtail.contracts import InstanceOutputs, PeeringOutput
from wizard.handoff.model import Act, Admit, Parameters, Peering, Routes, Site, Step, Zone, at, by_people, sites
from wizard.handoff.steps import handoff
from wizard.readiness.model import Readiness, Role, Server

PRIVATE, PUBLIC = "private", "public"
THEIRS = Site("222222222222", "us-east-1")


def steps(topology: str = PRIVATE, readiness: Readiness | None = None, **database: object) -> tuple[Step, ...]:
    return handoff(
        world.deployment(topology, **database), world.shard(), world.outputs(topology), world.shard_outputs(), readiness
    )


def keyed(found: tuple[Step, ...]) -> dict[str, Step]:
    return {step.key: step for step in found}


def said(**server: object) -> Readiness:
    """A server on RDS on which everything is well, but for what is given."""
    settings = {
        "started_at": world.NOW,
        "version_num": 150004,
        "version": "15.4",
        "in_recovery": False,
        "rds": True,
        "aurora": False,
        "rds_logical_replication": "on",
        "wal_level": "logical",
        "ssl": True,
        "max_replication_slots": 20,
        "max_wal_senders": 20,
        "wal_senders_in_use": 0,
        "max_slot_wal_keep_size_mb": 1024,
        "pending_restart": (),
    }
    return Readiness(
        at=world.NOW,
        looked_as="dba",
        asked_role=None,
        not_read=(),
        server=Server.model_validate({**settings, **server}),
        slots=(),
        roles=(),
        source="script",
        databases=(),
    )


def role(**given: object) -> Role:
    facts = dict.fromkeys(("superuser", "replication", "rds_replication", "rds_superuser", "granted_backwards"), False)
    return Role.model_validate({"name": "springtail", "login": True, **facts, **given})


def test_the_private_steps_come_in_an_order_in_which_they_can_be_done() -> None:
    found = steps()
    keys = [step.key for step in found]

    assert keys[:4] == ["database.accept", "database.dns", "database.routes", "database.rule"]
    assert "application.web.zone" in keys
    for step in found:
        assert all(keys.index(before) < keys.index(step.key) for before in step.after), step.key


def test_every_key_is_one_of_a_kind_and_every_step_says_why_and_how_it_is_taken_back() -> None:
    for topology in (PRIVATE, PUBLIC):
        found = steps(topology)
        assert len({step.key for step in found}) == len(found)
        assert all(step.title and step.why.endswith(".") and step.undo.endswith(".") for step in found)


def test_each_step_aims_at_what_was_built() -> None:
    found = keyed(steps())
    path = world.outputs(PRIVATE).private
    assert path is not None
    database = path.database_peering

    accept, routes, rule, zone = (
        found[key].target for key in ("database.accept", "database.routes", "database.rule", "application.web.zone")
    )

    assert isinstance(accept, Peering)
    assert (accept.id, accept.vpc_id, accept.our_cidr) == (database.id, database.peer_vpc_id, path.transit_vpc_cidr)
    assert routes == Routes(database.peer_vpc_id, path.transit_vpc_cidr, database.id, world.deployment().database.host)
    assert rule == Admit(database.peer_vpc_id, 5432, path.transit_vpc_cidr, world.deployment().database.host)
    assert isinstance(zone, Zone)
    assert zone.zone_id == path.private_zone_id


def test_what_a_script_does_is_done_in_the_customers_account_and_the_rest_by_people() -> None:
    found = steps()

    assert sites(found) == (THEIRS,)
    assert {step.act for step in by_people(found)} <= {Act.SERVE_TLS, Act.LET_REPLICATE, Act.GIVE_CERTIFICATE}
    assert len(at(found, THEIRS)) + len(by_people(found)) == len(found)


def test_in_the_public_topology_nobody_named_an_account_and_people_do_it_all() -> None:
    found = steps(PUBLIC)

    assert sites(found) == ()
    assert {"database.allow", "proxy.clients", "database.tls"} <= keyed(found).keys()


def test_an_application_in_the_databases_vpc_comes_through_the_databases_peering() -> None:
    outputs = world.outputs(PRIVATE)
    assert outputs.private is not None
    shared = outputs.private.model_copy(update={"application_peerings": {"web": outputs.private.database_peering}})
    found = keyed(
        handoff(
            world.deployment(), world.shard(), outputs.model_copy(update={"private": shared}), world.shard_outputs()
        )
    )

    assert "application.web.accept" not in found
    assert found["application.web.routes"].after == ("database.accept",)


def test_two_accounts_are_two_sites() -> None:
    outputs = world.outputs(PRIVATE)
    assert outputs.private is not None
    far = PeeringOutput(
        id="pcx-far",
        peer_account_id="333333333333",
        peer_region="eu-west-1",
        peer_vpc_id="vpc-far",
        peer_cidr="10.9.0.0/16",
    )
    split = outputs.private.model_copy(update={"application_peerings": {"far": far}})
    found = handoff(
        world.deployment(),
        world.shard(),
        InstanceOutputs.model_validate({**outputs.model_dump(), "private": split}),
        world.shard_outputs(),
    )

    other = Site("333333333333", "eu-west-1")
    assert sites(found) == (THEIRS, other)
    assert {step.act for step in at(found, other)} >= {Act.ACCEPT_PEERING, Act.ADD_ROUTES}


def test_a_database_that_nobody_looked_at_is_asked_for_logical_replication() -> None:
    found = keyed(steps())

    target = found["database.parameters"].target
    assert isinstance(target, Parameters)
    assert target.wanted == (("rds.logical_replication", "1"),)
    assert target.sql == ("ALTER SYSTEM SET wal_level = 'logical';",)
    assert found["database.reboot"].after == ("database.parameters",)


def test_a_database_that_said_all_is_set_is_asked_for_no_parameter_and_no_restart() -> None:
    found = keyed(steps(readiness=said()))

    assert not {"database.parameters", "database.reboot"} & found.keys()


@pytest.mark.parametrize(
    ("server", "wanted"),
    [
        ({"wal_level": "replica"}, (("rds.logical_replication", "1"),)),
        ({"max_replication_slots": 0}, (("max_replication_slots", "10"),)),
        ({"max_wal_senders": 3, "wal_senders_in_use": 12}, (("max_wal_senders", "15"),)),
    ],
)
def test_a_setting_that_does_not_do_is_asked_for_by_name(server: dict[str, object], wanted: object) -> None:
    target = keyed(steps(readiness=said(**server)))["database.parameters"].target

    assert isinstance(target, Parameters)
    assert target.wanted == wanted


def test_a_setting_that_waits_for_a_restart_asks_for_the_restart_alone() -> None:
    waiting = said(wal_level="replica", pending_restart=("rds.logical_replication",))

    found = keyed(steps(readiness=waiting))

    assert "database.parameters" not in found
    assert found["database.reboot"].after == ()


def test_a_user_that_can_replicate_is_not_asked_for_again() -> None:
    able = replace_roles(said(), role(rds_replication=True))
    unable = replace_roles(said(), role())

    assert "database.user" not in keyed(steps(readiness=able))
    assert "database.user" in keyed(steps(readiness=unable))


def replace_roles(readiness: Readiness, *roles: Role) -> Readiness:
    return readiness.model_copy(update={"roles": roles})


def test_a_certificate_is_asked_for_where_the_customer_holds_it() -> None:
    answers = world.deployment()
    held = answers.model_copy(update={"proxy": answers.proxy.model_copy(update={"tls": TlsHolder.CUSTOMER})})
    none = answers.model_copy(update={"proxy": answers.proxy.model_copy(update={"tls": TlsHolder.NONE})})

    def of(deployment: object) -> set[str]:
        return set(keyed(handoff(deployment, world.shard(), world.outputs(PRIVATE), world.shard_outputs())))  # type: ignore[arg-type]

    assert of(held) - of(none) == {"proxy.certificate"}


def test_no_step_holds_a_secret_and_the_password_is_asked_for_by_psql() -> None:
    told = repr(steps())

    assert "\\\\password" in told
    assert not re.search(r"PASSWORD '", told)


def test_a_step_is_a_value() -> None:
    step = steps()[0]

    assert replace(step) == step
    assert hash(step)
