"""The command that a teacher runs: what it prints, what it listens to, and that it goes on where it was stopped."""

from __future__ import annotations

import re

import psutil
import pytest

from recsys_helpers.__main__ import main
from recsys_helpers.arena import cli
from recsys_helpers.arena.cli import game_in, greeting, networks, new_code
from recsys_helpers.arena.game import League
from recsys_helpers.arena.large import DRAWN, SIGNS, large
from recsys_helpers.arena.rules import Rules
from recsys_helpers.arena.store import Store
from tests.arena.conftest import Class
from tests.arena.serving import Server, ask

SMALL = ("--users", "60", "--weeks", "2")


def test_every_sign_of_an_address_and_a_code_is_drawn_and_differs():
    needed = "abdefgiklprstuz0123456789.:"
    glyphs = {sign: large(sign) for sign in needed}
    letters = [glyphs[sign] for sign in needed[:15]]
    assert len(set(letters)) == len(letters) and len({glyphs[sign] for sign in needed[15:]}) == 12
    assert all("█" in glyph for glyph in glyphs.values())
    assert [len(rows.splitlines()) for rows in DRAWN] == [5, 5] and len(SIGNS[0]) == 26
    assert max(map(len, large("192.168.100.200:65535").splitlines())) <= 84  # of a terminal's columns


def test_a_code_can_be_read_out():
    codes = {new_code() for _ in range(200)}
    assert len(codes) > 150 and all(re.fullmatch("([bdfgklprstz][aeiu]){3}", code) for code in codes)


def test_the_greeting(ground, tmp_path):
    league = Class(ground, tmp_path / "arena.db").league
    here = "http://127.0.0.1:8765"
    alone = greeting(league, [here], here, room=False)
    assert f'join("{here}", team="...", code="otter")' in alone and f"{here}/teacher#" in alone
    nobody = greeting(league, [here], here, room=True)
    assert "in no network" in nobody and "in no network" not in alone
    room = greeting(league, ["http://10.0.0.7:8765", "http://192.168.1.5:8765"], here, room=True)
    assert (
        large("10.0.0.7:8765") in room and large("otter") in room and "Also: http://192.168.1.5:8765" in room
    )
    assert f"{here}/teacher#" in room  # the key is for this machine's screen


def test_networks_are_found_without_asking_anybody():
    assert all(
        re.fullmatch(r"\d+\.\d+\.\d+\.\d+", host) and not host.startswith("127.") for host in networks()
    )


def test_a_folder_goes_on_with_its_game_until_a_new_one_is_asked_for(tmp_path, monkeypatch):
    made = []
    monkeypatch.setattr(cli.secrets, "randbits", lambda bits: made.append(bits) or 5)
    rules = Rules(users=60, weeks=2)
    first = game_in(tmp_path, rules, True, False)
    assert made == [62] and len(first.store.get("code")) == 6
    assert game_in(tmp_path, Rules(), False, False).id == first.id
    assert game_in(tmp_path, rules, True, False).id == first.id
    with pytest.raises(ValueError, match="has other rules: 2 weeks with 60 accounts"):
        game_in(tmp_path, Rules(users=90), True, False)
    second = game_in(tmp_path, rules, True, True)
    assert second.id != first.id
    assert League(Store(tmp_path / f"arena-{first.id}.db")).id == first.id  # kept


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--port", "70000"], "--port is 70000"),
        (["--users", "3"], "users is 3"),
        (["--weeks", "0"], "weeks is 0"),
        (["--heard", "11"], "heard is 11"),
    ],
)
def test_a_wrong_option_gets_a_sentence(tmp_path, capsys, options, said):
    assert main(["arena", "--folder", str(tmp_path / "a"), *options]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "a" / "arena.db").exists()


def listening(pid: int) -> set[tuple[str, int]]:
    process = psutil.Process(pid)
    found = set()
    for one in (process, *process.children(recursive=True)):
        lines = one.net_connections("inet") if hasattr(one, "net_connections") else one.connections("inet")
        found |= {
            tuple(line.laddr) for line in lines if line.status == "LISTEN" or line.type.name == "SOCK_DGRAM"
        }
    return found


def test_it_serves_this_machine_alone_and_one_folder_once(tmp_path):
    server, second = Server(tmp_path, *SMALL), Server(tmp_path, *SMALL)
    try:
        address = server.start()
        assert listening(server.process.pid) == {("127.0.0.1", server.port)}
        assert ask(address, "/board.json")[0] == 200 and "teacher#" in server.printed
        with pytest.raises(AssertionError, match="is running in"):
            second.start()
        assert server.stop() == 0
        assert "The Arena has stopped" in (tmp_path / "printed-1.txt").read_text(encoding="utf-8")
    finally:
        server.end()
        second.end()


@pytest.mark.slow
def test_for_a_class_it_listens_to_the_room_at_that_one_port(tmp_path):
    server = Server(tmp_path, "--class", *SMALL)
    try:
        server.start()
        assert listening(server.process.pid) == {("0.0.0.0", server.port)}
        assert "█" in server.printed
        assert ask(f"http://127.0.0.1:{server.port}", "/board.json")[0] == 200
    finally:
        server.end()


@pytest.mark.slow
def test_a_port_that_is_taken_is_said(tmp_path, capsys):
    server = Server(tmp_path, *SMALL)
    try:
        server.start()
        other = ["arena", "--folder", str(tmp_path / "other"), "--port", str(server.port), *SMALL]
        assert main(other) == 2
        assert f"Port {server.port} is taken" in capsys.readouterr().err
    finally:
        server.end()
