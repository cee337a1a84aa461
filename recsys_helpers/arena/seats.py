"""Whom a player's game asks: a game on this machine, a server, or a parcel in a file. Each answers the same questions.

It knows no lists and no tables (see `client`) and decides nothing (see `game`).
"""

from __future__ import annotations

import gzip
import hashlib
import http.client
import json
import os
import secrets
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any, Protocol

from recsys_helpers.arena.desk import PARCEL
from recsys_helpers.arena.game import OPEN, TOKEN, WHAT_TOKEN, League
from recsys_helpers.arena.match import shared_ground
from recsys_helpers.arena.payloads import Tables, pack, unpack, unpack_tables
from recsys_helpers.arena.playing import InMemory, play_week
from recsys_helpers.arena.rules import Rules, folded
from recsys_helpers.arena.store import Store
from recsys_helpers.service.sent import Refused

TRIES, PAUSE, PATIENCE = (
    6,
    0.25,
    60.0,
)  # of a question; the pause doubles each time; seconds that an answer may take


class Seat(Protocol):
    """What a game asks."""

    @property
    def token(self) -> str | None:
        """What shows that the team is the player's."""

    def tables(self) -> Tables:
        """What every team is told when a game begins."""

    def brief(self) -> dict[str, Any]:
        """The state of the game, and of this team."""

    def log(self, week: int) -> bytes:
        """The log of the team's own week, packed."""

    def hand_in(self, body: bytes) -> dict[str, Any]:
        """Hand in; what was taken."""

    def board(self) -> dict[str, Any]:
        """How the teams stand."""

    def urge(self, week: int) -> None:
        """Have a week played, where that is the player's to say."""

    def news(self, until: float) -> dict[str, Any]:
        """The state of the game, as soon as it can be had, at most until this moment (`time.monotonic`)."""


class Here:
    """A game on this machine, against the teams of the house alone."""

    token: str | None = None

    def __init__(self, rules: Rules, seed: int, team: str):
        self.ground = shared_ground(rules, seed)
        self.league = League.create(Store(), self.ground)
        self.team = self.league.add(team)
        self.matches = InMemory()

    def tables(self) -> Tables:
        """The league's, a copy for each who asks."""
        return unpack_tables(self.league.store.piece("tables") or b"")

    def brief(self) -> dict[str, Any]:
        """The league's."""
        return self.league.brief(self.team)

    def log(self, week: int) -> bytes:
        """The league's."""
        return self.league.log(self.team, week)

    def hand_in(self, body: bytes) -> dict[str, Any]:
        """To the league."""
        return self.league.hand_in(self.team, body, way="here")

    def board(self) -> dict[str, Any]:
        """The league's."""
        return self.league.board()

    def urge(self, week: int) -> None:
        """Play the week now; one that was interrupted goes on."""
        state = self.league.state()
        if state["phase"] == OPEN and state["week"] == week:
            self.league.start(week)
        play_week(self.league, self.ground, self.matches)

    def news(self, until: float) -> dict[str, Any]:
        """The league's."""
        return self.league.state()


class Packed:
    """A parcel: what a team without a network was told as a week opened. Its hand-ins are files."""

    def __init__(self, path: Path):
        try:
            found = unpack(path.read_bytes())
            if found["kind"] != PARCEL:
                raise KeyError("kind")
            self._brief, self._logs = dict(found["brief"]), list(found["logs"])
            self._board, self._tables = dict(found["board"]), found["tables"]
            self.token: str | None = str(found["token"])
        except (KeyError, TypeError, ValueError):
            raise ValueError(
                f"{path} is no parcel of the Arena, or is damaged; ask your teacher for it again."
            ) from None

    def tables(self) -> Tables:
        """The parcel's."""
        return unpack_tables(pack(self._tables))

    def brief(self) -> dict[str, Any]:
        """The parcel's."""
        return self._brief

    def log(self, week: int) -> bytes:
        """The parcel's."""
        return pack(self._logs[week - 1])

    def hand_in(self, body: bytes) -> dict[str, Any]:
        """Nobody is there to take it."""
        raise ValueError(
            'This game is played by files: game.submit(lists, file="week.json"), then give it to your teacher.'
        )

    def board(self) -> dict[str, Any]:
        """As it stood when the parcel was made."""
        return self._board

    def urge(self, week: int) -> None:
        """The next week comes in another file."""
        raise ValueError(
            'This game is played by files: join("the next parcel") once your teacher hands it out.'
        )

    def news(self, until: float) -> dict[str, Any]:
        """The parcel's."""
        return self._brief


