"""The table that locks the engine's states. Readers."""

from __future__ import annotations

from botocore.exceptions import ClientError

from wizard.aws.errors import error_code
from wizard.aws.session import AwsSession
from wizard.facts.state import LockTable, LockTableFact


def lock_table(session: AwsSession, ask: LockTable) -> LockTableFact:
    """Describe the table (dynamodb:DescribeTable)."""
    try:
        found = session.client("dynamodb", ask.region).describe_table(TableName=ask.name)["Table"]
    except ClientError as error:
        if error_code(error) == "ResourceNotFoundException":
            return LockTableFact()
        raise
    types = {item["AttributeName"]: item["AttributeType"] for item in found["AttributeDefinitions"]}
    keys = tuple(f"{key['AttributeName']} ({types.get(key['AttributeName'], '?')})" for key in found["KeySchema"])
    return LockTableFact(found["TableStatus"], keys, bool(found.get("DeletionProtectionEnabled")))


READERS = {LockTable: lock_table}
