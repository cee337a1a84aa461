"""Lesson 16's tables: what wins alone and what wins beside a rival, an entrant, and what a rule on repeats does.

    python benchmarks/competition.py [--seeds 7 8 9 10 11 12] [--users 200]

Writes data/measured/competition.csv in some five minutes of one core; a world that is in the file already is passed
over, so it goes on where it stopped. Everything is done in six worlds, each listener's platforms under the same luck,
and no contest is decided here: lesson 16 puts intervals over the worlds. Four tables:

alone: EASE's 200 best tracks of a listener, ordered by score x length to some power; the first ten stand for six weeks
    on the only platform there is. A row is one power in one week.
beside: the same shelves beside a rival that shows EASE's own ten, in the same seat and under the same luck; for each of
    several keens (how much satisfaction draws), and with regret. `lead` is the mean over listeners of their share of
    hours there, less that of EASE's own ten in that seat. `exchanged` is EASE's ten with the last two in each other's
    place: as little as a change can be.
entrant: a second platform that opens two weeks after the first. Both fit EASE on what they know every second week, the
    entrant also after its first; who knows nothing shows today's chart. `share` is the entrant's, of all hours.
repeats: the Arena's league from a cold start, for four weeks, under three rules on how many of ten may be heard.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from by_world import write_by_world

from recsys_helpers import reranking
from recsys_helpers.arena import house
from recsys_helpers.arena.match import TEAM, Ground, house_lists, play
from recsys_helpers.arena.rules import Rules
from recsys_helpers.arena.score import own_shares
from recsys_helpers.events import asked_for, clean, preference
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import EASE
from recsys_helpers.simulator import Market, Platform, Strengths, World, lead, match

FILE = Path(__file__).resolve().parents[1] / "data" / "measured" / "competition.csv"
SEEDS, USERS, WEEKS = (7, 8, 9, 10, 11, 12), 200, 6
CANDIDATES = 200
POWERS = (0.0, 1.0, 3.0)
EXCHANGED = "exchanged"
KEENS, KEEN, REGRET = (0.0, 5.0, 15.0, 40.0), 15.0, 5.0
OPENS, AFTER = 2, 6  # the entrant's first week, and how many weeks it is watched
#: case -> habit, keen, when it opens, what its listeners' library holds, what it knows
ENTRANTS: dict[str, tuple[float, float, int, str, str]] = {
    "at the same time": (1.0, KEEN, 0, "full", "log"),
    "later, own data": (1.0, KEEN, OPENS, "full", "own"),
    "later, own data, thin library": (1.0, KEEN, OPENS, "thin", "own"),
    "later, the log, thin library": (1.0, KEEN, OPENS, "thin", "log"),
    "later, own data, thin library, habit 4": (4.0, KEEN, OPENS, "thin", "own"),
    "later, own data, thin library, keen 0": (1.0, 0.0, OPENS, "thin", "own"),
    "later, knows tastes, thin library": (1.0, KEEN, OPENS, "thin", "truth"),
}
REPLAY = "replay"  # each listener's most played tracks, then what is popular
TEAMS = (house.CHART, house.OWN, house.EASED, REPLAY, house.ORACLE)
HEARD: tuple[int | None, ...] = (None, 2, 0)
COLUMNS = ["table", "seed", "regret", "keen", "policy", "week", "lead", "share", "hours", "everywhere", "satisfaction",
           "lost"]  # fmt: skip


class Place:
    """A world with its log, the tables of its luck, and the shelves of `alone` and `beside`."""

    def __init__(self, seed: int, users: int = USERS, regret: float = 0.0):
        self.world = World(seed=seed, users=users, strengths=Strengths(regret=regret))
        self.log, self.weekly = self.world.log(), self.world.weekly()
        self.events = self.cleaned(self.log)
        best = self.learn(self.events, CANDIDATES)
        seconds = self.world.tracks.set_index("track_id")["duration_s"]
        self.shelves: dict[str, pd.DataFrame] = {
            f"power {power:g}": reranking.by_length(best, seconds, power)[["user", "item", "rank"]]
            for power in POWERS
        }
        plain = self.shelves["power 0"]
        self.shelves[EXCHANGED] = plain.assign(rank=plain["rank"].replace({9: 10, 10: 9}))

    def cleaned(self, log: pd.DataFrame) -> pd.DataFrame:
        """What a model learns from: a log without its dirt, without bots, ads and help clips."""
        kept = asked_for(clean(log, self.world.tracks, self.world.users)[0], self.world.tracks)
        return kept[kept["user_id"].isin(self.world.listeners)].astype(
            {"user_id": object, "track_id": object}
        )

    def learn(self, events: pd.DataFrame, k: int) -> pd.DataFrame:
        """EASE's best tracks of each listener whom these events know, heard ones among them."""
        x = Interactions.from_frame(
            preference(events, "listened", self.world.tracks), value="strength", merge="sum"
        )
        lists = EASE().fit(x).recommend(list(x.users), k=min(k, x.shape[1]), exclude_seen=False)
        return lists.assign(score=lists["score"].clip(lower=1e-9))

    def shelf(self, name: str) -> object:
        """A policy that shows one of the shelves."""
        return lambda users: self.shelves[name]

    def alone(self, name: str) -> Market:
        """The only platform there is."""
        return Market(self.world, [Platform("team", self.shelf(name))], log=self.log, weekly=self.weekly)

    def beside(self, name: str, keen: float) -> Market:
        """Beside a rival that shows EASE's own ten."""
        return match(
            self.world,
            self.shelf(name),
            self.shelf("power 0"),
            log=self.log,
            weekly=self.weekly,
            keen=keen,
        )


