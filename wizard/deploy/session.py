"""An interactive shell on a node: which node, whether it can be reached, what is run and with whose credentials.

    contract ─► nodes ─► the one that is meant ─► account, agent, programs looked at ─► Shell ─► the terminal is its

Nodes have no SSH: the AWS CLI's `ssm start-session` opens the shell, and leaves its record in the account.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wizard.blueprints.springtail.answers import ShardAnswers
from wizard.blueprints.springtail.contracts import InstanceOutputs, NodeOutput
from wizard.blueprints.springtail.stacks import INSTANCE
from wizard.deploy import store
from wizard.errors import AccountError, AwsError, BlockedError, InputError

if TYPE_CHECKING:
    from wizard.answers.account import Account
    from wizard.aws.commands import NodePing
    from wizard.aws.engine_credentials import EngineCredentials
    from wizard.aws.session import AwsSession
    from wizard.deploy.target import Target

PLUGIN = "session-manager-plugin"
_INSTALL = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html"
)
#: The last version that is given the session's token in its arguments, where every user of the machine can read it.
_TOKEN_IN_ARGUMENTS = (1, 2, 497, 0)
_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
#: What would speak for somebody else than the session that was checked.
_OTHERS = frozenset(
    {*_KEYS, "AWS_SECURITY_TOKEN", "AWS_CREDENTIAL_EXPIRATION", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ROLE_ARN"}
    | {"AWS_ROLE_SESSION_NAME", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI"}
    | {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN"}
    | {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"}
)


@dataclass(frozen=True, slots=True)
class Shell:
    """What is run for a shell on a node, looked at and ready. `environ` may hold keys; `argv` holds no secret."""

    key: str
    node: NodeOutput
    argv: tuple[str, ...]
    environ: Mapping[str, str] = field(repr=False)

    @property
    def line(self) -> str:
        """The command as a person would type it."""
        return " ".join(("aws", *self.argv[1:]))


# -- which node


def nodes_of(target: Target) -> dict[str, NodeOutput]:
    """Give a deployment's nodes by their keys (`fdw-0`), in order. BlockedError before its first apply."""
    if isinstance(target.answers, ShardAnswers):
        raise InputError(
            f"{target.name} is a shard: it has no nodes",
            cause="nodes belong to the deployments on it",
            action="name a deployment; `planewright list` shows them",
        )
    built = store.load_contract(target.place, INSTANCE)
    if not isinstance(built, InstanceOutputs):
        raise BlockedError(
            f"{target.name} has no nodes yet",
            cause=f"its stack {INSTANCE} has not been applied from this workspace",
            action=f"planewright apply {target.name}",
        )
    return dict(sorted(built.nodes.items()))


def matching(nodes: Mapping[str, NodeOutput], wanted: str) -> tuple[str, ...]:
    """Give the keys that a role, a key or an instance's id means. InputError, naming what there is, when none."""
    found = tuple(key for key, node in nodes.items() if wanted in {key, node.role, node.instance_id, node.name})
    if not found:
        raise InputError(
            f"there is no node {wanted}",
            cause=f"roles: {', '.join(dict.fromkeys(node.role for node in nodes.values()))}; nodes: {', '.join(nodes)}",
            action="name a role, or one of its nodes",
        )
    return found


# -- what is run


def command(node: NodeOutput, account: Account) -> tuple[str, ...]:
    """Give the AWS CLI's command for a shell on a node."""
    return ("aws", "ssm", "start-session", "--target", node.instance_id, "--region", account.region)


def environment(environ: Mapping[str, str], credentials: EngineCredentials) -> dict[str, str]:
    """Give the environment in which the AWS CLI acts as the session that was checked, and as nobody else."""
    if credentials.kind == "ambient":
        return dict(environ)
    own = {name: value for name, value in environ.items() if name not in _OTHERS}
    if credentials.kind == "profile" or credentials.keys is None:
        return own | {"AWS_PROFILE": credentials.profile}
    keys = credentials.keys
    values = zip(_KEYS, (keys.access_key, keys.secret_key, keys.token), strict=True)
    return own | {name: value for name, value in values if value}


def said_credentials(account: Account) -> str:
    """Say with which credentials the command is meant to run, for somebody who runs it elsewhere."""
    if account.role_arn:
        return f"those of {account.role_arn}"
    return f"profile {account.profile}" if account.profile else f"any of account {account.id}"


