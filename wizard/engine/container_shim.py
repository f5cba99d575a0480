"""`python -m wizard.engine.container_shim IMAGE NAME ARGUMENTS`: stands where the engine's process would, and runs it in a container.

Its output is the engine's, byte for byte; a SIGINT goes to the engine; its exit code is the engine's, and it dies of the
signal that the engine died of. NAME is the container's, or `-` for a short command, whose container goes with it.

Credentials go inside through the loopback endpoint alone: the container's environment has its address, and a file in memory, which
only this user reads, has its token. When this process is killed the engine goes on, with the credentials it has until they end.
"""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.engine.container import CLIENT_FAILED, LABEL, PATIENCE_S, client, within
from wizard.engine.container_shape import TOKEN, Bind, binds, inside
from wizard.errors import EngineError

if TYPE_CHECKING:
    from python_on_whales import DockerClient

_KILLED = 128
_AGAIN_S = 0.1
_NOBODY = "-"


def main(arguments: list[str]) -> int:
    """Run the engine's command in a container, to its end."""
    image, name, *argv = arguments
    signals: queue.SimpleQueue[str] = queue.SimpleQueue()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _frame: signals.put(signal.Signals(number).name))
    try:
        code = _run(image, name, argv, signals)
    except EngineError as error:
        sys.stderr.write(f"{error}\n")
        return CLIENT_FAILED
    if code > _KILLED:
        signal.signal(code - _KILLED, signal.SIG_DFL) if code - _KILLED != signal.SIGKILL else None
        os.kill(os.getpid(), code - _KILLED)
    return code


def _run(image: str, name: str, argv: list[str], signals: queue.SimpleQueue[str]) -> int:
    from python_on_whales.exceptions import DockerException

    short = name == _NOBODY
    known = f"planewright-{os.urandom(6).hex()}" if short else name
    docker, folder = client(), Path.cwd()
    config = os.environ.get("TF_CLI_CONFIG_FILE", "")
    mounts = list(binds(argv, folder, os.environ, Path(config).read_text() if config else ""))
    for bind in mounts:
        if bind.writable:
            bind.path.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _credentials(os.environ) as (endpoint, token), _courier(docker, known, signals):
        try:
            pieces = docker.run(
                image,
                argv,
                name=known,
                labels={LABEL: known},
                remove=short,
                stream=True,
                pull="never",
                user=_user(docker),
                workdir=folder,
                mounts=[[bind.option] for bind in [*mounts, *token]],
                envs=inside(os.environ) | endpoint,
                networks=["host"],
                uts="host",
                read_only=True,
                tmpfs=["/tmp:exec"],  # noqa: S108 - the container's own, in memory
                cap_drop=["ALL"],
                security_options=["no-new-privileges"],
                # A short command's answer may hold secrets, and Docker's log is a file. A run's journal is told again from it.
                log_driver="none" if short else "local",
            )
            for source, piece in pieces:
                _write(1 if source == "stdout" else 2, piece)
        except DockerException as error:
            return error.return_code
    return 0


@contextlib.contextmanager
def _courier(docker: DockerClient, name: str, signals: queue.SimpleQueue[str]) -> Iterator[None]:
    """Carry signals to the engine, each once; one that comes before the container is up waits for it."""
    over = threading.Event()

    def carry() -> None:
        while not over.is_set():
            with contextlib.suppress(queue.Empty):
                _deliver(docker, name, signals.get(timeout=_AGAIN_S), over)

    thread = threading.Thread(target=carry, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()


def _deliver(docker: DockerClient, name: str, which: str, over: threading.Event) -> None:
    from python_on_whales.exceptions import DockerException

    deadline = time.monotonic() + PATIENCE_S
    while not over.is_set() and time.monotonic() < deadline:
        try:
            docker.container.kill(name, signal=which)
        except DockerException:
            over.wait(_AGAIN_S)
            continue
        return


@contextlib.contextmanager
def _credentials(environ: Mapping[str, str]) -> Iterator[tuple[dict[str, str], list[Bind]]]:
    """Serve whatever credentials the engine would have found; gives what the environment inside is told, and where the token is."""
    from wizard.engine.credentials_endpoint import ambient, serve

    uri, token = (
        environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI", ""),
        environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN", ""),
    )
    endpoint = None
    if not uri:
        provider = ambient()
        if provider is None:  # none at all: the engine then says so itself
            yield {}, []
            return
        endpoint = serve(provider)
        uri = endpoint.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
        token = endpoint.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
    memory = _memory(environ)
    try:
        file = memory / "token"
        file.touch(mode=0o600)
        file.write_text(token)
        told = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": uri, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(TOKEN)}
        yield told | {"AWS_EC2_METADATA_DISABLED": "true"}, [Bind(file, target=TOKEN)]
    finally:
        shutil.rmtree(memory, ignore_errors=True)
        if endpoint is not None:
            endpoint.close()


def _memory(environ: Mapping[str, str]) -> Path:
    """Make a folder in memory for this user alone. Raises EngineError where there is none: a token goes on no disk."""
    for place in (environ.get("XDG_RUNTIME_DIR", ""), "/dev/shm"):  # noqa: S108 - mkdtemp makes it private
        if place and os.access(place, os.W_OK):
            return Path(tempfile.mkdtemp(dir=place, prefix="planewright-"))
    raise EngineError(
        "there is no place in memory for the token of the credentials endpoint",
        cause="neither XDG_RUNTIME_DIR nor /dev/shm can be written to, and it must not be on a disk",
        action="use an engine of the machine: `planewright engine install`",
    )


def _user(docker: DockerClient) -> str:
    """Whose files it writes: this user's. Without root, Docker's own root inside is this user outside."""
    options = within("docker info", lambda: docker.system.info().security_options) or []
    return "0:0" if any("rootless" in option for option in options) else f"{os.getuid()}:{os.getgid()}"


def _write(number: int, piece: bytes) -> None:
    while piece:
        piece = piece[os.write(number, piece) :]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