class Remote:
    """A game on a server, over HTTP. A question that gets no answer is asked again a few times."""

    def __init__(self, address: str, token: str):
        self.address, self.token = address, token

    @classmethod
    def join(cls, where: str, team: str, code: str, token: str | None) -> Remote:
        """Enter a team, or find it again; the token is in its file before anybody is asked, so none is lost."""
        address = _address(where)
        if token is None:
            token = _kept_token(address, team)
        elif not isinstance(token, str) or not TOKEN.fullmatch(token):
            raise Refused(WHAT_TOKEN)
        seat = cls(address, token)
        body = {"team": team, "code": code, "token": token}
        seat._ask("POST", "/api/join", json.dumps(body).encode("utf-8"))
        return seat

    def tables(self) -> Tables:
        """The server's."""
        return unpack_tables(self._ask("GET", "/api/tables"))

    def brief(self) -> dict[str, Any]:
        """The server's."""
        return dict(json.loads(self._ask("GET", "/api/brief")))

    def log(self, week: int) -> bytes:
        """The server's."""
        return self._ask("GET", f"/api/log?week={week:d}")

    def hand_in(self, body: bytes) -> dict[str, Any]:
        """To the server. The same lists twice are one hand-in, so it may be sent again."""
        return dict(json.loads(self._ask("POST", "/api/hand-in", body)))

    def board(self) -> dict[str, Any]:
        """The server's."""
        return dict(json.loads(self._ask("GET", "/board.json")))

    def urge(self, week: int) -> None:
        """When a week is played is the teacher's to say."""

    def news(self, until: float) -> dict[str, Any]:
        """The server's, whenever it is back."""
        while True:
            try:
                return dict(json.loads(self._ask("GET", "/api/state", tries=1)))
            except ConnectionError:
                if time.monotonic() > until:
                    raise
                time.sleep(1)

    def _ask(self, method: str, path: str, body: bytes | None = None, tries: int = TRIES) -> bytes:
        """One answer; raises Refused with the server's sentence, ConnectionError where none comes."""
        headers = {"Authorization": f"Bearer {self.token}"}
        if body is not None:
            headers |= {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        data = None if body is None else gzip.compress(body, 6)
        request = urllib.request.Request(self.address + path, data, headers, method=method)
        trouble: Exception | None = None
        for nth in range(tries):
            if nth:
                time.sleep(PAUSE * 2 ** (nth - 1))
            try:
                with _OPENER.open(request, timeout=PATIENCE) as answer:
                    return bytes(answer.read())
            except urllib.error.HTTPError as error:
                with error:
                    sentence = _sentence(error)
                if error.code < 500:
                    raise Refused(sentence, error.code) from None
                trouble = error
            except (
                OSError,
                http.client.HTTPException,
            ) as error:  # URLError among them, and a broken connection
                trouble = error
        reason = getattr(trouble, "reason", trouble)
        raise ConnectionError(
            f"The Arena at {self.address} does not answer ({reason}). Is the address right, and is this machine in the "
            'same network? If not, ask your teacher for a parcel, join("it"), and game.submit(lists, file="week.json").'
        )


class _Stay(urllib.request.HTTPRedirectHandler):
    """The Arena never sends anybody elsewhere: a page that asks for a login does, and gets no token."""

    def redirect_request(self, *_: Any) -> None:
        return None


#: Without proxies: the Arena stands in the same room.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay)


def _sentence(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.loads(error.read(100_000))["error"])
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        return f"This is no Arena, or one of another edition: it answers {error.code}."


def _address(where: str) -> str:
    """The address of a server as it is asked; raises ValueError for what is none.

    >>> _address("192.168.1.5:8765"), _address("http://127.0.0.1:8765/")
    ('http://192.168.1.5:8765', 'http://127.0.0.1:8765')
    """
    text = where.strip()
    parts = urllib.parse.urlsplit(text if "://" in text else f"http://{text}")
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme != "http" or not parts.hostname or port is None or parts.username or parts.query:
        raise ValueError(
            f'{where!r} is neither "local", nor a file, nor the address of an Arena, as http://192.168.1.5:8765.'
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"http://{host}:{port}"


def _kept_token(address: str, team: str) -> str:
    """This team's token at this address, out of its file in this folder; made where there is none."""
    digest = hashlib.sha256(f"{address} {folded(str(team))}".encode("utf-8", "replace")).hexdigest()
    path = Path(f".arena-{digest[:12]}.token")
    try:
        found = path.read_text(encoding="utf-8").strip()
        if found:
            return found
    except FileNotFoundError:
        pass
    token = secrets.token_urlsafe(24)
    write_private(path, token.encode("utf-8"))
    return token


def write_private(path: Path, data: bytes) -> None:
    """Write a file, whole or not at all, that nobody but its owner can read (where the system knows owners)."""
    handle, name = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)  # with mode 0600
    try:
        with open(handle, "wb") as file:
            file.write(data)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
