"""What an operator waits for while answers are checked against AWS, 80 ms away and over TLS."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psutil

from tests.bench.figures import Figure
from tests.live.account import PREPARED, Account
from tests.live.proxy import SETUP_TRIPS, FarProxy
from tests.live.server import Server
from tests.live.tls import loopback_certificate
from tests.sizing.machines import every_type
from wizard.aws.facts.readers import readers
from wizard.facts.asking import Facts
from wizard.sizing.catalogue import parse, select

ROUND_TRIP_S = 0.080
COLD_S = 3.0
ONE_FIELD_S = 0.5
FILTER_MS = 10.0
TIMES = 5


def measure() -> Iterator[Figure]:
    """A whole check, cold and warm; one changed answer; a filter on the catalogue."""
    with tempfile.TemporaryDirectory() as folder, Server() as server:
        server.tell(reset=True, quotas=PREPARED)
        pair = loopback_certificate(Path(folder))
        with FarProxy(server.endpoint_url, round_trip_s=ROUND_TRIP_S, certificate=pair) as proxy:
            far = Account(server, {"AWS_CA_BUNDLE": str(_bundle(Path(folder), pair[0]))}, proxy.endpoint_url)
            Account(server).check()  # the embedded AWS loads a service when it is first asked of it
            yield from _as_a_command(Path(folder), far, proxy)
            yield from _in_process(far)
    yield from _filter()


def _as_a_command(folder: Path, far: Account, proxy: FarProxy) -> Iterator[Figure]:
    import assets

    examples = Path(assets.__file__).parent / "examples"
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder), **far.environ()}
    bare = _child(["-c", _ONE_CALL], folder, environ)
    took = []
    for number in range(TIMES):
        root = folder / f"workspace-{number}"  # each without what another one keeps
        for kind, name, example in (("shards", "use1-a", "shard"), ("deployments", "acme-prod", "private")):
            home = root / kind / name
            home.mkdir(parents=True)
            (home / "answers.yaml").write_text((examples / f"{example}.yaml").read_text())
        proxy.since()
        took.append(_child(["-m", "wizard", "check", "acme-prod"], root, environ))
        connections, calls = proxy.since()
    wall, cpu = (statistics.median(values) for values in zip(*took, strict=True))
    peer = (
        f"a process with one boto3 client and one call {bare[0]:.2f} s; {len(calls)} calls on {connections} connections"
    )
    yield Figure("check: cold, the command from its start to its last line", wall, "s", COLD_S, peer)
    yield Figure("check: cold, CPU time of the command", cpu, "s")
    trips = len(calls) * (1 + SETUP_TRIPS) * ROUND_TRIP_S
    yield Figure("check: its calls one after the other, each a process's first", trips, "s", peer="computed, not run")


_ONE_CALL = "import boto3; boto3.client('ec2').describe_vpcs()"


def _in_process(far: Account) -> Iterator[Figure]:
    subject = far.subject()
    other = far.subject(deployment={"nodes.fdw.instance_type": "r6i.2xlarge"})
    cold, warm, field = [], [], []
    for _ in range(TIMES):
        checker = far.checker()
        everything = checker.check(subject)
        cold.append(_timed(lambda: far.check(subject)))
        warm.append(_timed(partial(checker.check, subject)))
        field.append(_timed(partial(checker.check, other)))
        asked = _asked_anew(everything.facts, checker.check(other).facts)
    yield Figure("check: cold, in a process that runs already", statistics.median(cold), "s", COLD_S)
    single = _timed(lambda: _one_after_the_other(far, everything.facts))
    yield Figure("check: the same facts one after the other, connections kept", single, "s")
    yield Figure("check: again, nothing changed", statistics.median(warm), "s", ONE_FIELD_S)
    peer = f"{asked} of {len(everything.facts)} facts asked anew"
    yield Figure(
        "check: one answer changed (nodes.fdw.instance_type)", statistics.median(field), "s", ONE_FIELD_S, peer
    )


def _asked_anew(before: Facts, after: Facts) -> int:
    """How many facts the second check asked that the first had not."""
    return len(set(after) - set(before))


def _one_after_the_other(far: Account, facts: Facts) -> None:
    sessions = far.sessions()
    for ask in facts:
        readers()[type(ask)](sessions[ask.side], ask)


def _filter() -> Iterator[Figure]:
    kinds = every_type()
    query = parse("arm64 nvme mem>=32 vcpu<=8 iops>=12000").query
    took = [_timed(lambda: select(kinds, query, sort="mem")) for _ in range(50)]
    names = [kind.name for kind in kinds]
    peer = f"{len(kinds)} types; sorting their names {_timed(lambda: sorted(names)) * 1000:.2f} ms"
    yield Figure("catalogue: a filter of five terms, sorted", statistics.median(took) * 1000, "ms", FILTER_MS, peer)


def _timed(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def _child(arguments: list[str], cwd: Path, environ: dict[str, str]) -> tuple[float, float]:
    """Run Python; give wall and CPU seconds. A check that holds something ends with 1."""
    began, before = time.perf_counter(), psutil.Process().cpu_times()
    done = subprocess.run([sys.executable, *arguments], cwd=cwd, env=environ, capture_output=True, text=True)
    after, took = psutil.Process().cpu_times(), time.perf_counter() - began
    if done.returncode not in {0, 1} or "Traceback" in done.stderr:
        raise AssertionError(f"{arguments} failed: {done.stderr[-2000:]}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return took, cpu


def _bundle(folder: Path, certificate: Path) -> Path:
    """Add it to the authorities that a client reads for AWS: reading them is part of what a connection costs."""
    from botocore.httpsession import get_cert_path

    bundle = folder / "bundle.pem"
    bundle.write_bytes(Path(get_cert_path(True)).read_bytes() + certificate.read_bytes())
    return bundle
