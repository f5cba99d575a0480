"""Drift of the private world, made through boto3 by somebody with a name: found, explained, and each of the three ways gone.

After the customer took their part back: the peering that they deleted is part of what is found.
"""

from __future__ import annotations

import json
import shlex
from typing import Any

import boto3
import pytest

from tests.e2e.conftest import Rehearsed
from wizard.deploy.overview import row

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("private")]

#: Above what the answers say, and below what the node's type can do with all volumes.
IOPS = 3100
PEERING = "module.private_path.aws_vpc_peering_connection.database"


class Dana:
    """Somebody in the vendor's account who helps out by hand."""

    def __init__(self, world: Rehearsed) -> None:
        iam = world.client("iam")
        iam.create_user(UserName="dana")
        key = iam.create_access_key(UserName="dana")["AccessKey"]
        self.ec2: Any = boto3.client(
            "ec2",
            region_name="us-east-1",
            endpoint_url=world.world.endpoint_url,
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
        )

    def named(self, listed: list[dict[str, Any]], name: str) -> dict[str, Any]:
        [found] = [
            one for one in listed if {tag["Key"]: tag["Value"] for tag in one.get("Tags", [])}.get("Name") == name
        ]
        return found

    def volume(self, name: str) -> str:
        return str(self.named(self.ec2.describe_volumes()["Volumes"], name)["VolumeId"])

    def group(self, name: str) -> str:
        return str(self.named(self.ec2.describe_security_groups()["SecurityGroups"], name)["GroupId"])

    def made_anew(self, group: str) -> tuple[str, str]:
        """Take a rule of a group away and make it again, under another id; give both."""
        filters = [{"Name": "group-id", "Values": [group]}]
        rule = next(
            one
            for one in self.ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
            if not one["IsEgress"]
        )
        self.ec2.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]])
        source = {"GroupId": rule["ReferencedGroupInfo"]["GroupId"], "Description": rule.get("Description", "")}
        made = self.ec2.authorize_security_group_ingress(
            GroupId=group,
            IpPermissions=[
                {
                    "IpProtocol": rule["IpProtocol"],
                    "FromPort": rule["FromPort"],
                    "ToPort": rule["ToPort"],
                    "UserIdGroupPairs": [source],
                }
            ],
        )
        return rule["SecurityGroupRuleId"], made["SecurityGroupRules"][0]["SecurityGroupRuleId"]


def test_drift_is_found_and_explained_and_each_way_on_leads_out_of_it(private: Rehearsed) -> None:
    name, dana = private.outcome.deployment, Dana(private)
    ended = private.outputs.private
    assert ended is not None
    peerings = {ended.database_peering.id, *(one.id for one in ended.application_peerings.values())}
    faster, tagged, ssh = dana.volume(f"{name}-data-1"), dana.volume(f"{name}-data-0"), dana.group(f"{name}-ingestion")
    dana.ec2.modify_volume(VolumeId=faster, Iops=IOPS)
    dana.ec2.create_tags(Resources=[tagged], Tags=[{"Key": "note", "Value": "by hand"}])
    opened = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "203.0.113.7/32"}]}
    dana.ec2.authorize_security_group_ingress(GroupId=ssh, IpPermissions=[opened])
    old_rule, new_rule = dana.made_anew(dana.group(f"{name}-proxy"))

    # Found, and explained.
    looked = private.planewright("drift", name, "instance", "--json", "--exit-code")
    assert looked.returncode == 2, looked.stdout[-3000:] + looked.stderr
    found = {one["id"]: one for one in json.loads(looked.stdout)["stacks"]["instance"]["drifted"]}
    told = {id_: (one["became"], one["by"]["call"], one["by"]["who"].rpartition("/")[2]) for id_, one in found.items()}
    assert told == {
        faster: ("changed", "ModifyVolume", "dana"),
        tagged: ("changed", "CreateTags", "dana"),
        ssh: ("changed", "AuthorizeSecurityGroupIngress", "dana"),
        old_rule: ("gone", "RevokeSecurityGroupIngress", "dana"),
        **dict.fromkeys(peerings, ("dead", "", "")),
    }, looked.stdout
    peering = found[ended.database_peering.id]
    assert peering["headline"].startswith("deleted:"), peering
    assert "222222222222" in peering["by"]["text"], "by whom, in AWS's own words"
    assert peering["severity"] == "high"
    assert [one["value"] for one in found[faster]["answers"]] == [IOPS]
    listed = row(private.target.place)
    assert (listed.state.value, set(listed.drifted)) == ("drifted", {one["address"] for one in found.values()})
    assert listed.drift_at is not None

    # What no plan takes away is taken away by the command that stands there.
    [revert] = [way for way in found[ssh]["ways"] if way["way"] == "revert"]
    command = shlex.split(revert["by_hand"])
    dana.ec2.revoke_security_group_ingress(GroupId=command[4], IpPermissions=json.loads(command[-1]))

    # One is accepted, one imported, and all the rest put back by the one plan that follows; the peering is requested anew.
    gone = found[old_rule]["address"]
    ways = [
        "--accept",
        found[faster]["address"],
        "--import",
        f"{gone}={new_rule}",
        "--revert",
        "--yes",
        "--confirm",
        name,
    ]
    went = private.planewright("drift", name, "instance", "--json", *ways)
    assert went.returncode == 0, went.stdout[-5000:] + went.stderr
    done = json.loads(went.stdout)["done"]
    assert done["answers"] == {"nodes.ingestion.volumes.iops": IOPS}
    assert private.target.deployment.nodes.ingestion.volumes.iops == IOPS
    assert done["plan"]["imports"] == [{"address": gone, "id": new_rule}]
    assert {"address": PEERING, "kind": "replace"} in done["plan"]["changes"] or {
        "address": PEERING,
        "kind": "create",
    } in done["plan"]["changes"], done
    assert done["plan"]["drift"] == []
    [after] = dana.ec2.describe_volumes(VolumeIds=[tagged])["Volumes"]
    assert "note" not in {tag["Key"] for tag in after["Tags"]}
    assert after["Iops"] == IOPS, "the answer counts for all data volumes"

    # Clean at the end; what the customer gets speaks of the new peering.
    clean = private.planewright("drift", name, "instance", "--json", "--exit-code")
    assert clean.returncode == 0, clean.stdout[-3000:] + clean.stderr
    assert row(private.target.place).drifted == ()
    anew = private.outputs.private
    assert anew is not None
    assert anew.database_peering.id != ended.database_peering.id
    handed = private.planewright("handoff", name)
    assert handed.returncode == 0, handed.stderr
    written = private.target.place.path / "handoff"
    bundle = "".join(path.read_text() for name in ("handoff.html", "handoff.sh") for path in written.rglob(name))
    assert anew.database_peering.id in bundle
    assert [id_ for id_ in peerings if id_ in bundle] == []
