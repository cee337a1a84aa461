"""How long an answer may take: what it computes counts, on the main thread and off it, and what waits is told apart."""

from __future__ import annotations

import ctypes
import re
import signal
import sys
import threading
import time

import numpy as np
import pytest

from recsys_helpers.exercises import check, judge, limits, registry
from recsys_helpers.exercises.limits import Budget, Limits, OutOfTime

pytestmark = pytest.mark.usefixtures("sample")

# Each has one limit that is short, so that a busy machine cannot come upon another first.
HURRY = Limits(computing=0.3, waiting=600, clock=600)
IMPATIENT = Limits(computing=600, waiting=0.3, awake=600, clock=600)


@pytest.fixture(params=[True, False], ids=["alarm", "from another thread, as on Windows"])
def either(request, monkeypatch):
    if request.param and not limits.HAS_ALARM:
        pytest.skip("this system has no alarm")
    monkeypatch.setattr(limits, "HAS_ALARM", request.param)


@pytest.fixture
def quick(either, monkeypatch):
    monkeypatch.setattr(judge, "LIMITS", HURRY)


def right(recommended, relevant, k):
    found = [item for item in recommended[:k] if item in relevant]
    return len(found) / len(relevant) if relevant else 0


def compute(seconds: float) -> None:
    """Use the thread's processor for so long."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


# ---- which limit ----


def test_the_limits_of_a_check():
    assert Limits() == Limits(computing=5, waiting=30, awake=1, clock=120)
    assert judge.LIMITS == Limits()


@pytest.mark.parametrize(
    ("computed", "passed", "reason"),
    [
        (4.9, 5, ""),
        (5.1, 5.2, "computing"),
        (5.1, 500, "computing"),
        (0.0, 29.9, ""),
        (0.9, 30.1, "waiting"),
        (1.1, 30.1, ""),  # beside twenty busy processes, right work of 4 s takes 43
        (4.9, 119, ""),
        (4.9, 121, "clock"),
        (1.0, 121, "clock"),
    ],
)
def test_computing_waiting_and_the_clock(computed, passed, reason):
    assert Budget(Limits())._passed(computed, passed) == reason


@pytest.mark.usefixtures("either")
def test_what_computes_may_take_longer_by_the_clock():
    """As on a busy machine, where a second of work takes many: the wait alone would have stopped it."""
    budget = Budget(Limits(computing=60, waiting=0.01, awake=0, clock=600))
    done = []
    assert budget.spend(lambda: done.append(compute(0.5))) is None
    assert done and not budget.reason
    assert 0.5 <= budget.computed < 60


@pytest.mark.usefixtures("either")
def test_the_work_of_other_threads_is_not_counted():
    going = True

    def hog():
        while going:
            pass

    other = threading.Thread(target=hog)
    other.start()
    try:
        budget = Budget(Limits(computing=0.25, waiting=600, clock=600))
        before = time.process_time()
        assert budget.spend(lambda: time.sleep(1)) is None, budget.reason
    finally:
        going = False
        other.join()
    assert time.process_time() - before > 2 * budget.computed


@pytest.mark.usefixtures("either")
def test_pieces_of_work_share_one_budget():
    budget = Budget(Limits(computing=0.4, waiting=600, clock=600))
    assert budget.spend(lambda: compute(0.25)) is None
    assert isinstance(budget.spend(lambda: compute(60)), OutOfTime)
    assert budget.reason == "computing"
    assert budget.computed < 30


@pytest.mark.usefixtures("either")
def test_an_error_of_the_work_goes_on_and_leaves_nothing_behind():
    handler = signal.getsignal(signal.SIGALRM)
    budget = Budget(Limits(computing=0.2, waiting=600, clock=600))
    with pytest.raises(ZeroDivisionError):
        budget.spend(lambda: 1 / 0)
    compute(0.4)  # nothing rings any more
    assert signal.getsignal(signal.SIGALRM) is handler
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert [one for one in threading.enumerate() if "ring" in one.name] == []


# ---- what is stopped, and what is said ----


def loops(*inputs):
    while True:
        pass


def loops_on_errors(*inputs):
    while True:
        try:
            int("x")
        except Exception:
            pass


def catches_all(*inputs):
    while True:
        try:
            int("x")
        except:  # noqa: E722
            pass


def numpy_loops(*inputs):
    table = np.ones((50, 50))
    while True:
        table = table @ table.T / 50


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("function", [loops, loops_on_errors, catches_all, numpy_loops])
def test_a_loop_that_does_not_end_is_stopped(said, function):
    handlers = [signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGALRM)]
    text = said(function)
    assert text.startswith(
        "✗ recall_at_k took over 0.3 seconds and was stopped. Is there a loop that does not end?\n"
    )
    assert re.search(r"\n      line \d+: \w+", text)
    assert [signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGALRM)] == handlers
    time.sleep(0.2)  # no late alarm


def test_a_sleep_is_stopped_and_told_from_a_loop(said, monkeypatch):
    monkeypatch.setattr(judge, "LIMITS", IMPATIENT)
    text = said(lambda *inputs: time.sleep(3600))
    assert text.startswith(
        "✗ recall_at_k was stopped after 0.3 seconds in which it hardly computed. Does it wait for something?\n"
    )
    assert "time.sleep(3600)" in text


@pytest.mark.usefixtures("either")
def test_many_short_sleeps_are_stopped_too(said, monkeypatch):
    monkeypatch.setattr(judge, "LIMITS", IMPATIENT)

    def slow(*inputs):
        time.sleep(0.05)
        return right(*inputs)

    assert "hardly computed" in said(slow)


@pytest.mark.usefixtures("quick")
def test_the_time_is_for_all_inputs_together(said):
    def slow(*inputs):
        compute(0.05)
        return right(*inputs)

    assert "took over 0.3 seconds" in said(slow)


@pytest.mark.usefixtures("quick")
def test_by_the_clock_what_computes_a_little_and_waits_is_stopped(said, monkeypatch):
    monkeypatch.setattr(judge, "LIMITS", Limits(computing=600, waiting=0.01, awake=0, clock=0.6))

    def both(*inputs):
        compute(0.01)
        time.sleep(0.2)
        return right(*inputs)

    assert "took over 0.6 seconds" in said(both)


@pytest.mark.usefixtures("quick")
def test_a_result_that_takes_long_to_compare_is_stopped_too(said):
    class Slow:
        def __eq__(self, other):
            while True:
                pass

        __hash__ = None

    text = said(lambda *inputs: Slow())
    assert text.startswith("✗ recall_at_k gave what takes too long to look at: it took over 0.3 seconds")


@pytest.mark.usefixtures("quick")
def test_a_value_that_takes_long_to_compare_is_stopped_too(said):
    class Slow:
        def __eq__(self, other):
            while True:
                pass

        __hash__ = None

    text = said(Slow(), "sparsity")
    assert text.startswith("✗ sparsity is what takes too long to look at: it took over 0.3 seconds")


@pytest.mark.usefixtures("quick")
def test_an_iterator_that_never_comes_to_an_item_is_stopped(said):
    def waits():
        while True:
            pass
        yield 1

    assert "took over 0.3 seconds" in said(lambda *inputs: waits())


@pytest.mark.usefixtures("quick")
def test_an_alarm_never_comes_late(said):
    """Answers that end about when the time does: whatever wins, nothing is raised here."""
    for pause in np.linspace(0.016, 0.019, 6):
        text = said(lambda *inputs, pause=pause: compute(pause) or right(*inputs))
        assert text.startswith(("✓", "✗ recall_at_k took over"))


@pytest.mark.usefixtures("either")
def test_many_ends_near_the_limit_raise_nothing(monkeypatch):
    monkeypatch.setattr(limits, "TICK", 0.001)
    # What is raised while an object is cleared away Python drops and reports; the next tick raises it where it counts.
    monkeypatch.setattr(sys, "unraisablehook", [].append)
    stopped = 0
    for number in range(150):
        budget = Budget(Limits(computing=0.003, waiting=600, clock=600))
        # Six end about when the time does; the seventh goes on until whoever watches has had a turn.
        seconds = 0.5 if number % 7 == 6 else 0.001 + 0.004 * (number % 7) / 5
        stopped += budget.spend(lambda seconds=seconds: compute(seconds)) is not None
    assert 0 < stopped < 150


@pytest.fixture
def heeds_stop():
    """Where a shell starts the tests in the background they inherit that Ctrl+C is ignored; a kernel does not."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("quick", "heeds_stop")
