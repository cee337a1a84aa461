"""Small made-up data sets in the published formats, and a web server that misbehaves on request.

None of the text below is of the real data: it has the same layout, quotes, accents and odd cells.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import threading
import zipfile
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from recsys_helpers.datasets import _files, lastfm, movielens

LASTFM = {  # file -> (encoding, lines, ending); CRLF and no last ending where the published file has them so
    "artists.dat": (
        "utf-8",
        [
            "id\tname\turl\tpictureURL",
            '1\t"Odd" Quotes\thttp://x/1\thttp://x/1.jpg',
            "2\tNA\thttp://x/2\t",
            "5\tBjörk 椎名\thttp://x/5\t",
        ],
        "\n",
    ),
    "tags.dat": ("latin-1", ["tagID\ttagValue", "1\trock", "4\tmúsica"], "\r\n"),
    "user_artists.dat": (
        "utf-8",
        ["userID\tartistID\tweight", "2\t1\t130", "2\t5\t7", "3\t2\t1", "9\t5\t4000"],
        "\r\n",
    ),
    "user_taggedartists.dat": (
        "utf-8",
        [
            "userID\tartistID\ttagID\tday\tmonth\tyear",
            "2\t1\t1\t1\t4\t2009",
            "9\t77\t4\t29\t2\t2008",
            "2\t1\t4\t1\t1\t1956",
        ],
        "\r\n",
    ),
    "user_friends.dat": ("utf-8", ["userID\tfriendID", "2\t9", "9\t2"], "\r\n"),
    "readme.txt": ("utf-8", ["the terms"], "\n"),
}
LASTFM_COUNTS = {"listeners": 3, "artists": 3, "plays": 4, "tags": 2, "tagged": 3, "friends": 2}

MOVIELENS = {
    "u.data": ("utf-8", ["1\t2\t3\t881250949", "2\t1\t5\t0", "2\t2\t1\t893286638"], "\n"),
    "u.item": (
        "latin-1",
        ["1|Épée, L' (1995)|01-Jan-1995||http://x|0|1|1", "2|unknown||||1|0|0"],
        "\n",
    ),
    "u.user": ("utf-8", ["1|24|M|technician|00123", "2|53|F|none|T8H1N"], "\n"),
    "u.genre": ("utf-8", ["unknown|0", "Children's|1", "Sci-Fi|2", ""], "\n"),
    "README": ("utf-8", ["the terms"], "\n"),
}
MOVIELENS_COUNTS = {"ratings": 3, "items": 2, "users": 2, "genres": 3}


def write(folder: Path, files: dict) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, (encoding, lines, ending) in files.items():
        (folder / name).write_bytes((ending.join(lines) + ending).encode(encoding))
    return folder


def zipped(folder: Path, within: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, within + path.name)
    return buffer.getvalue()


@pytest.fixture
def lastfm_small(tmp_path, monkeypatch) -> Path:
    """A folder with a small Last.fm, whose counts count as the published ones."""
    monkeypatch.setattr(
        lastfm, "TABLES", {k: replace(t, rows=LASTFM_COUNTS[k]) for k, t in lastfm.TABLES.items()}
    )
    monkeypatch.setattr(lastfm, "LISTENERS", LASTFM_COUNTS["listeners"])
    return write(tmp_path / "given" / "lastfm-2k", LASTFM)


@pytest.fixture
def movielens_small(tmp_path, monkeypatch) -> Path:
    """A folder with a small MovieLens, whose counts count as the published ones."""
    tables = {k: replace(t, rows=MOVIELENS_COUNTS[k]) for k, t in movielens.TABLES.items()}
    monkeypatch.setattr(movielens, "TABLES", tables)
    return write(tmp_path / "given" / "ml-100k", MOVIELENS)


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    """An empty cache and no $RECSYS_DATA: what a fresh clone has."""
    monkeypatch.delenv("RECSYS_DATA", raising=False)
    folder = tmp_path / "course" / "data" / "cache"
    monkeypatch.setattr(_files, "cache_folder", lambda: folder)
    return folder


class Server:
    """One zip over http: how much of it is sent and when is up to the test."""

    def __init__(self, body: bytes):
        self.body = body
        self.status = 200
        self.cut = None  # send so many bytes, then hang up
        self.pause_at = None  # send so many bytes, then wait for ``go``
        self.paused, self.go = threading.Event(), threading.Event()
        self.requests = []  # the paths that were asked for
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.requests.append(self.path)
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(outer.body)))
                self.end_headers()
                try:
                    if outer.pause_at is not None:
                        self.wfile.write(outer.body[: outer.pause_at])
                        self.wfile.flush()
                        outer.paused.set()
                        outer.go.wait(30)
                        self.wfile.write(outer.body[outer.pause_at :])
                    else:
                        self.wfile.write(outer.body[: outer.cut])
                except OSError:
                    pass  # the other side is gone, as some tests want it

            def log_message(self, *args):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.scheme = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.http.server_port}/ml-100k.zip"

    def start(self):
        threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        self.go.set()
        self.http.shutdown()
        self.http.server_close()


@pytest.fixture
def body(movielens_small) -> bytes:
    """The zip of the small MovieLens, laid out as the published one; its README is big enough to be cut short."""
    (movielens_small / "README").write_bytes(os.urandom(300_000))
    return zipped(movielens_small, within="ml-100k/")


@pytest.fixture
def server(body, cache, monkeypatch):
    """A server with the small MovieLens, which ``load_movielens`` takes for GroupLens."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    server = Server(body)
    server.start()
    digest = hashlib.sha256(body).hexdigest()
    monkeypatch.setattr(movielens, "SOURCE", replace(movielens.SOURCE, url=server.url, sha256=digest))
    yield server
    server.stop()


@pytest.fixture
def refuses():
    """Looks that a loader refuses a damaged folder with these words and where to get it whole, and changes nothing."""

    def look(load, folder: Path, source, says: str) -> None:
        before = {path.name: path.read_bytes() for path in folder.iterdir()}
        with pytest.raises(ValueError, match=re.escape(says)) as caught:
            load(folder)
        assert source.url in str(caught.value)
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before

    return look
