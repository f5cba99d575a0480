"""Answers for a rehearsal: the examples that are shipped, with the ids and the certificate of the rehearsed world."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wizard.rehearsal.customer import Premises, Topology


@dataclass(frozen=True, slots=True)
class AnswerTexts:
    """Two YAML files, as text: the shard's answers and the deployment's."""

    shard: str
    deployment: str


def example(name: str) -> dict[str, Any]:
    """Read an example's values."""
    from ruamel.yaml import YAML

    values: dict[str, Any] = YAML(typ="safe").load(_text(name))
    return values


def answers(premises: Premises, *, account: str, authority: str) -> AnswerTexts:
    """Write both files; comments of the examples stay. `authority` is the CA's certificate in PEM."""
    shard, deployment = _load("shard"), _load(premises.topology)
    shard["account"]["id"] = account
    shard["account"]["region"] = premises.region
    database = deployment["database"]
    database["host"] = premises.host
    database["certificate_authority"] = "pem"
    database["ca_pem"] = _literal(authority)
    if premises.service_name:
        database["service_name"] = premises.service_name
    if premises.topology != "public":
        database["vpc"].update(_vpc(premises, premises.database.id, premises.database.cidr))
        deployment["applications"][0].update(_vpc(premises, premises.application.id, premises.application.cidr))
    return AnswerTexts(_dump(shard), _dump(deployment))


def database_of(topology: Topology) -> dict[str, Any]:
    """Read what the example says of its database."""
    database: dict[str, Any] = example(topology)["database"]
    return database


def _vpc(premises: Premises, vpc_id: str, cidr: str) -> dict[str, str]:
    return {"account_id": premises.account_id, "region": premises.region, "vpc_id": vpc_id, "cidr": cidr}


def _text(name: str) -> str:
    import assets

    return (Path(assets.__file__).parent / "examples" / f"{name}.yaml").read_text()


def _load(name: str) -> Any:
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes = True
    return yaml.load(_text(name))


def _literal(text: str) -> Any:
    from ruamel.yaml.scalarstring import LiteralScalarString

    return LiteralScalarString(text)


def _dump(value: Any) -> str:
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    yaml.dump(value, out)
    return out.getvalue()
