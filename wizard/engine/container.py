"""An engine in a Docker container: whether it is there, and what became of the container of a run.

A run's container is known by the run's id. It outlives whoever started it, and is removed only when its end is written down.
"""

from __future__ import annotations

import platform
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast
from urllib.parse import urlsplit

from wizard.engine.runs import Outcome, Result, Run
from wizard.errors import EngineError

if TYPE_CHECKING:
    from python_on_whales import DockerClient

#: For an answer of Docker that takes a moment.
PATIENCE_S = 60
LABEL = "planewright.run"
#: What Docker's client ends with when it is not the engine's own code.
CLIENT_FAILED = 125
_LOOK_S = 0.5
_KILLED = 128
_WITH_CHANGES = 2

Answer = TypeVar("Answer")


def client() -> DockerClient:
    """Open the Docker client of PATH."""
    from python_on_whales import DockerClient

    return DockerClient(client_call=["docker"])


def version_of(image: str, *, search_path: str, docker_host: str) -> tuple[Path, str]:
    """Ask the engine in an image which one it is; gives Docker's client and what the engine said.

    Raises EngineError: no Docker here, or none that this could work with; an image that is not here; an engine that says nothing.
    """
    binary = _here(search_path, docker_host)
    docker = client()

    def look() -> str:
        from python_on_whales.exceptions import NoSuchImage

        try:
            docker.image.inspect(image)
        except NoSuchImage:
            raise EngineError(
                f"the image {image} is not on this machine",
                cause="it is not fetched on the way: that may take long, and a site may want to look at it first",
                action=f"docker pull {image}",
            ) from None
        return str(
            docker.run(
                image, ["version"], remove=True, networks=["none"], pull="never", envs={"CHECKPOINT_DISABLE": "1"}
            )
        )

    return binary, within("docker", look)


def within(what: str, call: Callable[[], Answer], patience: float = PATIENCE_S) -> Answer:
    """Call Docker, and wait no longer than that. Raises EngineError when it says no, or nothing."""
    from python_on_whales.exceptions import DockerException

    answers: list[Answer] = []
    errors: list[Exception] = []

    def work() -> None:
        try:
            answers.append(call())
        except (DockerException, EngineError, OSError, ValueError) as error:
            errors.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(patience)
    if answers:
        return answers[0]
    if errors and isinstance(errors[0], EngineError):
        raise errors[0]
    if errors and isinstance(errors[0], DockerException):
        said = (errors[0].stderr or "").strip().splitlines()
        raise _no_docker(f"`{what}` ended with {errors[0].return_code}: {said[-1] if said else 'without a word'}")
    raise _no_docker(str(errors[0]) if errors else f"`{what}` did not answer within {patience:.0f} s")


def running(name: str) -> bool:
    """Whether a container runs. When Docker cannot be asked, it is taken to run: nobody can look."""
    from python_on_whales.exceptions import NoSuchContainer

    def look() -> bool:
        try:
            return bool(client().container.inspect(name).state.running)
        except NoSuchContainer:
            return False

    try:
        return within("docker container inspect", look)
    except EngineError:
        return True


def send(name: str, signal: str) -> bool:
    """Send a signal to the engine in a container. False when there is nothing to send it to."""
    try:
        within("docker container kill", lambda: client().container.kill(name, signal=signal))
    except EngineError:
        return False
    return True


def remove(name: str) -> None:
    """Remove a container that has ended; one that runs stays, and so does one that Docker will not let go of."""
    try:
        within("docker container rm", lambda: client().container.remove(name))
    except EngineError:
        return


def concluded(run: Run, result: Result) -> Result:
    """Give how a run ended, once its container has ended as well; `result` is what the process in front of it came to.

    That process may have been killed alone: the engine then goes on, and is waited for as long as it takes.
    """
    if result.exit_code is not None and 0 <= result.exit_code != CLIENT_FAILED:
        return result
    if run.container_alive():
        sys.stderr.write(f"Docker's client has died; waiting for as long as container {run.request.container} runs\n")
    while run.container_alive():
        time.sleep(_LOOK_S)
    return settled(run) or result


def settled(run: Run) -> Result | None:
    """Find the end of a run whose followers died: its exit code, and the end of its journal. None when nobody knows.

    What the engine said while nobody wrote it down is in Docker's own log of the container, and is put to the journal.
    """
    from python_on_whales.exceptions import NoSuchContainer

    name = run.request.container
    try:
        state = within("docker container inspect", lambda: client().container.inspect(name).state)
        said = within("docker container logs", lambda: _said(name))
    except (EngineError, NoSuchContainer):
        return None
    if state.running or state.exit_code is None:
        return None
    written = run.journal.read_bytes()
    if said.startswith(written):
        with run.journal.open("ab") as journal:
            journal.write(said[len(written) :])
    ended = state.finished_at.isoformat() if state.finished_at else None
    signal = state.exit_code - _KILLED if state.exit_code > _KILLED else None
    return Result(
        _outcome(run, state.exit_code),
        -signal if signal else state.exit_code,
        ended,
        signal=signal,
        cause=f"the engine was killed by signal {signal}" if signal else "nobody saw it end; its container tells how",
    )


def _said(name: str) -> bytes:
    pieces = cast("Iterable[tuple[str, bytes]]", client().container.logs(name, stream=True))
    return b"".join(piece for source, piece in pieces if source == "stdout")


def _outcome(run: Run, code: int) -> Outcome:
    if code > _KILLED:
        return "killed"
    if code == 0 or (code == _WITH_CHANGES and run.request.action != "apply"):
        return "succeeded"
    return "interrupted" if b'"@message":"\\nInterrupt received' in run.journal.read_bytes() else "failed"


def _here(search_path: str, docker_host: str) -> Path:
    """Find Docker's client. Raises EngineError where a container could not see this machine's files or its loopback."""
    if platform.system() != "Linux":
        raise _no_docker(
            "its containers share neither this machine's loopback nor its files: that is so on Linux alone"
        )
    if docker_host and urlsplit(docker_host).scheme != "unix":
        raise _no_docker(
            f"DOCKER_HOST is {docker_host}: the stack's files and the credentials endpoint are on this machine"
        )
    found = shutil.which("docker", path=search_path)
    if found is None:
        raise _no_docker("there is no docker on PATH")
    return Path(found)


def _no_docker(cause: str) -> EngineError:
    return EngineError(
        "the engine in a container cannot be used",
        cause=cause,
        action="see to Docker (`docker info`), or use an engine of the machine: `planewright engine install`",
    )
