"""Several calls of one reader at once.

In daemon threads, like those of `gather`: nobody waits for a call that hangs, not even the interpreter's exit, which
joins the threads of a `ThreadPoolExecutor`.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import TypeVar

Part = TypeVar("Part")
Answer = TypeVar("Answer")


def at_once(work: Callable[[Part], Answer], parts: Sequence[Part], *, workers: int) -> list[Answer]:
    """Do `work` for every part, by so many workers, and give what came of each, in the order of the parts.

    The first error that comes is raised at once, and no worker begins with another part.
    """
    left = deque(enumerate(parts))
    done: queue.SimpleQueue[tuple[int, Answer] | Exception] = queue.SimpleQueue()

    def take() -> None:
        while True:
            try:
                at, part = left.popleft()
            except IndexError:
                return
            try:
                done.put((at, work(part)))
            except Exception as error:  # noqa: BLE001 - carried over to the thread that waits, and raised there
                left.clear()
                done.put(error)

    for _ in range(min(workers, len(parts))):
        threading.Thread(target=take, name="at once", daemon=True).start()
    answers: dict[int, Answer] = {}
    try:
        for _ in parts:
            answer = done.get()
            if isinstance(answer, Exception):
                raise answer
            answers[answer[0]] = answer[1]
    finally:
        left.clear()  # also when whoever waits was interrupted
    return [answers[at] for at in range(len(parts))]
