"""Seeding secrets: every value once, the Redis user on only after its password is stored, nothing shown."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.aws.certificates import certificate_pem, key_pem, new_key
from tests.aws.conftest import StillTime
from tests.aws.test_pins import deployment
from wizard.aws.secret_store import purge, restore, scheduled_for_deletion, secret_status
from wizard.aws.secrets import Inputs, SeedEvent, SeedResult, Which, seed
from wizard.aws.session import AwsSession
from wizard.aws.tls_material import TlsMaterial
from wizard.blueprints.springtail.contracts import InstanceOutputs
from wizard.errors import AwsError, InputError

CANARY = "canary-the-customers-own-password"
ACCESS = "on ~1001:* resetchannels &1001:* -@all +@read +@write -@dangerous +info"
DATABASE, REDIS, TLS = "sk/acme/main/aws/dbi/1001/primary_db_password", "redis/password/us-east-1/use1-a/1001", "sk/tls"


@dataclass
class FakeElastiCache:
    """One user, as ElastiCache keeps it: a change takes two looks to be in force, and none may be made meanwhile."""

    access: str = "off resetchannels -@all"
    passwords: list[str] = field(default_factory=list)
    busy: int = 0
    changes: list[dict[str, Any]] = field(default_factory=list)
    fails: int = 0

    def describe_users(self, **request: str) -> dict[str, Any]:
        user_id = request["UserId"]
        if user_id != "acme-redis":
            raise ClientError({"Error": {"Code": "UserNotFound"}}, "DescribeUsers")
        status = "modifying" if self.busy else "active"
        self.busy = max(self.busy - 1, 0)
        authentication = {"Type": "password", "PasswordCount": len(self.passwords)}
        return {
            "Users": [
                {"UserId": user_id, "Status": status, "AccessString": self.access, "Authentication": authentication}
            ]
        }

    def modify_user(self, **request: Any) -> dict[str, Any]:
        if self.fails:
            self.fails -= 1
            raise ClientError({"Error": {"Code": "InternalFailure", "Message": "lost"}}, "ModifyUser")
        if self.busy:
            raise ClientError({"Error": {"Code": "InvalidUserState"}}, "ModifyUser")
        self.changes.append(request)
        self.passwords = list(request["AuthenticationMode"]["Passwords"])
        assert all(16 <= len(password) <= 128 for password in self.passwords)
        # AWS adds what takes rights away, and tells the tokens in an order of its own.
        self.access = " ".join([*reversed(request["AccessString"].split()), "-@admin"])
        self.busy = 2
        return {}


@dataclass
class World:
    """A session with the containers that the engine makes, and a person who counts how often they are asked."""

    session: AwsSession
    redis: FakeElastiCache
    still: StillTime
    password: str = CANARY
    material: TlsMaterial | None = None
    asked: list[str] = field(default_factory=list)
    journal: list[SeedEvent] = field(default_factory=list)

    def seed(
        self, *, rotate: frozenset[Which] = frozenset(), user: str = "springtail", tls: bool = False
    ) -> SeedResult:
        def give_password() -> str:
            self.asked.append("database")
            return self.password

        def give_tls() -> TlsMaterial | None:
            self.asked.append("proxy_tls")
            return self.material

        answers = deployment()
        answers = answers.model_copy(
            update={
                "database": answers.database.model_copy(update={"user": user}),
                "proxy": answers.proxy.model_copy(update={"host": "springtail.acme.example.com"}),
            }
        )
        return seed(
            self.session,
            outputs(tls=tls),
            answers,
            inputs=Inputs(give_password, give_tls),
            rotate=rotate,
            journal=self.journal.append,
            clock=self.still.clock(),
        )

    def value(self, name: str) -> str:
        return str(client().get_secret_value(SecretId=name)["SecretString"])

    def users(self) -> dict[str, dict[str, str]]:
        return {entry["role"]: entry for entry in json.loads(self.value(DATABASE))}

    def did(self) -> list[tuple[str, str]]:
        return [(event.which, event.did) for event in self.journal]


def client() -> Any:
    return boto3.client("secretsmanager", region_name="us-east-1", aws_access_key_id="A", aws_secret_access_key="B")


def outputs(*, tls: bool) -> InstanceOutputs:
    return InstanceOutputs.model_validate(
        {
            "nodes": {},
            "data_volume_ids": [],
            "slog_volume_id": "vol-1",
            "database_secret_name": DATABASE,
            "redis_secret_name": REDIS,
            "redis_user_id": "acme-redis",
            "redis_user_name": "acme-redis",
            "redis_access_string": ACCESS,
            "proxy_tls_secret_name": TLS if tls else None,
            "private": None,
            "public": {
                "proxy_nlb_arn": "arn",
                "proxy_nlb_dns": "px.elb.amazonaws.com",
                "proxy_public_ips": ["203.0.113.7"],
                "proxy_target_group_arn": "arn",
            },
        }
    )


@pytest.fixture
def world(session: AwsSession, still: StillTime) -> Iterator[World]:
    for name in (DATABASE, REDIS, TLS):
        client().create_secret(Name=name)
    redis = FakeElastiCache()
    session._clients["elasticache", "us-east-1"] = redis
    return World(session, redis, still)


def test_the_first_time_every_secret_gets_its_value_and_the_user_is_switched_on_last(world: World) -> None:
    result = world.seed()
    assert world.did() == [("database", "stored"), ("redis", "stored"), ("redis", "enabled")]
    assert result.complete
    assert world.users()["replication"] == {
        "username": "springtail",
        "password": CANARY,
        "type": "text",
        "role": "replication",
    }
    assert world.redis.passwords == [world.value(REDIS)]
    assert world.redis.changes[0]["AccessString"] == ACCESS


def test_the_products_own_users_get_passwords_that_nobody_chose(world: World) -> None:
    world.seed()
    users = world.users()
    assert users["proxy_to_fdw"]["username"] == "-"
    assert len({user["password"] for user in users.values()}) == 3
    assert min(len(user["password"]) for user in users.values()) >= 24


def test_the_second_time_everything_is_kept_and_nobody_is_asked(world: World) -> None:
    world.seed()
    before = world.value(DATABASE), world.value(REDIS)
    world.journal.clear()
    world.seed()
    assert world.did() == [("database", "kept"), ("redis", "kept")]
    assert (world.value(DATABASE), world.value(REDIS)) == before
    assert world.asked == ["database"]
    assert len(world.redis.changes) == 1


def test_a_user_that_was_never_switched_on_is_switched_on_with_the_password_that_is_stored(world: World) -> None:
    world.redis.fails = 1
    with pytest.raises(AwsError, match="enable Redis user"):
        world.seed()
    assert world.redis.access.startswith("off")
    stored = world.value(REDIS)
    world.seed()
    assert world.redis.passwords == [stored]
    assert world.redis.access.split()[-2] == "on"


def test_rights_that_somebody_added_to_the_user_are_taken_back(world: World) -> None:
    world.seed()
    world.redis.access += " +@all"
    world.seed()
    assert "+@all" not in world.redis.access.split()
    assert len(world.redis.changes) == 2


def test_rotating_redis_never_leaves_the_nodes_with_a_password_that_is_not_in_force(world: World) -> None:
    world.seed()
    old = world.value(REDIS)
    world.seed(rotate=frozenset({"redis"}))
    new = world.value(REDIS)
    assert new != old
    assert world.redis.passwords == [new, old]


def test_a_rotation_that_breaks_off_leaves_the_stored_password_good(world: World) -> None:
    world.seed()
    world.redis.fails = 1
    with pytest.raises(AwsError):
        world.seed(rotate=frozenset({"redis"}))
    assert world.value(REDIS) in world.redis.passwords


def test_rotating_the_databases_password_keeps_the_other_users(world: World) -> None:
    world.seed()
    before = world.users()
    world.password = "another password of theirs"
    world.seed(rotate=frozenset({"database"}))
    after = world.users()
    assert after["replication"]["password"] == "another password of theirs"
    assert after["fdw_superuser"] == before["fdw_superuser"]
    assert ("database", "rotated") in world.did()


def test_another_replication_user_in_the_answers_is_asked_for_and_replaces_the_one_before(world: World) -> None:
    world.seed()
    world.seed(user="replicator")
    assert world.users()["replication"]["username"] == "replicator"
    assert [e["role"] for e in json.loads(world.value(DATABASE))].count("replication") == 1


def test_a_value_of_another_form_is_overwritten_only_on_demand(world: World) -> None:
    client().put_secret_value(SecretId=DATABASE, SecretString=f"just {CANARY}")
    with pytest.raises(InputError) as caught:
        world.seed()
    assert CANARY not in str(caught.value)
    assert world.value(DATABASE) == f"just {CANARY}"
    world.seed(rotate=frozenset({"database"}))
    assert world.users()["replication"]["password"] == CANARY


@pytest.mark.parametrize("bad", ["", "two\nlines", "x" * 2000, "nul\0"], ids=["none", "lines", "long", "nul"])
def test_a_password_that_cannot_be_one_is_refused_without_being_shown(world: World, bad: str) -> None:
    world.password = bad
    with pytest.raises(InputError) as caught:
        world.seed()
    assert not bad or bad not in str(caught.value)
    assert not secret_status(world.session, [DATABASE])[0].has_value


def test_the_proxys_certificate_is_checked_and_stored_with_its_key(world: World) -> None:
    key = new_key()
    world.material = TlsMaterial(certificate_pem(key, "springtail.acme.example.com"), key_pem(key))
    result = world.seed(tls=True)
    stored = json.loads(world.value(TLS))
    assert stored == {"certificate_chain": world.material.chain_pem, "private_key": world.material.key_pem}
    assert any("authority" in what for what in result.not_proven)


def test_a_certificate_of_another_name_is_not_stored(world: World) -> None:
    key = new_key()
    world.material = TlsMaterial(certificate_pem(key, "other.example.com"), key_pem(key))
    with pytest.raises(InputError):
        world.seed(tls=True)
    assert not secret_status(world.session, [TLS])[0].has_value


def test_a_certificate_that_the_customer_has_yet_to_send_is_reported_missing(world: World) -> None:
    result = world.seed(tls=True)
    assert not result.complete
    assert world.did()[-1] == ("proxy_tls", "missing")


def test_without_its_container_nothing_is_stored_and_the_stack_to_apply_is_named(world: World) -> None:
    client().delete_secret(SecretId=DATABASE, ForceDeleteWithoutRecovery=True)
    with pytest.raises(AwsError, match="apply the instance stack"):
        world.seed()
    assert world.asked == []


def test_a_user_still_being_changed_after_ten_minutes_is_told(world: World) -> None:
    world.redis.busy = 10_000
    with pytest.raises(AwsError, match="still modifying after 10 minutes"):
        world.seed()


def test_no_value_is_in_any_log_journal_result_or_representation(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    key = new_key()
    world.material = TlsMaterial(certificate_pem(key, "springtail.acme.example.com"), key_pem(key))
    with caplog.at_level(logging.DEBUG):
        result = world.seed(tls=True)
        world.seed(tls=True, rotate=frozenset({"redis", "database"}))
    shown = f"{caplog.text} {result!r} {world.journal!r} {world.session!r} {world.material!r}"
    values = [CANARY, world.value(REDIS), *world.redis.passwords, key_pem(key).splitlines()[1]]
    values += [user["password"] for user in world.users().values()]
    for value in values:
        assert value not in shown
    assert DATABASE in shown, "names are what a journal is for"
    assert all(event.version_id for event in world.journal if event.did in {"stored", "rotated", "kept"})


def test_a_report_learns_whether_there_is_a_value_without_reading_any(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client().put_secret_value(SecretId=REDIS, SecretString="x" * 20)
    monkeypatch.setattr(world.session.client("secretsmanager"), "get_secret_value", None)
    database, redis, absent = secret_status(world.session, [DATABASE, REDIS, "nobody/made/this"])
    assert (database.exists, database.has_value) == (True, False)
    assert (redis.exists, redis.has_value) == (True, True)
    assert redis.changed_at is not None
    assert (absent.exists, absent.has_value) == (False, False)


def test_a_reinstall_finds_what_a_destroy_left_and_can_bring_it_back_or_free_its_name(world: World) -> None:
    client().put_secret_value(SecretId=REDIS, SecretString="x" * 20)
    client().delete_secret(SecretId=REDIS, RecoveryWindowInDays=7)
    client().delete_secret(SecretId=TLS, RecoveryWindowInDays=7)
    found = scheduled_for_deletion(world.session, [DATABASE, REDIS, TLS])
    assert [secret.name for secret in found] == [REDIS, TLS]
    with pytest.raises(AwsError, match="scheduled for deletion"):
        world.seed()
    restore(world.session, REDIS)
    purge(world.session, TLS)
    assert world.value(REDIS) == "x" * 20
    assert not secret_status(world.session, [TLS])[0].exists


def test_a_secret_in_use_is_never_purged(world: World) -> None:
    with pytest.raises(AwsError, match="not scheduled for deletion"):
        purge(world.session, DATABASE)
    assert secret_status(world.session, [DATABASE])[0].exists
