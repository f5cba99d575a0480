"""Roles of the embedded AWS: what a node or a function may act as."""

from __future__ import annotations

from collections.abc import Mapping

from wizard.rehearsal.clients import client

SSM_POLICY = "AmazonSSMManagedInstanceCore"


class Roles:
    """Looks up and assumes roles of one account."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._iam = client(environment, "iam")
        self._sts = client(environment, "sts")

    def of_profile(self, profile_arn: str) -> str:
        """Give the ARN of the role in an instance profile, or nothing."""
        from botocore.exceptions import ClientError

        try:
            profile = self._iam.get_instance_profile(InstanceProfileName=profile_arn.rsplit("/", 1)[-1])
        except ClientError:
            return ""
        roles = profile["InstanceProfile"]["Roles"]
        return str(roles[0]["Arn"]) if roles else ""

    def allows_ssm(self, role_arn: str) -> bool:
        """Whether the policy that Systems Manager's agent needs is attached to the role."""
        from botocore.exceptions import ClientError

        try:
            attached = self._iam.list_attached_role_policies(RoleName=role_arn.rsplit("/", 1)[-1])
        except ClientError:
            return False
        return any(policy["PolicyName"] == SSM_POLICY for policy in attached["AttachedPolicies"])

    def assume(self, role_arn: str, session: str) -> dict[str, str]:
        """Give the environment of a process that acts as the role."""
        issued = self._sts.assume_role(RoleArn=role_arn, RoleSessionName=session)["Credentials"]
        return {
            **self._environment,
            "AWS_ACCESS_KEY_ID": issued["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": issued["SecretAccessKey"],
            "AWS_SESSION_TOKEN": issued["SessionToken"],
        }
