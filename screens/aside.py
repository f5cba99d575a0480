"""Work that nobody waits for: the application ends at once though a probe still waits for its answer.

Textual's own thread workers are joined when the application ends; a look at a node may take minutes.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from contextlib import suppress

from textual.message import Message
from textual.widget import Widget

#: Posts to whoever began the work; False once that is gone, and the work may end.
Post = Callable[[Message], bool]


def aside(owner: Widget, job: Callable[[Post], None], *, name: str) -> None:
    """Do a job in a thread of its own. It posts to `owner`, and touches no widget; what it raises ends at the crash boundary."""
    app = owner.app

    def post(message: Message) -> bool:
        with suppress(RuntimeError):  # the event loop is closed: the application has ended
            return owner.is_attached and owner.post_message(message)
        return False

    def crash(error: BaseException) -> None:
        raise error

    def work() -> None:
        try:
            job(post)
        except BaseException as error:  # noqa: BLE001 - carried to the application's own thread, which raises it
            with suppress(RuntimeError):
                app.call_later(crash, error)

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(work,), name=name, daemon=True).start()
