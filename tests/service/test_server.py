"""The service as its clients meet it: what it answers, what it refuses with which sentence, and what it never does."""

from __future__ import annotations

import ast
import asyncio
import errno
import gzip
import json
import logging
import re
import socket
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from recsys_helpers.service import server, web
from recsys_helpers.service.sent import Refused
from recsys_helpers.service.server import FILES, PAGES, running
from recsys_helpers.service.shelf import Shelf
from tests.arena.serving import ask, said
from tests.service.serving import made

ROOM = Path(__file__).resolve().parents[2] / "recsys_helpers" / "service"
PLAY = {"key": "k1", "user": "u00", "item": "t03", "heard": 1.0}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """(folder, address)."""
    folder = tmp_path_factory.mktemp("service")
    made(folder)
    with running(folder / "game") as address:
        yield folder / "game", address


def test_a_play_is_kept_and_the_next_list_is_another(served):
    folder, address = served
    status, before = said(address, "/api/list?user=u07&k=5")
    first = before["list"][0]["item"]
    assert status == 200 and len(before["list"]) == 5
    body = {"key": "one", "user": "u07", "item": first, "heard": 1.0}
    assert said(address, "/api/play", body) == (200, {"kept": True})
    assert said(address, "/api/play", body) == (
        200,
        {"kept": False},
    )  # the answer was lost, and it is sent again
    after = said(address, "/api/list?user=u07&k=5")[1]
    assert after["heard"] == before["heard"] + 1 and first not in [one["item"] for one in after["list"]]
    assert after == Shelf(folder).lists("u07", 5)


def test_a_newcomer_gets_the_chart_and_then_a_list_of_their_own(served):
    _, address = served
    chart = said(address, "/api/list?user=%E6%96%B0%E6%9D%A5")[1]
    assert chart["user"] == "新来" and chart["heard"] == 0
    item = chart["list"][4]["item"]
    said(address, "/api/play", {"key": "new", "user": "新来", "item": item, "heard": 1.0})
    own = said(address, "/api/list?user=%E6%96%B0%E6%9D%A5")[1]
    assert own["heard"] == 1 and [one["item"] for one in own["list"]] != [
        one["item"] for one in chart["list"]
    ]


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("/api/list", None, 400, "user is nothing"),
        ("/api/list?user=", None, 400, "user is"),
        ("/api/list?user=u00&k=0", None, 400, "1 to 100"),
        ("/api/list?user=u00&k=101", None, 400, "1 to 100"),
        ("/api/list?user=u00&k=ten", None, 400, "whole number"),
        ("/api/list?user=u00&k=%D9%A3", None, 400, "whole number"),
        ("/api/list?user=%FF", None, 400, "UTF-8"),
        ("/api/list?user=" + "x" * 65, None, 400, "1 to 64"),
        ("/api/play", b"", 400, "not JSON"),
        ("/api/play", b"[]", 400, "This is a list; a play is a JSON object with key, user, item and heard"),
        ("/api/play", b"\xff", 400, "UTF-8"),
        ("/api/play", b"[" * 9_000, 400, "nested too deeply"),
        ("/api/play", b'{"heard": NaN}', 400, "NaN"),
        ("/api/play", b'{"key": "a", "key": "b"}', 400, "twice"),
        ("/api/play", {}, 400, "key is nothing"),
        ("/api/play", PLAY | {"item": "nothing"}, 400, "does not know"),
        ("/api/play", PLAY | {"heard": 1e300}, 400, "from 0 to 1"),
        ("/api/play", PLAY | {"heard": 10**400}, 400, ""),
        ("/api/play", b" " * 10_001, 413, "over 0.01 MB; a play is far smaller"),
        ("/api/play", b" " * 200_000, 413, "over 0.01 MB"),  # it comes in several parts, the last one small
        ("/api/play", None, 405, "nothing here"),
        ("/api/nothing", None, 404, "nothing here"),
        ("/../shelf.py", None, 404, "nothing here"),
        ("/pages/shelf.html", None, 404, "nothing here"),
        ("/service.db", None, 404, "nothing here"),
    ],
)
def test_what_is_refused_gets_a_sentence(served, path, body, status, words):
    folder, address = served
    before = Shelf(folder).feedback.last()
    found, told = said(address, path, body)
    assert found == status and words in told["error"] and len(told["error"]) < 200
    assert Shelf(folder).feedback.last() == before


def test_a_play_may_be_packed_up_to_the_same_size(served):
    """In gzip the size that counts is the unpacked one, to the byte."""
    _, address = served
    body = json.dumps(PLAY | {"key": "packed"}).encode()

    def send(text, packing="gzip", packed=gzip.compress):
        return said(address, "/api/play", packed(text), headers={"Content-Encoding": packing})

    assert send(body.ljust(10_000)) == (200, {"kept": True})
    assert said(address, "/api/play", body.ljust(10_000)) == (200, {"kept": False})
    status, told = send(body.ljust(10_001))
    assert status == 413 and told["error"] == "This is over 0.01 MB; a play is far smaller."
    status, told = send(body, "br", bytes)
    assert status == 400 and told["error"] == "A play is JSON, as it is or in gzip."
    for text in (body, gzip.compress(body)[:-9]):
        status, told = send(text, packed=bytes)
        assert status == 400 and "no gzip, or not the whole of it" in told["error"]


def test_some_listeners_are_named(served):
    folder, address = served
    told = said(address, "/api/listeners")[1]
    assert told == {"listeners": Shelf(folder).listeners()} and told["listeners"][0] == "u00"


