"""The one redactor: whatever is derived for people passes through it.

No secret should ever reach it (rule 4 of the design); it is the second fence, not the first.
"""

from __future__ import annotations

import json
import re
from typing import Any

MASK = "«redacted»"

_PATTERNS = (
    # An AWS secret key or session token beside its name, in JSON, an environment listing or a shell line.
    re.compile(
        r"""(?i)((?:aws_)?(?:secret_?access_?key|session[_-]?token|security[_-]?token)["']?\s*[=:]\s*["']?)[^\s"',}]{8,}"""
    ),
    re.compile(
        r"""(?i)((?:password|passwd|secret_string|private_key|authorization|auth_?token)["']?\s*[=:]\s*["']?)[^\s"',}]{3,}"""
    ),
    # user:password@host in a connection URL.
    re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s:/@]+:)[^\s@/]+(?=@)"),
    re.compile(r"(-----BEGIN [A-Z ]*PRIVATE KEY-----)[\s\S]+?(?=-----END)"),
)


class Redactor:
    """Masks what looks like a secret and every value it was told of."""

    def __init__(self) -> None:
        self._values: set[str] = set()

    def learn(self, value: str) -> None:
        """Mask this very value from now on. Values under four characters would mask half of every text."""
        if len(value) >= 4:
            self._values.add(value)
            self._values.add(json.dumps(value)[1:-1])

    def text(self, text: str) -> str:
        """Give the text with every secret masked."""
        for value in sorted(self._values, key=len, reverse=True):
            text = text.replace(value, MASK)
        for pattern in _PATTERNS:
            text = pattern.sub(lambda match: match.group(1) + MASK, text)
        return text

    def value(self, value: Any) -> Any:
        """Mask the strings of a JSON value, its shape kept."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self.value(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(item) for item in value]
        return value