def test_stop_is_a_message(said):
    import _thread

    def stopped(*inputs):
        _thread.interrupt_main()
        for _ in range(10**6):
            pass

    assert said(stopped) == "· Stopped, as you asked.\n"


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (right, "✓ recall_at_k"),
        (loops, "✗ recall_at_k took over 0.3"),
        (catches_all, "✗ recall_at_k took over 0.3"),
    ],
)
def test_beside_the_main_thread_it_works_too(capsys, monkeypatch, function, words):
    monkeypatch.setattr(judge, "LIMITS", HURRY)
    thread = threading.Thread(target=check, args=("recall_at_k", function), daemon=True)
    thread.start()
    thread.join(60)
    assert capsys.readouterr().out.startswith(words)


def test_an_alarm_after_the_end_is_nobodys():
    if not limits.HAS_ALARM:
        pytest.skip("this system has no alarm")
    handlers = []
    budget = Budget(Limits(computing=-1, waiting=-1, clock=-1))
    assert budget.spend(lambda: handlers.append(signal.getsignal(signal.SIGALRM))) is None
    handlers[0](signal.SIGALRM, None)  # would raise while the work goes on


@pytest.mark.slow
def test_five_seconds_of_computing_are_the_limit(said):
    before = time.thread_time()
    assert "took over 5 seconds" in said(loops)
    assert 5 <= time.thread_time() - before < 10


