"""How long a learner's code may take: what it computes counts, a busy machine does not.

It neither calls that code nor words what came of it: that is ``sandbox`` and ``judge``.
"""

from __future__ import annotations

import ctypes
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

HAS_ALARM = hasattr(signal, "setitimer")  # Windows has not
TICK = 0.05  # seconds between two looks at the clocks


class OutOfTime(BaseException):
    """Raised in the learner's code when its time is over; no ``except Exception`` catches it."""


@dataclass(frozen=True)
class Limits:
    """Seconds for all calls of one check together: of computing, and of the clock."""

    computing: float = 5.0  # the thread's own processor time, so that what else runs here takes none of it
    waiting: float = 30.0  # of the clock, where it computed less than `awake`: a sleep, a lock, a network
    awake: float = 1.0
    clock: float = 120.0  # of the clock in any case


class Budget:
    """The time of one check, spent on one or several pieces of work.

    >>> budget = Budget(Limits(computing=0.1))
    >>> def loop():
    ...     while True:
    ...         pass
    >>> type(budget.spend(loop)).__name__, budget.reason
    ('OutOfTime', 'computing')
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.computed = self.passed = 0.0  # in the pieces of work before this one
        self.reason = ""  # the limit that was passed, by its name

    def spend(self, work: Callable[[], None]) -> OutOfTime | None:
        """Do the work; if it takes too long, stop it and return the error, whose traceback says where it was.

        The main thread has an alarm, which ends a sleep too. Elsewhere, and on Windows, another thread raises the
        error in this one; ``interrupt_main`` would not do, since C code that checks for signals can lose it, each time
        at the same place. Either rings until it is heard, as the learner's code may catch or lose the first.
        """
        alarm = HAS_ALARM and threading.current_thread() is threading.main_thread()
        processor, release = (time.thread_time, None) if alarm else clock_of_this_thread()
        begun, start = time.monotonic(), processor()

        def late() -> bool:
            computed, passed = self.computed + processor() - start, self.passed + time.monotonic() - begun
            self.reason = self.reason or self._passed(computed, passed)
            return bool(self.reason)

        try:
            return _with_alarm(work, late) if alarm else _with_bell(work, late)
        finally:
            self.computed += processor() - start
            self.passed += time.monotonic() - begun
            if release:
                release()

    def _passed(self, computed: float, passed: float) -> str:
        limits = self.limits
        if computed > limits.computing:
            return "computing"
        if passed > limits.waiting and computed < limits.awake:
            return "waiting"
        return "clock" if passed > limits.clock else ""


def _with_alarm(work: Callable[[], None], late: Callable[[], bool]) -> OutOfTime | None:
    working, error = True, None

    def tick(number: int, frame: FrameType | None) -> None:
        if working and late():  # a tick that comes after the end is nobody's
            raise OutOfTime

    before = signal.signal(signal.SIGALRM, tick)
    try:
        signal.setitimer(signal.ITIMER_REAL, TICK, TICK)
        try:
            work()
        finally:
            working = False
    except OutOfTime as one:
        working, error = False, one
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    return error


def _with_bell(work: Callable[[], None], late: Callable[[], bool]) -> OutOfTime | None:
    error, here = None, threading.get_ident()
    over, silent = threading.Lock(), []  # `over`, held while there is work, is a plain lock: never half-taken

    def raise_there(what: Any) -> None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(here), what)

    def ring() -> None:
        while not over.acquire(timeout=TICK):
            if late():
                raise_there(ctypes.py_object(OutOfTime))
        silent.append(True)

    over.acquire()
    try:
        threading.Thread(target=ring, daemon=True).start()
        work()
    except OutOfTime as one:
        error = one
    finally:
        while not silent:
            try:
                if over.locked():
                    over.release()
                time.sleep(0.001)
            except OutOfTime:  # one that was already on its way
                pass
        raise_there(ctypes.py_object())
    return error


# ---- the processor time of a thread, for another one to read ---------------------------------------------------------

Clock = tuple[Callable[[], float], Callable[[], Any] | None]


def clock_of_this_thread() -> Clock:
    """A clock of the processor time of the thread that asks, which any thread may read; and what frees it, if any.

    Where there is none (macOS), the whole process's: too strict only where threads compute beside the learner's.
    """
    if hasattr(time, "pthread_getcpuclockid"):
        number = time.pthread_getcpuclockid(threading.get_ident())
        return (lambda: time.clock_gettime(number)), None
    if sys.platform == "win32":
        return clock_of_windows(ctypes.WinDLL("kernel32"), threading.get_native_id())
    return time.process_time, None


class FileTime(ctypes.Structure):
    """Windows' count of 100 nanoseconds, in two halves."""

    _fields_ = [("low", ctypes.c_uint32), ("high", ctypes.c_uint32)]


def clock_of_windows(kernel: Any, thread: int) -> Clock:
    """The same by GetThreadTimes of Windows' kernel32; the process's where the thread cannot be asked."""
    query = 0x0800  # THREAD_QUERY_LIMITED_INFORMATION
    kernel.OpenThread.restype = ctypes.c_void_p
    handle = kernel.OpenThread(query, False, thread)
    if not handle:
        return time.process_time, None

    def read() -> float:
        begun, ended, inside, own = (FileTime() for _ in range(4))
        there = ctypes.c_void_p(handle)
        if not kernel.GetThreadTimes(there, *map(ctypes.byref, (begun, ended, inside, own))):
            return time.process_time()
        return float(sum((one.high << 32) + one.low for one in (inside, own))) / 1e7

    return read, lambda: kernel.CloseHandle(ctypes.c_void_p(handle))
