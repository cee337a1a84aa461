"""The command `arena`: make a game or go on with one, and serve it to this machine or to the room.

It holds no rule: those are `rules`, and the options are theirs.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import errno
import secrets
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import tornado.netutil

from recsys_helpers.arena.child import alone
from recsys_helpers.arena.final import final, finalists, told
from recsys_helpers.arena.game import SECRET_BITS, League
from recsys_helpers.arena.hub import Hub
from recsys_helpers.arena.large import large
from recsys_helpers.arena.match import Ground
from recsys_helpers.arena.rules import Rules, rules_of
from recsys_helpers.arena.server import served
from recsys_helpers.arena.store import Store
from recsys_helpers.files import work_folder

PORT = 8765
HERE, EVERYWHERE = "127.0.0.1", "0.0.0.0"
FILE = "arena.db"
OPTIONS = {"users": int, "weeks": int, "heard": int, "boredom": float, "habit": float, "keen": float}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument(
        "--class", dest="room", action="store_true", help="serve everybody in the room's network"
    )
    parser.add_argument("--port", type=int, default=PORT, help=f"where it listens; {PORT} unless given")
    parser.add_argument(
        "--folder", type=Path, help="where the game is kept; arena/ in your lessons unless given"
    )
    parser.add_argument("--new", action="store_true", help="begin a new game; the old one is kept beside it")
    parser.add_argument(
        "--log", action="store_true", help="a new game: everybody begins with eight weeks of log"
    )
    parser.add_argument(
        "--final",
        nargs="*",
        metavar="TEAM",
        help="after the last week: an open market of these three to six, or the best",
    )
    default = Rules()
    for name, kind in OPTIONS.items():
        says = f"a new game: {getattr(default, name)} unless given; see docs/arena.md"
        parser.add_argument(f"--{name}", type=kind, help=says)


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    if not 0 <= arguments.port <= 65_535:
        raise ValueError(f"--port is {arguments.port}; give a number from 1,024 to 65,535.")
    folder = work_folder() / "arena" if arguments.folder is None else arguments.folder
    if arguments.final is not None:
        print(show_final(folder, arguments.final))
        return 0
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    given = {name: getattr(arguments, name) for name in OPTIONS if getattr(arguments, name) is not None}
    rules = rules_of(given | ({"log": True} if arguments.log else {}))
    try:
        with alone(folder / "arena.serving", 0.1):
            league = game_in(folder, rules, bool(given) or arguments.log, arguments.new)
            with contextlib.suppress(KeyboardInterrupt):
                asyncio.run(serve(league, arguments.port, arguments.room))
    except TimeoutError:
        raise ValueError(f"An Arena is running in {folder} already; stop that one first.") from None
    print("The Arena has stopped. The same command goes on with the game.")
    return 0


def show_final(folder: Path, names: list[str]) -> str:
    """The final of a folder's game (see `final`), beside its server or without it; raises ValueError without a game."""
    if not (folder / FILE).exists():
        raise ValueError(
            f"There is no game in {folder}; --final shows the best of one whose weeks are played."
        )
    league = League(Store(folder / FILE))
    teams = finalists(league, names)
    return told(final(league, Ground(league.rules, int(league.store.get("seed"))), teams))


def game_in(folder: Path, rules: Rules, chosen: bool, new: bool) -> League:
    """The game of a folder; a new one where there is none, or where `new` asks for it and then the old is set aside.

    Raises ValueError where rules were `chosen` that are not those of the game that is there.
    """
    path = folder / FILE
    if path.exists():
        store = Store(path)
        if store.get("game") is None:  # it was stopped before it had begun
            new = True
        if not new:
            league = League(store)
            if chosen and league.rules != rules:
                raise ValueError(
                    f"The game in {folder} has other rules: {league.rules.said()} Leave the options out to go on with "
                    "it, or add --new to begin another; the old one is kept."
                )
            return league
        aside = f"arena-{store.get('game') or secrets.token_hex(4)}"
        with alone(path.with_suffix(".playing")):  # a child may outlive its server
            for one in sorted(folder.glob("arena.*")):
                if one.suffix not in (".serving", ".playing"):
                    one.rename(folder / one.name.replace("arena", aside, 1))
    print("Making the world of a new game ...", flush=True)
    ground = Ground(rules, secrets.randbits(SECRET_BITS))
    return League.create(Store(path), ground, new_code())


def new_code() -> str:
    """A word that can be read out: six letters, a consonant and a vowel in turn, none like another or a digit."""
    return "".join(secrets.choice("bdfgklprstz") + secrets.choice("aeiu") for _ in range(3))


async def serve(league: League, port: int, room: bool, say: Callable[[str], object] = print) -> None:
    """Listen at one port, on this machine alone or, for a room, on every network it is in, until cancelled."""
    try:
        sockets = tornado.netutil.bind_sockets(port, EVERYWHERE if room else HERE, socket.AF_INET)
    except OSError as error:
        if error.errno in (errno.EADDRINUSE, errno.EACCES) or sys.platform == "win32":
            raise ValueError(
                f"Port {port} is taken on this machine; give another, as --port {PORT + 1}."
            ) from None
        raise
    port = sockets[0].getsockname()[1]
    addresses = [f"http://{host}:{port}" for host in (networks() if room else []) or [HERE]]
    hub = Hub(league)
    server = served(hub, addresses)
    server.add_sockets(sockets)
    say(greeting(league, addresses, f"http://{HERE}:{port}", room))
    sys.stdout.flush()
    try:
        await hub.run()
    finally:
        server.stop()
        hub.close()


def greeting(league: League, addresses: list[str], here: str, room: bool) -> str:
    """What a teacher reads where the Arena was started."""
    code, key = league.store.get("code"), league.store.get("teacher")
    lines = []
    if room:
        lines += ["", large(addresses[0].removeprefix("http://")), "", large(code), ""]
        if addresses == [here]:
            lines += [
                "This machine is in no network, so nobody else can reach it: join one and start again.",
                "",
            ]
        lines += [f"Also: {address}" for address in addresses[1:]]
    else:
        lines += ["Only this machine can reach it; ARGS=--class opens it to the room.", ""]
    return "\n".join(
        [
            *lines,
            f'Players   game = join("{addresses[0]}", team="...", code="{code}")   (from recsys_helpers.arena)',
            f"Board     {addresses[0]}/",
            f"Teacher   {here}/teacher#{key}   (keep it to yourself)",
            f"Rules     {league.rules.said()}",
            f"The game is kept in {Path(league.store.path).parent}. Ctrl-C stops the Arena; start it again to go on.",
        ]
    )


def networks() -> list[str]:
    """This machine's addresses in the networks it is in, the one that the others use first; nobody is asked."""
    found = []
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.connect(
            ("192.0.2.1", 9)
        )  # chooses a way and sends nothing: no address of that kind is anybody's
        found.append(line.getsockname()[0])
    with contextlib.suppress(OSError):
        found += [one[4][0] for one in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    return [host for host in dict.fromkeys(map(str, found)) if not host.startswith(("127.", "0."))]
