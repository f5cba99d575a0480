"""Springtail's services, prepared, started and stopped for real on nodes of this machine, with a stand-in for the package."""

from __future__ import annotations

import json
import stat
from dataclasses import dataclass

import pytest

from tests.services.cluster import NODES, REDIS_SECRET, Cluster, package
from tests.services.conftest import DATABASE_PASSWORD, FDW_PASSWORD, REDIS_PASSWORD
from tests.services.redis import StandIn
from tests.verify.world import FakeReads, deployment, outputs, scene, with_package
from wizard.blueprints.springtail.services import Verb, settings, told
from wizard.deploy.services import JOURNAL, Did, carry_out, commands
from wizard.deploy.target import Target
from wizard.errors import PackageMissingError, ServiceError
from wizard.verify.hops import HopState
from wizard.verify.outcome import Outcome
from wizard.verify.path import deployment_path
from wizard.verify.probes import springtail
from wizard.verify.reads import Ran
from wizard.verify.scripts import said, services

IN_ORDER = ["ingestion-0", "proxy-0", "fdw-0"]


def do(target: Target, cluster: Cluster, verb: Verb, role: str | None = None, wait: int = 90) -> tuple[Did, ...]:
    return carry_out(target, commands(target, verb, role=role, wait=wait), cluster.run)


def did(done: tuple[Did, ...], step: str) -> dict[str, str]:
    return {one.node: one.did for one in done if one.step == step}


def states(store: StandIn) -> dict[str, str]:
    return store.hashes["1001:coordinator_state"]


@dataclass
class OnTheCluster(FakeReads):
    """Reads as where all is well, except that what runs on a node runs on the cluster's."""

    cluster: Cluster | None = None

    def run(self, instance_id: str, script: str, *, seconds: int) -> Ran:
        assert self.cluster is not None
        assert instance_id == "i-ingestion"
        done = self.cluster.script("ingestion-0", script)
        return Ran(done.status.lower(), done.exit_code, done.stdout, done.stderr)


def looked_at(cluster: Cluster) -> tuple[Outcome, Outcome]:
    """What verification sees of the services, and of the proxy's mode."""
    answers = with_package(deployment())
    hops = {planned.key: planned for planned in deployment_path(answers, outputs())}
    here = scene(OnTheCluster(cluster=cluster), answers=answers)
    services = springtail.running(here, hops["springtail.services"], {})
    return services, springtail.mode(here, hops["springtail.mode"], {"springtail.services": services})


def test_a_service_that_is_started_again_and_again_is_active_and_not_up(cluster: Cluster) -> None:
    bin_ = cluster.root("fdw-0") / "bin"
    plan = json.dumps(told(with_package(deployment()), outputs()))
    for says, expected in (("activating", (True, False)), ("active", (True, True)), ("failed", (False, False))):
        (bin_ / "systemctl").write_text(f"#!/bin/sh\necho {says}\n")
        script = services("status", {"KEY": "fdw-0", "ROLE": "fdw", "PLAN": plan})
        answer = said(cluster.script("fdw-0", script).stdout)
        assert answer is not None
        assert (answer["status"]["active"], answer["status"]["up"]) == expected, says


def secrets_env(cluster: Cluster) -> str:
    return (cluster.root("proxy-0") / "run/planewright/secrets.env").read_text()


def hold_no_secret(target: Target, cluster: Cluster, error: ServiceError) -> None:
    """No command, output, argument, journal, error or file holds a password; memory (/run) does."""
    told = [*cluster.sent, cluster.calls(), str(error), (target.place.hidden / JOURNAL).read_text()]
    files = {path for path in target.place.path.rglob("*") if path.is_file()}
    for key in NODES:
        files |= {path for path in cluster.root(key).rglob("*") if path.is_file() and "run" not in path.parts}
    told += [path.read_bytes().decode(errors="replace") for path in files]
    for canary in (REDIS_PASSWORD, json.dumps(REDIS_PASSWORD)[1:-1], DATABASE_PASSWORD, FDW_PASSWORD):
        assert not [text[:200] for text in told if canary in text], canary


