"""The redactor: in whatever form a secret stands, it does not come through, and what is none does."""

from __future__ import annotations

import base64
import json

import pytest

from wizard.redact import MASK, Redactor

SECRET = "Tr0ub4dor,&3 'x"


@pytest.mark.parametrize(
    "text",
    [
        'password = "{}"',
        'PGPASSWORD="{}" psql',
        "auth_token: '{}'",
    ],
)
def test_a_secret_with_blanks_and_commas_is_masked_up_to_its_own_quote(text: str) -> None:
    secret = "Tr0ub4dor, 3 of them"
    told = Redactor().text(text.format(secret))
    assert told == text.format(MASK)


def test_json_is_masked_at_every_depth_of_escaping_and_stays_json() -> None:
    text = json.dumps({"password": SECRET, "user": "springtail"})
    for _ in range(4):
        told = Redactor().text(text)
        assert "Tr0ub4dor" not in told
        assert "&3" not in told
        assert "springtail" in told
        assert isinstance(json.loads(told), dict | str)
        text = json.dumps(text)


@pytest.mark.parametrize(
    "text",
    [
        "password=hunter2horse",
        "REDIS_PASSWORD=hunter2horse,more",
        "Authorization: Bearer hunter2horse",
        "aws secretsmanager put-secret-value --secret-string hunter2horse",
        "ALTER ROLE springtail WITH LOGIN PASSWORD 'hunter2horse'",
        "postgres://springtail:hunter2horse@db.example.com/postgres",
        r"C:\> set PASSWORD=ab\\hunter2horse",
        "SCRAM-SHA-256$4096:hunter2horse",
        "-----BEGIN RSA PRIVATE KEY-----\nhunter2horse\nthe file was cut off here",
        'aws_secret_access_key = "hunter2horse"',
        "x-amz-security-token=hunter2horse&X-Amz-Signature=0123456789abcdef",
    ],
)
def test_the_forms_in_which_a_secret_comes_by(text: str) -> None:
    told = Redactor().text(text)
    assert "hunter2" not in told
    assert "0123456789abcdef" not in told
    assert MASK in told


@pytest.mark.parametrize(
    "text",
    [
        '{"has_password": true, "password": null}',
        "secret redis/password/us-east-1/use1-a/1001: has a value",
        "rds.password_encryption scram-sha-256",
        "the password is asked for by seed-secrets",
        '"password": ""',
        "--secret-id sk/acme/main",
    ],
)
def test_what_only_speaks_of_secrets_stays(text: str) -> None:
    assert Redactor().text(text) == text


def test_a_value_is_secret_by_its_key_whatever_it_looks_like() -> None:
    value = {"master_password": "blue", "SecretString": "x y", "user": "springtail", "deep": [{"apiKey": "k"}]}
    assert Redactor().value(value) == {
        "master_password": MASK,
        "SecretString": MASK,
        "user": "springtail",
        "deep": [{"apiKey": MASK}],
    }


def test_whatever_stands_under_such_a_key_beside_such_a_name_or_behind_such_a_flag_is_secret() -> None:
    value = {
        "password": {"old": "blue", "new": ["green", 7], "set": True},
        "environment": [{"name": "PGPASSWORD", "value": "blue"}, {"name": "PGUSER", "value": "springtail"}],
        "argv": ["psql", "--password", "blue", "--secret-access-key", "green", "--host", "db"],
    }
    assert Redactor().value(value) == {
        "password": {"old": MASK, "new": [MASK, MASK], "set": True},
        "environment": [{"name": "PGPASSWORD", "value": MASK}, {"name": "PGUSER", "value": "springtail"}],
        "argv": ["psql", "--password", MASK, "--secret-access-key", MASK, "--host", "db"],
    }


def test_a_name_of_a_secret_beside_whether_it_has_a_value_stays() -> None:
    value = {"seeded": {"sk/acme/primary_db_password": True, "redis/password/x": False}}
    assert Redactor().value(value) == value


def test_what_it_was_told_of_is_masked_in_every_spelling() -> None:
    redactor = Redactor()
    redactor.learn("p@ss word/1")
    for spelling in ("p@ss word/1", "p%40ss%20word%2F1", base64.b64encode(b"p@ss word/1").decode()):
        assert redactor.text(f"<{spelling}>").startswith(f"<{MASK}")


def test_the_environment_tells_secrets_by_the_names_of_its_variables() -> None:
    redactor = Redactor()
    redactor.learn_environment(
        {
            "AWS_SECRET_ACCESS_KEY": "canary-in-the-keys",
            "TF_ENCRYPTION": "canary-in-the-state",
            "AWS_WEB_IDENTITY_TOKEN_FILE": "/run/token-file",
            "PATH": "/usr/bin:/usr/local",
        }
    )
    told = redactor.text("canary-in-the-keys canary-in-the-state /run/token-file /usr/bin:/usr/local")
    assert told == f"{MASK} {MASK} /run/token-file /usr/bin:/usr/local"
