"""The deployment's Redis user (ElastiCache): off as the engine makes it, on once its password is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from wizard.aws.clock import Clock
from wizard.aws.errors import error_code
from wizard.aws.session import AwsSession
from wizard.errors import AwsError

if TYPE_CHECKING:
    from mypy_boto3_elasticache.type_defs import UserTypeDef

_PAUSE_S, _LONGEST_S = 2.0, 600.0


@dataclass(frozen=True, slots=True)
class RedisUser:
    """What AWS says of a user; passwords are counted, never told."""

    user_id: str
    status: str
    access_string: str
    passwords: int

    def is_enabled(self, access_string: str) -> bool:
        """Whether the user is on, has a password, and has the rights of `access_string` and no others.

        AWS may tell them in another order and add what takes rights away.
        """
        has, wanted = set(self.access_string.split()), set(access_string.split())
        return self.passwords > 0 and wanted <= has and _grants(has) == _grants(wanted)


def _grants(tokens: set[str]) -> set[str]:
    return {
        token for token in tokens if token[0] in "+~&%" or token in {"allkeys", "allchannels", "allcommands", "nopass"}
    }


def read_user(session: AwsSession, user_id: str) -> RedisUser:
    """Read a user. Raises AwsError when there is none."""
    with session.call(f"read Redis user {user_id}"):
        try:
            users: Sequence[UserTypeDef] = session.client("elasticache").describe_users(UserId=user_id)["Users"]
        except ClientError as error:
            if error_code(error) not in {"UserNotFound", "UserNotFoundFault"}:
                raise
            users = ()
    if not users:
        raise AwsError(
            f"there is no Redis user {user_id}",
            cause="the instance stack makes it, switched off",
            action="apply the instance stack, then run this again",
        )
    user = users[0]
    return RedisUser(
        user_id,
        user.get("Status", ""),
        user.get("AccessString", ""),
        int(user.get("Authentication", {}).get("PasswordCount", 0)),
    )


def enable_user(
    session: AwsSession, user_id: str, *, access_string: str, passwords: Sequence[str], clock: Clock | None = None
) -> None:
    """Give a user its rights and passwords (at most two, 16 to 128 characters each) and wait until they are in force.

    Takes up to ten minutes: ElastiCache lets nobody change a user that is still being changed.
    """
    clock = clock or Clock()
    wait_active(session, user_id, clock=clock)
    with session.call(f"enable Redis user {user_id}"):
        session.client("elasticache").modify_user(
            UserId=user_id,
            AccessString=access_string,
            AuthenticationMode={"Type": "password", "Passwords": list(passwords)},
        )
    wait_active(session, user_id, clock=clock)


def wait_active(session: AwsSession, user_id: str, *, clock: Clock) -> None:
    """Wait until no change of the user is under way. Raises AwsError after ten minutes."""
    deadline = clock.monotonic() + _LONGEST_S
    while (user := read_user(session, user_id)).status != "active":
        if clock.monotonic() >= deadline:
            raise AwsError(
                f"Redis user {user_id} is still {user.status} after {_LONGEST_S / 60:.0f} minutes",
                cause="ElastiCache has not finished changing it",
                action="run the same command again later: it goes on where it stopped",
            )
        clock.sleep(_PAUSE_S)
