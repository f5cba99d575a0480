"""RDS parameter groups: defaults, a look by name, and changes that wait for a reboot."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rehearsal.embedded.conftest import Clients


@pytest.fixture
def rds(client: Clients) -> Any:
    return client("rds")


def _create(rds: Any, **more: Any) -> None:
    rds.create_db_instance(
        DBInstanceIdentifier="orders",
        DBInstanceClass="db.r6g.large",
        Engine="postgres",
        EngineVersion="16.4",
        AllocatedStorage=100,
        MasterUsername="postgres",
        ManageMasterUserPassword=True,
        **more,
    )


def test_a_default_group_has_the_engine_s_defaults_and_is_looked_up_by_name(rds: Any) -> None:
    _create(rds)
    found = rds.describe_db_parameters(
        DBParameterGroupName="default.postgres16",
        Filters=[{"Name": "parameter-name", "Values": ["max_slot_wal_keep_size", "rds.logical_replication"]}],
    )["Parameters"]
    assert {one["ParameterName"]: one["ParameterValue"] for one in found} == {
        "max_slot_wal_keep_size": "-1",
        "rds.logical_replication": "0",
    }


def test_a_static_change_waits_for_the_reboot_and_a_dynamic_one_does_not(rds: Any) -> None:
    rds.create_db_parameter_group(DBParameterGroupName="pg", DBParameterGroupFamily="postgres16", Description="x")
    _create(rds, DBParameterGroupName="pg")

    def status() -> str:
        [described] = rds.describe_db_instances()["DBInstances"]
        return str(described["DBParameterGroups"][0]["ParameterApplyStatus"])

    def change(name: str, value: str) -> None:
        one = {"ParameterName": name, "ParameterValue": value, "ApplyMethod": "pending-reboot"}
        rds.modify_db_parameter_group(DBParameterGroupName="pg", Parameters=[one])

    change("max_slot_wal_keep_size", "1000")
    assert status() == "in-sync"
    change("rds.logical_replication", "1")
    assert status() == "pending-reboot"
    rds.reboot_db_instance(DBInstanceIdentifier="orders")
    assert status() == "in-sync"