def board_rows(market: Market, **about: object) -> list[dict[str, object]]:
    """A row for each week of a market: the team's figures, and the hours of a listener on all platforms together."""
    board = market.board.set_index(["platform", "week"])
    everywhere = board["hours"].groupby("week").sum()
    return [
        {**about, "week": week - market.start + 1, "share": row["share"], "hours": row["hours"],
         "everywhere": everywhere[week], "satisfaction": row["satisfaction"], "lost": row["lost"]}
        for week, row in board.loc["team"].iterrows()
    ]  # fmt: skip


def rows_alone(at: Place, regret: float, weeks: int = WEEKS) -> list[dict[str, object]]:
    """The rows of `alone` in one world."""
    rows = []
    for name in at.shelves:
        about = {"table": "alone", "seed": at.world.seed, "regret": regret, "policy": name}
        rows += board_rows(at.alone(name).play(weeks), **about)
    return rows


def rows_beside(
    at: Place, regret: float, keens: Sequence[float], weeks: int = WEEKS
) -> list[dict[str, object]]:
    """The rows of `beside` in one world, `lead` by week and in week 0 that of all weeks together."""
    rows = []
    for keen in keens:
        markets = {name: at.beside(name, keen).play(weeks) for name in at.shelves}
        own = markets["power 0"]
        for name, market in markets.items():
            about: dict[str, object] = {"table": "beside", "seed": at.world.seed, "regret": regret, "keen": keen,
                                        "policy": name}  # fmt: skip
            found = board_rows(market, **about)
            for week, row in enumerate(found):
                row["lead"] = lead(market, own, first=week, last=week + 1).mean
            rows += [*found, {**about, "week": 0, "lead": lead(market, own).mean}]
    return rows


class Learner:
    """A platform that fits EASE every second week, and after its first, on what it knows; before that, the chart."""

    def __init__(self, at: Place, opens: int, knows: str):
        self.at, self.age, self.knows = at, 0, knows
        self.week = at.world.first_week(None) + opens
        self.parts = [at.events] if knows == "log" else []
        self.lists: pd.DataFrame | None = None

    def act(self, users: np.ndarray) -> object:
        chart = np.asarray(self.at.world.chart(self.week)[:10], dtype=object)
        if self.age == 1 or self.age % 2 == 0:
            self.lists = self.learnt(users)
        self.age, self.week = self.age + 1, self.week + 1
        if self.lists is None:
            return np.broadcast_to(chart, (len(users), 10))
        others = pd.DataFrame({"user": pd.Index(users).difference(self.lists["user"].unique())})
        fill = others.merge(pd.DataFrame({"item": chart, "rank": np.arange(1, 11)}), how="cross")
        return pd.concat([self.lists, fill], ignore_index=True)

    def learnt(self, users: np.ndarray) -> pd.DataFrame | None:
        """Ten tracks for each listener whom it knows; None before it knows anybody."""
        if self.knows == "truth":
            liking = self.at.world.true_utility(users, self.week)
            best = np.argsort(-liking, axis=1, kind="stable")[:, :10]
            items = np.asarray(self.at.world.track_ids, dtype=object)[best]
            return pd.DataFrame(
                {"user": np.repeat(users, 10), "item": items.ravel(), "rank": np.tile(np.arange(1, 11), len(users))}
            )  # fmt: skip
        if not self.parts or not sum(map(len, self.parts)):
            return None
        return self.at.learn(pd.concat(self.parts, ignore_index=True), 10)[["user", "item", "rank"]]

    def observe(self, events: pd.DataFrame) -> None:
        """What was played there in the week that is over."""
        kept = asked_for(events, self.at.world.tracks)
        self.parts.append(kept.astype({"user_id": object, "track_id": object}))


