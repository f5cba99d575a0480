"""Roles and their rights."""

from __future__ import annotations

from wizard.changes.classes import Table, interrupts, safe

_ROLE = "IAM API: UpdateRole"
_RIGHTS = "what loses a right by it fails at its next call; what gains one is not disturbed"

TABLES: dict[str, Table] = {
    "aws_iam_role": {
        "assume_role_policy": interrupts("who may take the role is judged anew", "IAM API: UpdateAssumeRolePolicy"),
        "permissions_boundary": interrupts(_RIGHTS, "IAM API: PutRolePermissionsBoundary"),
        "managed_policy_arns": interrupts(_RIGHTS, "IAM API: AttachRolePolicy, DetachRolePolicy"),
        "inline_policy": interrupts(_RIGHTS, "IAM API: PutRolePolicy, DeleteRolePolicy"),
        "max_session_duration": safe("counts for sessions to come", _ROLE),
        "force_detach_policies": safe(
            "counts at the role's end", "AWS provider: an argument of its own, no call to AWS"
        ),
    },
    "aws_iam_role_policy": {"policy": interrupts(_RIGHTS, "IAM API: PutRolePolicy")},
    "aws_iam_role_policy_attachment": {},
    "aws_iam_instance_profile": {
        "role": interrupts(_RIGHTS, "IAM API: AddRoleToInstanceProfile, RemoveRoleFromInstanceProfile"),
    },
}
