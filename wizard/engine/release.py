"""A release of OpenTofu as its project publishes it: what its files are called, and what they say. Pure.

Read in the project's own downloader (opentofu/tofudl, its mirror specification): `tofu_V_PLATFORM.tar.gz`; `tofu_V_SHA256SUMS`, a
line for each file; `tofu_V_SHA256SUMS.gpgsig`, a detached OpenPGP signature over that list. The `.sig` and `.pem` beside them
are for cosign, which needs its own binary and the network; the OpenPGP signature is verified offline.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from wizard.engine.locate import MINIMUM
from wizard.errors import EngineError

#: What is installed unless another version is named.
PINNED = "1.12.6"
#: Where the project publishes it. `{version}` stands for the version.
SOURCE = "https://github.com/opentofu/opentofu/releases/download/v{version}"
#: The key in assets/engine/opentofu.asc, as the project's downloader and its specification name it.
FINGERPRINT = "E3E6E43D84CB852EADB0051D0C0AF313E5FD9F80"
#: Builds for machines that Planewright runs on.
PLATFORMS = ("darwin_amd64", "darwin_arm64", "linux_386", "linux_amd64", "linux_arm", "linux_arm64")

_VERSION = re.compile(r"(\d+)\.(\d+)\.\d+(-(alpha|beta|rc)\d+)?")
_LINE = re.compile(r"([0-9a-fA-F]{64})[ \t]+\*?(\S+)")


@dataclass(frozen=True, slots=True)
class Release:
    """A version for a platform (`linux_amd64`)."""

    version: str
    platform: str

    @property
    def archive(self) -> str:
        """The file that holds the engine."""
        return f"tofu_{self.version}_{self.platform}.tar.gz"

    @property
    def sums(self) -> str:
        """The file with each file's checksum."""
        return f"tofu_{self.version}_SHA256SUMS"

    @property
    def signature(self) -> str:
        """The signature over the checksums."""
        return f"{self.sums}.gpgsig"


def release(version: str, platform: str) -> Release:
    """Give the release of a version for a platform. Raises EngineError for what is not one, or would not do."""
    match = _VERSION.fullmatch(version)
    if match is None:
        raise EngineError(
            f"{version!r} is no version of OpenTofu",
            cause="a version has three numbers",
            action=f"name one as {PINNED}, or leave --version out",
        )
    least = MINIMUM["tofu"]
    if (int(match[1]), int(match[2])) < least:
        raise EngineError(
            f"OpenTofu {version} is too old",
            cause=f"the native S3 lock file needs {least[0]}.{least[1]} or later",
            action=f"name a later one, or leave --version out for {PINNED}",
        )
    if platform not in PLATFORMS:
        raise EngineError(
            f"there is no build of OpenTofu for this machine ({platform})",
            cause=f"builds are for {', '.join(PLATFORMS)}",
            action="build OpenTofu from source, and name it with --engine PATH",
        )
    return Release(version, platform)


def checksum_of(sums: bytes, name: str) -> str | None:
    """Give the SHA-256 that the list has for a file, in lower case; None when it lists no such file."""
    for line in sums.decode(errors="replace").splitlines():
        match = _LINE.fullmatch(line.strip())
        if match is not None and match[2] == name:
            return match[1].lower()
    return None