# ---- the clock of a thread ----


def test_a_threads_clock_can_be_read_from_another():
    read = {}

    def work():
        clock, release = limits.clock_of_this_thread()
        read["start"] = clock()
        read["clock"] = clock
        compute(0.3)
        done.set()
        go.wait()
        if release:
            release()

    done, go = threading.Event(), threading.Event()
    thread = threading.Thread(target=work)
    thread.start()
    done.wait()
    here = time.thread_time()
    elsewhere = read["clock"]() - read["start"]
    go.set()
    thread.join()
    assert 0.3 <= elsewhere < 3
    assert time.thread_time() - here < 0.3, "it was not this thread that computed"


def test_where_no_thread_has_a_clock_the_process_has(monkeypatch):
    monkeypatch.delattr(limits.time, "pthread_getcpuclockid", raising=False)
    monkeypatch.setattr(limits.sys, "platform", "darwin")
    assert limits.clock_of_this_thread() == (time.process_time, None)


class Kernel32:
    """Windows' functions as this module calls them: a thread 7 with 1.5 s in the kernel and 500 s of its own."""

    def __init__(self, works=True):
        self.works, self.closed = works, []
        self.OpenThread = self._open  # an object of its own, as ctypes gives it, that takes a restype

    class _Open:
        restype = None

        def __call__(self, access, inherit, thread):
            assert (access, inherit) == (0x0800, False)
            return 0xFFFF_0000_0007 if thread == 7 else None

    _open = _Open()

    def GetThreadTimes(self, handle, begun, ended, inside, own):
        assert handle.value == 0xFFFF_0000_0007, "a handle has 64 bits"
        for where, ticks in ((begun, 1), (ended, 2), (inside, 15_000_000), (own, 5_000_000_000)):
            place = ctypes.cast(where, ctypes.POINTER(limits.FileTime)).contents
            place.low, place.high = ticks % 2**32, ticks // 2**32
        return int(self.works)

    def CloseHandle(self, handle):
        self.closed.append(handle.value)


def test_windows_counts_a_thread_in_two_halves_of_100_nanoseconds():
    kernel = Kernel32()
    clock, release = limits.clock_of_windows(kernel, 7)
    assert clock() == pytest.approx(501.5)
    release()
    assert kernel.closed == [0xFFFF_0000_0007]
    assert kernel.OpenThread.restype is ctypes.c_void_p


def test_where_windows_does_not_say_the_process_counts():
    assert limits.clock_of_windows(Kernel32(), 8) == (time.process_time, None)
    clock, _ = limits.clock_of_windows(Kernel32(works=False), 7)
    before = time.process_time()
    assert before <= clock() <= before + 60


def test_windows_takes_its_own_clock(monkeypatch):
    asked = []
    monkeypatch.delattr(limits.time, "pthread_getcpuclockid", raising=False)
    monkeypatch.setattr(limits.sys, "platform", "win32")
    monkeypatch.setattr(limits.ctypes, "WinDLL", lambda name: asked.append(name) or Kernel32(), raising=False)
    monkeypatch.setattr(limits.threading, "get_native_id", lambda: 7)
    clock, _ = limits.clock_of_this_thread()
    assert asked == ["kernel32"]
    assert clock() == pytest.approx(501.5)


@pytest.mark.usefixtures("quick")
def test_a_reference_may_take_its_time(said):
    """The lesson's own work is not the learner's: a check of slow inputs is not stopped for it."""

    @registry.exercise(why="w", inputs=[(1,), (2,), (3,)])
    def slow_reference(x):
        """One more, late."""
        compute(0.2)
        return x + 1

    assert said(lambda x: x + 1, "slow_reference").startswith("✓")
