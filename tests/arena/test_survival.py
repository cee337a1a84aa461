"""A class of thirty through four weeks while server and child are killed: nothing is lost, nothing is doubled.

Each learner is a process of its own that only knows the client. What each hands in hangs on what it was told (its own
log), so one lost or doubled week would show on the board, which must be that of a league nobody disturbed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from recsys_helpers.arena.client import Game
from recsys_helpers.arena.game import League, hand_in_text
from recsys_helpers.arena.match import Ground
from recsys_helpers.arena.rules import Rules
from recsys_helpers.arena.seats import Here
from recsys_helpers.arena.store import Store
from tests.arena.conftest import CODE, Class
from tests.arena.serving import Server, ask, said
from tests.processes import ROOT, until

WEEKS, TEAMS, SEED = 4, 30, 11
RULES = Rules(users=60, weeks=WEEKS)

LEARNER = """
import json, sys, time
from tests.arena.test_survival import lists_of
from recsys_helpers.arena import Refused, join

address, number, how = sys.argv[1], int(sys.argv[2]), sys.argv[3]
game = None
while True:
    try:
        game = game or join(address, f"team {number:02d}", "otter")
        week, lists = game.week, None
        if week > game.rules.weeks:
            break
        lists = lists_of(game, number, week)
        print(json.dumps([week, game.submit(lists).week]), flush=True)
        if how == "twice":
            game.submit(lists)
        game.wait(timeout=1_500)
    except Refused as late:
        print(json.dumps([week, str(late)]), flush=True)
        if "late" not in str(late):
            raise
        game.wait(timeout=1_500)
    except ConnectionError:
        time.sleep(0.5)
