"""The ways to do an account's steps other than by hand: what each covers, its lines, and how it takes them back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from generators.handoff import cloudformation, privatelink, tofu
from generators.handoff.commands import quoted
from generators.handoff.script import NAME
from wizard.handoff.model import Act, Parameters, Site, Step, at

_BY_SCRIPT: Final = frozenset(
    {
        Act.ACCEPT_PEERING,
        Act.ALLOW_DNS,
        Act.ADD_ROUTES,
        Act.ADMIT_PORT,
        Act.ASSOCIATE_ZONE,
        Act.ALLOW_PRINCIPAL,
        Act.ACCEPT_ENDPOINT,
        Act.CONNECT_PROXY,
        Act.NAME_PROXY,
    }
)
_OF_RDS: Final = frozenset({Act.SET_PARAMETERS, Act.REBOOT})


#: What the stacks make: of the customer's service, of endpoints to ours, or of a peering.
_MADE: Final = {
    (True, False): "A stack makes load balancer, service and rule; the last line tells the service's name.",
    (False, True): "A stack for each application's VPC makes endpoint and private zone.",
    (False, False): "A stack for each VPC makes routes and the rule.",
}
_UNDONE: Final = {
    True: "the stacks, then the rule and the endpoint's acceptance, where they were lines.",
    False: "the option, the zones, then the stacks, which take routes and rule with them. The peering stays accepted.",
}


@dataclass(frozen=True, slots=True)
class Way:
    """One way. `covers` are the acts that it does; `lines` begin in the bundle's folder."""

    name: str
    about: str
    covers: frozenset[Act]
    lines: tuple[str, ...]
    undo: str
    undo_lines: tuple[str, ...] = ()


def ways(steps: tuple[Step, ...], site: Site, deployment: str, wanted: frozenset[str]) -> tuple[Way, ...]:
    """Give the wanted ways (script, tofu, cloudformation) of a site, in the order in which most people look for them."""
    return (
        *((_script(steps, site),) if "script" in wanted else ()),
        *(_tofu(steps, site) if "tofu" in wanted else ()),
        *(_cloudformation(steps, site, deployment) if "cloudformation" in wanted else ()),
    )


def _script(steps: tuple[Step, ...], site: Site) -> Way:
    own = quoted(f"{site.name}/{NAME}")
    settings = [step for step in at(steps, site) if isinstance(step.target, Parameters) and step.target.managed]
    restarts = tuple(step.key for step in settings if step.act is Act.REBOOT)
    return Way(
        "AWS CLI script",
        "It needs sh and the AWS CLI, refuses every other account, and only says what it would do until it is told "
        "--apply. It can be run again."
        + (
            " It restarts the database only when the restart is named: run that line at the agreed time."
            * bool(restarts)
        ),
        _BY_SCRIPT | (_OF_RDS if settings else frozenset()),
        (f"sh {own}", f"sh {own} --apply", *(f"sh {own} --apply --only {quoted(key)}" for key in restarts)),
        "the same script, again first without changing anything. It names what it cannot take back.",
        (f"sh {own} --undo", f"sh {own} --undo --apply"),
    )


def _tofu(steps: tuple[Step, ...], site: Site) -> tuple[Way, ...]:
    if privatelink.service_of(steps, site) is not None:
        return (
            _by_tofu(
                f"{site.name}/{privatelink.SERVE}",
                "Its README says which two values only you know: the database's address, and its security group.",
                frozenset({Act.SERVE_DATABASE, Act.ADMIT_PORT}),
                "destroy, once the operator's endpoint is gone.",
                tells="service_name",
            ),
        )
    if not tofu.files(steps, site, ""):
        return ()
    if privatelink.tofu_files(steps, site, ""):
        about = "The rule of the database's security group is made where database_security_group_id names the group."
        undo = "destroy. The operator's endpoint is rejected then; it can be accepted again."
    else:
        about = (
            "It finds the route tables and, of an RDS database, the security group itself; look at the plan. Its README "
            "names two reads that the provider needs besides the policies below."
        )
        undo = "destroy. The peering stays accepted and its DNS option on: OpenTofu only forgets them."
    return (_by_tofu(f"{site.name}/tofu", about, tofu.COVERS, undo),)


def _by_tofu(path: str, about: str, covers: frozenset[Act], undo: str, *, tells: str = "") -> Way:
    """The way of a folder of code. `tells` is the output that somebody wants."""
    engine = f"tofu {quoted(f'-chdir={path}')}"
    return Way(
        "OpenTofu",
        "For those who keep their network in OpenTofu or Terraform (write terraform for tofu then). " + about,
        covers,
        (
            *(f"{engine} {verb}" for verb in ("init", "plan -out plan", "apply plan")),
            *((f"{engine} output {tells}",) if tells else ()),
        ),
        undo,
        (f"{engine} destroy",),
    )


def _cloudformation(steps: tuple[Step, ...], site: Site, deployment: str) -> tuple[Way, ...]:
    if not cloudformation.files(steps, site, deployment):
        return ()
    return (
        Way(
            "CloudFormation",
            f"{_MADE[privatelink.service_of(steps, site) is not None, bool(privatelink.outlets(steps, site))]} "
            "What CloudFormation has no resource for stays a command. "
            "Run the lines in this order, with your own ids where CAPITAL letters stand. The credentials need what "
            "CloudFormation asks for its stacks besides the policies below.",
            cloudformation.COVERS,
            cloudformation.lines(steps, site, deployment, f"{site.name}/cloudformation/"),
            _UNDONE[privatelink.service_of(steps, site) is not None or bool(privatelink.outlets(steps, site))],
            cloudformation.undo_lines(steps, site, deployment),
        ),
    )
