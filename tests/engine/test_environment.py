"""The engine sees what is named, and of credentials only the chosen ones."""

from __future__ import annotations

import os
from pathlib import Path

from wizard.engine.environment import Ambient, Credentials, EngineEnvironment, Keys, Profile, Served, engine_environment

SHELL = {
    "PATH": "/usr/bin",
    "HOME": "/home/op",
    "HTTPS_PROXY": "http://proxy:3128",
    "AWS_CA_BUNDLE": "/etc/ca.pem",
    "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
    "AWS_REGION": "eu-west-1",
    "AWS_PROFILE": "other",
    "AWS_ACCESS_KEY_ID": "AKIASHELL",
    "AWS_SECRET_ACCESS_KEY": "secret-of-the-shell",
    "AWS_CONFIG_FILE": "/home/op/config",
    "TF_VAR_name": "x",
    "TF_CLI_ARGS_plan": "-destroy",
    "TF_WORKSPACE": "w",
    "TF_LOG": "trace",
    "TF_CLI_CONFIG_FILE": "/gone",
    "TF_REATTACH_PROVIDERS": "{}",
    "GOGC": "400",
    "GOMEMLIMIT": "2GiB",
    "GODEBUG": "netdns=go",
    "PGPASSWORD": "hunter2",
    "LD_PRELOAD": "/evil.so",
}


def values(credentials: Credentials, region: str | None = None) -> dict[str, str]:
    return built(credentials, region).values


def built(credentials: Credentials, region: str | None = None) -> EngineEnvironment:
    return engine_environment(
        SHELL, data_dir=Path("/data"), cli_config=Path("/rc"), credentials=credentials, region=region
    )


def test_only_what_is_named_reaches_the_engine() -> None:
    got = values(Ambient())
    assert not {"TF_VAR_name", "TF_CLI_ARGS_plan", "TF_WORKSPACE", "TF_LOG", "PGPASSWORD", "LD_PRELOAD"} & set(got)
    assert "TF_REATTACH_PROVIDERS" not in got
    assert (got["HTTPS_PROXY"], got["AWS_ENDPOINT_URL_S3"]) == ("http://proxy:3128", "http://127.0.0.1:9")
    assert (got["TF_DATA_DIR"], got["TF_CLI_CONFIG_FILE"], got["CHECKPOINT_DISABLE"]) == ("/data", "/rc", "1")


def test_how_much_memory_the_engine_takes_is_whoever_runs_it_to_say_and_what_else_its_runtime_does_is_not() -> None:
    got = values(Ambient())
    assert (got["GOGC"], got["GOMEMLIMIT"]) == ("400", "2GiB")
    assert "GODEBUG" not in got


def test_settings_of_the_engine_that_were_ignored_are_named_without_their_values() -> None:
    note = built(Ambient()).note
    for name in ("TF_VAR_name", "TF_CLI_ARGS_plan", "TF_WORKSPACE", "TF_LOG"):
        assert name in note
    assert "-destroy" not in note


def test_a_named_profile_wins_over_the_shells_profile_and_keys() -> None:
    got = values(Profile("deploy"))
    assert got["AWS_PROFILE"] == "deploy"
    assert got["AWS_CONFIG_FILE"] == "/home/op/config"
    assert "AWS_ACCESS_KEY_ID" not in got
    assert "AWS_ACCESS_KEY_ID" in built(Profile("deploy")).dropped


def test_a_served_session_hides_every_other_credential() -> None:
    got = values(Served(Keys("ASIA", "very-secret")))
    assert not {"AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} & set(got)
    assert got["AWS_CONFIG_FILE"] == got["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
    assert "very-secret" not in repr(Served(Keys("ASIA", "very-secret")))


def test_the_region_of_the_answers_wins() -> None:
    assert values(Ambient(), region="us-east-1")["AWS_REGION"] == "us-east-1"


def test_values_are_not_shown_by_repr() -> None:
    assert "secret-of-the-shell" not in repr(built(Ambient()))