def test_a_page_of_elsewhere_can_neither_read_nor_write(served):
    """By another name of this machine, or by a form: neither needs the other page's address to be known."""
    _, address = served
    status, told = said(address, "/api/list?user=u00", headers={"Host": "evil.example:80"})
    assert status == 400 and "127.0.0.1 alone" in told["error"]
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        status, told = said(address, "/api/play", b'{"key": "k"}', headers={"Content-Type": kind})
        assert status == 400 and "as JSON" in told["error"]
    _, headers, _ = ask(address, "/api/list?user=u00")
    assert "Access-Control-Allow-Origin" not in headers
    assert said(address.replace("127.0.0.1", "localhost"), "/api/list?user=u00")[0] == 200


def test_only_this_machine_is_answered(served):
    _, address = served
    port = int(address.rpartition(":")[2])
    others = {one[4][0] for one in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)} - {
        "127.0.0.1"
    }
    for host in sorted(others):
        with socket.socket() as line:
            line.settimeout(5)
            assert line.connect_ex((host, port)) != 0 or host.startswith("127.")


def test_many_at_once_lose_nothing(served):
    folder, address = served
    before = len(Shelf(folder).feedback.after(0))

    def send(thread):
        for n in range(20):
            body = {"key": f"{thread}-{n}", "user": f"u{thread:02d}", "item": f"t{n:02d}", "heard": 0.5}
            assert said(address, "/api/play", body) == (200, {"kept": True})

    threads = [threading.Thread(target=send, args=(n,)) for n in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    kept = Shelf(folder).feedback.after(0)
    assert len(kept) - before == 80
    lists = [said(address, f"/api/list?user=u{n:02d}")[1] for n in range(4)]
    assert lists == [Shelf(folder).lists(f"u{n:02d}") for n in range(4)]


def test_a_night_by_another_process_is_served_from_the_next_list_on(served):
    folder, address = served
    said(address, "/api/play", {"key": "night", "user": "u09", "item": "t05", "heard": 1.0})
    before = said(address, "/api/list?user=u09")[1]
    assert Shelf(folder).learn() > 0
    after = said(address, "/api/list?user=u09")[1]
    assert after["model"] != before["model"] and after["heard"] == before["heard"]
    assert after == Shelf(folder).lists("u09")


def test_the_page_comes_whole_and_brings_nothing_from_elsewhere(served):
    _, address = served
    for path in FILES:
        status, headers, text = ask(address, path)
        assert status == 200 and headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert text == (PAGES / FILES[path]).read_bytes()
        assert "Server" not in headers and headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer" and headers["X-Frame-Options"] == "DENY"
        assert headers["Cache-Control"] == "no-store"
        assert not re.search(r"(?:https?:)?//[\w.]+\.\w+", text.decode("utf-8"))
    assert ask(address, "/favicon.ico")[0] == 204
    source = (PAGES / "shelf.js").read_text(encoding="utf-8")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", source
    )


def test_a_port_that_is_taken_is_said(served):
    folder, address = served
    port = int(address.rpartition(":")[2])
    words = f"Port {port} is taken on this machine; give another, as --port {port + 1}"
    with pytest.raises(ValueError, match=words), running(folder, port):
        pass


def test_nothing_is_unpickled_and_nothing_that_was_sent_runs():
    for path in sorted(ROOM.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            elif isinstance(node, ast.Call):
                names = [getattr(node.func, "id", "")]
            wrong = {"pickle", "marshal", "shelve", "joblib", "dill", "eval", "exec", "compile", "subprocess"}
            assert not wrong & {name.split(".")[0] for name in names}, path


def test_nothing_is_logged_of_what_was_asked_or_refused(served, caplog):
    """The ids of listeners stand in addresses; a notebook shows what is logged."""
    _, address = served
    with caplog.at_level(logging.DEBUG):
        for path, status in (("/api/list?user=u00", 200), ("/api/list?user=", 400), ("/api/nothing", 404)):
            assert said(address, path)[0] == status
    assert not [record for record in caplog.records if record.levelno >= logging.INFO]


def test_only_a_port_that_is_taken_is_called_taken(served, monkeypatch):
    folder, _ = served

    def bind(number):
        def bind_sockets(*_):
            raise OSError(number, "no such address")

        monkeypatch.setattr(server.tornado.netutil, "bind_sockets", bind_sockets)
        asyncio.run(server.serve(Shelf(folder), 8_766))

    monkeypatch.setattr(sys, "platform", "linux")
    for number in (errno.EADDRINUSE, errno.EACCES):
        with pytest.raises(
            ValueError, match="Port 8766 is taken on this machine; give another, as --port 8767"
        ):
            bind(number)
    with pytest.raises(OSError, match="no such address"):
        bind(errno.EADDRNOTAVAIL)
    monkeypatch.setattr(sys, "platform", "win32")  # there the number says less
    with pytest.raises(ValueError, match="is taken"):
        bind(errno.EADDRNOTAVAIL)


def test_a_body_is_as_large_as_all_its_parts():
    """However the network cuts it up; of what is too large nothing is kept."""
    answer = web.Answer.__new__(web.Answer)
    answer.request = SimpleNamespace(headers={})
    answer.initialize()
    for part in (b"a" * 600_000, b"b" * 400_000):
        answer.data_received(part)
    assert answer.body() == b"a" * 600_000 + b"b" * 400_000
    for part in (b"c", b"d"):
        answer.data_received(part)
        assert answer.parts == []
        with pytest.raises(Refused, match="over 1 MB"):
            answer.body()