print("done", flush=True)
"""


def lists_of(game, number: int, week: int):
    """What a team hands in: drawn by its number, the week, and how much it was told that its listeners had played."""
    told = int(game.heard().sum()) + len(game.log())
    rng = np.random.default_rng([number, week, told])
    tracks = game.tracks["track_id"].to_numpy(dtype=object)
    return game.within_rules({user: rng.permutation(tracks)[:60].tolist() for user in game.listeners})


class Undisturbed:
    """The same team in a league in memory."""

    def __init__(self, room: Class, number: int):
        self.room, self.number = room, number
        self.team = room.enter(f"team {number:02d}")

    def hand_in(self, week: int) -> None:
        seat = Here.__new__(Here)
        seat.ground, seat.league, seat.team, seat.matches = (
            self.room.ground,
            self.room.league,
            self.team,
            None,
        )
        game = Game(seat)
        self.room.league.hand_in(self.team, hand_in_text(week, lists_of(game, self.number, week)))


@pytest.mark.slow
def test_a_class_while_server_and_child_are_killed(tmp_path):
    ground = Ground(RULES, SEED)
    plain = Class(ground)
    teams = [Undisturbed(plain, number) for number in range(TEAMS)]
    for week in range(1, WEEKS + 1):
        for team in teams:
            if (team.number, week) not in ABSENT:
                team.hand_in(week)
        plain.play()

    (tmp_path / "game").mkdir()
    Class(Ground(RULES, SEED), tmp_path / "game" / "arena.db")
    server, rng, kills = Server(tmp_path), np.random.default_rng(0), 0
    learners: list[subprocess.Popen] = []
    address = server.start()
    try:
        for number in range(TEAMS):
            folder = tmp_path / f"learner-{number:02d}"
            folder.mkdir()
            how = "twice" if number % 3 == 0 else "once"
            if (number, 1) in ABSENT:
                continue
            learners.append(learner(folder, address, number, how))
        late = [number for number in range(TEAMS) if (number, 1) in ABSENT]
        for week in range(1, WEEKS + 1):
            expected = TEAMS - sum(at == week for _, at in ABSENT)
            for _ in range(3):  # while they hand in
                time.sleep(float(rng.uniform(0.2, 1.5)))
                server.kill()
                kills += 1
                server.start()
            until(
                lambda n=expected: state(address)["handed_in"] == n,
                f"{expected} hand-ins of week {week}",
                1_500,
            )
            assert said(address, "/api/teacher/start", {"week": week}, server.key)[0] == 200
            if week == 1:  # who comes while a week is played joins the next
                for number in late:
                    learners.append(learner(tmp_path / f"learner-{number:02d}", address, number, "once"))
            for blow in range(6):  # while the week is played
                time.sleep(float(rng.uniform(0.3, 2.5)))
                if blow % 2:
                    for pid in server.children():
                        os.kill(pid, signal.SIGKILL)
                        kills += 1
                else:
                    server.kill()
                    kills += 1
                    server.start()
            until(lambda w=week: state(address)["week"] > w, f"the end of week {week}", 1_500)
        for process in learners:
            assert process.wait(1_500) == 0
        board = json.loads(ask(address, "/board.json")[2])
    finally:
        server.end()
        for process in learners:
            process.kill()
    assert kills >= 24 and board["phase"] == "over"
    assert board["rows"] == json.loads(json.dumps(plain.league.board()["rows"]))
    league = League(Store(tmp_path / "game" / "arena.db"))
    for week in range(1, WEEKS + 1):
        there = league.store.handed_in(week)
        names = {team.id: team.name for team in league.store.teams()}
        expected = {f"team {n:02d}" for n in range(TEAMS) if (n, week) not in ABSENT}
        assert {names[team] for team in there} == expected  # none lost, none of anybody else
        assert len(league.store.played(week)) == TEAMS + 4
    for number in range(TEAMS):
        told = (tmp_path / f"learner-{number:02d}" / "printed.txt").read_text(encoding="utf-8").splitlines()
        assert told[-1] == "done"


ABSENT = {(28, 1), (29, 1)}  # (team, week): it came only while that week was played


def learner(folder: Path, address: str, number: int, how: str) -> subprocess.Popen:
    folder.mkdir(exist_ok=True)
    with open(folder / "printed.txt", "w", encoding="utf-8") as paper:
        return subprocess.Popen(
            [sys.executable, "-c", LEARNER, address, str(number), how],
            cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.DEVNULL, stdout=paper,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip


def state(address: str) -> dict:
    """The state, from whichever server answers."""
    while True:
        try:
            return said(address, "/api/state")[1]
        except OSError:
            time.sleep(0.2)


@pytest.mark.slow
def test_a_child_goes_on_alone_and_a_second_one_plays_nothing_twice(tmp_path):
    """The server is killed mid-week; its child ends the week; the next server finds it over and its board whole."""
    (tmp_path / "game").mkdir()
    room = Class(Ground(RULES, SEED), tmp_path / "game" / "arena.db")
    team = room.enter("Otters")
    room.hand_in(team, seed=1)
    server = Server(tmp_path)
    try:
        address = server.start()
        assert said(address, "/api/teacher/start", {"week": 1}, server.key)[0] == 200
        until(lambda: room.league.store.played(1), "a first match")
        server.kill()
        until(lambda: room.league.state()["week"] == 2, "the end of the week, without a server")
        server.start()
        assert state(address)["week"] == 2 and CODE in server.printed
        plain = Class(room.ground)
        plain.hand_in(plain.enter("Otters"), seed=1)
        plain.play()
        assert room.league.board()["rows"] == plain.league.board()["rows"]
    finally:
        server.end()


@pytest.mark.slow
def test_a_week_that_cannot_be_played_is_said_and_tried_again(tmp_path):
    (tmp_path / "game").mkdir()
    room = Class(Ground(RULES, SEED), tmp_path / "game" / "arena.db")
    seed = room.league.store.get("seed")
    room.league.store.put(seed="spoilt")
    server = Server(tmp_path)
    try:
        address = server.start()
        key = server.key
        assert said(address, "/api/teacher/start", {"week": 1}, key)[0] == 200
        trouble = until(lambda: said(address, "/api/teacher/roll", token=key)[1]["trouble"], "trouble")
        assert trouble == "Week 1 could not be played; arena.log says why."
        assert "spoilt" in (tmp_path / "game" / "arena.log").read_text(encoding="utf-8")
        room.league.store.put(seed=seed)
        assert said(address, "/api/teacher/start", {"week": 1}, key)[0] == 200
        until(lambda: state(address)["week"] == 2, "the end of the week")
    finally:
        server.end()
