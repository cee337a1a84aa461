"""The command `serve`: lists of a fitted model for this machine, from a folder that remembers every play.

It holds no rule: those are `shelf`'s. Without a model it fits ItemKNN to Murmur's log, so that there is one to try.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import http.client
import json
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import numpy as np

from recsys_helpers.files import work_folder
from recsys_helpers.service.server import HERE, running, serve
from recsys_helpers.service.shelf import FILE, Shelf

PORT = 8766


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("--model", type=Path, help="a new service: the file that a model's save wrote")
    parser.add_argument(
        "--folder", type=Path, help="where all is kept; service/ in your lessons unless given"
    )
    parser.add_argument("--port", type=int, default=PORT, help=f"where it listens; {PORT} unless given")
    parser.add_argument(
        "--values",
        choices=("listened", "counted"),
        default="listened",
        help="a new service: what the model's values are, shares heard as h / (1 + h) or as they are",
    )
    parser.add_argument("--refit", action="store_true", help="take the plays since into the weights, and end")
    parser.add_argument(
        "--measure", type=int, metavar="N", help="ask for N lists, print how long they took, and end"
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C, or do the one thing that was asked."""
    if not 0 <= arguments.port <= 65_535:
        raise ValueError(f"--port is {arguments.port}; give a number from 1,024 to 65,535.")
    if arguments.measure is not None and arguments.measure < 1:
        raise ValueError(f"--measure is {arguments.measure}; ask for at least one list.")
    folder = work_folder() / "service" if arguments.folder is None else arguments.folder
    shelf = opened(folder, arguments.model, arguments.values)
    if arguments.refit:
        print(
            f"{shelf.learn():,} plays went into the weights; a service that runs has them from the next list on."
        )
        return 0
    if arguments.measure is not None:
        print(measured(folder, arguments.measure))
        return 0

    def say(address: str) -> None:
        print(f"A page to click: {address}/")
        print(f"A list:          {address}/api/list?user={quote(shelf.listeners()[0], safe='')}")
        print(
            f"All is kept in {folder}. Ctrl-C stops the service; the same command goes on with it.",
            flush=True,
        )

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(shelf, arguments.port, say))
    print("The service has stopped.")
    return 0


def opened(folder: Path, model: Path | None, how: str) -> Shelf:
    """The service of a folder; a new one where there is none, or where a model is given."""
    if model is not None:
        return Shelf.create(folder, model, how)
    if (folder / FILE).is_file():
        return Shelf(folder)
    print("There is no service yet: fitting ItemKNN to Murmur's log ...", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "model.npz"
        return Shelf.create(folder, file, titles=murmur_model(file))


def murmur_model(file: Path) -> dict[str, str]:
    """Fit ItemKNN to all of Murmur's clean log and save it; track -> title and creator."""
    from recsys_helpers.datasets import load_murmur
    from recsys_helpers.events import asked_for, clean, preference
    from recsys_helpers.interactions import Interactions
    from recsys_helpers.models import ItemKNN

    murmur = load_murmur()
    events = asked_for(clean(murmur.events, murmur.tracks, murmur.users)[0], murmur.tracks)
    strengths = preference(events, "listened", murmur.tracks)
    ItemKNN().fit(Interactions.from_frame(strengths, value="strength", time="last_at")).save(file)
    tracks = murmur.tracks.astype(object)
    return {
        str(track): f"{title}, {creator}"
        for track, title, creator in zip(tracks["track_id"], tracks["title"], tracks["creator"], strict=True)
    }


def measured(folder: Path, many: int) -> str:
    """How long lists take, one after the other over one connection; the first, which also loads, is not counted."""
    with running(folder) as address:
        users = Shelf(folder).listeners(1_000)
        line = http.client.HTTPConnection(HERE, int(address.rpartition(":")[2]), timeout=60)
        milliseconds = []
        for n in range(many + 1):
            begin = time.perf_counter()
            line.request("GET", f"/api/list?user={quote(users[n % len(users)], safe='')}")
            answer = line.getresponse()
            body = answer.read()
            milliseconds.append(1000 * (time.perf_counter() - begin))
            if answer.status != 200:
                raise ValueError(json.loads(body)["error"])
        line.close()
    took = np.array(milliseconds[1:])
    half, worst = np.percentile(took, [50, 99], method="higher")
    return (
        f"{many:,} lists, one after the other: p50 {half:.1f} ms, p99 {worst:.1f} ms, the slowest {took.max():.1f} ms. "
        "Another machine, and this one when it is busy, has other figures."
    )
