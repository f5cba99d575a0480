"""Canary secrets: put wherever a secret can enter, and looked for in whatever was written, and in the arguments of processes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from wizard.rehearsal.certificates import issue
from wizard.rehearsal.handle import WorldHandle

PROXY = "springtail.acme.example.com"


IN_THE_SHELL = ("secret key of the environment", "session token of the environment", "PGPASSWORD")


def fresh() -> str:
    """Make a secret as long and as mixed as real ones."""
    return secrets.token_urlsafe(24)


@dataclass(frozen=True)
class Canaries:
    """What was planted, by the way on which it comes in; and the files that hold some of it.

    `refused` are answers, `pasted` a text for support with what the shell holds.
    """

    values: dict[str, str]
    tls_cert: Path
    tls_key: Path
    pasted: Path
    refused: tuple[Path, ...]

    @property
    def secrets(self) -> tuple[str, ...]:
        """Each secret; of a key each line, for a part of it is one as well."""
        return tuple(line for value in self.values.values() for line in value.split() if len(line) >= 12)


def plant(world: WorldHandle, folder: Path) -> Canaries:
    """Put secrets into the operator's environment and into files beside the workspace."""
    values = {
        name: fresh()
        for name in (
            *IN_THE_SHELL,
            "secret key of the credentials file",
            "password in a URL",
            "password in a wrong field",
            "password in the answers",
        )
    }
    credentials = folder / "credentials"
    credentials.write_text(
        "[other]\naws_access_key_id = AKIAPLANEWRIGHTOTHER\n"
        f"aws_secret_access_key = {values['secret key of the credentials file']}\n"
    )
    # As a shell that is used to AWS and to PostgreSQL has them.
    world._greeting["environ"]["vendor"] |= {
        "AWS_SECRET_ACCESS_KEY": values["secret key of the environment"],
        "AWS_SESSION_TOKEN": values["session token of the environment"],
        "AWS_SHARED_CREDENTIALS_FILE": str(credentials),
        "PGPASSWORD": values["PGPASSWORD"],
    }
    issued = issue((PROXY,))
    cert, key = folder / "proxy.crt", folder / "proxy.key"
    cert.write_text(issued.server + issued.authority)
    key.write_text(issued.server_key)
    values["key of the proxy"] = issued.server_key.split("-----")[2]
    values["database password"] = world.database_password
    url = f"postgresql://springtail:{values['password in a URL']}@db.acme.example.com/app"
    refused = (
        ("\ndatabase:", f"\ndatabase:\n  password: {values['password in the answers']}"),
        ("  host: db.acme.example.com", f"  host: {url}"),
        ("  port: 5432", f"  port: {values['password in a wrong field']}"),
    )
    pasted = folder / "pasted.txt"
    pasted.write_text("it said " + " and ".join(values[name] for name in IN_THE_SHELL))
    return Canaries(values, cert, key, pasted, tuple(_answers(world, folder, *pair) for pair in refused))


def _answers(world: WorldHandle, folder: Path, line: str, instead: str) -> Path:
    """Write the deployment's answers with one line otherwise."""
    text = f"\n{world.answers.deployment}"
    path = folder / f"answers-{line.split(':', maxsplit=1)[0].strip()}.yaml"
    path.write_text(text.replace(line, instead, 1))
    return path
