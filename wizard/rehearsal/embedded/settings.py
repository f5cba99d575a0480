"""moto's own switches, set on the loaded module: the process's environment stays as it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Final

from wizard.rehearsal.embedded.patching import replace, wrap

_POLICIES: Final = (
    "AWSLambda",
    "AdministratorAccess",
    "AmazonEC2",
    "AmazonRDS",
    "AmazonS3",
    "AmazonSSM",
    "CloudWatch",
    "PowerUserAccess",
    "ReadOnlyAccess",
    "SecretsManager",
    "ViewOnlyAccess",
)
"""How the names of the managed policies begin that a data plane may use."""


def _yes() -> bool:
    return True


def _no() -> bool:
    return False


def _methods(original: Callable[[object], list[str]], of: object) -> frozenset[str]:
    return frozenset(original(of))


def install() -> None:
    """Have AWS's managed policies, and refuse images and instance types that do not exist.

    moto has hundreds of images and 1,500 policies, and makes them anew for each account, each region and each reset,
    which takes a second. Left are the policies of the services at hand; `services.images` has the images that a
    deployment starts from. For each call it lists all members of the service's class anew, too: a tenth of what a
    rehearsal took.
    """
    import moto.core.responses
    import moto.iam.models
    import moto.settings

    wrap(moto.core.responses, "method_names_from_class", cache(_methods))

    every_policy = json.loads(moto.iam.models.aws_managed_policies_data)
    policies = {name: policy for name, policy in every_policy.items() if name.startswith(_POLICIES)}
    replace(moto.iam.models, "aws_managed_policies_data", json.dumps(policies))
    replace(moto.iam.models, "load_iam_aws_managed_policies", _yes)
    replace(moto.settings, "ec2_load_default_amis", _no)
    for validation in ("ENABLE_AMI_VALIDATION", "EC2_ENABLE_INSTANCE_TYPE_VALIDATION"):
        replace(moto.settings, validation, value=True)
