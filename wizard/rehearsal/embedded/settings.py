"""moto's own switches, set on the loaded module: the process's environment stays as it was."""

from __future__ import annotations

from wizard.rehearsal.embedded.patching import replace


def _yes() -> bool:
    return True


def _no() -> bool:
    return False


def install() -> None:
    """Have AWS's managed policies, and refuse images and instance types that do not exist.

    moto's hundreds of images are left out: nothing here starts from them, and each region would take half a second
    to make. `services.images` has the ones that a deployment starts from.
    """
    import moto.iam.models
    import moto.settings

    replace(moto.iam.models, "load_iam_aws_managed_policies", _yes)
    replace(moto.settings, "ec2_load_default_amis", _no)
    for validation in ("ENABLE_AMI_VALIDATION", "EC2_ENABLE_INSTANCE_TYPE_VALIDATION"):
        replace(moto.settings, validation, value=True)
