"""A teacher's desk: who has handed in, the results as a table, parcels and hand-ins for teams without a network.

It holds no rule of its own: whatever is taken goes through `game.League`.
"""

from __future__ import annotations

import csv
import hmac
import io
from typing import Any

from recsys_helpers.arena.game import League
from recsys_helpers.arena.lists import read_hand_in
from recsys_helpers.arena.payloads import pack, unpack
from recsys_helpers.arena.store import Team
from recsys_helpers.service.sent import Refused

KIND, PARCEL = "Arena hand-in", "Arena parcel"
FORMULA = "=+-@＝＋－＠"  # what a spreadsheet takes for the beginning of a formula, in some countries full-width too
FIGURES = ("lead", "low", "high", "share", "satisfaction", "lost", "genres")


def roll(league: League) -> dict[str, Any]:
    """What a teacher sees: the board, the code, and of each team when and how it handed in for the open week."""
    board, settings = league.board(), league.store.settings()
    there = league.store.handed_in(board["week"])
    teams = [team for team in league.store.teams() if not team.house]
    rows = []
    for team in teams:
        at, way = there.get(team.id, (None, ""))
        rows.append({"team": team.name, "since": team.since, "at": at, "way": way})
    return {**board, "code": settings["code"], "trouble": settings["trouble"], "roll": rows}


def results(league: League) -> str:
    """The results as CSV for a spreadsheet, to which a name that begins with = is no formula."""
    weeks = league.rules.weeks
    there = [league.store.handed_in(week) for week in range(1, weeks + 1)]
    number = {team.name: team.id for team in league.store.teams()}
    paper = io.StringIO()
    sheet = csv.writer(paper, lineterminator="\r\n")
    hours = [f"hours_{week}" for week in range(1, weeks + 1)]
    sheet.writerow(["place", "team", "house", "below_floor", *FIGURES, *hours, "weeks_handed_in"])
    for row in league.board()["rows"]:
        name = f"'{row['team']}" if row["team"][0] in FORMULA else row["team"]
        figures = ["" if row[one] is None else f"{row[one]:.4f}" for one in FIGURES]
        heard = [f"{one:.3f}" for one in row["hours"]] + [""] * (weeks - len(row["hours"]))
        times = sum(number[row["team"]] in week for week in there)
        place = "" if row["place"] is None else row["place"]
        yes = ["yes" if row[one] else "" for one in ("house", "below")]
        sheet.writerow([place, name, *yes, *figures, *heard, times])
    return paper.getvalue()


def parcel(league: League, name: object) -> bytes:
    """All that a team without a network needs for the open week, as a file for `join`; raises Refused."""
    team = league.find(name)
    done = int(league.store.get("week")) - 1
    logs = [unpack(league.log(team, week)) for week in range(1, done + 1)]
    return pack(
        {
            "kind": PARCEL, "token": _file_token(league, team), "brief": league.brief(team), "logs": logs,
            "board": league.board(), "tables": unpack(league.store.piece("tables") or b""),
        }
    )  # fmt: skip


def upload(league: League, body: bytes, now: float | None = None) -> dict[str, Any]:
    """Take a hand-in from a file that `game.submit(lists, file=...)` wrote; raises Refused."""
    content = read_hand_in(body)
    if content.get("kind") != KIND:
        raise Refused("This file is no hand-in; game.submit(lists, file='week.json') writes one.")
    if content.get("game") != league.id:
        raise Refused("This hand-in is for another game.", 409)
    return league.hand_in(_team_of_file(league, content.get("token")), body, "file", now)


def _team_of_file(league: League, token: object) -> Team:
    """Whose hand-in a file is: its token came in a parcel, or is that of a team with a network."""
    given = str(token).encode("utf-8", "replace")
    for team in league.store.teams():
        if not team.house and hmac.compare_digest(given, _file_token(league, team).encode()):
            return team
    return league.team_of(token)


def _file_token(league: League, team: Team) -> str:
    """A team's token in its parcels: the same each week, and good for hand-ins by file alone."""
    return hmac.new(league.store.get("teacher").encode(), f"{team.id}".encode(), "sha256").hexdigest()
