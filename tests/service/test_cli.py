"""The command `serve`: what it prints, that it can be killed at any moment, and its one-time uses."""

from __future__ import annotations

import io
import json
import re
import sys
import threading

import pytest

from recsys_helpers.__main__ import main
from recsys_helpers.models import ItemKNN
from recsys_helpers.service import cli
from recsys_helpers.service.shelf import Shelf
from tests.arena.serving import ask, said
from tests.processes import until
from tests.service.serving import Service, made, small


def test_it_may_be_killed_at_any_moment(tmp_path):
    """While plays are posted: whatever was answered is there, once, and the next list is made from it."""
    made(tmp_path)
    service = Service(tmp_path)
    answered: list[str] = []
    try:
        for life in range(3):
            address = service.start()
            busy = threading.Event()

            def post(address=address, life=life, busy=busy):
                for n in range(500):
                    key = f"{life}-{n}"
                    body = {"key": key, "user": f"u{n % 7:02d}", "item": f"t{n % 20:02d}", "heard": 0.25}
                    try:
                        status, told = said(address, "/api/play", body)
                    except (OSError, json.JSONDecodeError):
                        return  # it is gone
                    assert (status, told) == (200, {"kept": True})
                    answered.append(key)
                    if n == 5:
                        busy.set()

            worker = threading.Thread(target=post)
            worker.start()
            assert busy.wait(120)
            service.kill()
            worker.join()
        address = service.start()
        kept = Shelf(tmp_path / "game").feedback
        with kept._open() as db:
            keys = [key for (key,) in db.execute("SELECT key FROM play ORDER BY number")]
        assert set(answered) <= set(keys) and len(keys) == len(set(keys)) <= len(answered) + 3
        assert len(answered) >= 18
        for n in range(7):
            assert said(address, f"/api/list?user=u{n:02d}")[1] == Shelf(tmp_path / "game").lists(f"u{n:02d}")
        body = {"key": answered[0], "user": "u00", "item": "t00", "heard": 0.25}
        assert said(address, "/api/play", body) == (200, {"kept": False})
        assert service.stop() == 0 and "has stopped" in until(
            lambda: (tmp_path / f"printed-{service.times}.txt").read_text(encoding="utf-8"), "its last words"
        )
    finally:
        service.end()


def test_what_it_prints_leads_to_the_page_and_to_a_list(tmp_path):
    made(tmp_path)
    service = Service(tmp_path)
    try:
        address = service.start()
        assert ask(address, "/")[0] == 200
        path = re.search(r"A list: +http://[0-9.]+:\d+(\S+)", service.printed)[1]
        assert said(address, path)[1]["user"] == "u00"
    finally:
        service.end()


def run(*words):
    return main(["serve", *map(str, words)])


class Flushed(io.StringIO):
    """What was printed, and how much of it when it was last flushed."""

    seen = ""

    def flush(self):
        self.seen = self.getvalue()


@pytest.mark.parametrize(("words", "port"), [((), 8_766), (("--port", 9_100), 9_100)])
def test_where_it_listens_is_printed_at_once_and_so_is_its_end(tmp_path, monkeypatch, words, port):
    """Whoever reads it through a pipe would wait for ever on a line that is held back."""
    made(tmp_path)
    out, asked = Flushed(), []

    async def serve(shelf, port, say):
        asked.append((shelf.folder, port))
        say(f"http://127.0.0.1:{port}")
        lines = out.seen.splitlines()
        assert lines[:2] == [
            f"A page to click: http://127.0.0.1:{port}/",
            f"A list:          http://127.0.0.1:{port}/api/list?user=u00",
        ]
        assert str(tmp_path / "game") in lines[2] and "Ctrl-C" in lines[2]
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "serve", serve)
    monkeypatch.setattr(sys, "stdout", out)
    assert run("--folder", tmp_path / "game", *words) == 0
    assert asked == [(tmp_path / "game", port)] and out.getvalue().endswith("The service has stopped.\n")


def test_the_help_says_what_each_option_is_for(capsys):
    with pytest.raises(SystemExit):
        run("--help")
    told = " ".join(capsys.readouterr().out.split())
    for words in (
        "--model MODEL a new service: the file that a model's save wrote",
        "--folder FOLDER where all is kept; service/ in your lessons unless given",
        "--port PORT where it listens; 8766 unless given",
        "shares heard as h / (1 + h) or as they are",
        "--refit take the plays since into the weights, and end",
        "--measure N ask for N lists, print how long they took, and end",
    ):
        assert words in told


def test_a_night_and_a_measurement_end_by_themselves(tmp_path, capsys):
    shelf = made(tmp_path)
    shelf.take({"key": "k1", "user": "u00", "item": "t03", "heard": 1.0})
    assert run("--folder", tmp_path / "game", "--refit") == 0
    assert "1 plays went into the weights" in capsys.readouterr().out
    assert run("--folder", tmp_path / "game", "--measure", 5) == 0
    found = re.fullmatch(
        r"5 lists, one after the other: p50 ([\d.]+) ms, p99 ([\d.]+) ms, the slowest ([\d.]+) ms\. .*\n",
        capsys.readouterr().out,
    )
    assert found and 0 < float(found[1]) <= float(found[2]) <= float(found[3])


def test_a_model_of_ones_own_is_served(tmp_path):
    ItemKNN().fit(small()).save(tmp_path / "own.npz")
    shelf = cli.opened(tmp_path / "folder", tmp_path / "own.npz", "listened")
    assert len(shelf.lists("u00")["list"]) == 10
    with pytest.raises(ValueError, match="serves a model already"):
        cli.opened(tmp_path / "folder", tmp_path / "own.npz", "listened")
    assert cli.opened(tmp_path / "folder", None, "listened").lists("u00") == shelf.lists("u00")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--port", 70_000], "--port is 70000"),
        (["--measure", 0], "at least one"),
        (["--model", "none.npz"], "none.npz"),
    ],
)
def test_a_wrong_option_is_said(tmp_path, capsys, words, says):
    assert run("--folder", tmp_path / "game", *words) in (1, 2)
    assert says in capsys.readouterr().err


def test_without_a_model_murmurs_own_is_fitted(tmp_path, capsys):
    shelf = cli.opened(tmp_path / "game", None, "listened")
    assert "fitting ItemKNN" in capsys.readouterr().out
    told = shelf.lists(shelf.listeners()[0])
    assert len(told["list"]) == 10 and all(one["title"] != one["item"] for one in told["list"])
