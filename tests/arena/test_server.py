"""The server as its clients meet it: what it answers, what it refuses with which sentence, and what it never does."""

from __future__ import annotations

import ast
import gzip
import json
import re
import socket
import time
from pathlib import Path

import pandas as pd
import pytest

from recsys_helpers.arena import Refused, join
from recsys_helpers.arena.game import hand_in_text
from recsys_helpers.arena.rules import MOST_BYTES
from recsys_helpers.arena.server import FILES, PAGES
from tests.arena.conftest import CODE, Class, token_of
from tests.arena.serving import ask, events, said, thread

ROOM = Path(__file__).resolve().parents[2] / "recsys_helpers" / "arena"


@pytest.fixture(scope="module")
def served(ground, tmp_path_factory):
    """(room, address, the teacher's key)."""
    room = Class(ground, tmp_path_factory.mktemp("arena") / "arena.db")
    with thread(room.league) as address:
        yield room, address, room.league.store.get("teacher")


@pytest.fixture
def otters(served):
    room, _, _ = served
    return room.enter("Otters")


def test_a_class_plays_a_week(ground, tmp_path, monkeypatch):
    """Two clients, a teacher, a child that plays; and the board moves while it does."""
    monkeypatch.chdir(tmp_path)
    room, plain = Class(ground, tmp_path / "arena.db"), Class(ground)
    with thread(room.league) as address:
        key = room.league.store.get("teacher")
        games = {name: join(address, name, CODE) for name in ("Otters", "Night Owls")}
        for seed, (name, game) in enumerate(games.items()):
            plain.hand_in(plain.enter(name), seed)
            game.submit(room.lists(room.league.find(name), seed))
        assert said(address, "/api/teacher/start", {"week": 1}, key) == (200, {"done": None})
        assert [game.wait(timeout=600) for game in games.values()] == [2, 2]
        plain.play()
        board = json.loads(ask(address, "/board.json")[2])
        assert board["rows"] == json.loads(json.dumps(plain.league.board()["rows"]))
        again = join(address, "Otters", CODE)  # another notebook in the same folder
        assert len(again.log()) and again.token == games["Otters"].token
        pd.testing.assert_frame_equal(again.log(), games["Otters"].log())
        expected = pd.DataFrame(board["rows"])["team"].tolist()
        assert games["Otters"].board()["team"].tolist() == expected
        with pytest.raises(Refused, match="is taken"):
            join(address, "otters", CODE, token="x" * 30)


def test_a_page_hears_of_a_hand_in(served, otters):
    room, address, _ = served
    before = json.loads(ask(address, "/board.json")[2])
    room.hand_in(otters, seed=9)
    assert events(address, 1)[0]["handed_in"] >= before["handed_in"]
    first = events(address, 1)[0]
    assert set(first) == set(before) and first["rows"] == before["rows"]


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("/api/join", {"team": "Owls", "code": "beaver", "token": "x" * 30}, 403, "code is wrong"),
        ("/api/join", {"team": "Otters", "code": CODE, "token": "x" * 30}, 409, "taken"),
        ("/api/join", {"team": "a\u202eb", "code": CODE, "token": "x" * 30}, 422, "U+202E"),
        ("/api/join", {"team": "a" * 10_000, "code": CODE, "token": "x" * 30}, 422, "10,000"),
        ("/api/join", {"team": "Owls", "code": CODE}, 422, "A token has"),
        ("/api/join", {"team": ["Owls"], "code": CODE, "token": "x" * 30}, 422, "is text"),
        ("/api/join", b"[]", 422, "JSON object"),
        ("/api/join", b"\xff", 422, "UTF-8"),
        ("/api/join", b"", 422, "not JSON"),
        ("/api/hand-in", b"{}", 422, "no week"),
        ("/api/hand-in", {"week": 1, "lists": {"u": []}}, 422, "no listener 'u'"),
        ("/api/hand-in", {"week": 2, "lists": {}}, 409, "yet to be played"),
        ("/api/hand-in", {"week": True, "lists": {}}, 422, "whole number"),
        ("/api/hand-in", b"[" * 200_000, 422, "nested too deeply"),
        ("/api/brief", b"{}", 405, "nothing here"),
        ("/api/log", None, 422, "which week"),
        ("/api/log?week=abc", None, 422, "which week"),
        ("/api/log?week=-1", None, 422, "which week"),
        ("/api/log?week=%D9%A3", None, 422, "which week"),
        ("/api/log?week=1", None, 404, "no log yet"),
        ("/api/teacher/start", {"week": 1}, 403, "teacher's key"),  # a learner who starts a week
        ("/api/teacher/roll", None, 403, "teacher's key"),
        ("/api/teacher/results.csv", None, 403, "teacher's key"),
        ("/api/nothing", None, 404, "nothing here"),
        ("/../game.py", None, 404, "nothing here"),
        ("/pages/board.html", None, 404, "nothing here"),
    ],
)
def test_what_is_refused_gets_a_sentence(served, otters, path, body, status, words):
    _, address, _ = served
    found, told = said(address, path, body, token_of("Otters"))
    assert found == status and words in told["error"] and len(told["error"]) < 300


def test_a_wrong_token_a_thousand_times(served, otters):
    """It opens nothing, locks nobody out, and fills no log."""
    room, address, key = served
    spent = time.process_time()
    for i in range(1_000):
        assert ask(address, ("/api/brief", "/api/teacher/roll")[i % 2], token=f"{i:030d}")[0] == 403
    assert time.process_time() - spent < 60
    assert ask(address, "/api/brief", token=token_of("Otters"))[0] == 200
    assert ask(address, "/api/teacher/roll", token=key)[0] == 200


