"""The page of findings has every code once, in a room that the index leads to."""

from __future__ import annotations

import re

from wizard.checks.page import markdown
from wizard.checks.run import registered

ROW = re.compile(r"^\| `([A-Z0-9_]+)` \| ([a-z, ]+) \| (answers|AWS|runs|plans) \| .+ \| .+ \|$", re.MULTILINE)


def test_every_code_has_one_row_with_its_severities() -> None:
    rows = {name: severities for name, severities, _ in ROW.findall(markdown())}

    assert rows == {code.name: ", ".join(severity.value for severity in code.severities) for code in registered()}
    assert len(ROW.findall(markdown())) == len(rows)


def test_the_index_leads_to_every_room_and_names_what_is_in_it() -> None:
    index, *rooms = markdown().split("\n## ")
    for room in rooms:
        title, _, table = room.partition("\n")
        anchor = title.lower().replace(" ", "-")
        [codes] = re.findall(rf"^\| \[{title}\]\(#{anchor}\) \| (.+) \|$", index, re.MULTILINE)
        assert codes == ", ".join(f"`{name}`" for name, *_ in ROW.findall(table))


def test_what_only_aws_can_tell_is_not_said_to_come_from_answers() -> None:
    source = {name: source for name, _, source in ROW.findall(markdown())}

    assert source["CIDR_OUTSIDE_VPC"] == "answers"
    assert source["ACCOUNT_WRONG"] == "AWS"
    assert source["FACT_DENIED"] == "AWS"
    assert source["ENGINE_OLDER"] == "runs"
    assert source["CHANGE_IGNORED"] == "plans"


def test_a_code_that_another_check_borrows_stays_in_its_own_room() -> None:
    _, *rooms = markdown().split("\n## ")
    room = {name: text.partition("\n")[0] for text in rooms for name, *_ in ROW.findall(text)}

    assert (room["CIDR_OVERLAP"], room["CREDENTIALS_UNUSABLE"]) == ("Network", "Facts")
    assert {name: source for name, _, source in ROW.findall(markdown())}["CIDR_OVERLAP"] == "answers"


def test_a_bar_in_a_remedy_does_not_break_the_table() -> None:
    assert all(line.count(" | ") == 4 for line in markdown().splitlines() if line.startswith("| `"))
