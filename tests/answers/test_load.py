"""An answers file is read whole: every problem at once, each with its path, what is wrong and a remedy."""

from __future__ import annotations

import pytest
from hypothesis import example as seed
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.answers.examples import NAMES, example, text
from tests.answers.strategies import deployments
from wizard.answers.save import dump
from wizard.blueprints.load import build, parse
from wizard.blueprints.springtail.answers import DeploymentAnswers
from wizard.errors import InputError, Problem

CANARY = "hunter2-canary"


def problems(content: str) -> dict[str, Problem]:
    with pytest.raises(InputError) as caught:
        parse(content, source="answers.yaml")
    assert CANARY not in str(caught.value)
    return {problem.path: problem for problem in caught.value.problems}


def bent(old: str, new: str, name: str = "private") -> str:
    content = text(name)
    assert content.count(old) == 1, f"{old!r} must occur once"
    return content.replace(old, new)


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_are_valid(name: str) -> None:
    assert example(name).blueprint == "springtail"


def test_all_problems_are_told_together_in_people_s_words() -> None:
    content = (
        bent("count: 2", "count: many").replace("topology: private", "topology: privat").replace("  port:", "  prt:")
    )
    found = problems(content)
    assert found["nodes.fdw.count"].what.startswith('expected a number between 1 and 32, got "many" (line ')
    assert found["topology"].remedy == "did you mean private?"
    assert found["database.prt"].remedy == "did you mean database.port?"
    assert len(found) == 3


def test_a_problem_names_its_line() -> None:
    content = bent("count: 2", "count: 99")
    line = content.splitlines().index("    count: 99") + 1
    assert problems(content)["nodes.fdw.count"].what == f"expected a number between 1 and 32, got 99 (line {line})"


@pytest.mark.parametrize("value", ["'5432'", "true", "5432.5", "1e3", "[1]", "{a: 1}", ".nan", "9" * 30, "0x10"])
def test_only_a_number_is_a_number(value: str) -> None:
    assert problems(bent("port: 5432", f"port: {value}"))["database.port"].what.startswith("expected a number between")


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("acme.state-lock_1", True),
        ("abc", True),
        ("x" * 255, True),
        ("''", True),
        ("ab", False),
        ("x" * 256, False),
        ("my locks", False),
        ("locks/a", False),
        ("arn:aws:dynamodb:us-east-1:111111111111:table/locks", False),
        ('"locks\\n"', False),
    ],
)
def test_a_lock_table_is_named_as_dynamodb_names_tables(name: str, fits: bool) -> None:
    content = f"{text('shard')}state:\n  lock: dynamodb\n  lock_table: {name}\n"
    if fits:
        assert parse(content, source="answers.yaml")
    else:
        assert "a DynamoDB table's name" in problems(content)["state.lock_table"].what


def test_a_text_stays_what_was_written_whatever_yaml_thinks_it_is() -> None:
    content = bent('instance: "1001"', "instance: 0007").replace("organization: acme", "organization: true")
    answers = parse(content.replace("customer: acme", "customer: 2024-01-01"), source="a")
    assert isinstance(answers, DeploymentAnswers)
    assert answers.identifiers.instance == "0007"
    assert answers.identifiers.organization == "true"
    assert answers.tags["customer"] == "2024-01-01"


def test_missing_answers_are_named_with_what_is_asked() -> None:
    found = problems("planewright: 0.1.0\nkind: deployment\nblueprint: springtail\nname: acme\n")
    assert found["database.host"].what == "not answered: Database host"
    assert found["topology"].what == "not answered: Topology: one of private, public"
    assert {"shard", "identifiers.organization", "identifiers.account", "identifiers.instance"} <= set(found)
    assert "database" not in found
    assert "database.vpc.cidr" not in found, "nobody knows yet whether the topology is private"


def test_the_private_topology_needs_the_database_s_vpc_and_the_proxy_s_name() -> None:
    content = bent("  vpc:\n", "  xvpc:\n").replace("  host: springtail.acme.example.com\n", "")
    found = problems(content)
    assert {f"database.vpc.{key}" for key in ("account_id", "region", "vpc_id", "cidr")} <= set(found)
    assert found["database.xvpc"].remedy == "did you mean database.vpc?"
    assert "proxy.host" in found


def test_a_certificate_authority_of_one_s_own_needs_its_certificate() -> None:
    content = bent("certificate_authority: system", "certificate_authority: pem")
    assert problems(content)["database.ca_pem"].what == "not answered: CA certificate (PEM)"


def test_a_member_of_a_list_is_named_by_its_index() -> None:
    found = problems(bent("  - name: web\n", "  - nam: web\n"))
    assert found["applications[0].nam"].remedy == "did you mean applications[0].name?"
    assert found["applications[0].name"].what.startswith("not answered: Application's name")


def test_a_key_without_a_value_is_an_answer_not_given() -> None:
    assert parse(bent("port: 5432", "port:"), source="a") == example("private")
    assert "database.host" in problems(bent("host: db.acme.example.com", "host:"))