def rows_of_entrant(
    at: Place, case: str, weeks: int = AFTER, opens_after: int = OPENS
) -> list[dict[str, object]]:
    """The rows of `entrant` for one case: the weeks from the entrant's first on, counted from the market's."""
    habit, keen, opens, library, knows = ENTRANTS[case]
    platforms = (
        Platform("incumbent", Learner(at, 0, "log")),
        Platform("team", Learner(at, opens, knows), opens=opens, library=library),
    )
    market = Market(at.world, platforms, habit=habit, keen=keen, log=at.log, weekly=at.weekly)
    market.play(opens_after + weeks)
    about = {"table": "entrant", "seed": at.world.seed, "regret": 0.0, "keen": keen, "policy": case}
    return board_rows(market, **about)


def replayed(ground: Ground, market: object) -> np.ndarray:
    """Each listener's most played tracks on the team's platform, then the most popular ones; positions."""
    week = market.week - market.start + 1  # type: ignore[attr-defined]
    seen = house.Seen(market.served[TEAM], ground.past, ground.chart(week))  # type: ignore[attr-defined]
    plays = seen.plays(ground.world.catalogue.content)
    best = np.argsort(-plays, axis=1, kind="stable")[:, :20]
    mine = np.where(np.take_along_axis(plays, best, axis=1) > 0, best, -1)
    popular = house.order(house.OWN, ground.world, seen)[:, house.OWN_PLACES :]
    return np.concatenate([mine, popular], axis=1)


def rows_of_rule(seed: int, heard: int | None, users: int = USERS, weeks: int = 4) -> list[dict[str, object]]:
    """The rows of `repeats` in one world under one rule; `keen` stands for nothing there, week 0 for all weeks."""
    ground = Ground(Rules(users=users, weeks=weeks, heard=heard), seed)
    seconds, last = {}, {}
    for team in TEAMS:
        market = ground.match()
        outcomes = []
        for _ in range(weeks):
            lists = replayed(ground, market) if team == REPLAY else house_lists(ground, market, TEAM, team)
            outcomes.append(play(ground, market, lists))
        seconds[team], last[team] = np.stack([one.seconds for one in outcomes]), outcomes[-1].figures
    copy = own_shares(seconds[house.RIVAL])
    return [
        {"table": "repeats", "seed": seed, "regret": 0.0, "week": 0, "lead": (own_shares(seconds[team]) - copy).mean(),
         "policy": f"{team}, {'any' if heard is None else heard} heard", "share": own_shares(seconds[team]).mean(),
         "hours": seconds[team][:, 1].sum() / 3600 / weeks / seconds[team].shape[2],
         "everywhere": seconds[team].sum() / 3600 / weeks / seconds[team].shape[2],
         "satisfaction": last[team]["satisfaction"], "lost": last[team]["lost"]}
        for team in TEAMS
    ]  # fmt: skip


def rows_of_world(seed: int, users: int = USERS) -> list[dict[str, object]]:
    """All rows of one world."""
    at = Place(seed, users)
    rows = rows_alone(at, 0.0) + rows_beside(at, 0.0, KEENS)
    for case in ENTRANTS:
        rows += rows_of_entrant(at, case)
    sorry = Place(seed, users, REGRET)
    rows += rows_alone(sorry, REGRET) + rows_beside(sorry, REGRET, (KEEN,))
    for heard in HEARD:
        rows += rows_of_rule(seed, heard, users)
    return rows


def table_of(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Rows as the file holds them."""
    return pd.DataFrame(rows).reindex(columns=COLUMNS).round(5)


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew."""
    return table_of(rows_of_rule(SEEDS[0], 2))


if __name__ == "__main__":
    sys.exit(
        write_by_world(__doc__, FILE, SEEDS, USERS, lambda seed, users: table_of(rows_of_world(seed, users)))
    )
