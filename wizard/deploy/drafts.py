"""Drafts on disk: what is typed is there before the next key, and stays there whatever ends the program."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from wizard import __version__
from wizard.answers.catalogue import Shape, by_key, value_at
from wizard.answers.changed import draft_of
from wizard.answers.draft import Draft
from wizard.answers.migrating import migrate, since
from wizard.answers.problems import could_be_secret, general
from wizard.answers.types import Answers
from wizard.blueprints.load import MIGRATIONS, read
from wizard.deploy import store
from wizard.errors import InputError
from wizard.files import write_atomic
from wizard.workspace import Place

M = TypeVar("M", bound=Answers)

#: The key in the file under which refused texts stand; no question has it.
TYPED = "_typed"
_NOBODY = "what writes drafts has ended"


def path_of(place: Place) -> Path:
    """Where an object's draft lies."""
    return place.draft


def load(place: Place, model: type[M], *, blueprint: str) -> Draft[M]:
    """Give the draft of an object: what was being typed, or else its saved answers, or else nothing yet.

    Raises InputError for a file that cannot be read; it is never overwritten then.
    """
    found = _on_disk(place)
    if found is not None:
        typed = found.pop(TYPED, {})
        if not isinstance(typed, Mapping):
            typed = {}
        known = by_key(model)
        return Draft(model, found, {key: str(text) for key, text in typed.items() if general(key) in known})
    identity = {"planewright": __version__, "kind": place.kind, "blueprint": blueprint, "name": place.name}
    return saved(place, model) or Draft(model, identity)


def saved(place: Place, model: type[M]) -> Draft[M] | None:
    """Give the saved answers of an object, or None where there are none.

    What they lack, and what is no longer valid, is a problem at its key: whoever opens answers of old is asked for that
    alone. Raises InputError for a file with something wrong that no field could show.
    """
    if not place.answers.is_file():
        return None
    try:
        return draft_of(store.load_object(place))
    except InputError as error:
        raw = store.read_raw(place) if error.problems else {}
        if not raw or not all(_has_a_field(problem.path, raw, model) for problem in error.problems):
            raise
        return Draft(model, raw)


def _has_a_field(path: str, raw: Mapping[str, Any], model: type[Answers]) -> bool:
    asked = by_key(model).get(general(path))
    if asked is None or asked.shape is not Shape.GROUPS:
        return asked is not None
    members = value_at(raw, path)
    return members is None or (isinstance(members, list) and all(isinstance(one, dict) for one in members))


def save(place: Place, draft: Draft[Any]) -> None:
    """Write the draft. As JSON, which YAML 1.2 reads: a round trip through a YAML writer would be felt on every key.

    A refused text that could be a secret, pasted into the wrong field, is not written.
    """
    refused = {key: text for key, text in draft.refused.items() if not could_be_secret(text)}
    text = json.dumps({**draft.raw, **({TYPED: refused} if refused else {})}, indent=2, ensure_ascii=False)
    write_atomic(path_of(place), text + "\n", mode=0o600)


def settle(place: Place, draft: Draft[Any]) -> None:
    """Make the draft the object's answers. Raises InputError while there are problems."""
    answers = draft.answers
    if answers is None:
        raise InputError(f"{place.name} is not answered yet", draft.problems)
    store.save_answers(place, answers)
    discard(place)


def discard(place: Place) -> None:
    """Forget the draft: the saved answers stand."""
    path_of(place).unlink(missing_ok=True)


def typed(place: Place) -> dict[str, Any]:
    """Give what is being typed, as plain data; nothing where there is no draft. Raises InputError."""
    return _on_disk(place) or {}


def _on_disk(place: Place) -> dict[str, Any] | None:
    try:
        text = path_of(place).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path_of(place)} cannot be read", cause=str(error), action="mend it, or delete it to start anew"
        ) from None
    try:
        value = json.loads(text)
    except ValueError:
        # By hand, or by a question-and-answer session of old: YAML.
        value, _ = read(text, source=str(path_of(place)))
    if not isinstance(value, dict):
        return {}
    if migrate(value, since(str(value.get("planewright", "")), place.kind, MIGRATIONS)):
        value["planewright"] = __version__
    return value


class Keeper:
    """Saves drafts behind the typing: the newest one wins, and `close` waits until it is on disk."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._wake = threading.Condition()
        self._next: Draft[Any] | None = None
        self._busy = False
        self._closed = False
        self._ended = False
        self._failed: OSError | None = None
        self._thread = threading.Thread(target=self._work, name=f"draft of {place.name}", daemon=True)
        self._thread.start()

    def keep(self, draft: Draft[Any]) -> None:
        """Take the newest draft; returns at once. Raises OSError if an earlier one could not be written."""
        with self._wake:
            if self._failed is not None:
                raise self._failed
            if self._ended:
                raise OSError(_NOBODY)
            self._next = draft
            self._wake.notify()

    def flush(self) -> None:
        """Wait until what was taken is on disk. Raises OSError if it could not be written."""
        with self._wake:
            self._wake.wait_for(lambda: self._is_kept or self._failed is not None or self._ended)
            if self._failed is not None:
                raise self._failed
            if not self._is_kept:
                raise OSError(_NOBODY)

    def close(self) -> None:
        """Write what is left and end."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        self._thread.join()

    @property
    def _is_kept(self) -> bool:
        return self._next is None and not self._busy

    def _work(self) -> None:
        try:
            self._write()
        finally:  # nobody waits for a thread that has ended, whatever it ended of
            with self._wake:
                self._ended = True
                self._wake.notify_all()

    def _write(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._next is not None or self._closed)
                draft, self._next = self._next, None
                if draft is None:
                    return
                self._busy = True
            try:
                save(self._place, draft)
            except OSError as error:
                with self._wake:
                    self._failed = error
            with self._wake:
                self._busy = False
                self._wake.notify_all()
