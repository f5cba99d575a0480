"""Several calls of one reader at once: in order, the first error at once, and no call that hangs holds anybody."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from wizard.aws.facts.parallel import at_once

#: A reader whose calls hang, in a daemon thread as `gather` has them; the program's own work is done meanwhile.
HANGING = """
import threading
from wizard.aws.facts.grants import dry_runs
from wizard.facts.grants import DryRuns

called = threading.Event()

class Hangs:
    def client(self, service, region=""):
        return self
    def __getattr__(self, method):
        def call(**request):
            called.set()
            threading.Event().wait()
        return call

ask = DryRuns("", "", "us-east-1", "use1-az1", ("CreateVpc", "AllocateAddress"), ())
threading.Thread(target=dry_runs, args=(Hangs(), ask), daemon=True).start()
assert called.wait(120)
"""


def test_answers_come_in_the_order_of_the_parts() -> None:
    later = threading.Event()

    def work(part: int) -> int:
        if part == 0:
            assert later.wait(120)
        else:
            later.set()
        return part * 10

    assert at_once(work, (0, 1, 2), workers=2) == [0, 10, 20]


def test_nothing_to_do_is_done() -> None:
    assert at_once(lambda part: part, (), workers=4) == []


def test_no_more_than_so_many_are_under_way() -> None:
    lock, under_way, most = threading.Lock(), 0, 0
    both = threading.Barrier(2, timeout=120)

    def work(part: int) -> None:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        both.wait()
        with lock:
            under_way -= 1

    at_once(work, range(8), workers=2)
    assert most == 2


def test_the_first_error_is_raised_although_another_call_hangs_and_nothing_else_is_begun() -> None:
    gate, begun = threading.Event(), []

    def work(part: str) -> None:
        begun.append(part)
        if part == "hangs":
            gate.wait()
        raise ValueError(part)

    with pytest.raises(ValueError, match="fails"):
        at_once(work, ("hangs", "fails", "never", "never"), workers=2)
    gate.set()
    assert sorted(begun) == ["fails", "hangs"]


def test_a_call_that_hangs_does_not_hold_the_exit() -> None:
    ended = subprocess.run([sys.executable, "-c", HANGING], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, "")
