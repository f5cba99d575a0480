"""Target health follows from what connects."""

from __future__ import annotations

from dataclasses import replace

from tests.rehearsal.networks import changed, private, public, tcp, without_route
from wizard.rehearsal.health import target_health
from wizard.rehearsal.model import Network, Target

DATABASE, PROXY = Target("10.20.1.10", 5432), Target("i-proxy", 5432)


def state(network: Network, group: str = "arn:tg/db", target: Target = DATABASE) -> tuple[str, str]:
    health = target_health(network, group, target)
    return health.state, health.reason


def test_a_target_that_answers_is_healthy() -> None:
    assert state(private()) == ("healthy", "")


def test_a_target_behind_a_missing_route_or_rule_times_out() -> None:
    for broken in (
        without_route(private(), "rtb-transit", "10.20.0.0/16"),
        without_route(private(), "rtb-db", "100.64.0.0/24"),
        changed(private(), "groups", "sg-db", ingress=()),
        changed(private(), "peerings", "pcx-db", status="pending-acceptance"),
    ):
        assert state(broken) == ("unhealthy", "Target.Timeout")


def test_a_target_on_which_nothing_listens_fails_its_checks() -> None:
    assert state(replace(private(), services=())) == ("unhealthy", "Target.FailedHealthChecks")


def test_a_group_that_no_listener_uses_is_unused() -> None:
    assert state(changed(private(), "balancers", "arn:nlb/in", listeners=())) == ("unused", "Target.NotInUse")


def test_a_target_that_is_not_registered_is_unused() -> None:
    assert state(private(), target=Target("10.20.1.11", 5432)) == ("unused", "Target.NotRegistered")


def test_a_new_load_balancer_has_not_checked_yet() -> None:
    waiting = changed(private(), "balancers", "arn:nlb/in", state="provisioning")

    assert state(waiting) == ("initial", "Elb.RegistrationInProgress")


def test_a_stopped_instance_is_unused() -> None:
    stopped = changed(private(), "instances", "i-proxy", state="stopped")

    assert state(stopped, "arn:tg/proxy", PROXY) == ("unused", "Target.InvalidState")


def test_the_health_check_goes_to_its_own_port() -> None:
    network = changed(private(), "target_groups", "arn:tg/db", health_port=8080)

    assert state(network) == ("unhealthy", "Target.Timeout")
    opened = changed(network, "groups", "sg-db", ingress=(tcp(8080, "100.64.0.0/24"),))
    assert state(opened) == ("unhealthy", "Target.FailedHealthChecks")


def test_a_health_check_comes_from_the_load_balancer_even_where_clients_keep_their_address() -> None:
    network = changed(public(), "groups", "sg-proxy", ingress=(tcp(5432, "203.0.113.0/24"),))

    assert state(network, "arn:tg/proxy", PROXY) == ("unhealthy", "Target.Timeout")
    assert state(public(), "arn:tg/proxy", PROXY) == ("healthy", "")