def test_too_much_is_refused_and_the_answer_arrives(served, otters):
    """Whether it says its size, or not, or is small only while it is packed."""
    _, address, key = served
    token, big = token_of("Otters"), b" " * (MOST_BYTES + 1)
    bomb = gzip.compress(b" " * 50_000_000)
    packed = {"Content-Encoding": "gzip"}
    for status, told in (
        said(address, "/api/hand-in", big, token),
        said(address, "/api/hand-in", iter([big, big]), token, method="POST"),  # in chunks
        said(address, "/api/hand-in", bomb, token, headers=packed),
        said(address, "/api/teacher/upload", big, key),
    ):
        assert status == 413 and "over 1.5 MB" in told["error"]
    for data in (b"", b"no gzip", gzip.compress(b"{}")[:-4]):
        assert said(address, "/api/hand-in", data, token, headers=packed)[0] == 422
    assert said(address, "/api/hand-in", b"{}", token, headers={"Content-Encoding": "br"})[0] == 415


@pytest.mark.slow
def test_a_hundred_megabytes(served, otters):
    _, address, _ = served

    def parts():
        for _ in range(100):
            yield b" " * 1_000_000

    length = {"Content-Length": "100000000"}
    found = said(address, "/api/hand-in", parts(), token_of("Otters"), headers=length, method="POST")
    assert found[0] == 413 and "over 1.5 MB" in found[1]["error"]
    assert ask(address, "/board.json")[0] == 200


def test_a_connection_that_drops_in_the_middle_changes_nothing(served, otters):
    room, address, _ = served
    room.hand_in(otters, seed=4)
    kept = room.league.store.lists(otters.id, 1)[1].tolist()
    body = hand_in_text(1, room.lists(otters, 5))
    host, port = address.removeprefix("http://").split(":")
    lines = ["POST /api/hand-in HTTP/1.1", "Host: x", f"Authorization: Bearer {token_of('Otters')}"]
    head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""])
    with socket.create_connection((host, int(port))) as line:
        line.sendall(head.encode() + body[: len(body) // 2])
    assert ask(address, "/api/brief", token=token_of("Otters"))[0] == 200
    assert room.league.store.lists(otters.id, 1)[1].tolist() == kept


def test_the_teachers_desk(served, otters):
    room, address, key = served
    room.enter("Owls")

    def act(what, **given):
        return said(address, f"/api/teacher/{what}", given, key)

    assert act("deadline", minutes=10)[0] == 200 and room.league.state()["deadline"] is not None
    assert act("deadline", minutes=None) == (200, {"done": None}) and room.league.state()["deadline"] is None
    assert act("deadline", minutes=-1)[0] == 422
    assert act("floor", floor=0.2)[0] == 200 and room.league.state()["floor"] == 0.2
    assert act("floor", floor=0)[0] == 200
    assert act("rename", team="Owls", new="Barn Owls") == (200, {"done": "Barn Owls"})
    token = act("token", team="Barn Owls")[1]["done"]
    assert ask(address, "/api/brief", token=token)[0] == 200
    assert act("start", week=2)[0] == 409 and act("start")[0] == 422 and act("nothing")[0] == 404
    assert act("add", team="Islanders") == (200, {"done": "Islanders"})
    status, headers, data = ask(address, "/api/teacher/parcel?team=Islanders", token=key)
    assert (
        status == 200
        and data[:2] == b"\x1f\x8b"
        and "Islanders-week-1.arena" in headers["Content-Disposition"]
    )
    roll = said(address, "/api/teacher/roll", token=key)[1]
    assert roll["code"] == CODE and {"Otters", "Islanders"} <= {one["team"] for one in roll["roll"]}
    assert roll["addresses"] == [address]
    status, headers, data = ask(address, "/api/teacher/results.csv", token=key)
    assert status == 200 and data.startswith(b"\xef\xbb\xbfplace,team") and b"Islanders" in data
    room.league.rename("Barn Owls", "Owls")


def test_pages_come_whole_and_bring_nothing_from_elsewhere(served):
    _, address, _ = served
    for path in ("/", "/teacher", *(f"/{name}" for name in FILES)):
        status, headers, text = ask(address, path)
        assert status == 200 and headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "Server" not in headers and headers["X-Content-Type-Options"] == "nosniff"
        for found in re.findall(r"(?:https?:)?//[\w.]+\.\w+", text.decode("utf-8")):
            pytest.fail(f"{path} names {found}")
    assert ask(address, "/favicon.ico")[0] == 204
    for path in PAGES.glob("*.js"):
        source = path.read_text(encoding="utf-8")
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", source
        )


def test_no_learners_code_runs_and_nothing_is_unpickled():
    """Read from the code: the room imports no pickle, marshal or shelve, and calls no eval, exec or compile."""
    for path in sorted(ROOM.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            elif isinstance(node, ast.Call):
                names = [getattr(node.func, "id", "")]
            elif isinstance(node, ast.keyword) and node.arg in ("allow_pickle", "shell"):
                names = ["eval"]
            wrong = {"pickle", "marshal", "shelve", "joblib", "dill", "eval", "exec", "compile", "__import__"}
            assert not wrong & {name.split(".")[0] for name in names}, path
