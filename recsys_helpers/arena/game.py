"""A league: who plays, who has handed in, which week is open, how the teams stand. No network, and no learner's code.

It simulates nothing itself (see `playing`), and is the same for a game on one's own as for a class: `server` and
`client` both speak to this.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import time
from typing import Any

import numpy as np

from recsys_helpers.arena import house
from recsys_helpers.arena.lists import Ids, check_heard, read_hand_in, whole
from recsys_helpers.arena.match import Ground
from recsys_helpers.arena.payloads import Tables, pack_tables, unpack_tables
from recsys_helpers.arena.rules import Rules, folded, team_name
from recsys_helpers.arena.score import standings
from recsys_helpers.arena.store import Store, Team, packed_bits, unpacked_bits
from recsys_helpers.service.sent import Refused

OPEN, PLAYING, OVER = "open", "playing", "over"
SECRET_BITS = 62
MOST_TEAMS = 200
TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")
WHAT_TOKEN = "A token has 20 to 64 letters, digits, - and _."


class League:
    """A league and its file.

    `create` begins one, `League(store)` goes on with it. Whatever is not allowed raises Refused, with a sentence.
    """

    def __init__(self, store: Store):
        self.store = store
        found = store.settings()
        if "game" not in found:
            raise ValueError(f"There is no game in {store.path}.")
        self.id: str = found["game"]
        self.rules = Rules.from_json(found["rules"])
        self._tables: Tables | None = None
        self._ids: Ids | None = None
        self._board: tuple[object, list[dict[str, Any]]] | None = None

    @classmethod
    def create(
        cls,
        store: Store,
        ground: Ground,
        code: str = "",
        rules_of_house: tuple[str, ...] = tuple(house.NAMES),
    ) -> League:
        """Begin a league on this ground, with these teams of the house; the rival's own copy is always among them."""
        if store.get("game") is not None:
            raise ValueError(f"{store.path} holds a game already.")
        for rule in (house.CHART, *(one for one in house.NAMES if one in (*rules_of_house, house.RIVAL))):
            name = house.NAMES[rule]
            store.add_team(name, folded(name), "", rule)
        store.keep_piece("tables", pack_tables(ground))
        if ground.log is not None:
            store.keep_piece("heard", packed_bits(ground.heard))
        store.put(
            game=secrets.token_hex(4), rules=ground.rules.as_json(), seed=ground.seed, week=1, phase=OPEN,
            deadline=None, floor=0.0, code=code, teacher=secrets.token_urlsafe(16), trouble="",
            chart=ground.ids.tracks[ground.chart(1)].tolist(),
        )  # fmt: skip
        return cls(store)

    @property
    def tables(self) -> Tables:
        """What every team is told."""
        if self._tables is None:
            self._tables = unpack_tables(self.store.piece("tables") or b"")
        return self._tables

    @property
    def ids(self) -> Ids:
        """The listeners and tracks of the game."""
        if self._ids is None:
            self._ids = Ids(self.tables.listeners, self.tables.track_ids)
        return self._ids

    # -- what anybody may know

    def state(self) -> dict[str, Any]:
        """Which week it is, what is going on, until when lists are taken, how many are there."""
        now = self.store.settings()
        teams = self.store.teams()
        there = self.store.handed_in(now["week"])
        played = self.store.played(now["week"])
        return {
            "game": self.id, "week": now["week"], "weeks": self.rules.weeks, "phase": now["phase"],
            "deadline": now["deadline"], "now": time.time(), "rules": self.rules.said(),
            "teams": sum(not team.house for team in teams), "handed_in": len(there), "floor": now["floor"],
            "played": len(played), "to_play": len([team for team in teams if team.since <= now["week"]]),
        }  # fmt: skip

    def board(self) -> dict[str, Any]:
        """The state, and a row for each team as it stood when the last week was over."""
        state = self.state()
        done = state["week"] - 1
        teams = self.store.teams()
        key = (done, state["phase"] == OVER, state["floor"], [(team.id, team.name) for team in teams])
        known = self._board
        if known is None or known[0] != key:
            known = self._board = key, self._rows(done, state["phase"] == OVER, state["floor"], teams)
        return {**state, "rows": known[1]}

    def _rows(self, done: int, over: bool, floor: float, teams: list[Team]) -> list[dict[str, Any]]:
        shown = [team for team in teams if over or team.house != house.ORACLE]
        figures = ("place", "lead", "low", "high", "share", "lost", "satisfaction", "genres")
        plain: dict[str, Any] = {**dict.fromkeys(figures), "hours": [], "below": False}
        if not done:
            return [{"team": team.name, "house": bool(team.house), **plain} for team in shown]
        found = self.store.results(done)
        by_name = {team.name: team for team in shown if team.id in found}
        last = {name: found[team.id][0][-1] for name, team in by_name.items()}
        below = [
            name for name, told in last.items() if told["satisfaction"] < floor and not by_name[name].house
        ]
        order = standings(
            {name: found[team.id][1] for name, team in by_name.items()},
            copy=next(name for name, team in by_name.items() if team.house == house.RIVAL),
            unplaced=[name for name, team in by_name.items() if team.house == house.ORACLE],
            below=below,
        )
        return [
            {
                "team": one.name, "house": bool(by_name[one.name].house), "place": one.place,
                "lead": one.lead.mean, "low": one.lead.low, "high": one.lead.high, "share": one.share,
                "hours": [told["hours"] for told in found[by_name[one.name].id][0]],
                "satisfaction": last[one.name]["satisfaction"], "lost": int(last[one.name]["lost"]),
                "genres": last[one.name]["genres"], "below": one.name in below,
            }
            for one in order
        ]  # fmt: skip

    # -- what a team may do

    def join(self, name: object, code: object, token: object) -> Team:
        """Enter a team under a token that the player made, or find it again by the same; raises Refused."""
        if not hmac.compare_digest(str(code).strip().encode(), str(self.store.get("code")).encode()):
            raise Refused("The code is wrong; it stands on the teacher's screen.", 403)
        if not isinstance(token, str) or not TOKEN.fullmatch(token):
            raise Refused(WHAT_TOKEN)
        return self._enter(team_name(name), token)

    def add(self, name: object) -> Team:
        """Enter a team that plays by files alone; the teacher's `parcel` holds its token."""
        return self._enter(team_name(name), secrets.token_urlsafe(16))

    def _enter(self, name: str, token: str) -> Team:
        known = next((team for team in self.store.teams() if team.folded == folded(name)), None)
        if known is not None and known.token and hmac.compare_digest(known.token, _hash(token)):
            return known
        if self.store.get("phase") == OVER:
            raise Refused("The game is over; ask for a new one.", 409)
        team = None if known else self.store.add_team(name, folded(name), _hash(token), most=MOST_TEAMS)
        if team is None:
            if known is None and len(self.store.teams()) >= MOST_TEAMS:
                raise Refused(f"There are {MOST_TEAMS} teams already; nobody else can join.", 409)
            raise Refused(
                f"The name {name!r} is taken; choose another. If it is yours, join on the machine and in the folder "
                "where you did first, give token= what game.token says there, or ask your teacher to let you in again.",
                409,
            )
        self._inherit(self.store.get("week") - 1)
        return team

    def _inherit(self, week: int) -> None:
        """Who comes late has shown today's chart until then, like who hands nothing in."""
        chart = next(team for team in self.store.teams() if team.house == house.CHART)
        self.store.inherit(chart.id, week)

    def team_of(self, token: object) -> Team:
        """Whose token it is; raises Refused for one that is nobody's."""
        digest = _hash(str(token))
        found = [
            team for team in self.store.teams() if team.token and hmac.compare_digest(team.token, digest)
        ]
        if not found:
            raise Refused("This token is no team's; join(...) again with the code, or ask your teacher.", 403)
        return found[0]

    def brief(self, team: Team) -> dict[str, Any]:
        """What a team is told at any time: the state, its name, today's chart, whether it has handed in."""
        state = self.state()
        there = self.store.handed_in(state["week"]).get(team.id)
        return {**state, "team": team.name, "chart": self.store.get("chart"), "rules_of_play": self.rules.as_json(),
                "my_hand_in": None if there is None else there[0]}  # fmt: skip

    def log(self, team: Team, week: object) -> bytes:
        """The log of a team's own week, packed; raises Refused for one that is not played yet."""
        week = whole(week, "week")
        done = int(self.store.get("week")) - 1
        found = self.store.week_of(team.id, week, "log") if 1 <= week <= done else None
        if found is None:
            raise Refused(f"Week {week} has no log yet; {done} of {self.rules.weeks} weeks are played.", 404)
        return found

    def heard(self, team: Team, done: int) -> np.ndarray:
        """What each listener has played on a team's platform in the weeks until `done` and in the log before them."""
        tracks = len(self.ids.tracks)
        found = self.store.heard(team.id, done, tracks) if done else None
        if found is None:
            data = self.store.piece("heard")
            none = np.zeros((len(self.ids.listeners), tracks), dtype=bool)
            return none if data is None else unpacked_bits(data, tracks)
        return found

    def hand_in(
        self, team: Team, body: bytes, way: str = "network", now: float | None = None
    ) -> dict[str, Any]:
        """Take a team's lists for the open week, in place of earlier ones; gives what was taken; raises Refused."""
        content = read_hand_in(body)
        missing = next((name for name in ("week", "lists") if name not in content), None)
        if missing:
            raise Refused(f"The hand-in has no {missing}; it is a JSON object with week and lists.")
        week = whole(content["week"], "week")
        late = self._untimely(week, now)
        if late is not None and week not in self._taken(team):
            raise late
        positions = self.ids.positions(content["lists"])
        full = positions >= 0
        receipt = {
            "team": team.name,
            "week": week,
            "lists": int(full.any(axis=1).sum()),
            "places": int(full.sum()),
        }
        if late is None:
            check_heard(positions, self.heard(team, week - 1), self.rules.heard, self.ids)
            if self.store.hand_in(team.id, week, positions, way, now):
                return receipt
            late = self._untimely(week, now)  # it was started meanwhile
        kept = self.store.lists(team.id, week)
        if late is None or kept is None or kept[0] != week or (kept[1] != positions).any():
            raise late or Refused("The week moved on meanwhile; hand in again.", 409)
        return receipt  # the same again: the answer to the first may have been lost on its way

    def _taken(self, team: Team) -> set[int]:
        """The weeks for which a team has handed in."""
        return {week for week in range(1, self.rules.weeks + 1) if team.id in self.store.handed_in(week)}

    def _untimely(self, week: int, now: float | None) -> Refused | None:
        """Why lists for this week are not taken now, None where they are."""
        state = self.store.settings()
        if state["phase"] == OVER:
            return Refused("The game is over; nothing more is taken.", 409)
        if week < state["week"] or (week == state["week"] and state["phase"] == PLAYING):
            return Refused(f"This is for week {week}, which is {_when(state, week)}; it came too late.", 409)
        if week > state["week"]:
            return Refused(f"This is for week {week}, and week {state['week']} has yet to be played.", 409)
        if state["deadline"] is not None and (time.time() if now is None else now) > state["deadline"]:
            return Refused(f"The deadline for week {week} is over; your teacher can lift it.", 409)
        return None

    # -- what a teacher may do

    def is_teacher(self, key: object) -> bool:
        """Whether this is the teacher's key."""
        return hmac.compare_digest(str(key).encode(), str(self.store.get("teacher")).encode())

    def start(self, week: object) -> None:
        """Take no more lists for the open week; whoever plays it begins (see `playing`). Raises Refused."""
        week = whole(week, "week")
        if not self.store.change({"week": week, "phase": OPEN}, phase=PLAYING, trouble=""):
            state = self.store.settings()
            if state["phase"] == OVER:
                raise Refused("The game is over.", 409)
            raise Refused(f"Week {week} cannot be started: it is {_when(state, week)}.", 409)

    def close(self, week: int, chart: list[str]) -> bool:
        """End the week that was played and open the next, with its chart; False where that has happened already."""
        self._inherit(week)
        after = OVER if week == self.rules.weeks else OPEN
        return self.store.change(
            {"week": week, "phase": PLAYING},
            week=week + 1,
            phase=after,
            deadline=None,
            chart=chart,
            trouble="",
        )

    def set_deadline(self, minutes: float | None, now: float | None = None) -> float | None:
        """Take lists for so many minutes from now on; None: until the week is started."""
        if minutes is None:
            self.store.put(deadline=None)
            return None
        if isinstance(minutes, bool) or not isinstance(minutes, (int, float)) or not 0 <= minutes <= 10_080:
            raise Refused("A deadline is a number of minutes from 0 to 10,080, a week.")
        at = (time.time() if now is None else now) + 60 * minutes
        self.store.put(deadline=at)
        return at

    def set_floor(self, floor: object) -> None:
        """How pleased listeners must be on average; a team below it stands behind all that are not."""
        if isinstance(floor, bool) or not isinstance(floor, (int, float)) or not 0 <= floor <= 1:
            raise Refused("The floor is a satisfaction from 0 (none) to 1.")
        self.store.put(floor=float(floor))

    def find(self, name: object) -> Team:
        """A learners' team by its name; raises Refused."""
        for team in self.store.teams():
            if not team.house and team.folded == folded(str(name)):
                return team
        raise Refused(f"There is no team {str(name)[:40]!r}.", 404)

    def rename(self, name: object, new: object) -> str:
        """Give a team another name; raises Refused."""
        team, wanted = self.find(name), team_name(new)
        if not self.store.rename(team.id, wanted, folded(wanted)):
            raise Refused(f"The name {wanted!r} is taken.", 409)
        return wanted

    def new_token(self, name: object) -> str:
        """Another token for a team that has lost its own; the lost one is worth nothing from now on."""
        team, token = self.find(name), secrets.token_urlsafe(16)
        self.store.give_token(team.id, _hash(token))
        return token


def _hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _when(state: dict[str, Any], week: int) -> str:
    if week < state["week"]:
        return "over"
    if week > state["week"]:
        return f"not the next one, which is week {state['week']}"
    return "being played" if state["phase"] == PLAYING else "open"


def hand_in_text(week: int, lists: dict[str, list[str]], **more: str) -> bytes:
    """A hand-in as it is sent, or as the file that a teacher uploads (with the game's id and the team's token)."""
    return json.dumps({**more, "week": week, "lists": lists}, ensure_ascii=False).encode("utf-8")