def test_what_is_no_group_where_a_group_belongs_is_one_problem() -> None:
    found = problems(
        "planewright: 0.1.0\nkind: shard\nblueprint: springtail\nname: ab\nzone_id: use1-az1\naccount: 3\n"
    )
    assert [*found] == ["account"]


@pytest.mark.parametrize(
    ("key", "remedy"),
    [
        ("database.password", "passwords are never answers: `planewright seed-secrets` asks for it"),
        ("proxy.secret_key", "passwords are never answers: `planewright seed-secrets` asks for it"),
    ],
)
def test_a_password_in_the_file_is_refused_and_not_repeated(key: str, remedy: str) -> None:
    group, name = key.split(".")
    found = problems(bent(f"{group}:\n", f"{group}:\n  {name}: {CANARY}\n"))
    assert found[key].remedy == remedy


@pytest.mark.parametrize(
    "content",
    [
        f"database: postgres://u:{CANARY}@h/db\n",
        f"database:\n  host: postgres://u:{CANARY}@h/db\n",
        f"unknown: {CANARY}\n",
        f"name: *{CANARY}\n",
        f"name: &{CANARY} x\nkind: &{CANARY} y\n",
        f"name: !{CANARY} x\n",
        f"name: '{CANARY}\n",
        f"{{ {CANARY}\n",
        f"name: [{CANARY}, 'secret {CANARY}'\n",
        f"database:\n  ca_pem: |\n    -----BEGIN PRIVATE KEY-----\n    {CANARY}\n    -----END PRIVATE KEY-----\n",
        f"database:\n  ca_pem: {CANARY}\n",
    ],
)
def test_no_message_repeats_what_could_be_a_secret(content: str) -> None:
    problems(f"planewright: 0.1.0\nkind: deployment\nblueprint: springtail\n{content}")


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("", "answers.yaml is empty"),
        ("- a\n", "answers.yaml holds no answers"),
        ("a: [1\n", "answers.yaml is not YAML"),
        ("\x00", "answers.yaml is not YAML"),
        ("a: 1\n---\nb: 1\n", "answers.yaml is not YAML"),
        ("[" * 5000, "answers.yaml is nested too deeply to be answers"),
        ("x" * 1_000_001, "answers.yaml is too long to be answers"),
        ("kind: shard\n", "answers.yaml does not say which Planewright it is for"),
        ("planewright: 99.0.0\nkind: new\n", "answers.yaml was written by Planewright 99.0.0; this is 0.1.0"),
    ],
    ids=lambda value: value[:20].replace("\0", "NUL") if isinstance(value, str) else None,
)
def test_a_file_that_is_no_answers_file_is_refused_by_name(content: str, title: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(content, source="answers.yaml")
    assert caught.value.title == title


def test_a_syntax_error_has_line_and_column() -> None:
    with pytest.raises(InputError) as caught:
        parse("a: 1\nb: [1\nc: 2\n", source="answers.yaml")
    assert "at line 3, column 2" in caught.value.problems[0].what


def test_a_key_given_twice_is_refused_with_both_lines() -> None:
    found = problems(text("private") + "name: other\n")
    assert "given twice, on line " in found["name"].what


def test_aliases_and_tags_are_refused() -> None:
    assert (
        "alias"
        in problems(
            bent("    region: us-east-1\n    vpc_id: vpc-0a", "    region: &r us-east-1\n    x: *r\n    vpc_id: vpc-0a")
        )["database.vpc.x"].what
    )
    assert "tag" in problems(bent("port: 5432", "port: !!python/name:os.system x"))["database.port"].what


def test_a_bomb_of_aliases_is_refused_before_it_grows() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
    )
    problems("planewright: 0.1.0\nkind: shard\nblueprint: springtail\n" + bomb)


def test_an_unknown_kind_or_blueprint_is_named_with_the_nearest() -> None:
    found = problems("planewright: 0.1.0\nkind: deploymnt\nblueprint: springtai\n")
    assert found["kind"].remedy == "did you mean deployment?"
    assert found["blueprint"].remedy == "did you mean springtail?"


yamlish = st.text(alphabet=st.sampled_from("abc: -[]{}#&*!|>'\"%@`\n\t?,~0123456789.eE_<=\\\x85\u2028é"), max_size=80)


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.text(max_size=60), yamlish))
@seed("2024-13-45: 2024-13-45")
@seed("%YAML 3.0\n---\na: 1")
@seed("? |-\n  a\n: 1")
@seed("\ud800")
def test_whatever_is_typed_the_answer_is_a_list_of_problems(content: str) -> None:
    head = "planewright: 0.1.0\nkind: deployment\nblueprint: springtail\n"
    for whole in (content, head + content, head + "tags: " + content, head + "database:\n  host: " + content):
        with pytest.raises(InputError):
            parse(whole, source="answers.yaml")


@settings(max_examples=40, deadline=None)
@given(deployments())
def test_valid_answers_survive_being_written_and_read(raw: dict[str, object]) -> None:
    answers = build(raw, DeploymentAnswers, source="generated")
    assert parse(dump(answers), source="dumped") == answers
