"""Services that the embedded AWS does not have: an error that a client reads, at once, and nothing on the terminal."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.embedded.conftest import Clients
from wizard.rehearsal.embedded import EmbeddedAws


def test_no_price_is_invented_and_that_is_no_gap(
    aws: EmbeddedAws, client: Clients, capfd: pytest.CaptureFixture[str]
) -> None:
    before = aws.unimplemented

    with pytest.raises(ClientError) as refused:
        client("pricing").get_products(ServiceCode="AmazonEC2")

    assert refused.value.response["Error"]["Code"] == "NotImplementedByEmbeddedAws"
    assert "only AWS's Price List says" in refused.value.response["Error"]["Message"]
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400, "which no client asks again"
    assert aws.unimplemented == before
    assert capfd.readouterr() == ("", "")


def test_a_service_that_nobody_thought_of_is_remembered_as_a_gap(aws: EmbeddedAws, client: Clients) -> None:
    with pytest.raises(ClientError, match="does not have health"):
        client("health").describe_events()

    assert aws.unimplemented[-1] == "health:DescribeEvents"


def test_an_absent_service_that_speaks_xml_is_refused_in_xml(client: Clients) -> None:
    with pytest.raises(ClientError) as refused:
        client("cloudsearch").describe_domains()

    assert refused.value.response["Error"]["Code"] == "NotImplementedByEmbeddedAws"
    assert "does not have cloudsearch" in refused.value.response["Error"]["Message"]