def test_a_package_is_prepared_started_drained_and_stopped_and_everything_can_be_done_twice(
    target: Target, cluster: Cluster, store: StandIn
) -> None:
    seen, _ = looked_at(cluster)
    assert (seen.state, seen.remedy) == (HopState.NOT_OBSERVABLE, "planewright prepare acme-prod"), seen
    done = do(target, cluster, Verb.PREPARE)
    assert list(dict.fromkeys(one.node for one in done)) == IN_ORDER
    assert did(done, "package") == dict.fromkeys(IN_ORDER, "fetched and verified")
    assert list(did(done, "redis")) == ["ingestion-0"]
    assert "coordinator_state" not in str(store.hashes), "nothing is started"

    again = do(target, cluster, Verb.PREPARE)
    assert did(again, "package") == dict.fromkeys(IN_ORDER, "verified")
    for step in ("install", "environment", "settings", "unit"):
        assert did(again, step) == dict.fromkeys(IN_ORDER, "kept"), step
    assert did(again, "redis") == {"ingestion-0": "kept"}

    seen, _ = looked_at(cluster)
    assert (seen.state, seen.remedy) == (HopState.NOT_OBSERVABLE, "planewright start acme-prod"), seen
    done = do(target, cluster, Verb.START)
    assert [outcome.state for outcome in looked_at(cluster)] == [HopState.PASSED, HopState.PASSED]
    assert list(did(done, "service")) == IN_ORDER
    assert set(states(store).values()) == {"running"}
    assert did(do(target, cluster, Verb.START, "fdw"), "state") == {"fdw-0": "runs already"}

    done = do(target, cluster, Verb.STOP)
    assert list(did(done, "service")) == ["proxy-0", "fdw-0", "ingestion-0"]
    assert did(done, "drain") == {"fdw-0": "drained"}
    assert looked_at(cluster)[0].reason == "not reached: services not started"
    assert set(states(store).values()) == {"dead"}
    assert did(do(target, cluster, Verb.STOP, "fdw"), "service") == {"fdw-0": "does not run"}

    broken = cluster.root("proxy-0") / "broken"
    broken.write_text(f"password {DATABASE_PASSWORD} of {FDW_PASSWORD}")
    with pytest.raises(ServiceError, match="health failed on proxy-0") as canaried:
        do(target, cluster, Verb.START, "proxy")
    assert "cannot connect as acme-prod-redis" in canaried.value.cause, "the log is told"
    assert secrets_env(cluster).count("canary-of-redis-") == 1, "the canary is where it may be"
    broken.unlink()

    done = do(target, cluster, Verb.START, "fdw")
    assert list(did(done, "health")) == ["fdw-0"], "an FDW that was drained comes back"
    do(target, cluster, Verb.STOP)
    assert set(did(do(target, cluster, Verb.UNDO), "unit").values()) == {"taken away"}
    for key in NODES:
        assert not (cluster.root(key) / "etc/systemd/system/springtail-coordinator.service").exists()
        assert not (cluster.root(key) / "opt/springtail/current").is_symlink()
    assert store.hashes["1001:instance_state"], "what Redis holds stays"
    hold_no_secret(target, cluster, canaried.value)


def test_redis_gets_what_springtail_reads_and_keeps_what_springtail_wrote(
    target: Target, cluster: Cluster, store: StandIn
) -> None:
    do(target, cluster, Verb.PREPARE, "ingestion")
    held = store.hashes["1001:instance_config"]
    assert json.loads(held["system_settings"]) == settings(target.deployment)
    assert held["system_settings_gitsha"] == "4f1c2d", "as the package says"
    assert json.loads(held["primary_db"]) == {"host": "db.acme.example.com", "port": 5432}
    assert held["hostname:ingestion"] == "10.0.1.1"
    assert json.loads(held["database_ids"]) == [1]
    assert store.sets["1001:fdw_ids"] == {"fdw-0"}

    store.hashes["1001:instance_state"]["1"] = "running"
    fdw = json.loads(store.hashes["1001:fdw"]["fdw-0"])
    store.hashes["1001:fdw"]["fdw-0"] = json.dumps({**fdw, "state": "running", "db_prefix": "x"})
    store.hashes["1001:fdw"]["fdw-9"] = json.dumps({**fdw, "state": "stopped"})
    store.sets["1001:fdw_ids"].add("fdw-9")
    settings_of = json.loads(held["system_settings"])
    held["system_settings"] = json.dumps({**settings_of, "proxy": {**settings_of["proxy"], "mode": "primary"}})

    done = do(target, cluster, Verb.PREPARE, "ingestion")

    assert did(done, "redis") == {"ingestion-0": "set instance_config system_settings, fdw fdw-9 gone"}
    assert store.hashes["1001:instance_state"]["1"] == "running"
    assert json.loads(store.hashes["1001:fdw"]["fdw-0"])["db_prefix"] == "x"
    assert "fdw-9" not in store.hashes["1001:fdw"]
    assert json.loads(held["system_settings"])["proxy"]["mode"] == "normal"


