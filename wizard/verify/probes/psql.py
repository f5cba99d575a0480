"""Judging what psql said: each way of not getting in has a cause of its own and somebody who can mend it. Pure.

libpq's own messages are English (the probe runs it with LC_ALL=C). Those that the server writes may be in the server's
language: what no pattern knows is shown as it came.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wizard.verify.outcome import Outcome, failed, passed, waiting


@dataclass(frozen=True, slots=True)
class Login:
    """What the login was meant to be, for remedies. `seen_as` is the address that the customer has to admit."""

    deployment: str
    node: str
    host: str
    port: int
    database: str
    user: str
    secret: str
    authority: str
    seen_as: str
    via_endpoint: bool
    via_service: bool = False


@dataclass(frozen=True, slots=True)
class _Refusal:
    pattern: str
    reason: str
    remedy: str


#: First match wins. `{…}` are fields of Login.
_REFUSALS = tuple(
    _Refusal(*entry)
    for entry in (
        (
            r"server certificate for .* does not match host name",
            "TLS: the certificate is not for {host}",
            "answer database.host with a name on its certificate; or what answered is not the database",
        ),
        (
            # The last three: OpenSSL's words for an authority of the right name with another key.
            r"certificate verify failed|certificate has expired|EVP lib|bad signature|block type is not",
            "TLS: the certificate is not signed by the authority that was answered ({authority}), or has expired",
            "ask whose authority signs the database's certificate: database.certificate_authority and database.ca_pem",
        ),
        (
            r"server does not support SSL",
            "TLS: the database does not offer it",
            "the customer switches TLS on; without it the replication user's password would travel in clear",
        ),
        (
            r"root certificate file .* does not exist",
            "the certificate authority's file is missing on the node",
            "the boot script writes it: systemctl restart planewright-boot on {node}",
        ),
        (
            r"password authentication failed|no password supplied|PAM authentication failed|authentication failed for user",
            "the database refuses {user}'s password",
            "planewright seed-secrets {deployment} takes the right one; the customer can set it: ALTER ROLE {user} PASSWORD …",
        ),
        (
            r"no pg_hba\.conf entry",
            "the database's pg_hba.conf admits no such connection",
            "the customer adds: hostssl {database} {user} {seen_as} scram-sha-256, and reloads",
        ),
        (
            r"pg_hba\.conf rejects",
            "the database's pg_hba.conf rejects the connection",
            "the customer looks at the rules above the one for {user} from {seen_as}",
        ),
        (
            r'database ".*" does not exist',
            "there is no database {database}",
            "answer database.name with one that exists",
        ),
        (
            r'role ".*" does not exist|is not permitted to log in',
            "the database knows no such user as {user} who may log in",
            "the customer makes the replication role (CREATE ROLE {user} LOGIN REPLICATION …), or answer database.user",
        ),
        (
            r"permission denied for database",
            "{user} may not connect to {database}",
            "the customer runs: GRANT CONNECT ON DATABASE {database} TO {user}",
        ),
        (
            r"too many (clients|connections)|remaining connection slots",
            "the database has no connection slot left",
            "the customer frees connections or raises max_connections; replication needs some at all times",
        ),
        (
            r"Connection refused",
            "{host}:{port} refuses the connection",
            "is PostgreSQL running there, and on this port? The customer looks at the database",
        ),
        (
            r"timeout expired|timed out",
            "{host}:{port} does not answer in time",
            "the customer's security group and network ACLs must admit {seen_as} on TCP {port}",
        ),
        (
            r"No route to host|Network is unreachable",
            "the node has no route to {host}",
            "planewright plan {deployment} shows what has been changed in the route tables",
        ),
        (
            r"server closed the connection unexpectedly|Connection reset",
            "the connection was closed before the login came to its end",
            "what answers on {port} may not be PostgreSQL, or a firewall cuts the connection",
        ),
        (
            r"SSL error|SSL SYSCALL|could not initiate GSSAPI",
            "TLS could not be agreed on",
            "the database has to offer TLS 1.2 or later; no load balancer or firewall may open TLS in between",
        ),
        (
            r"psql: command not found",
            "psql is not installed on {node}",
            "the boot script installs it: journalctl -u planewright-boot on {node} tells why not",
        ),
    )
)
_NOT_UP = re.compile(r"the database system is (starting up|shutting down|in recovery mode|not yet accepting)")


def judge_login(said: Mapping[str, Any], login: Login) -> Outcome:
    """Judge what `assets/probes/psql.sh` says."""
    problem = str(said.get("problem") or "").strip()
    step = said.get("step")
    if step == "done" and isinstance(said.get("answer"), dict):
        return _logged_in(said, said["answer"], login)
    evidence = tuple(line for line in (str(said.get("psql") or ""), *problem.splitlines()) if line.strip())
    judges = {"secret": _no_secret, "psql": _refused}
    if isinstance(step, str) and step in judges:
        return judges[step](problem, login, evidence)
    return _not_begun(str(step), problem, login)


def _logged_in(said: Mapping[str, Any], answer: Mapping[str, Any], login: Login) -> Outcome:
    tls = answer.get("tls") or {}
    if not tls.get("on"):
        return failed(
            "the database says that the session is not encrypted",
            "something between opens TLS: connect to the database itself, not to a pooler or proxy",
            f"psql: {answer.get('server')}",
            seen=answer,
        )
    return passed(
        f"psql: {answer.get('server')}",
        f"psql: {tls.get('version')}, {tls.get('cipher')}, certificate verified against {login.host}",
        f"psql: user {answer.get('user')}, database {answer.get('database')}, "
        f"seen by the database from {answer.get('client_address')}",
        f"client: {said.get('psql')}, connected to {said.get('address')}:{login.port}",
        seen=answer,
    )


def _no_secret(problem: str, login: Login, evidence: tuple[str, ...]) -> Outcome:
    seed = f"planewright seed-secrets {login.deployment}"
    if "staging label" in problem:
        return waiting("the operator", f"secret {login.secret} has no value yet", seed, *evidence)
    if "AccessDenied" in problem or "not authorized" in problem:
        return failed(
            f"{login.node}'s role may not read {login.secret}",
            f"planewright plan {login.deployment} shows what has been changed in its policy, or in the KMS key's",
            *evidence,
        )
    if "ResourceNotFound" in problem:
        return failed(
            f"there is no secret {login.secret}",
            f"planewright apply {login.deployment} makes it, {seed} gives it its value",
            *evidence,
        )
    if "marked for deletion" in problem or "marked deleted" in problem:
        return failed(
            f"secret {login.secret} is scheduled for deletion",
            f"aws secretsmanager restore-secret --secret-id {login.secret}",
            *evidence,
        )
    if "command not found" in problem:
        return failed(
            "the AWS CLI is not installed on the node", f"systemctl restart planewright-boot on {login.node}", *evidence
        )
    return failed(
        f"{login.node} cannot fetch {login.secret}",
        "it needs a way to Secrets Manager: the NAT gateway, and egress on 443",
        *evidence,
    )


def _refused(problem: str, login: Login, evidence: tuple[str, ...]) -> Outcome:
    fields = {name: getattr(login, name) for name in login.__slots__}
    if _NOT_UP.search(problem):
        return waiting("the customer", "the database is not up yet", "verify again when it is", *evidence)
    for refusal in _REFUSALS:
        if re.search(refusal.pattern, problem):
            return failed(refusal.reason.format(**fields), refusal.remedy.format(**fields), *evidence)
    return failed("psql did not get in", "its own words are the evidence", *evidence)


def _not_begun(step: str, problem: str, login: Login) -> Outcome:
    match step:
        case "resolve":
            return failed(f"the way to {login.host} does not resolve on {login.node}", "see the hop of the name")
        case "authority":
            return failed(
                f"the certificate authority's file {problem} is missing on {login.node}",
                "the boot script writes it: systemctl restart planewright-boot on the node",
            )
        case "read_secret" | "no_user":
            what = "is not in the form that Springtail reads" if step == "read_secret" else f"has no user {login.user}"
            return waiting(
                "the operator",
                f"secret {login.secret} {what}",
                f"planewright seed-secrets {login.deployment} writes it anew",
            )
    return failed(
        "the probe said nothing that can be judged", "this is a defect of Planewright: please report it", step
    )


def judge_replication(answer: Mapping[str, Any], user: str, wanted: int = 1) -> Outcome:
    """Judge readiness for logical replication by what the database says of itself; `wanted` databases take a slot each."""
    slots, used = answer.get("max_replication_slots"), answer.get("replication_slots")
    evidence = (
        f"wal_level {answer.get('wal_level')}, {'a replica' if answer.get('in_recovery') else 'the writer'}",
        f"{user}: {_privilege(answer) or 'may not replicate'}",
        f"replication slots: {used} of {slots} used, for {answer.get('databases')} databases that need one each",
        f"max_wal_senders {answer.get('max_wal_senders')}, max_slot_wal_keep_size {_keep(answer)}",
    )
    if answer.get("in_recovery"):
        return failed(
            "this is a replica, not the writer",
            "answer database.host with the writer's own name; a reader endpoint cannot replicate",
            *evidence,
        )
    if answer.get("wal_level") != "logical":
        return failed(
            f"wal_level is {answer.get('wal_level')}, logical replication needs logical",
            "the customer sets rds.logical_replication = 1 in the parameter group (elsewhere wal_level = logical); "
            "either takes effect after a restart of the database",
            *evidence,
        )
    if not _privilege(answer):
        grant = f"GRANT rds_replication TO {user}" if answer.get("rds") else f"ALTER ROLE {user} REPLICATION"
        return failed(f"{user} may not replicate", f"the customer runs: {grant}", *evidence)
    lacking = _lacking_slots(answer, wanted)
    if lacking:
        return failed(
            f"{used} of {slots} replication slots are used: {lacking} more would be needed",
            "the customer drops slots that nobody uses: SELECT slot_name FROM pg_replication_slots WHERE NOT active; SELECT "
            "pg_drop_replication_slot('NAME'); or raises max_replication_slots, which takes a restart",
            *evidence,
        )
    return passed(*evidence)


def _lacking_slots(answer: Mapping[str, Any], wanted: int) -> int:
    """Count the databases that get no slot. Springtail's own slots are those that it has already."""
    free = int(answer.get("max_replication_slots") or 0) - int(answer.get("replication_slots") or 0)
    return max(0, wanted - int(answer.get("own_slots") or 0) - free)


def _privilege(answer: Mapping[str, Any]) -> str:
    told = {"rds_replication": "member of rds_replication", "replication": "REPLICATION", "superuser": "superuser"}
    return next((words for key, words in told.items() if answer.get(key)), "")


def _keep(answer: Mapping[str, Any]) -> str:
    size = answer.get("max_slot_wal_keep_size")
    if size in ("-1", None):
        return "unlimited (a replica that stalls fills the database's disk)"
    return str(size)
