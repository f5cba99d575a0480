"""AWS's single sign-on, small: an `aws` on the PATH that logs in as the CLI does, and the portal that gives keys for it."""

from __future__ import annotations

import json
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

#: What the login writes and the portal expects.
TOKEN = "canary-of-an-sso-token"
KEYS = {
    "accessKeyId": "ASIAOFTHEPORTAL00000",
    "secretAccessKey": "canary-of-the-portals-secret",
    "sessionToken": "canary-of-the-portals-session",
}

CONFIG = """
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-central-1

[profile acme]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Deployer
region = us-east-1

[profile old]
sso_start_url = https://old.awsapps.com/start
sso_region = eu-central-1
sso_account_id = 123456789012
sso_role_name = Deployer

[profile deployer]
role_arn = arn:aws:iam::123456789012:role/deployer
source_profile = acme
"""

#: The name of a token's file is the digest of its sso-session's name, or of its start URL.
_CLI = """#!/bin/sh
if [ "$1" = --version ]; then echo "aws-cli/{version} Python/3.12 Linux/6 exe/x86_64"; exit 0; fi
echo "$@" >> "{record}"
if [ {code} -ne 0 ]; then echo "the browser said no" >&2; exit {code}; fi
mkdir -p "$HOME/.aws/sso/cache"
for name in corp https://old.awsapps.com/start; do
  cat > "$HOME/.aws/sso/cache/$(printf %s "$name" | sha1sum | cut -c1-40).json" <<'TOKEN'
{{"startUrl": "https://corp.awsapps.com/start", "region": "eu-central-1", "accessToken": "{token}",
  "expiresAt": "2099-01-01T00:00:00Z"}}
TOKEN
done
"""


@dataclass(frozen=True)
class Cli:
    """The stub of the AWS CLI in a folder, and the environment in which it is found."""

    home: Path
    record: Path
    environ: dict[str, str]

    @property
    def calls(self) -> list[str]:
        """What it was called with, `--version` aside."""
        return self.record.read_text().splitlines() if self.record.exists() else []

    def token(self, name: str, expires_at: str) -> None:
        """Lay a token as an earlier login left it."""
        import hashlib

        cache = self.home / ".aws" / "sso" / "cache"
        cache.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"startUrl": name, "region": "eu-central-1", "accessToken": "stale", "expiresAt": expires_at})
        (cache / f"{hashlib.sha1(name.encode()).hexdigest()}.json").write_text(text)


def cli(folder: Path, *, portal: str = "", version: str = "2.31.5", code: int = 0) -> Cli:
    """Put an `aws` of a version, which ends with a code, and a configuration with SSO profiles into a folder."""
    programs, home, record = folder / "bin", folder / "home", folder / "calls"
    programs.mkdir()
    home.mkdir()
    program = programs / "aws"
    program.write_text(_CLI.format(version=version, record=record, code=code, token=TOKEN))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    (folder / "config").write_text(CONFIG)
    environ = {
        "HOME": str(home),
        "PATH": f"{programs}:/usr/bin:/bin",
        "AWS_CONFIG_FILE": str(folder / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "none"),
        "AWS_EC2_METADATA_DISABLED": "true",
        **({"AWS_ENDPOINT_URL_SSO": portal} if portal else {}),
    }
    return Cli(home, record, environ)


class _Portal(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Give keys for the token of a login (sso:GetRoleCredentials)."""
        known = self.headers.get("x-amz-sso_bearer_token") == TOKEN
        keys = {"roleCredentials": {**KEYS, "expiration": int(time.time() + 3600) * 1000}}
        body = json.dumps(keys if known else {"message": "Session token not found or invalid"}).encode()
        self.send_response(200 if known else 401)
        if not known:
            self.send_header("x-amzn-ErrorType", "UnauthorizedException")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


@contextmanager
def portal() -> Iterator[str]:
    """Serve the portal; give its URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Portal)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
