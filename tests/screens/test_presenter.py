"""On a shared screen nobody reads whose account, address or name it is; the same thing keeps the same mask."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screens.presenter import Mask, telling


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("account 123456789012 in us-east-1", "account account-A in us-east-1"),
        ("10.20.0.0/16 meets 10.30.0.0/16", "net-A/16 meets net-B/16"),
        ("from 203.0.113.7:5432", "from address-A:5432"),
        ("arn:aws:iam::123456789012:role/ops may not", "arn-A may not"),
        ("db.acme.example.com:5432", "host-A:5432"),
        ("https://login.corp.internal/x", "https://host-A/x"),
    ],
)
def test_what_tells_whose_it_is_is_masked(text: str, shown: str) -> None:
    assert Mask().text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "nodes.fdw.count: 3 of 5",
        "r6i.2xlarge at 12000/40000 IOPS",
        "stacks/instance/main.tf and README.md",
        "OpenTofu 1.10.3, hashicorp/aws ~> 5.100",
        "vpc-0a1b2c3d4e5f60718",
        "1234567890123 bytes",
        "account.id, account.profile",
    ],
)
def test_what_one_works_with_stays_readable(text: str) -> None:
    assert Mask().text(text) == text


def test_the_same_value_has_the_same_mask_and_another_has_another() -> None:
    mask = Mask()
    first = mask.text("111111111111 to 222222222222")
    assert first == "account-A to account-B"
    assert mask.text("222222222222 accepts from 111111111111") == "account-B accepts from account-A"


def test_names_are_masked_within_the_names_that_aws_gets_and_not_within_words() -> None:
    mask = Mask()
    mask.learn("deployment", ["acme", "acme-prod"])
    assert mask.text("planewright-acme-prod-nlb") == "planewright-deployment-A-nlb"
    assert mask.text("acmetool") == "acmetool"


def test_answers_tell_what_else_is_a_name() -> None:
    answers = {
        "name": "acme-prod",
        "identifiers": {"organization": "acme"},
        "database": {"host": "primary", "port": 5432},
        "applications": [{"name": "web", "cidr": "10.30.0.0/16"}],
    }
    assert telling(answers) == {"acme": "customer", "primary": "host", "web": "application"}


octet = st.integers(0, 255)


@given(st.lists(st.tuples(octet, octet, octet, octet), min_size=1), st.integers(0, 32))
def test_no_address_ever_gets_through(addresses: list[tuple[int, int, int, int]], prefix: int) -> None:
    texts = [".".join(map(str, address)) for address in addresses]
    shown = Mask().text(" and ".join(f"{text}/{prefix} ({text})" for text in texts))
    assert not any(text in shown for text in texts)


@given(
    st.text(alphabet="0123456789", min_size=12, max_size=12),
    st.sampled_from(["{}", "({})", "{}:root", "a {} b", '"{}"']),
)
def test_no_account_ever_gets_through(account: str, where: str) -> None:
    assert account not in Mask().text(where.format(account))
