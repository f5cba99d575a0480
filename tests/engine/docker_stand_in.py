#!/usr/bin/env python3
"""Stands in for Docker where there is none: `container run` starts a program of this machine instead of the image's.

Like Docker it keeps the engine apart from its client (which may be killed), gives it the environment and the folder of the command
line and nothing else, remembers its exit code until `rm`, and tells its output again. Each call is written down. What it
cannot show: that the mounts suffice, users, the network, and what real images hold.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
STATE = HERE / "containers"
ALONE = {"--rm", "--read-only", "--follow", "--force", "--detach"}


def main(argv: list[str]) -> int:
    with (HERE / "calls.jsonl").open("a") as log:
        log.write(json.dumps({"argv": argv, "environ": sorted(os.environ)}) + "\n")
    words = argv[1:] if argv[0] == "container" else argv
    verb = " ".join(argv[:2]) if argv[0] in {"image", "system"} else words[0]
    return VERBS[verb](words)


def options(words: list[str]) -> tuple[dict[str, list[str]], list[str]]:
    found: dict[str, list[str]] = {}
    at = 1
    while at < len(words) and words[at].startswith("-"):
        if words[at] in ALONE:
            found[words[at]] = []
            at += 1
        else:
            found.setdefault(words[at], []).append(words[at + 1])
            at += 2
    return found, words[at:]


def run(words: list[str]) -> int:
    given, (image, *command) = options(words)
    name = given.get("--name", [f"c{os.getpid()}"])[0]
    home = STATE / name
    home.mkdir(parents=True)
    elsewhere: dict[str, str] = {}
    for mount in given.get("--mount", []):
        fields = dict(item.partition("=")[::2] for item in mount.split(","))
        if not Path(fields["source"]).exists():
            sys.stderr.write(
                f"docker: Error response from daemon: bind source path does not exist: {fields['source']}\n"
            )
            return 125
        elsewhere[fields["target"]] = fields["source"]
    inside = dict(item.partition("=")[::2] for item in given.get("--env", []))
    record = {
        "argv": [json.loads((HERE / "images.json").read_text())[image], *command],
        "cwd": given.get("--workdir", ["/"])[0],
        # What is seen under another name inside has its own name here.
        "env": {"PATH": "/usr/bin:/bin"} | {key: elsewhere.get(value, value) for key, value in inside.items()},
        "options": given,
    }
    (home / "record.json").write_text(json.dumps(record))
    # The engine belongs to nobody here, as one of Docker's daemon does.
    subprocess.Popen([sys.executable, __file__, "daemon", name], start_new_session=True, stdin=subprocess.DEVNULL)
    code = attached(home)
    if "--rm" in given:
        forget(home)
    return code


def daemon(words: list[str]) -> int:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.closerange(0, 3)
    os.open(os.devnull, os.O_RDWR), os.dup(0), os.dup(0)
    home = STATE / words[1]
    record = json.loads((home / "record.json").read_text())
    with (home / "stdout").open("wb") as stdout, (home / "stderr").open("wb") as stderr:
        process = subprocess.Popen(
            record["argv"], cwd=record["cwd"], env=record["env"], stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr
        )
        put(home / "pid", str(process.pid))
        code = process.wait()
    put(home / "code", str(128 - code if code < 0 else code))
    return 0


def attached(home: Path) -> int:
    sources = {number: home / name for number, name in ((1, "stdout"), (2, "stderr"))}
    told = dict.fromkeys(sources, 0)
    while True:
        ended = (home / "code").exists()
        for number, path in sources.items():
            if path.exists():
                with path.open("rb") as file:
                    file.seek(told[number])
                    piece = file.read()
                told[number] += len(piece)
                while piece:
                    piece = piece[os.write(number, piece) :]
        if ended:
            return int((home / "code").read_text())
        time.sleep(0.02)


def there(name: str) -> Path | None:
    home = STATE / name
    if (home / "record.json").exists():
        return home
    sys.stderr.write(f"Error response from daemon: No such container: {name}\n")
    return None


def kill(words: list[str]) -> int:
    given, (name,) = options(words)
    home = there(name)
    if home is None:
        return 1
    if (home / "code").exists() or not (home / "pid").exists():
        sys.stderr.write(f"Error response from daemon: cannot kill container: {name}: container is not running\n")
        return 1
    os.kill(int((home / "pid").read_text()), signal.Signals[given.get("--signal", ["SIGKILL"])[0]])
    return 0


def inspect(words: list[str]) -> int:
    home = there(words[-1])
    if home is None:
        print("[]")
        return 1
    ended = (home / "code").exists()
    state = {
        "Status": "exited" if ended else "running",
        "Running": not ended,
        "ExitCode": int((home / "code").read_text()) if ended else 0,
        "FinishedAt": "2026-11-21T22:00:00.5Z" if ended else "0001-01-01T00:00:00Z",
    }
    print(json.dumps([{"Id": words[-1], "Name": f"/{words[-1]}", "State": state}]))
    return 0


def logs(words: list[str]) -> int:
    home = there(words[-1])
    if home is None:
        return 1
    sys.stdout.write((home / "stdout").read_text())
    return 0


def rm(words: list[str]) -> int:
    home = there(words[-1])
    if home is None:
        return 1
    if not (home / "code").exists():
        sys.stderr.write("Error response from daemon: cannot remove container: container is running\n")
        return 1
    forget(home)
    return 0


def forget(home: Path) -> None:
    (home / "record.json").rename(home / "removed.json")


def image(words: list[str]) -> int:
    if words[-1] in json.loads((HERE / "images.json").read_text()):
        print(json.dumps([{"Id": words[-1].rpartition("@")[2]}]))
        return 0
    print("[]")
    sys.stderr.write(f"Error response from daemon: No such image: {words[-1]}\n")
    return 1


def info(_words: list[str]) -> int:
    print(json.dumps({"SecurityOptions": json.loads((HERE / "security.json").read_text())}))
    return 0


def put(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    part.write_text(text)
    part.replace(path)


VERBS = {
    "run": run,
    "daemon": daemon,
    "kill": kill,
    "inspect": inspect,
    "logs": logs,
    "rm": rm,
    "image inspect": image,
    "system info": info,
    "info": info,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