# -- whether it can be reached


def reached(session: AwsSession, nodes: Sequence[NodeOutput]) -> dict[str, NodePing]:
    """Ask SSM how the nodes' agents are, by instance id, as who the answers name: AccountError for anybody else."""
    from wizard.aws.commands import online_nodes
    from wizard.aws.session import require_account

    _require_aws(session)
    require_account(session.identity(), session.account)
    return online_nodes(session, [node.instance_id for node in nodes])


def require_online(key: str, node: NodeOutput, ping: NodePing | None) -> None:
    """Raise AwsError, with the way on, unless the node's agent is online."""
    if ping is None:
        raise AwsError(
            f"{key} cannot be reached: its agent has never registered",
            cause=f"SSM does not know {node.instance_id}",
            action="wait until it has booted, a few minutes after the apply; it needs AmazonSSMManagedInstanceCore and a "
            "way to the ssm and ssmmessages endpoints. `planewright verify` tells which hop fails",
        )
    if ping.status != "Online":
        when = f", last heard of {ping.last_ping:%Y-%m-%d %H:%M} UTC" if ping.last_ping else ""
        raise AwsError(
            f"{key} cannot be reached: its agent is not online",
            cause=f"SSM says {ping.status} of {node.instance_id}{when}",
            action="see whether the instance runs, and start it if not; if it does, its way to the ssm and ssmmessages "
            "endpoints is lost. `planewright verify` tells which hop fails",
        )


def shell(target: Target, session: AwsSession, key: str) -> Shell:
    """Make ready a shell on a node. Asks AWS; AccountError, AwsError or InputError when there can be none."""
    from wizard.aws.cli import found_cli
    from wizard.aws.engine_credentials import engine_credentials

    node = nodes_of(target)[key]
    _require_aws(session)
    argv = command(node, session.account)
    found = found_cli(argv, session.environ, since=(2, 0), failed="no shell can be opened")
    _require_plugin(session.environ)
    require_online(key, node, reached(session, (node,)).get(node.instance_id))
    return Shell(key, node, (found, *argv[1:]), environment(session.environ, engine_credentials(session)))


def run(shell: Shell) -> None:
    """Give the terminal to the shell until it ends. AwsError when it did not come about, or was cut."""
    from wizard.aws.cli import in_foreground

    code = in_foreground(shell.argv, shell.environ, takes_stop=True)
    if code != 0:
        raise AwsError(
            f"the shell on {shell.key} did not open, or was cut off",
            cause=f"{shell.line} ended with {code}; what it said is above",
            action="for AccessDenied, `planewright policy` writes what the operator has to be allowed (ssm:StartSession); "
            "for TargetNotConnected, wait until the node's agent is online; then open it again",
        )


def _require_aws(session: AwsSession) -> None:
    host = urlsplit(str(session.client("ssm").meta.endpoint_url)).hostname or ""
    if not _is_loopback(host):
        return
    raise AwsError(
        "a shell on a node cannot be rehearsed",
        cause=f"the nodes of this AWS ({host}) are not machines, and {PLUGIN} speaks to AWS's own alone",
        action="`planewright verify` runs commands on the nodes here",
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _require_plugin(environ: Mapping[str, str]) -> None:
    from wizard.aws.cli import version_said

    found = shutil.which(PLUGIN, path=environ.get("PATH", ""))
    if found is None:
        raise AccountError(
            f"no shell can be opened: {PLUGIN} is not installed",
            cause="the AWS CLI carries a session's text through it, and there is none on the PATH",
            action=f"install it ({_INSTALL}), then open the shell again",
        )
    said = version_said(found, environ)
    version = tuple(int(part) for part in said.split(".")) if re.fullmatch(r"\d+(\.\d+){2,3}", said) else (0,)
    if version <= _TOKEN_IN_ARGUMENTS:
        raise AccountError(
            f"no shell can be opened: {PLUGIN} is too old",
            cause=f"{found} is {said or 'of an unknown version'}; up to {'.'.join(map(str, _TOKEN_IN_ARGUMENTS))} it takes the "
            "session's token in its arguments, where every user of this machine can read it",
            action=f"install a later version ({_INSTALL}) so that it comes first on the PATH, then open the shell again",
        )
