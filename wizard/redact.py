"""The one redactor: whatever is derived for people passes through it.

No secret should ever reach it (rule 4 of the design); it is the second fence, not the first.
"""

from __future__ import annotations

import base64
import json
import re
import urllib.parse
from collections.abc import Mapping
from typing import Any

MASK = "«redacted»"

#: What a secret stands beside.
_NAMES = (
    r"(?:aws_)?(?:secret_?access_?key|session[_-]?token|security[_-]?token)"
    r"|password|passwd|passphrase|secret_?string|private_?key|authorization|auth_?token"
    r"|client_?secret|api_?key|access_?token|refresh_?token"
)
#: Words that say of a secret whether there is one.
_UNLESS = r"""(?!(?:true|false|null|none)\b)"""
#: Between quotes, of whatever depth of escaping: up to the same quote. Without: up to what ends a word.
_QUOTED = r"""(?P<quote>\\*["'])(?:(?!(?<!\\)(?P=quote))[^\n])+"""
_WORD = r"""(?:(?:bearer|basic)\s+)?(?:[^\s"'\\,}]|,(?=[^\s"'}])|\\\\|\\(?!["'nrtu])){3,}"""

_PATTERNS = (
    # A name, and its value behind it: in JSON, in JSON inside JSON, an environment listing, a shell line, HCL.
    re.compile(rf"""(?i)((?:{_NAMES})(?:\\*["'])?\s*[=:]\s*){_UNLESS}(?:{_QUOTED}|{_WORD})"""),
    re.compile(r"(?i)(--(?:password|passphrase|auth-token|secret-string|session-token|secret-access-key) )[^\s-]\S*"),
    # SQL: ALTER ROLE somebody PASSWORD 'x'.
    re.compile(r"(?i)(\b(?:password|identified by)\s+)'(?:[^']|'')+'"),
    re.compile(r"(\bSCRAM-SHA-256\$)[^\s\"'\\]+"),
    re.compile(r"(?i)(\bX-Amz-Signature=)[0-9a-f]+"),
    # user:password@host in a connection URL.
    re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s:/@]+:)[^\s@/]+(?=@)"),
    # A key that is cut off is one as well.
    re.compile(r"(-----BEGIN [A-Z ]*PRIVATE KEY-----)[\s\S]+?(?=-----END|\Z)"),
)

#: A key of a JSON object under which a secret stands.
_KEY = re.compile(rf"(?i)(?:{_NAMES})\Z")
#: A pair that says its key and its value beside each other: a variable of a task, a parameter.
_NAMING, _VALUES = ("name", "Name", "key", "Key"), ("value", "Value")
#: A flag in a list of arguments, whose value comes next.
_FLAG = re.compile(rf"(?i)--?(?:[a-z-]*-)?(?:{_NAMES.replace('_?', '[_-]?')})\Z")
#: Variables of an environment that hold one, and those that only say where it is.
_VARIABLE = re.compile(r"SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|PRIVATE_?KEY|API_?KEY|TF_ENCRYPTION", re.IGNORECASE)
_ELSEWHERE = re.compile(r"(?:FILE|PATH|DIR|URI|URL|ARN|NAME|SOCK)\Z", re.IGNORECASE)


class Redactor:
    """Masks what looks like a secret and every value it was told of."""

    def __init__(self) -> None:
        self._values: set[str] = set()

    def learn(self, value: str) -> None:
        """Mask this very value from now on, also as JSON, a URL and base64 spell it.

        Values under four characters would mask half of every text.
        """
        if len(value) >= 4:
            self._values |= {value, json.dumps(value)[1:-1], urllib.parse.quote(value, safe="")}
        if len(value) >= 8:
            self._values.add(base64.b64encode(value.encode()).decode().rstrip("="))

    def learn_environment(self, environ: Mapping[str, str]) -> None:
        """Mask the values of variables that by their names hold a secret."""
        for name, value in environ.items():
            if _VARIABLE.search(name) and not _ELSEWHERE.search(name) and len(value) >= 8:
                self.learn(value)

    def text(self, text: str) -> str:
        """Give the text with every secret masked."""
        for value in sorted(self._values, key=len, reverse=True):
            text = text.replace(value, MASK)
        for pattern in _PATTERNS:
            text = pattern.sub(_masked, text)
        return text

    def value(self, value: Any) -> Any:
        """Mask a JSON value, its shape kept: its strings, and wholly what is secret by its key or by the flag before it."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            named = any(isinstance(value.get(key), str) and _KEY.search(value[key]) for key in _NAMING)
            return {
                self.text(key) if isinstance(key, str) else key: _wholly(item)
                if (isinstance(key, str) and _KEY.search(key)) or (named and key in _VALUES)
                else self.value(item)
                for key, item in value.items()
            }
        if isinstance(value, list | tuple):
            return [
                _wholly(item) if isinstance(before, str) and _FLAG.match(before) else self.value(item)
                for before, item in zip((None, *value), value, strict=False)
            ]
        return value


def _wholly(value: Any) -> Any:
    """Mask every leaf but those that only say whether there is one."""
    if value is None or isinstance(value, bool) or value == "":
        return value
    if isinstance(value, Mapping):
        return {key: _wholly(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_wholly(item) for item in value]
    return MASK


def _masked(match: re.Match[str]) -> str:
    """What stands before the secret, and its opening quote where it had one: the closing one was left."""
    groups = match.groupdict()
    return match.group(1) + (groups.get("quote") or "") + MASK
