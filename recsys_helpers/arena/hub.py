"""What a server does beside answering: it has weeks played by a child, and tells who looks that the board moved.

It knows no HTTP (see `server`).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from recsys_helpers.arena.game import PLAYING, League
from recsys_helpers.files import COURSE

TRIES = 5  # of a week's child, one after another, without a match more being played
TICK = 0.3  # seconds
T = TypeVar("T")


class Hub:
    """The league of a server, the threads that ask it, the child that plays its weeks, and the board as it stands."""

    def __init__(self, league: League):
        self.league, self.path = league, Path(league.store.path)
        self.threads = ThreadPoolExecutor(4, "arena")
        self.child: subprocess.Popen[bytes] | None = None
        self.failures, self.progress = 0, (0, 0)
        self.board: dict[str, Any] = {}
        self.version = 0
        self._moved = asyncio.Event()

    async def away(self, does: Callable[..., T], *inputs: Any) -> T:
        """What a function gives, worked out in a thread, so that nobody else waits for it."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, lambda: does(*inputs))

    async def look(self) -> None:
        """Look whether the board has moved, and wake who waits for it."""
        board = await self.away(self.league.board)
        if {**board, "now": 0} != {**self.board, "now": 0}:
            self.board, self.version = board, self.version + 1
            self._moved.set()
            self._moved = asyncio.Event()

    async def moved(self, version: int, seconds: float) -> bool:
        """Wait until the board is another than this version; False after so many seconds."""
        event = self._moved
        if self.version == version:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(event.wait(), seconds)
        return self.version != version

    def text(self) -> str:
        """The board as JSON."""
        return json.dumps({**self.board, "now": time.time()}, ensure_ascii=False)

    def tend(self) -> None:
        """Start a child where a week waits to be played; take note of one that has ended before its time."""
        if self.child is not None:
            if self.child.poll() is None:
                return
            self.child = None
            state = self.league.state()
            if state["phase"] == PLAYING:
                progress = (state["week"], state["played"])
                self.failures = 1 if progress != self.progress else self.failures + 1
                self.progress = progress
                if self.failures >= TRIES:
                    self.failures = 0
                    why = self.path.with_suffix(".log").name
                    self.league.store.put(
                        trouble=f"Week {state['week']} could not be played; {why} says why."
                    )
        settings = self.league.store.settings()
        if settings["phase"] == PLAYING and not settings["trouble"]:
            words = [sys.executable, "-m", "recsys_helpers.arena.child", str(self.path.resolve())]
            with open(self.path.with_suffix(".log"), "ab") as paper:
                self.child = subprocess.Popen(
                    words,
                    stdin=subprocess.DEVNULL,
                    stdout=paper,
                    stderr=paper,
                    cwd=COURSE,
                    start_new_session=True,
                )

    async def run(self) -> None:
        """Tend and look until cancelled."""
        while True:
            await self.away(self.tend)
            await self.look()
            await asyncio.sleep(TICK)

    def close(self) -> None:
        """Stop the child: what it has played is kept, and the next server goes on."""
        if self.child is not None and self.child.poll() is None:
            self.child.terminate()
            self.child.wait()
        self.threads.shutdown(wait=False, cancel_futures=True)
