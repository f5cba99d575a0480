"""The real AWS CLI, started once: a script's dozens of calls need not load it each time.

`python -m tests.handoff.fast_cli SOCKET` loads it and forks for each call, with the caller's arguments, environment, directory,
output and exit code. `put_on_path` writes the `aws` that asks it.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

from tests.bounded import PATIENCE_S, bounded

_SHIM = """#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as line:
    line.settimeout({patience})
    line.connect({path!r})
    said = json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()]).encode()
    socket.send_fds(line, [len(said).to_bytes(8, "big")], [0, 1, 2])
    line.sendall(said)
    sys.exit(int(line.recv(8) or b"99"))
"""


def put_on_path(folder: Path, path: Path) -> None:
    """Write the `aws` that asks the one at `path`."""
    aws = folder / "aws"
    aws.write_text(_SHIM.format(python=sys.executable, path=str(path), patience=PATIENCE_S))
    aws.chmod(0o755)


def start(path: Path) -> subprocess.Popen[str]:
    """Start it; it answers when this returns."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.handoff.fast_cli", str(path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with bounded(process):
        assert process.stdout.readline().strip() == "ready"
    return process


def end(process: subprocess.Popen[str]) -> None:
    """End what `start` started."""
    process.terminate()
    with bounded(process):
        process.wait()
    assert process.stdout is not None
    process.stdout.close()


def main() -> None:
    from awscli.clidriver import create_clidriver

    driver = create_clidriver()
    for service in ("ec2", "rds", "route53", "sts"):
        driver.session.get_service_model(service)
        # Making a client reads what every call of the service reads.
        driver.session.create_client(
            service,
            "us-east-1",
            endpoint_url="http://127.0.0.1:9",
            aws_access_key_id="none",
            aws_secret_access_key="none",
        )
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(sys.argv[1])
        server.listen(8)
        print("ready", flush=True)
        while True:
            line, _ = server.accept()
            length, files, _, _ = socket.recv_fds(line, 8, 3)
            said = b""
            while len(said) < int.from_bytes(length, "big"):
                said += line.recv(65536)
            arguments, environment, folder = json.loads(said)
            child = os.fork()
            if child == 0:
                for number, file in enumerate(files):
                    os.dup2(file, number)
                os.environ.clear()
                os.environ.update(environment)
                os.chdir(folder)
                # In us-east-1, version 1 overrules AWS_ENDPOINT_URL for RDS.
                code = driver.main([*arguments, "--endpoint-url", environment["AWS_ENDPOINT_URL"]])
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
            for file in files:
                os.close(file)
            _, status = os.waitpid(child, 0)
            line.sendall(str(os.waitstatus_to_exitcode(status)).encode())
            line.close()


if __name__ == "__main__":
    main()
