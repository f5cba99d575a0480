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
        ("DB.Acme.example.com and db.acme.example.com.", "host-A and host-A."),
        ("CNAME _8a7f.acme.example.com", "CNAME host-A"),
        ("ip-10-64-0-11.ec2.internal", "host-A"),
        ("planewright-state-123456789012-us-east-1", "planewright-state-account-A-us-east-1"),
        ("of 123456789012. And 1234-5678-9012", "of account-A. And account-B"),
        ("vpc-0a1b2c3d4e5f60718 by pcx-0123456789abcdef0", "vpc-A by pcx-A"),
        ("(i-0a1b2c3d), vpce-svc-0a1b2c3d4e5f60718", "(i-A), vpce-svc-A"),
        ("2001:db8:0:1::/64 holds 2001:db8::1", "net-A/64 holds address-A"),
        ("by operator@laptop and olga@vendor.example.com", "by person-A and person-B"),
        ("/home/olga/work/answers.yaml", "/home/person-A/work/answers.yaml"),
        ("/Users/olga/.aws", "/Users/person-A/.aws"),
        ('"arn:aws:iam::123456789012:role/ops"}', '"arn-A"}'),
        ("key AKIAIOSFODNN7EXAMPLE", "key AKIA-A"),
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
        "ami-0a1b2c3d4e5f60718",
        "at 03:55:01, after 1:02:03",
        "123e4567-e89b-12d3-a456-426614174000",
        "module.private_path.aws_security_group_rule.in",
        "operator, who has no host",
        "vpc-id, i-ingestion",
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


def test_a_name_is_masked_however_it_is_written_and_words_of_everybody_are_not() -> None:
    mask = Mask()
    mask.learn("customer", ["acme"])
    mask.learn("database", ["postgres"])
    assert mask.text("ACME, Acme_orders and postgres") == "customer-A, customer-A_orders and postgres"


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


groups = st.integers(0, 65535)


@given(st.lists(groups, min_size=8, max_size=8), st.integers(0, 128))
def test_no_address_of_the_newer_kind_ever_gets_through(parts: list[int], prefix: int) -> None:
    from ipaddress import IPv6Address

    address = IPv6Address(int("".join(f"{part:04x}" for part in parts), 16))
    for text in (address.compressed, address.exploded):
        shown = Mask().text(f"{text}/{prefix} ({text})")
        assert text not in shown


@given(
    st.sampled_from(["vpc", "subnet", "i", "eni", "pcx", "vpce"]),
    st.integers(0, 16**17 - 1),
    st.sampled_from(["{}", "({})", "{}:", "a {}, b", '"{}"', "id={}"]),
)
def test_no_id_of_somebody_s_thing_ever_gets_through(kind: str, number: int, where: str) -> None:
    thing = f"{kind}-{number:017x}"
    assert thing not in Mask().text(where.format(thing))
