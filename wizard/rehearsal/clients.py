"""boto3 clients of the embedded AWS, from an environment and never from this process's own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any


def client(environment: Mapping[str, str], service: str) -> Any:
    """Make a client that acts with the environment's credentials, at its endpoint."""
    from botocore.config import Config

    return _session().client(
        service,
        region_name=environment["AWS_REGION"],
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=environment.get("AWS_SESSION_TOKEN"),
        # The machine's own proxy has no say here.
        config=Config(retries={"total_max_attempts": 2}, proxies={}),
    )


@cache
def _session() -> Any:
    import boto3

    return boto3.Session(aws_access_key_id="none", aws_secret_access_key="none", region_name="us-east-1")
