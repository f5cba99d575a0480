"""What a person reads when AWS says no."""

from __future__ import annotations

import pytest
from botocore import exceptions as boto
from botocore.exceptions import ClientError

from wizard.aws.errors import Caller, aws_call, permission_of, translate
from wizard.errors import AccountError, AwsError, LoginNeededError

CALLER = Caller("acme-prod", "eu-south-1")


def failed(code: str, message: str = "", operation: str = "DescribeVpcs", status: int = 400) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]
        operation,
    )


def said(error: ClientError | boto.BotoCoreError) -> str:
    return str(translate(error, doing="read the peering", caller=CALLER))


def test_a_denial_names_the_permission_and_the_resource_that_the_message_names() -> None:
    text = said(
        failed(
            "AccessDeniedException",
            "User: arn:aws:iam::1:user/x is not authorized to perform: secretsmanager:PutSecretValue on resource: "
            "arn:aws:secretsmanager:us-east-1:1:secret:a because no identity-based policy allows it",
            "PutSecretValue",
        )
    )
    assert "could not read the peering" in text
    assert "PutSecretValue needs secretsmanager:PutSecretValue on arn:aws:secretsmanager:us-east-1:1:secret:a" in text
    assert "have secretsmanager:PutSecretValue" in text


@pytest.mark.parametrize(
    ("code", "operation", "permission"),
    [
        ("UnauthorizedOperation", "CreateVpc", "ec2:CreateVpc"),
        ("403", "HeadBucket", "s3:ListBucket"),
        ("AccessDenied", "GetBucketEncryption", "s3:GetEncryptionConfiguration"),
        ("AccessDenied", "GetBucketVersioning", "s3:GetBucketVersioning"),
    ],
)
def test_a_denial_without_words_is_named_after_the_call_as_iam_names_it(
    code: str, operation: str, permission: str
) -> None:
    assert permission_of(failed(code, "", operation)) == permission


@pytest.mark.parametrize(
    ("message", "whose"),
    [
        ("... with an explicit deny in a service control policy", "organization"),
        ("... because no permissions boundary allows the ec2:X action", "boundary"),
        ("... because no session policy allows it", "session"),
        ("... with an explicit deny in an identity-based policy", "explicitly"),
    ],
)
def test_a_denial_says_which_policy_to_change(message: str, whose: str) -> None:
    assert whose in said(failed("AccessDenied", f"is not authorized to perform: ec2:X {message}"))


@pytest.mark.parametrize(
    ("error", "kind", "next_action"),
    [
        (failed("ExpiredToken"), AccountError, "aws sso login --profile acme-prod"),
        (failed("RequestTimeTooSkewed"), AccountError, "clock"),
        (failed("InvalidClientTokenId"), AccountError, "enable-region"),
        (failed("OptInRequired"), AwsError, "aws account enable-region --region-name eu-south-1"),
        (failed("RequestLimitExceeded"), AwsError, "goes on where it stopped"),
        (failed("InternalError", status=500), AwsError, "health.aws.amazon.com"),
        (failed("InvalidVpcID.NotFound", "no such vpc"), AwsError, "correct what AWS names"),
        (boto.NoCredentialsError(), AccountError, "AWS_PROFILE"),
        (boto.ProfileNotFound(profile="x"), AccountError, "planewright profiles"),
        (boto.UnauthorizedSSOTokenError(), LoginNeededError, "aws sso login --profile acme-prod"),
        (boto.TokenRetrievalError(provider="sso", error_msg="expired"), LoginNeededError, "aws sso login"),
        (boto.LoginRefreshRequired(), LoginNeededError, "aws login --profile acme-prod"),
        (boto.LoginInsufficientPermissions(), AccountError, "signin:CreateOAuth2Token"),
        (boto.RefreshWithMFAUnsupportedError(), AccountError, "new code"),
        (boto.EndpointConnectionError(endpoint_url="https://x"), AwsError, "HTTPS_PROXY"),
        (boto.SSLError(endpoint_url="https://x", error="self-signed"), AwsError, "AWS_CA_BUNDLE"),
        (boto.NoRegionError(), AwsError, "run the command again"),
    ],
)
def test_each_kind_of_failure_has_a_cause_and_a_next_action(
    error: ClientError | boto.BotoCoreError, kind: type[Exception], next_action: str
) -> None:
    translated = translate(error, doing="read the peering", caller=CALLER)
    assert type(translated) is kind
    assert translated.cause
    assert next_action in translated.action


def test_what_aws_says_is_quoted_and_never_taken_for_a_template() -> None:
    assert "{region} {0}" in said(failed("Odd", "{region} {0}"))


def test_the_context_translates_what_is_raised_inside_and_leaves_the_rest_alone() -> None:
    with pytest.raises(AccountError, match="could not read the peering"), aws_call("read the peering"):
        raise failed("ExpiredToken")
    with pytest.raises(KeyError), aws_call("read the peering"):
        raise KeyError("a bug stays a bug")
