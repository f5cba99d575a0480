"""Springtail itself: its services, the proxy's mode and answer, and whether a read came to an FDW.

Asked on our own nodes: an application's network is not ours. Where nothing was started, nothing is passed or failed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from wizard.blueprints.springtail.contracts import NodeOutput
from wizard.blueprints.springtail.services import PORTS, ROLES, told
from wizard.verify.outcome import Known, Outcome, failed, passed, unseen, waiting
from wizard.verify.path import PlannedHop, ingestion_key
from wizard.verify.probes.command import answered, ask
from wizard.verify.scene import Scene
from wizard.verify.scripts import services as script

_ANSWERS_WITHIN = 8
#: States of a coordinator on its way to `running`.
_RISING = ("startup", "reloading", "reload")


def running(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """Every node's coordinator says that it runs."""
    key = ingestion_key(scene.outputs)
    inputs = {"KEY": key, "ROLE": "ingestion", "PLAN": json.dumps(told(scene.deployment, scene.outputs))}
    answer = answered(scene.reads, scene.ingestion, script("status", inputs), seconds=90)
    if isinstance(answer, Outcome):
        return answer
    return judge_running(answer, scene.outputs.nodes, scene.deployment.name)


def judge_running(answer: Mapping[str, Any], nodes: Mapping[str, NodeOutput], deployment: str) -> Outcome:
    """Judge what ingestion and Redis say of the services."""
    wrong = answer.get("failed")
    if isinstance(wrong, dict):
        remedy = f"“The deployment's Redis user is on” tells more; planewright seed-secrets {deployment} switches it on"
        return failed(f"what runs cannot be read: {wrong.get('reason')}", remedy)
    status = answer.get("status")
    status = status if isinstance(status, dict) else {}
    said = status.get("coordinators")
    states = said if isinstance(said, dict) else {}
    order = sorted(nodes.items(), key=lambda item: (ROLES.index(item[1].role), item[0]))
    by_key = {key: str(states.get(f"{node.role}:{key}") or "") for key, node in order}
    evidence = tuple(f"{key}: {state or 'not started'}" for key, state in by_key.items())
    if not status.get("prepared") or not any(by_key.values()):
        todo = "start" if status.get("prepared") else "prepare"
        return unseen("not reached: services not started", f"planewright {todo} {deployment}", *evidence)
    rising = [key for key, state in by_key.items() if state in _RISING]
    down = [key for key, state in by_key.items() if state != "running" and key not in rising]
    if len(down) == len(by_key):
        return unseen("not reached: services not started", f"planewright start {deployment}", *evidence)
    if down:
        first = nodes[down[0]]
        return failed(
            f"{', '.join(down)}: no coordinator runs",
            f"planewright start {deployment} --role {first.role}; its log: planewright session {deployment} {down[0]}, "
            "then journalctl -u springtail-coordinator",
            *evidence,
        )
    if rising:
        return waiting("the operator", f"{', '.join(rising)}: starting", "verify again in a minute", *evidence)
    return passed(*evidence, seen=status)


def mode(scene: Scene, _planned: PlannedHop, known: Known) -> Outcome:
    """The proxy's mode, as Redis holds it."""
    return judge_mode((known["springtail.services"].seen or {}).get("mode"), scene.deployment.name)


def judge_mode(found: object, deployment: str) -> Outcome:
    """Judge the mode: only `normal` lets a replica's answer reach an application."""
    evidence = f"system_settings, proxy.mode: {found}"
    if found == "normal":
        return passed(evidence)
    remedy = (
        f"planewright prepare {deployment} sets it; planewright stop and start {deployment} --role proxy takes it up"
    )
    if found == "shadow":
        return failed("the mode is shadow: replicas are asked, but every answer is the primary's", remedy, evidence)
    if found == "primary":
        return failed(
            "the mode is primary: everything goes to the primary, and the replicas serve nothing", remedy, evidence
        )
    return failed(f"Redis holds no mode that is known: {found}", remedy, evidence)


def answer(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """The proxy lets the replication user in, and answers a read."""
    database = scene.deployment.database
    fdws = [(key, node) for key, node in sorted(scene.outputs.nodes.items()) if node.role == "fdw"]
    said = ask(
        scene.reads,
        scene.proxies[0],
        "read",
        {
            "PORT": PORTS["proxy"],
            "DATABASE": database.replicated[0],
            "DBUSER": database.user,
            "SECRET": scene.outputs.database_secret_name,
            "REGION": scene.shard_outputs.region,
            "FDWS": " ".join(f"{key}={node.private_ip}:{PORTS['fdw']}" for key, node in fdws),
            "TIMEOUT": _ANSWERS_WITHIN,
        },
        seconds=60 + (len(fdws) + 1) * 2 * _ANSWERS_WITHIN,
    )
    if isinstance(said, Outcome):
        return said
    return judge_answer(said, scene.proxies[0], database.user, scene.deployment.name)


#: What psql says, in the server's words, when it was heard and turned away.
_REFUSED = (
    "password authentication failed",
    "authentication failed",
    "no pg_hba.conf entry",
    "does not exist",
    "FATAL",
)


def judge_answer(said: Mapping[str, Any], proxy: NodeOutput, user: str, deployment: str) -> Outcome:
    """Judge how the proxy answered at its own node; what the FDWs say of it is for the next hop."""
    if said.get("answered") is True:
        where = f"a read was answered at {proxy.name} itself, as {user}"
        return passed(
            where, "the hops of the load balancer lead to it; an application's own network is not ours", seen=said
        )
    problem = str(said.get("problem") or "")
    evidence = tuple(problem.splitlines()[-3:])
    if said.get("step") != "login":
        return failed(
            "the node cannot read the database's users from their secret",
            f"planewright seed-secrets {deployment}",
            *evidence,
        )
    if any(word in problem for word in _REFUSED):
        return unseen(
            f"the proxy answers, and lets {user} not in: it knows the users that Springtail's own scripts tell it of",
            "log in as a user of an application, from where applications run",
            *evidence,
        )
    return failed(
        f"nothing answers on {PORTS['proxy']} of {proxy.name}",
        f"planewright session {deployment}, on the proxy: journalctl -u springtail-coordinator",
        *evidence,
    )


def read(scene: Scene, _planned: PlannedHop, known: Known) -> Outcome:
    """An FDW's own list of sessions holds the statement that the proxy was given."""
    found = (known["springtail.proxy"].seen or {}).get("asked")
    return judge_read(found if isinstance(found, dict) else {}, scene.deployment.name)


def judge_read(asked: Mapping[str, str], deployment: str) -> Outcome:
    """Judge what each FDW says of the statement."""
    evidence = tuple(f"{key}: {_told(told)}" for key, told in asked.items())
    if "seen" in asked.values():
        return passed(*evidence)
    if asked and all(told == "not seen" for told in asked.values()):
        return failed(
            "no FDW has seen the statement: the primary answered it",
            f"the proxy's mode, and each FDW's state in Redis, have to let reads through: planewright prepare {deployment}, "
            "then stop and start its proxies",
            *evidence,
        )
    silent: Sequence[str] = [key for key, told in asked.items() if told not in ("seen", "not seen")]
    return unseen(
        f"{', '.join(silent) or 'no FDW'} did not say whether the statement came to it",
        f"planewright session {deployment} {silent[0] if silent else 'fdw'}, then look at its PostgreSQL",
        *evidence,
    )


def _told(said: str) -> str:
    return {"seen": "our statement ran here", "not seen": "our statement did not come here"}.get(said, said)
