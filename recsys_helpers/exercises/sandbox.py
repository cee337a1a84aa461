"""Run a learner's code so that control comes back: in limited time, with nothing asked, ended or printed at length.

It is no protection against malice, and there is what it cannot stop: one long call into C, or using up the memory.
"""

from __future__ import annotations

import builtins
import contextlib
import copy
import ctypes
import io
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

MOST_PRINTED = 500  # characters kept of what is printed on one input
HAS_ALARM = hasattr(signal, "setitimer")  # Windows has not


class OutOfTime(BaseException):
    """Raised in the learner's code when its time is over; no ``except Exception`` catches it."""


class Refused(BaseException):
    """Raised in the learner's code in place of a call that would wait for somebody or end the kernel."""


@dataclass
class Ran:
    """What one call gave: a result or an error, the arguments as it left them, and what it printed."""

    value: object = None
    error: BaseException | None = None
    arguments: tuple = ()
    printed: str = ""


class _Paper(io.TextIOBase):
    """Takes what is printed and keeps the beginning."""

    text = ""

    def write(self, text: str) -> int:
        self.text += text[: max(0, MOST_PRINTED + 1 - len(self.text))]
        return len(text)

    def take(self) -> str:
        text, self.text = self.text, ""
        return text.rstrip() if len(text) <= MOST_PRINTED else text[:MOST_PRINTED] + " …"


def run(function: Callable, arguments: tuple, mutates: bool = False) -> Ran:
    """Call a function on copies of the arguments and keep a copy of its result, or of what it leaves in them."""
    try:
        arguments = copy.deepcopy(arguments)
        value = function(*arguments)
        value = arguments if mutates else list(value) if isinstance(value, Iterator) else value
        with contextlib.suppress(Exception):  # what cannot be copied is kept as it is
            value = copy.deepcopy(value)
        return Ran(value, None, arguments)
    except (Exception, SystemExit, Refused) as error:
        return Ran(error=error)


def attempt(function: Callable, cases: list[tuple], seconds: float, mutates: bool = False):
    """Call a learner's function on each case: ([Ran of each case it got through], OutOfTime or None)."""
    ran: list[Ran] = []

    def work():
        for arguments in cases:
            ran.append(run(function, arguments, mutates))
            ran[-1].printed = paper.take()

    with _quiet(getattr(function, "__globals__", {})) as paper:
        return ran, within(seconds, work)


def within(seconds: float, work: Callable[[], None]) -> OutOfTime | None:
    """Do the work; if it takes too long, stop it and return the error, whose traceback says where it was.

    The main thread has an alarm, which ends a sleep too. Elsewhere, and on Windows, another thread raises the error in
    this one; ``interrupt_main`` would not do, since C code that checks for signals can lose it, each time at the same
    place. Either rings until it is heard, as the learner's code may catch or lose the first.
    """
    alarm = HAS_ALARM and threading.current_thread() is threading.main_thread()
    working, late, here = True, None, threading.get_ident()
    over, silent = threading.Lock(), []  # `over`, held while there is work, is a plain lock: never half-taken

    def stop(number, frame):
        if working:  # an alarm that comes late is nobody's
            raise OutOfTime

    def raise_there(error):
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(here), error)

    def ring(wait=seconds):
        while not over.acquire(timeout=wait):
            wait = 0.05
            raise_there(ctypes.py_object(OutOfTime))
        silent.append(True)

    over.acquire()
    before = signal.signal(signal.SIGALRM, stop) if alarm else None
    try:
        if alarm:
            signal.setitimer(signal.ITIMER_REAL, seconds, 0.05)
        else:
            threading.Thread(target=ring, daemon=True).start()
        try:
            work()
        finally:
            working = False
    except OutOfTime as error:
        working, late = False, error
    finally:
        if alarm:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        while not (alarm or silent):
            try:
                if over.locked():
                    over.release()
                time.sleep(0.001)
            except OutOfTime:  # one that was already on its way
                pass
        if not alarm:
            raise_there(ctypes.py_object())
    return late


@contextlib.contextmanager
def _quiet(names: dict):
    """Keep what is printed, and refuse what waits or ends the kernel; a notebook has its own exit among its names."""

    def refusal(name):
        def refuse(*_, **__):
            raise Refused(name)

        return refuse

    spaces = ((vars(builtins), ("input", "breakpoint", "exit", "quit")), (names, ("exit", "quit")))
    found = [(space, name, space[name]) for space, some in spaces for name in some if name in space]
    for space, name, _ in found:
        space[name] = refusal(name)
    try:
        with contextlib.redirect_stdout(_Paper()) as paper, contextlib.redirect_stderr(_Paper()):
            yield paper
    finally:
        for space, name, former in found:
            space[name] = former
