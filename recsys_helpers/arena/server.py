"""The Arena's server: HTTP around a league (tornado). It runs nothing that a learner sends, and unpickles nothing.

It decides nothing: `game` and `desk` do, and `hub` has weeks played. Whatever is refused gets a sentence as JSON.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import tornado.httpserver
import tornado.iostream
import tornado.web

from recsys_helpers.arena import desk
from recsys_helpers.arena.game import League
from recsys_helpers.arena.hub import Hub
from recsys_helpers.arena.lists import read_hand_in
from recsys_helpers.arena.rules import MOST_BYTES
from recsys_helpers.arena.store import Team
from recsys_helpers.service import web
from recsys_helpers.service.sent import Refused

PAGES = Path(__file__).parent / "pages"
PAGE = {"/": "board.html", "/teacher": "teacher.html"}
FILES = {"board.js": "text/javascript", "teacher.js": "text/javascript", "style.css": "text/css"}
BEAT = 15.0  # seconds between signs of life to a board


class Answer(web.Answer):
    """One question to the Arena and its answer."""

    hub: Hub
    most = MOST_BYTES
    what = "a hand-in"
    lost = "There is nothing here; see the Arena's address again."
    failed = "The Arena could not answer this; ask again."

    def initialize(self, hub: Hub) -> None:  # type: ignore[override]
        """The server's hub."""
        super().initialize()
        self.hub = hub

    @property
    def league(self) -> League:
        """The server's league."""
        return self.hub.league

    def token(self) -> str:
        """What shows who asks."""
        kind, _, token = self.request.headers.get("Authorization", "").partition(" ")
        return token.strip() if kind.lower() == "bearer" else ""


class Page(Answer):
    """A page, or what it is made of."""

    def get(self) -> None:
        """The file, as it is."""
        name = PAGE.get(self.request.path, self.request.path[1:])
        self.send_file(PAGES / name, FILES.get(name, "text/html"))


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


class Board(Answer):
    """The board, and the state that players wait for: as it stood a moment ago, at no cost."""

    async def get(self) -> None:
        """As JSON."""
        if self.request.path == "/api/state":
            self.send(await self.hub.away(self.league.state))
            return
        await self.hub.look()
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(self.hub.text())


class Events(Answer):
    """The board again and again, whenever it has moved (server-sent events)."""

    async def get(self) -> None:
        """Until the one who looks goes away."""
        self.set_header("Content-Type", "text/event-stream; charset=utf-8")
        version = -1
        try:
            while not self.request.connection.stream.closed():  # type: ignore[union-attr]
                moved = await self.hub.moved(version, BEAT)
                version = self.hub.version
                self.write(f"data: {self.hub.text()}\n\n" if moved else ": still here\n\n")
                await self.flush()
        except tornado.iostream.StreamClosedError:
            pass


class Join(Answer):
    """A team enters, or is found again."""

    async def post(self) -> None:
        """Its name."""
        given = read_hand_in(self.body())
        team = await self.hub.away(self.league.join, given.get("team"), given.get("code"), given.get("token"))
        self.send({"team": team.name})


class Ask(Answer):
    """What a team asks, and its hand-in."""

    async def get(self, what: str) -> None:
        """The game's tables, the state as this team sees it, a week of its log."""
        team: Team = await self.hub.away(self.league.team_of, self.token())
        if what == "brief":
            self.send(await self.hub.away(self.league.brief, team))
            return
        self.set_header("Content-Type", "application/gzip")
        if what == "tables":
            self.finish(await self.hub.away(self.league.store.piece, "tables") or b"")
            return
        week = self.get_query_argument("week", "")
        if not (week.isascii() and week.isdigit() and len(week) < 4):
            raise Refused("Say which week's log: /api/log?week=1.")
        self.finish(await self.hub.away(self.league.log, team, int(week)))

    async def post(self, what: str) -> None:
        """A hand-in; what was taken."""
        if what != "hand-in":
            raise tornado.web.HTTPError(405)
        team: Team = await self.hub.away(self.league.team_of, self.token())
        self.send(await self.hub.away(self.league.hand_in, team, self.body()))