def test_a_database_keeps_the_id_that_its_data_is_known_by(target: Target, cluster: Cluster, store: StandIn) -> None:
    do(target, cluster, Verb.PREPARE, "ingestion")
    file = target.place.answers
    file.write_text(
        file.read_text().replace("  user: springtail", "  user: springtail\n  databases: [orders, postgres]")
    )
    from wizard.deploy.target import open_target

    do(open_target(target.workspace, target.name), cluster, Verb.PREPARE, "ingestion")

    names = {number: json.loads(text)["name"] for number, text in store.hashes["1001:db_config"].items()}
    assert names == {"1": "postgres", "2": "orders"}
    assert json.loads(store.hashes["1001:instance_config"]["database_ids"]) == [2, 1]


def test_other_bytes_than_the_ones_that_were_named_are_refused_and_never_unpacked(
    target: Target, cluster: Cluster
) -> None:
    cluster.package.write_bytes(package(**{"INFO.txt": "Config Hash: another\n"}))
    with pytest.raises(ServiceError, match="package failed on ingestion-0") as caught:
        do(target, cluster, Verb.PREPARE)
    assert "refused" in caught.value.cause
    assert "package.sha256" in caught.value.action
    assert not (cluster.root("ingestion-0") / "opt/springtail/releases").exists()


def test_a_package_that_is_not_there_stops_it_with_a_status_of_its_own_and_what_was_done_is_kept(
    target: Target, cluster: Cluster, store: StandIn
) -> None:
    do(target, cluster, Verb.PREPARE, "ingestion")
    cluster.package.unlink()
    with pytest.raises(PackageMissingError, match="proxy-0") as caught:
        do(target, cluster, Verb.PREPARE)
    assert caught.value.exit_code == 3
    assert "Everything before this step is kept" in caught.value.cause
    assert store.hashes["1001:instance_config"]
    journal = [json.loads(line) for line in (target.place.hidden / JOURNAL).read_text().splitlines()]
    assert (journal[-1]["node"], journal[-1]["step"], journal[-1]["did"]) == ("proxy-0", "package", "failed")
    assert stat.S_IMODE((target.place.hidden / JOURNAL).stat().st_mode) == 0o600


def test_what_is_not_springtails_is_told_so(target: Target, cluster: Cluster) -> None:
    release = cluster.root("ingestion-0") / "opt/springtail/releases" / cluster.sha256
    (release / "etc").mkdir(parents=True)
    with pytest.raises(ServiceError, match="install failed on ingestion-0") as caught:
        do(target, cluster, Verb.PREPARE)
    assert "holds no bin/system" in caught.value.cause


def test_a_machine_image_without_what_the_coordinator_imports_is_named(target: Target, cluster: Cluster) -> None:
    release = cluster.root("ingestion-0") / "opt/springtail/releases" / cluster.sha256
    (release / "bin/system").mkdir(parents=True)
    (release / "python/coordinator").mkdir(parents=True)
    (release / "python/coordinator/coordinator.py").write_text("import no_such_module_anywhere\n")
    with pytest.raises(ServiceError, match="runtime failed on ingestion-0") as caught:
        do(target, cluster, Verb.PREPARE)
    assert "no_such_module_anywhere" in caught.value.cause
    assert "nodes.ingestion.ami" in caught.value.action


def test_a_secret_without_a_value_leads_to_seeding(target: Target, cluster: Cluster) -> None:
    (cluster.secrets / REDIS_SECRET.replace("/", "_")).unlink()
    with pytest.raises(ServiceError, match="secrets failed on ingestion-0") as caught:
        do(target, cluster, Verb.PREPARE)
    assert caught.value.action.startswith("planewright seed-secrets acme-prod")


def test_a_redis_user_that_is_let_in_no_longer_leads_to_seeding(
    target: Target, cluster: Cluster, store: StandIn
) -> None:
    store.password = "another"
    with pytest.raises(ServiceError, match="redis failed on ingestion-0") as caught:
        do(target, cluster, Verb.PREPARE)
    assert "WRONGPASS" in caught.value.cause
    assert "seed-secrets" in caught.value.action


