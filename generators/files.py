"""What every blueprint's generator needs: shipped assets, templates, a deterministic zip, the backend."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from wizard.blueprints.springtail.facts import StateLocation
from wizard.files import to_json

_IGNORED = ("__pycache__", "__init__.py")


def asset(path: str) -> bytes:
    """Read one shipped file, e.g. `boot/boot.py`."""
    return files("assets").joinpath(path).read_bytes()


def asset_tree(folder: str) -> dict[str, bytes]:
    """Read a shipped folder: paths within it, in order, and their content."""
    return dict(sorted(_walk(files("assets").joinpath(folder), "")))


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.name in _IGNORED or entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        else:
            yield f"{prefix}{entry.name}", entry.read_bytes()


def module(name: str) -> dict[str, bytes]:
    """Give a shipped module as it lies in a stack, under `modules/NAME/`."""
    return {f"modules/{name}/{path}": content for path, content in asset_tree(f"modules/{name}").items()}


def zipped(entries: Mapping[str, bytes]) -> bytes:
    """Zip files so that the same files give the same bytes: sorted, stored, all of one date."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(entries.items()):
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.create_system = 3  # Unix, whatever this runs on
            info.external_attr = 0o100644 << 16
            archive.writestr(info, content)
    return buffer.getvalue()


@cache
def _environment() -> Any:
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # noqa: PLC0415 - not before something is rendered

    return Environment(
        loader=FunctionLoader(lambda name: asset(f"templates/{name}").decode()),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - HCL and Markdown, and no answer ever reaches a template
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def rendered(template: str, **structure: str | bool) -> bytes:
    """Render a template. What it is given decides structure; answers travel in `terraform.tfvars.json`."""
    text: str = _environment().get_template(template).render(structure)
    return text.encode()


def backend(state: StateLocation, key: str, account_id: str) -> bytes:
    """Give `backend.tf.json`: a backend takes no variables, so this one file of code is made of data."""
    if state.backend == "local":
        return to_json({"terraform": {"backend": {"local": {}}}}).encode()
    settings: dict[str, Any] = {
        "bucket": state.bucket,
        "key": key,
        "region": state.region,
        "encrypt": True,
        "use_lockfile": state.by_file,
        "allowed_account_ids": [account_id],
    }
    if state.by_table:
        settings["dynamodb_table"] = state.lock_table
    if state.kms_key_arn:
        # Without it objects would be AES256, whatever the bucket's default.
        settings["kms_key_id"] = state.kms_key_arn
    return to_json({"terraform": {"backend": {"s3": settings}}}).encode()
