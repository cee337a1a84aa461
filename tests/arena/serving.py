"""A server in a thread of the test's own process, and one in a process that may be killed; only 127.0.0.1 is asked."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

from recsys_helpers.arena.cli import serve
from recsys_helpers.arena.game import League
from tests.processes import ROOT, until

HOST = "127.0.0.1"


@contextlib.contextmanager
def thread(league: League):
    """The address of a server in a thread."""
    printed: list[str] = []
    loop, started = asyncio.new_event_loop(), threading.Event()

    def run():
        asyncio.set_event_loop(loop)
        task = loop.create_task(serve(league, 0, False, printed.append))
        loop.call_soon(started.set)
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(task)
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    worker = threading.Thread(target=run, daemon=True)
    worker.start()
    try:
        yield until(
            lambda: printed and re.search(r"http://127\.0\.0\.1:\d+", printed[0]), "the address"
        ).group()
    finally:

        def stop():
            for task in asyncio.all_tasks(loop):
                task.cancel()

        loop.call_soon_threadsafe(stop)
        worker.join(60)


def ask(address: str, path: str, body=None, token: str = "", headers=None, method=None):
    """(status, headers, body) of one answer."""
    data = json.dumps(body).encode() if isinstance(body, dict) else body
    head = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    line = http.client.HTTPConnection(address.removeprefix("http://"), timeout=120)
    try:
        line.request(method or ("GET" if data is None else "POST"), path, data, head | (headers or {}))
        answer = line.getresponse()
        return answer.status, dict(answer.headers), answer.read()
    finally:
        line.close()


def said(address: str, path: str, body=None, token: str = "", **more):
    """(status, what was said)."""
    status, _, text = ask(address, path, body, token, **more)
    return status, json.loads(text)


def heed_stop() -> None:
    """Tests that a shell starts in the background inherit that Ctrl+C is ignored; a teacher's window does not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Server:
    """A server in a process of its own, on a folder; the same port each time."""

    command, line = "arena", r"Board +"  # what is called, and what stands before its address

    def __init__(self, folder: Path, *options: str):
        self.folder, self.options, self.port = folder, options, 0
        self.process: subprocess.Popen | None = None
        self.times = 0

    def start(self) -> str:
        self.times += 1
        log = self.folder / f"printed-{self.times}.txt"
        words = [sys.executable, "-m", "recsys_helpers", self.command, "--folder", self.folder / "game"]
        with open(log, "w", encoding="utf-8") as paper:
            self.process = subprocess.Popen(
                [*map(str, words), f"--port={self.port}", *self.options],
                cwd=ROOT, stdin=subprocess.DEVNULL, stdout=paper, stderr=paper, start_new_session=True,
                preexec_fn=heed_stop,
                env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
            )  # fmt: skip

        def address():
            text = log.read_text(encoding="utf-8")
            assert self.process is not None and self.process.poll() is None, text
            return "Ctrl-C" in text and re.search(self.line + r"(http://[0-9.]+:(\d+))", text)

        found = until(address, "the address")
        self.printed, self.port = log.read_text(encoding="utf-8"), int(found[2])
        return found[1]

    @property
    def key(self) -> str:
        return re.search(r"/teacher#(\S+)", self.printed)[1]

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(120)

    def children(self) -> list[int]:
        """The ids of the processes that play for this folder."""
        import psutil

        found = []
        for process in psutil.process_iter(["pid", "cmdline"]):
            line = process.info["cmdline"] or []
            if "recsys_helpers.arena.child" in line and str(self.folder / "game" / "arena.db") in line:
                found.append(process.info["pid"])
        return found

    def end(self) -> None:
        """Leave nothing behind."""
        self.kill()
        for pid in self.children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def events(address: str, many: int) -> list[dict]:
    """The first boards that a page would be told of."""
    found = []
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
        f"{address}/events", timeout=120
    ) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        while len(found) < many:
            line = answer.readline().decode("utf-8")
            if line.startswith("data: "):
                found.append(json.loads(line[6:]))
    return found
