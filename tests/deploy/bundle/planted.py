"""A workspace with a canary in every place where a secret could come in, each its own, so that a leak says where from."""

from __future__ import annotations

import json
from pathlib import Path

from tests.deploy.record.told import after_a_call, runs_of, well
from wizard.deploy.emit import emit
from wizard.deploy.target import Target
from wizard.files import write_atomic


class Canaries:
    """Makes canaries, and knows them all."""

    def __init__(self) -> None:
        self.made: dict[str, str] = {}

    def new(self, place: str) -> str:
        """A secret that no pattern knows by itself: words, as people choose them."""
        number = len(self.made)
        self.made[place] = f"canary{number:02}c sings, in a \\cage & so on: end{number:02}d"
        return self.made[place]

    @property
    def all(self) -> tuple[str, ...]:
        return tuple(self.made.values())


def planted(root: Path, canaries: Canaries) -> Target:
    """A deployment after a call, its folder full of secrets that should never have come there."""
    new = canaries.new
    target = after_a_call(root, well())
    place = target.place
    answers = place.answers.read_text()
    place.answers.write_text(f"# the password is {new('comment of the answers')}\n{answers}")
    place.draft.write_text(json.dumps({"database": {"host": new("draft")}}))
    write_atomic(
        place.path / "acknowledgements.json",
        json.dumps(
            [
                {
                    "code": "STATE_LOCAL",
                    "path": "state.backend",
                    "reason": f"it is a trial, password='{new('reason of an acknowledgement')}'",
                    "who": "bo",
                    "at": "2026-03-01T10:00:00+00:00",
                }
            ]
        ),
    )
    _engine(target, canaries)
    _reports(target, canaries)
    emit(
        place.stack("instance"), {"main.tf": b"# ours\n", "terraform.tfvars.json": b"{}\n", "watcher.zip": b"\x00\x01"}
    )
    (place.stack("instance") / "main.tf").write_text(f'locals {{ x = "{new("edited file")}" }}\n')
    (place.stack("instance") / "mine.tf").write_text(f"# {new('file of a person')}\n")
    (place.stack("instance") / "terraform.tfstate").write_text(json.dumps({"x": new("state")}))
    outside = root / "credentials"
    outside.write_text(f"{new('file outside that a link leads to')}\n")
    (place.path / "contracts").mkdir(exist_ok=True)
    (place.path / "contracts" / "link.json").symlink_to(outside)
    write_atomic(
        place.hidden / "facts" / "x.json",
        json.dumps({"SecretString": new("fact"), "deep": [{"Password": [new("deep fact")]}]}),
    )
    with (place.hidden / "seeding.jsonl").open("a") as journal:
        journal.write("\n" + json.dumps({"name": "x", "did": "put", "password": new("seeding journal")}) + "\n")
        journal.write(f'{{"half a line, secret_string="{new("half a line")}"')
    done = {"step": "database.parameters", "why": f"refused: password='{new('refusal in their account')}'"}
    (place.hidden / "for-customer.jsonl").write_text(json.dumps(done) + "\n")
    wait = place.hidden / "waits" / "20260301T120000.000000Z-aaaa"
    write_atomic(wait / "look.json", json.dumps({"trouble": f"password='{new('trouble of who waits')}'"}))
    write_atomic(wait / "waiter.log", f"password='{new('log of who waits')}'\n")
    (place.hidden / "services.jsonl").write_text(json.dumps({"did": "set", "password": new("services journal")}) + "\n")
    return target


def _engine(target: Target, canaries: Canaries) -> None:
    new = canaries.new
    run = runs_of(target)[0]
    inner = json.dumps({"password": new("JSON within a message")})
    events = [
        {"@level": "info", "type": "outputs", "outputs": {"x": {"sensitive": True, "value": new("output")}}},
        {
            "@level": "info",
            "type": "outputs",
            "outputs": {"x": {"sensitive": True, "value": {"y": [new("deep output")]}}},
        },
        {"@level": "error", "type": "log", "state": json.dumps({"resources": [new("state that could not be saved")]})},
        {"@level": "error", "type": "diagnostic", "@message": f"body: {json.dumps(inner)}"},
        {"@level": "info", "@message": f"psql \"host=x password='{new('connection string')}'\""},
        {"@level": "info", "@message": "postgres://u:{}@db".format(new("connection URL").replace(" ", "_"))},
        {"type": "log", "hook": {"environment": [{"name": "DB_PASSWORD", "value": new("variable of a task")}]}},
    ]
    canaries.made["connection URL"] = canaries.made["connection URL"].replace(" ", "_")
    lines = [json.dumps(event) for event in events]
    lines.append(f'not JSON: auth_token = "{new("line that is no JSON")}"')
    run.journal.write_text("\n".join(lines) + "\n")
    run.stderr.write_text(
        f"-----BEGIN PRIVATE KEY-----\n{new('private key')}\n-----END PRIVATE KEY-----\n"
        f"panic: {new('environment')} was in the environment\n"
    )
    run.log.write_text(f"aws_secret_access_key = '{new('log of the runner')}'\n")
    run.plan_file.write_bytes(new("saved plan").encode())
    request = json.loads((run.path / "request.json").read_text())
    request["argv"] += ["--password", new("argument")]
    (run.path / "request.json").write_text(json.dumps(request))


def _reports(target: Target, canaries: Canaries) -> None:
    path = next(target.place.reports.glob("verification-*.json"))
    report = json.loads(path.read_text())
    report["hops"][0]["evidence"] = [f'PGPASSWORD="{canaries.new("evidence")}" psql']
    report["hops"][0]["reason"] = f"ALTER ROLE x PASSWORD '{canaries.new('reason of a hop')}'"
    path.write_text(json.dumps(report))
