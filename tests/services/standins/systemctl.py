"""A stand-in for systemctl: it runs the units that lie in the node's root, as they say, and knows no others."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(os.environ["PLANEWRIGHT_ROOT"])


def unit(name: str) -> dict[str, str]:
    return dict(
        re.findall(
            r"^(ExecStart|WorkingDirectory)=(.*)$", (ROOT / f"etc/systemd/system/{name}.service").read_text(), re.M
        )
    )


def inside(words: list[str]) -> list[str]:
    """Paths of the node, as paths of this machine; the machine's own programs stay."""
    own = ("/etc/planewright", "/opt/", "/run/")
    return [f"{ROOT}{word}" if word.startswith(own) else word for word in words]


def variables(name: str) -> dict[str, str]:
    found = {}
    text = (ROOT / f"etc/systemd/system/{name}.service").read_text()
    for file in re.findall(r"^EnvironmentFile=(.*)$", text, re.M):
        for line in (ROOT / file.lstrip("/")).read_text().splitlines():
            key, _, value = line.partition("=")
            found[key] = re.sub(r'\\(["\\$`])', r"\1", value.strip('"'))
    return found


def pid_of(name: str) -> int | None:
    file = ROOT / f"run/{name}.pid"
    return int(file.read_text()) if file.exists() else None


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def start(name: str) -> int:
    said = unit(name)
    environment = {**os.environ, **variables(name)}
    command = inside(shlex.split(said["ExecStart"]))
    folder = inside([said.get("WorkingDirectory", str(ROOT))])[0]
    if name == "planewright-secrets":
        return subprocess.run(command, cwd=folder, env=environment, stderr=sys.stderr).returncode
    pid = pid_of(name)
    if pid and alive(pid):
        return 0
    if subprocess.run([sys.executable, __file__, "start", "planewright-secrets"]).returncode:
        return 1
    with (ROOT / f"run/{name}.log").open("a") as log:
        child = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    (ROOT / f"run/{name}.pid").write_text(str(child.pid))
    return 0


def stop(name: str) -> int:
    pid = pid_of(name)
    if pid and alive(pid):
        os.kill(pid, signal.SIGTERM)
        while alive(pid):
            time.sleep(0.02)
    (ROOT / f"run/{name}.pid").unlink(missing_ok=True)
    return 0


def main(words: list[str]) -> int:
    verb, name = words[0], words[-1]
    return stop(name) if verb == "disable" else start(name)


sys.exit(main(sys.argv[1:]))