def test_a_redis_whose_certificate_is_another_ones_hears_no_password(
    target: Target, cluster: Cluster, store: StandIn
) -> None:
    from wizard.rehearsal.certificates import issue

    authority = cluster.root("ingestion-0") / "etc/ssl/certs/ca-certificates.crt"
    authority.write_text(issue(("redis.example",)).authority)
    with pytest.raises(ServiceError, match="redis failed on ingestion-0"):
        do(target, cluster, Verb.PREPARE)
    assert store.heard == []


def test_a_node_that_knows_another_package_is_applied_first(target: Target, cluster: Cluster) -> None:
    cluster.configure("ingestion-0", package=None)
    with pytest.raises(ServiceError, match="configuration failed on ingestion-0") as caught:
        do(target, cluster, Verb.PREPARE)
    assert "what was answered is not applied" in caught.value.cause


def test_what_was_applied_since_a_node_booted_is_read_anew_before_it_is_prepared(
    target: Target, cluster: Cluster
) -> None:
    """A new package, and an ingestion node that has another address than the one that was mounted at boot."""
    stale = {
        "ingestion-0": {"package": {"uri": "s3://packages/springtail.tar.gz", "sha256": "0" * 64}},
        "proxy-0": {"ingestion": {"host": "10.0.1.99"}},
    }
    for key, changed in stale.items():
        (cluster.root(key) / "parameter").write_text(cluster.configuration(key))
        cluster.configure(key, **changed)
    done = do(target, cluster, Verb.PREPARE)
    read = did(done, "configuration")
    assert read == {key: f"{key[:-2]} of acme-prod" + (", read anew" if key in stale else "") for key in NODES}
    assert "restart planewright-boot" not in (cluster.root("fdw-0") / "calls").read_text(), "it knows all of it"
    # One whose parameter says nothing else is not prepared against it.
    (cluster.root("proxy-0") / "parameter").unlink()
    cluster.configure("proxy-0", ingestion={"host": "10.0.1.99"})
    with pytest.raises(ServiceError, match="configuration failed on proxy-0") as caught:
        do(target, cluster, Verb.PREPARE)
    assert "names another ingestion node" in caught.value.cause


def test_nothing_is_started_on_a_node_that_is_not_prepared(target: Target, cluster: Cluster) -> None:
    with pytest.raises(ServiceError, match="state failed on ingestion-0") as caught:
        do(target, cluster, Verb.START)
    assert "planewright prepare acme-prod" in caught.value.action


def test_a_service_that_is_not_well_in_time_is_named_with_what_was_seen(target: Target, cluster: Cluster) -> None:
    do(target, cluster, Verb.PREPARE, "ingestion")
    coordinator = cluster.root("ingestion-0") / "opt/springtail/current/python/coordinator/coordinator.py"
    coordinator.write_text("import sys, time\nprint('it sleeps', flush=True)\ntime.sleep(3600)\n")
    with pytest.raises(ServiceError, match="health failed on ingestion-0") as caught:
        do(target, cluster, Verb.START, "ingestion", wait=1)
    assert "not well within 1 s (coordinator: reloading" in caught.value.cause
    assert "journalctl -u springtail-coordinator" in caught.value.action


def test_an_fdw_whose_connections_do_not_end_goes_on_draining_and_is_stopped_on_demand(
    target: Target, cluster: Cluster, store: StandIn
) -> None:
    for role in ("ingestion", "fdw"):
        do(target, cluster, Verb.PREPARE, role)
        do(target, cluster, Verb.START, role)
    (cluster.root("fdw-0") / "busy").touch()
    with pytest.raises(ServiceError, match="drain failed on fdw-0") as caught:
        do(target, cluster, Verb.STOP, wait=1)
    assert "--now" in caught.value.action
    assert json.loads(store.hashes["1001:fdw"]["fdw-0"])["state"] == "draining"
    assert states(store)["ingestion:ingestion-0"] == "running", "its source is not taken away"

    done = carry_out(target, commands(target, Verb.STOP, role="fdw", now=True), cluster.run)

    assert did(done, "service") == {"fdw-0": "stopped"}
    assert not did(done, "drain")
