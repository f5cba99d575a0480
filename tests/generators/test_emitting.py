"""What the generator promises whoever calls it."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from generators.springtail import deployment_files, shard_files
from tests.generators.samples import (
    INSTANCE_OUTPUTS,
    SHARD_OUTPUTS,
    STACKS,
    STATE,
    deployment_answers,
    pins,
    shard_answers,
    stack_files,
)
from wizard.answers.account import Governance
from wizard.blueprints.springtail.answers import DatabaseLink, TlsHolder
from wizard.blueprints.springtail.facts import Apart, Pins, StateLocation
from wizard.contracts import digest_of
from wizard.errors import ContractError, InputError

ASSETS = Path(__file__).parents[2] / "assets"

DIGESTS = """
import hashlib, json
from tests.generators.samples import STACKS, stack_files
print(json.dumps({s: {n: hashlib.sha256(d).hexdigest() for n, d in stack_files(s).items()} for s in STACKS}))
"""


@pytest.mark.parametrize("stack", STACKS)
def test_the_same_answers_give_the_same_bytes_in_the_same_order(stack: str) -> None:
    assert list(stack_files(stack).items()) == list(stack_files(stack).items())


def test_another_process_with_another_hash_seed_gives_the_same_bytes() -> None:
    def digests(seed: str) -> dict[str, dict[str, str]]:
        done = subprocess.run(
            [sys.executable, "-c", DIGESTS],
            env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin", "TZ": "Asia/Tokyo"},
            cwd=ASSETS.parent,
            capture_output=True,
            check=True,
        )
        found: dict[str, dict[str, str]] = json.loads(done.stdout)
        return found

    here = {s: {n: hashlib.sha256(d).hexdigest() for n, d in stack_files(s).items()} for s in STACKS}
    assert digests("1") == digests("2") == here


@pytest.mark.parametrize("stack", STACKS)
def test_modules_are_copies_of_the_shipped_ones(stack: str) -> None:
    files = stack_files(stack)
    modules = {name: data for name, data in files.items() if name.startswith("modules/")}
    assert modules
    for name, data in modules.items():
        source = ASSETS / name.replace("modules/nodes/boot.py", "boot/boot.py")
        assert data == source.read_bytes(), name


def test_the_watcher_is_zipped_with_fixed_dates_and_nothing_but_its_code() -> None:
    with zipfile.ZipFile(io.BytesIO(stack_files("private/instance")["watcher.zip"])) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == ["handler.py"]
    assert all(entry.date_time == (1980, 1, 1, 0, 0, 0) for entry in entries)
    assert all(entry.compress_type == zipfile.ZIP_STORED for entry in entries)
    # Lambda runs as a user of its own: the file has to be readable by others.
    assert all(entry.external_attr >> 16 == 0o100644 for entry in entries)


def test_the_public_topology_has_neither_watcher_nor_transit_network() -> None:
    files = stack_files("public/instance")
    assert not [name for name in files if "private_path" in name or name == "watcher.zip"]


def test_the_contract_is_written_with_its_digest() -> None:
    document = json.loads(stack_files("private/instance")["contract.auto.tfvars.json"])
    assert document == {"contract": {**SHARD_OUTPUTS.model_dump(), "digest": digest_of(SHARD_OUTPUTS)}}


def test_without_its_contract_a_stack_is_emitted_all_the_same() -> None:
    with_it = stack_files("private/link")
    without = deployment_files(
        deployment_answers("private"), shard_answers(), "link", pins=None, contract=None, state=STATE
    )
    assert set(with_it) - set(without) == {"contract.auto.tfvars.json"}


@pytest.mark.parametrize(("stack", "contract"), [("instance", INSTANCE_OUTPUTS), ("link", SHARD_OUTPUTS)])
def test_the_contract_of_another_stack_is_refused(stack: str, contract: object) -> None:
    with pytest.raises(ContractError):
        deployment_files(
            deployment_answers("private"),
            shard_answers(),
            stack,
            pins=None,
            contract=contract,  # type: ignore[arg-type]
            state=None,
        )


def test_a_public_deployment_has_no_link_stack() -> None:
    with pytest.raises(InputError, match="link"):
        deployment_files(deployment_answers("public"), shard_answers(), "link", pins=None, contract=None, state=None)


def test_an_unknown_database_vpc_is_named_before_anything_is_emitted() -> None:
    answers = deployment_answers("private")
    homeless = answers.model_copy(update={"database": answers.database.model_copy(update={"vpc": None})})
    with pytest.raises(InputError) as caught:
        deployment_files(homeless, shard_answers(), "instance", pins=None, contract=None, state=None)
    assert [problem.path for problem in caught.value.problems] == ["database.vpc"]


def test_an_endpoint_service_of_the_customers_that_is_not_named_is_refused() -> None:
    answers = deployment_answers("private")
    database = answers.database.model_copy(update={"link": DatabaseLink.CUSTOMER_SERVICE})
    with pytest.raises(InputError, match="not named yet"):
        deployment_files(
            answers.model_copy(update={"database": database}),
            shard_answers(),
            "instance",
            pins=None,
            contract=None,
            state=None,
        )


def test_state_lies_in_the_account_of_the_shard_encrypted_and_locked() -> None:
    backend = json.loads(stack_files("public/instance")["backend.tf.json"])["terraform"]["backend"]["s3"]
    assert backend == {
        "bucket": STATE.bucket,
        "key": "deployment/globex-prod/instance.tfstate",
        "region": "us-east-1",
        "encrypt": True,
        "use_lockfile": True,
        "kms_key_id": STATE.kms_key_arn,
        "allowed_account_ids": ["111111111111"],
    }


def test_local_state_is_said_and_ignored_by_git() -> None:
    files = shard_files(shard_answers(), state=StateLocation(backend="local"))
    assert json.loads(files["backend.tf.json"]) == {"terraform": {"backend": {"local": {}}}}
    assert "*.tfstate" in files[".gitignore"].decode().splitlines()
    assert b"local file" in files["README.md"]


def test_an_image_in_the_answers_is_taken_before_the_pinned_one() -> None:
    answers = deployment_answers("private")
    named = answers.nodes.fdw.ami.model_copy(update={"id": "ami-0aaaaaaaaaaaaaaaa"})
    nodes = answers.nodes.model_copy(update={"fdw": answers.nodes.fdw.model_copy(update={"ami": named})})
    files = deployment_files(
        answers.model_copy(update={"nodes": nodes}),
        shard_answers(),
        "instance",
        pins=pins(),
        contract=None,
        state=None,
    )
    emitted = json.loads(files["terraform.tfvars.json"])["nodes"]
    assert emitted["fdw"]["ami_id"] == "ami-0aaaaaaaaaaaaaaaa"
    assert emitted["proxy"]["ami_id"] == pins().proxy.ami_id


def test_a_node_that_stands_apart_is_emitted_beside_its_role() -> None:
    def emitted(pinned: Pins) -> dict[str, Any]:
        files = deployment_files(
            deployment_answers("private"), shard_answers(), "instance", pins=pinned, contract=None, state=None
        )
        return dict(json.loads(files["terraform.tfvars.json"]))

    apart = Apart(ami_id="ami-0aaaaaaaaaaaaaaaa", instance_type="r6i.large", protected=False)
    halfway = emitted(pins().model_copy(update={"nodes": {"fdw-1": apart}}))
    assert halfway["apart"] == {
        "fdw-1": {"ami_id": "ami-0aaaaaaaaaaaaaaaa", "instance_type": "r6i.large", "protected": False}
    }
    assert halfway | {"apart": {}} == emitted(pins()), "and nothing else changes"


def test_empty_arns_become_null_and_the_deployments_tags_win() -> None:
    shard = shard_answers().model_copy(update={"governance": Governance(tags={"owner": "us", "customer": "none"})})
    files = deployment_files(deployment_answers("private"), shard, "instance", pins=None, contract=None, state=None)
    variables = json.loads(files["terraform.tfvars.json"])
    assert variables["kms_key_arn"] is None
    assert variables["permissions_boundary_arn"] is None
    assert variables["tags"] == {"owner": "us", "customer": "acme"}


def test_without_a_certificate_there_is_no_secret_for_it() -> None:
    answers = deployment_answers("private")
    proxy = answers.proxy.model_copy(update={"tls": TlsHolder.NONE})
    files = deployment_files(
        answers.model_copy(update={"proxy": proxy}), shard_answers(), "instance", pins=None, contract=None, state=None
    )
    assert json.loads(files["terraform.tfvars.json"])["secret_names"]["proxy_tls"] is None


def test_jinja_is_not_imported_before_something_is_rendered() -> None:
    program = "import sys, generators.springtail; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ASSETS.parent, check=False).returncode == 0


def test_the_readmes_lines_store_what_seed_secrets_stores() -> None:
    """Whoever works by hand and whoever uses the command must find the same secrets."""
    from wizard.aws import secrets as seeding

    readme = stack_files("private/instance")["README.md"].decode()
    for role, user in seeding._INTERNAL_USERS.items():
        assert f'"username": "{user}"' in readme
        assert f'"role": "{role}"' in readme
    for name, value in seeding._entry("u", "p", "replication").items():
        if name in ("type", "role"):
            assert f'"{name}": "{value}"' in readme
    assert '"certificate_chain"' in readme
    assert '"private_key"' in readme


def test_the_readmes_lines_are_a_script_that_a_shell_reads() -> None:
    readme = stack_files("private/instance")["README.md"].decode()
    script = readme.split("## Secrets")[1].split("```sh\n")[1].split("```")[0]
    assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0
    assert "$password" not in script.replace("printf '%s' \"$password\"", ""), "printf is the shell's own: no argv"
