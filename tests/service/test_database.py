"""The file under a service: transactions of which all stays or nothing, settings, and who may read it."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading

import pytest

from recsys_helpers.service.database import MEMORY, Database
from recsys_helpers.service.sent import kind, said


class Names(Database):
    schema = "CREATE TABLE IF NOT EXISTS name (id INTEGER PRIMARY KEY, text TEXT UNIQUE);"

    def all(self):
        with self._open() as db:
            return [text for (text,) in db.execute("SELECT text FROM name ORDER BY id")]


@pytest.fixture(params=["file", "memory"])
def kept(request, tmp_path):
    return Names(tmp_path / "names.db") if request.param == "file" else Names()


def test_of_a_transaction_all_stays_or_nothing(kept):
    with kept.writing() as db:
        db.execute("INSERT INTO name (text) VALUES ('al')")
    with pytest.raises(sqlite3.IntegrityError), kept.writing() as db:
        db.execute("INSERT INTO name (text) VALUES ('bo')")
        db.execute("INSERT INTO name (text) VALUES ('al')")
    assert kept.all() == ["al"]
    with pytest.raises(KeyboardInterrupt), kept.writing() as db:
        db.execute("INSERT INTO name (text) VALUES ('cy')")
        raise KeyboardInterrupt
    with kept.writing() as db:  # what broke off holds nobody up
        db.execute("INSERT INTO name (text) VALUES ('di')")
    assert kept.all() == ["al", "di"]


def test_settings_are_what_was_put_and_change_only_from_what_is_expected(kept):
    assert kept.get("week") is None and kept.get("week", 7) == 7 and kept.settings() == {}
    kept.put(week=1, names=["a", "新"], open=None)
    assert kept.settings() == {"week": 1, "names": ["a", "新"], "open": None}
    kept.put(week=2)
    assert kept.get("week") == 2 and kept.get("names") == ["a", "新"]
    assert kept.change({"week": 2, "open": None}, week=3, seed=5) is True
    assert kept.settings() == {"week": 3, "names": ["a", "新"], "open": None, "seed": 5}
    for expected in ({"week": 2}, {"nothing": None}, {"week": 3, "seed": 4}):
        assert kept.change(expected, week=9, late=True) is False
    assert kept.settings() == {"week": 3, "names": ["a", "新"], "open": None, "seed": 5}


def test_of_many_who_change_at_once_one_wins(tmp_path):
    file = Database(tmp_path / "one.db")
    file.put(turn=0)
    won = []

    def take(who):
        if Database(tmp_path / "one.db").change({"turn": 0}, turn=who):
            won.append(who)

    threads = [threading.Thread(target=take, args=(n,)) for n in range(1, 9)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(won) == 1 and file.get("turn") == won[0]


def test_a_file_can_be_read_while_it_is_written_and_by_nobody_else(tmp_path):
    file = Names(str(tmp_path / "names.db"))
    assert file.path == str(tmp_path / "names.db") and Names().path == MEMORY
    with file.writing() as db:
        db.execute("INSERT INTO name (text) VALUES ('al')")
        assert Names(tmp_path / "names.db").all() == []  # another reads on, and sees nothing half done
    assert Names(tmp_path / "names.db").all() == ["al"]
    if os.name != "nt":
        assert stat.S_IMODE(os.stat(tmp_path / "names.db").st_mode) == 0o600


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("short", "'short'"),
        ("x" * 38, "'" + "x" * 38 + "'"),
        ("x" * 39, "'" + "x" * 36 + "..."),
        (3.5, "3.5"),
        (True, "True"),
        (None, "nothing"),
        ([1], "a list"),
        ({}, "an object"),
        (b"", "a bytes"),
    ],
)
def test_what_was_sent_is_named_shortly(value, words):
    assert said(value) == words and len(said(value)) <= 40


def test_a_kind_has_a_word():
    assert [kind(one) for one in ("x", False, 1, (1,))] == ["text", "true or false", "a int", "a tuple"]
