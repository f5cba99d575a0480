"""What sessions have in common, and what each has of its own environment."""

from __future__ import annotations

import json
from pathlib import Path

from wizard.aws.chain import session_of


def test_descriptions_of_services_are_read_once_for_all_sessions() -> None:
    one, other = session_of({}), session_of({"AWS_REGION": "eu-west-1"})

    assert one.get_data("ec2/2016-11-15/paginators-1") is other.get_data("ec2/2016-11-15/paginators-1")


def test_a_session_whose_environment_names_other_descriptions_has_those(tmp_path: Path) -> None:
    own = tmp_path / "sts" / "2011-06-15" / "paginators-1.json"
    own.parent.mkdir(parents=True)
    own.write_text(json.dumps({"pagination": {"Own": {}}}))

    theirs = session_of({"AWS_DATA_PATH": str(tmp_path)})

    assert theirs.get_data("sts/2011-06-15/paginators-1") == {"pagination": {"Own": {}}}
    assert session_of({}).get_data("sts/2011-06-15/paginators-1") != {"pagination": {"Own": {}}}
