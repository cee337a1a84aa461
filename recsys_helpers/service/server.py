"""The service by HTTP (tornado), for this machine alone: a list by GET, a play by POST, and a page to click.

It decides nothing: ``shelf`` does. Whatever is refused gets a sentence as JSON and the status 400.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import queue
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import tornado.netutil
import tornado.web

from recsys_helpers.service import web
from recsys_helpers.service.sent import UNFIT, Refused, read_json
from recsys_helpers.service.shelf import Shelf

HERE = "127.0.0.1"
NAMES = (HERE, "localhost")
PAGES = Path(__file__).parent / "pages"
FILES = {"/": "shelf.html", "/shelf.js": "shelf.js", "/shelf.css": "shelf.css"}
KINDS = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}


class Answer(web.Answer):
    """One question to the service and its answer."""

    shelf: Shelf
    most = 10_000
    what = "a play"
    lost = "There is nothing here: lists are at /api/list?user=…, plays are posted to /api/play."
    failed = "The service could not answer this; ask again."

    def initialize(self, shelf: Shelf) -> None:  # type: ignore[override]
        """The service's shelf."""
        super().initialize()
        self.shelf = shelf

    def prepare(self) -> None:
        """Raises Refused for a page of elsewhere that gives this machine another name, or posts a form."""
        if self.request.host_name not in NAMES:
            raise Refused(f"This service answers {HERE} alone.")
        if self.request.method == "POST":
            kind = self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            if kind != "application/json":
                raise Refused("A play is sent as JSON, with Content-Type: application/json.")

    def status_of(self, refused: Refused) -> int:
        """400 for all that is wrong with what was asked, but for its size."""
        return 400 if refused.status in (UNFIT, 415) else refused.status


class Page(Answer):
    """The page, or what it is made of."""

    def get(self) -> None:
        """The file, as it is."""
        name = FILES[self.request.path]
        self.send_file(PAGES / name, KINDS[Path(name).suffix])


class Nothing(Answer):
    """The picture that browsers ask for unasked."""

    def get(self) -> None:
        """None."""
        self.set_status(204)
        self.finish()


class Nowhere(Answer):
    """Any other address."""

    def prepare(self) -> None:
        """There is none."""
        raise tornado.web.HTTPError(404)


class Listeners(Answer):
    """Some listeners whom the model knows."""

    def get(self) -> None:
        """Their ids."""
        self.send({"listeners": self.shelf.listeners()})


class List(Answer):
    """The next list of a listener."""

    def get(self) -> None:
        """For ``user``, of length ``k``."""
        k = self.get_query_argument("k", "10")
        if not (k.isascii() and k.isdigit() and len(k) < 4):
            raise Refused("k is the length of the list, a whole number.")
        self.send(self.shelf.lists(self.get_query_argument("user", None), int(k)))


class Play(Answer):
    """A play."""

    def post(self) -> None:
        """Keep it; the answer comes once it is in the file."""
        play = read_json(self.body(), self.most, self.what, "key, user, item and heard")
        self.send({"kept": self.shelf.take(play)})


def application(shelf: Shelf) -> tornado.web.Application:
    """The service's addresses."""
    every = {"shelf": shelf}
    return tornado.web.Application(
        [
            *((path.replace(".", r"\."), Page, every) for path in FILES),
            (r"/favicon\.ico", Nothing, every),
            (r"/api/listeners", Listeners, every),
            (r"/api/list", List, every),
            (r"/api/play", Play, every),
        ],
        default_handler_class=Nowhere,
        default_handler_args=every,
        log_function=lambda handler: None,
    )


async def serve(shelf: Shelf, port: int, say: Callable[[str], object] = print) -> None:
    """Listen at one port of this machine, and of no other, until cancelled; raises ValueError where it is taken."""
    try:
        sockets = tornado.netutil.bind_sockets(port, HERE, socket.AF_INET)
    except OSError as error:
        if error.errno in (errno.EADDRINUSE, errno.EACCES) or sys.platform == "win32":
            raise ValueError(
                f"Port {port} is taken on this machine; give another, as --port {port + 1}."
            ) from None
        raise
    server = web.listening_later(application(shelf))
    server.add_sockets(sockets)
    say(f"http://{HERE}:{sockets[0].getsockname()[1]}")
    try:
        await asyncio.Event().wait()
    finally:
        server.stop()
        await server.close_all_connections()


@contextlib.contextmanager
def running(folder: Any, port: int = 0) -> Iterator[str]:
    """The address of the service of a folder, which runs in a thread as long as the block does.

    port : 0 takes one that is free. The loop is the thread's own, so that a notebook's goes on undisturbed.
    """
    shelf = Shelf(folder)
    said: queue.Queue[str | BaseException] = queue.Queue()
    loop = asyncio.SelectorEventLoop()  # tornado's own kind, on Windows too
    tasks: list[asyncio.Task[None]] = []

    def run() -> None:
        asyncio.set_event_loop(loop)
        tasks.append(loop.create_task(serve(shelf, port, said.put)))
        try:
            loop.run_until_complete(tasks[0])
        except asyncio.CancelledError:
            pass
        except BaseException as error:
            said.put(error)
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    worker = threading.Thread(target=run, name="service", daemon=True)
    worker.start()
    address = said.get()
    if isinstance(address, BaseException):
        worker.join()
        raise address
    try:
        yield address
    finally:
        loop.call_soon_threadsafe(tasks[0].cancel)
        worker.join()