class Desk(Answer):
    """The teacher's desk: whoever holds the key."""

    async def prepare(self) -> None:
        """Raises Refused for anybody else, once their body is read."""
        self.allowed = await self.hub.away(self.league.is_teacher, self.token())

    def check(self) -> None:
        """Raises Refused without the key."""
        if not self.allowed:
            raise Refused(
                "This needs the teacher's key: open the address that was printed where the Arena runs.", 403
            )

    async def get(self, what: str) -> None:
        """The roll, the results, a team's parcel."""
        self.check()
        if what == "roll":
            roll = await self.hub.away(desk.roll, self.league)
            self.send({**roll, "addresses": self.settings["addresses"]})
        elif what == "results.csv":
            text = await self.hub.away(desk.results, self.league)
            self.give("results.csv", "text/csv; charset=utf-8", b"\xef\xbb\xbf" + text.encode("utf-8"))
        elif what == "parcel":
            team = await self.hub.away(self.league.find, self.get_query_argument("team", ""))
            data = await self.hub.away(desk.parcel, self.league, team.name)
            self.give(f"{team.name}-week-{self.league.store.get('week')}.arena", "application/gzip", data)
        else:
            raise tornado.web.HTTPError(404)

    def give(self, name: str, kind: str, data: bytes) -> None:
        """A file to keep."""
        self.set_header("Content-Type", kind)
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(name, safe='')}")
        self.finish(data)

    async def post(self, what: str) -> None:
        """What a teacher does; the answer says what holds now."""
        self.check()
        does: dict[str, Callable[[], Awaitable[object]]] = {
            "start": lambda: self.hub.away(self.start, self.said("week")),
            "deadline": lambda: self.hub.away(self.league.set_deadline, self.said("minutes")),
            "floor": lambda: self.hub.away(self.league.set_floor, self.said("floor")),
            "rename": lambda: self.hub.away(self.league.rename, self.said("team"), self.said("new")),
            "token": lambda: self.hub.away(self.league.new_token, self.said("team")),
            "add": lambda: self.hub.away(self.league.add, self.said("team")),
            "upload": lambda: self.hub.away(desk.upload, self.league, self.body()),
        }
        if what not in does:
            raise tornado.web.HTTPError(404)
        found = await does[what]()
        await self.hub.look()
        self.send({"done": found.name if isinstance(found, Team) else found})

    def said(self, name: str) -> Any:
        """One value out of what was sent."""
        return read_hand_in(self.body()).get(name)

    def start(self, week: object) -> None:
        """Start a week, or try again the one that could not be played."""
        if not self.league.store.get("trouble"):
            self.league.start(week)
        self.league.store.put(trouble="")


def application(hub: Hub, addresses: list[str]) -> tornado.web.Application:
    """The server's addresses."""
    every = {"hub": hub}
    pages = [*PAGE, *(f"/{name}" for name in FILES)]
    return tornado.web.Application(
        [
            *((path.replace(".", r"\."), Page, every) for path in pages),
            (r"/favicon\.ico", Nothing, every),
            (r"/board\.json", Board, every),
            (r"/api/state", Board, every),
            (r"/events", Events, every),
            (r"/api/join", Join, every),
            (r"/api/(brief|tables|log|hand-in)", Ask, every),
            (r"/api/teacher/([a-z.]+)", Desk, every),
        ],
        default_handler_class=Nowhere,
        default_handler_args=every,
        addresses=addresses,
        log_function=lambda handler: None,
    )


def served(hub: Hub, addresses: list[str]) -> tornado.httpserver.HTTPServer:
    """A server that is not listening yet."""
    return web.listening_later(application(hub, addresses))
