"""How the engine gets credentials, and when an apply is refused for want of time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.aws.conftest import ENVIRON, account
from tests.aws.test_session import DEVICE, ROLE, profiles
from wizard.aws.engine_credentials import engine_credentials, require_lifetime
from wizard.aws.session import open_session
from wizard.errors import AccountError

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
BASE = "[profile base]\naws_access_key_id=AKIABASE\naws_secret_access_key=p\n"


def test_keys_in_the_environment_are_passed_on_as_they_are(aws: None) -> None:
    given = engine_credentials(open_session(account(), environ=ENVIRON))
    assert (given.kind, given.keys, given.ends) == ("ambient", None, None)


def test_session_keys_in_the_environment_end_when_the_environment_says_so(aws: None) -> None:
    environ = ENVIRON | {"AWS_SESSION_TOKEN": "t", "AWS_CREDENTIAL_EXPIRATION": "2030-01-02T03:04:05Z"}
    ends = engine_credentials(open_session(account(), environ=environ)).ends
    assert ends is not None
    assert ends.year == 2030


def test_a_plain_profile_is_passed_on_by_name(aws: None, tmp_path: Path) -> None:
    environ = profiles(tmp_path, BASE)
    given = engine_credentials(open_session(account(profile="base"), environ=environ))
    assert (given.kind, given.profile, given.keys) == ("profile", "base", None)
    named = engine_credentials(open_session(account(), environ=environ | {"AWS_PROFILE": "base"}))
    assert (named.kind, named.profile) == ("profile", "base")


def test_a_profile_that_assumes_a_role_is_served_and_renewed_from_its_name(aws: None, tmp_path: Path) -> None:
    environ = profiles(tmp_path, f"{BASE}[profile acme]\nrole_arn={ROLE}\nsource_profile=base\n")
    given = engine_credentials(open_session(account(profile="acme"), environ=environ))
    assert (given.kind, given.profile, given.ends) == ("served", "acme", None)
    assert given.keys is not None
    assert given.keys.token


def test_a_role_of_the_answers_is_served_until_its_keys_end(aws: None) -> None:
    given = engine_credentials(open_session(account(role_arn=ROLE), environ=ENVIRON))
    assert (given.kind, given.profile) == ("served", "")
    assert given.keys is not None
    assert given.ends == given.keys.expires_at
    assert given.ends is not None


def test_a_session_that_a_code_opened_is_served_until_it_ends_for_nobody_can_renew_it(
    aws: None, tmp_path: Path
) -> None:
    text = f"{BASE}[profile acme]\nrole_arn={ROLE}\nsource_profile=base\nmfa_serial={DEVICE}\n"
    environ = profiles(tmp_path, text)
    given = engine_credentials(open_session(account(profile="acme"), environ=environ, mfa_code=lambda _: "123456"))
    assert (given.kind, given.profile) == ("served", "")
    assert given.ends is not None


def test_no_secret_is_in_what_is_shown_of_them(aws: None) -> None:
    given = engine_credentials(open_session(account(role_arn=ROLE), environ=ENVIRON))
    assert given.keys is not None
    assert given.keys.secret_key not in repr(given)
    assert given.keys.token not in repr(given)


@pytest.mark.parametrize("left", [timedelta(minutes=29), timedelta(0), timedelta(hours=-1)])
def test_an_apply_is_refused_when_less_is_left_than_the_estimate_and_the_margin(left: timedelta) -> None:
    with pytest.raises(AccountError, match="not enough for this apply"):
        require_lifetime(NOW + left, needed=timedelta(minutes=20), margin=timedelta(minutes=10), now=NOW)


@pytest.mark.parametrize("ends", [None, NOW + timedelta(minutes=30), NOW + timedelta(days=1)])
def test_an_apply_goes_on_with_credentials_that_outlast_it(ends: datetime | None) -> None:
    require_lifetime(ends, needed=timedelta(minutes=20), margin=timedelta(minutes=10), now=NOW)
