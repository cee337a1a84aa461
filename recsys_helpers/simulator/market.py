"""Several platforms serve the same listeners, who open one of them at each session; and what came of it for each.

It knows no game and no rule but one, and decides nothing that a listener does (see `accounts`). One platform alone
gives what `World.serve` gives, to the last bit.

A league is a match for each team, alone against the same rival, in the same seat and under the same luck: see `match`
and `lead`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from recsys_helpers.simulator.accounts import Shoppers
from recsys_helpers.simulator.asking import Asked
from recsys_helpers.simulator.behaviour import Lived
from recsys_helpers.simulator.past import heard_before, last_id, played_in
from recsys_helpers.simulator.serving import Difference, Served, mean_gap
from recsys_helpers.simulator.shelves import Shelf
from recsys_helpers.simulator.weekly import Weekly
from recsys_helpers.simulator.world import World, whole_number

HABIT, KEEN = 1.0, 15.0  # so skill shows and an entrant has a chance; keener listeners add luck and lock-in
FULL, THIN = "full", "thin"


@dataclass(frozen=True)
class Platform:
    """One platform in a market: a name, and a policy as `World.serve` takes it.

    `opens` is the week of the market in which it opens, from 0; `library` what its listeners find in theirs then:
    "full" (what everybody had in rotation when the market began) or "thin" (two tracks of it); `seat` the luck that it
    meets, by default its place among the platforms. Seats are not equal: compare platforms that sat in the same.
    """

    name: str
    policy: object
    opens: int = 0
    library: str = FULL
    seat: int | None = None


class Market:
    """A market of platforms over one world's listeners; `play` lets them live a week, or several.

    Parameters
    ----------
    world, platforms : whose listeners, and who serves them.
    habit, keen : how much the share of late sessions, and how much satisfaction, draws a listener to a platform.
    seed, start_week, log : as in `World.serve`. The log counts as that of each platform that opens in week 0.
    at_most_heard : how many tracks of a list its listener may have played on that platform before; None: any number.
    weekly : `world.weekly(seed)`, for several markets under one luck to share.

    Attributes
    ----------
    served : name of a platform -> what came of it, as `World.serve` gives it: events, impressions, listeners.
    week : the week to be played next, counted from the world's first.

    Raises ValueError for what makes no market, and for a list that breaks its rule.
    """

    def __init__(
        self, world: World, platforms: Sequence[Platform], *, habit: float = HABIT, keen: float = KEEN, seed: int = 0,
        start_week: int | None = None, log: pd.DataFrame | None = None, at_most_heard: int | None = None,
        weekly: Sequence[Weekly] | None = None,
    ):  # fmt: skip
        if not isinstance(world, World):
            raise ValueError(f"world is {world!r}; give a World, as World.small().")
        if isinstance(platforms, str) or not isinstance(platforms, Iterable):
            raise ValueError(f"platforms is {platforms!r}; give a list of Platform(name, policy).")
        self.world, self.platforms = world, tuple(platforms)
        self.seats = _checked(self.platforms, at_most_heard)
        for name, value in (("habit", habit), ("keen", keen)):
            a_number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
            if not a_number or not 0 <= value <= 1_000:
                raise ValueError(f"{name} is {value!r}; give a number from 0 (it draws nobody) to 1,000.")
        if log is not None and not isinstance(log, pd.DataFrame):
            raise ValueError(f"log is {log!r}; give a frame, as world.log(), or None.")
        self.habit, self.keen, self.at_most_heard = float(habit), float(keen), at_most_heard
        self.start, self.seed = world.first_week(start_week), whole_number("seed", seed, 2**62)
        if weekly is not None and not _fits(weekly, world, self.seed):
            raise ValueError(
                f"weekly is not that of this world and luck; give world.weekly({self.seed}), or None."
            )
        self.week = self.start
        self.asked = [Asked(platform.policy, world.listeners, world.track_ids) for platform in self.platforms]
        known = heard_before(log, world.listeners, world.track_ids, world.strengths.newness)
        shared = [None] * len(world.crowds) if weekly is None else weekly
        self.crowds = [
            Shoppers(world.setting, people, self.start, seed + 1, self.seats, habit, keen, tables,
                     None if known is None else known[first:last])
            for people, tables, (first, last) in zip(world.crowds, shared, world.spans, strict=True)
        ]  # fmt: skip
        self.hooks = [[asked.hook(first, last) for asked in self.asked] for first, last in world.spans]
        last = last_id(log, world.last_id)
        self.served = {platform.name: Served(world, self.start, last) for platform in self.platforms}
        self.board_rows: list[dict[str, object]] = []
        self.own: list[np.ndarray] = []  # what each platform's listeners have played there, where a rule asks
        if at_most_heard is not None:
            none = np.zeros((len(world.listeners), len(world.track_ids)), dtype=bool)
            past = none if log is None else played_in(log, world.listeners, world.track_ids)
            self.own = [(none if platform.opens else past).copy() for platform in self.platforms]

    def play(self, weeks: int = 1) -> Market:
        """Let the listeners live so many weeks more, and give the market back."""
        for _ in range(whole_number("weeks", weeks, 520, least=1)):
            self._play_week()
        return self

    def _play_week(self) -> None:
        nth, names = self.week - self.start, [platform.name for platform in self.platforms]
        shelves = [self._shelf(i) if self.platforms[i].opens <= nth else None for i in range(len(names))]
        opens = [i for i, platform in enumerate(self.platforms) if platform.opens == nth]
        parts: list[list[Lived]] = [[] for _ in names]
        for crowd, hooks, (first, last) in zip(self.crowds, self.hooks, self.world.spans, strict=True):
            for i in opens:
                crowd.welcome(i, thin=self.platforms[i].library == THIN)
            some = [None if shelf is None else shelf.part(first, last) for shelf in shelves]
            lived, where = crowd.live_in_market(self.week, some, hooks)
            for i, part in enumerate(parts):
                part.append(_on(lived, where == i))
        for i, name in enumerate(names):
            self.served[name].keep(parts[i])
        self.count_accounts()
        self._note(names)
        self.week += 1
        for i, name in enumerate(names):
            if shelves[i] is not None:
                self._remember(i)
                self.asked[i].observe(self.served[name], self.week - 1)

    def count_accounts(self) -> None:
        """Bring each platform's sessions and satisfaction up to date with its listeners' accounts."""
        for i, served in enumerate(self.served.values()):
            accounts = [crowd.aside for crowd in self.crowds]
            served.satisfaction = np.concatenate([account["satisfaction"][i] for account in accounts])
            served.sessions = np.concatenate([account["sessions"][i] for account in accounts])

    def _shelf(self, i: int) -> Shelf:
        """What a platform puts before its listeners; raises ValueError where it breaks the rule on heard tracks."""
        shelf = self.asked[i].shelf(self.week)
        if self.at_most_heard is not None:
            n = len(self.world.listeners)
            lists = np.broadcast_to(shelf.tracks, (n, *shelf.tracks.shape[1:])).reshape(
                n, shelf.tracks.shape[1], -1
            )
            own = self.own[i][np.arange(n)[:, None, None], lists] & (lists >= 0)
            many = own.sum(axis=2).max(axis=1)
            if many.max(initial=0) > self.at_most_heard:
                row = int(many.argmax())
                raise ValueError(
                    f"{self.platforms[i].name!r} shows the listener {self.world.listeners[row]!r} {many[row]} tracks "
                    f"that they have played there; at most {self.at_most_heard} are allowed."
                )
        return shelf

    def _remember(self, i: int) -> None:
        if self.own:
            played = self.served[self.platforms[i].name].played[-1]
            rows = self.served[self.platforms[i].name].rows[played["person"]]
            self.own[i][rows, played["track"]] = True

    def _note(self, names: Sequence[str]) -> None:
        """Add the week to the board."""
        seconds = {name: int(self.served[name].played[-1]["seconds"].sum()) for name in names}
        everywhere = sum(seconds.values())
        for i, name in enumerate(names):
            member, left = (
                np.concatenate([getattr(crowd, what)[i] for crowd in self.crowds])
                for what in ("member", "left_at")
            )
            played = self.served[name].played[-1]
            visits = np.unique(played["person"].astype(np.int64) * 64 + played["slot"])
            pleased = self.served[name].satisfaction[member]
            self.board_rows.append(
                {
                    "week": self.week, "platform": name,
                    "hours": seconds[name] / 3600 / len(self.world.listeners),
                    "share": seconds[name] / everywhere if everywhere else 0.0,
                    "sessions": len(visits), "listeners": len(np.unique(played["person"])),
                    "satisfaction": float(pleased.mean()) if len(pleased) else float("nan"),
                    "accounts": int(member.sum()), "lost": int((left >= 0).sum()),
                }
            )  # fmt: skip

    @property
    def board(self) -> pd.DataFrame:
        """One row for each week and platform.

        Columns: week, platform, hours (a listener of the world), share (of all hours), sessions, listeners (who came),
        satisfaction (mean over accounts, at the end of the week), accounts (open then), lost (closed so far).
        """
        return pd.DataFrame(self.board_rows)

    def hours(self, first: int = 0, last: int | None = None) -> pd.DataFrame:
        """Hours of each listener at each platform in the market's weeks `first` to before `last` (default: all)."""
        some, n = self._weeks(first, last), len(self.world.listeners)
        found = {}
        for name, served in self.served.items():
            weeks = [(served.rows[one["person"]], one["seconds"]) for one in served.played[some]]
            found[name] = sum((np.bincount(who, heard, n) for who, heard in weeks), np.zeros(n)) / 3600
        return pd.DataFrame(found, index=self.world.listeners)

    def _weeks(self, first: int, last: int | None) -> slice:
        end = self.week - self.start if last is None else whole_number("last", last, 2**31)
        return slice(whole_number("first", first, 2**31), end)

    def shares(self, first: int = 0, last: int | None = None) -> pd.DataFrame:
        """Each listener's own share of hours at each platform; who heard nothing anywhere is shared out evenly."""
        hours = self.hours(first, last)
        total = hours.sum(axis=1)
        return hours.div(total.where(total > 0), axis=0).fillna(1 / len(self.platforms))


def match(world: World, team: object, rival: object, **rules: object) -> Market:
    """A match of a league: a team's policy alone against the rival's; the rival sits in seat 0, the team in seat 1.

    `rules` are those of `Market`. Play it, and the same with the rival's policy as the team; `lead` says who is ahead.
    """
    return Market(world, (Platform("rival", rival), Platform("team", team)), **rules)  # type: ignore[arg-type]


def lead(
    one: Market, other: Market, platform: str = "team", first: int = 0, last: int | None = None
) -> Difference:
    """How much larger a platform's share of hours is in one match than in the other, listener by listener.

    In a league `other` is the rival's own policy in the team's seat. Raises ValueError where the two matches were not
    played in the same world, weeks, seats and luck.
    """
    for market in (one, other):
        if not isinstance(market, Market):
            raise ValueError(f"{market!r} is no market; give two that were played, as match(...).play(4).")
    for name in ("start", "week", "seats", "seed", "habit", "keen"):
        mine, yours = getattr(one, name), getattr(other, name)
        if mine != yours:
            raise ValueError(
                f"The matches differ in {name}: {mine!r} and {yours!r}; play both alike before you compare."
            )
    for market in (one, other):
        if not isinstance(platform, str) or platform not in market.served:
            raise ValueError(
                f"No platform is named {platform!r}; there are {', '.join(map(repr, market.served))}."
            )
    if repr(one.world) != repr(other.world) or one.world.strengths != other.world.strengths:
        raise ValueError(
            "The matches were played in different worlds; play both in one before you compare them."
        )
    if not one.served[platform].played[one._weeks(first, last)]:
        raise ValueError(
            f"No week was played from {first} to before {last}; {one.week - one.start} are, counted from 0. Play first."
        )
    gap = one.shares(first, last)[platform] - other.shares(first, last)[platform]
    return mean_gap(gap.to_numpy())


def _on(lived: Lived, mine: np.ndarray) -> Lived:
    """What was played and seen on one platform."""
    looked = mine[lived.looks["play"]]
    place = np.cumsum(mine) - 1  # of each play among those of the platform
    looks = {name: values[looked] for name, values in lived.looks.items()}
    looks["play"] = place[looks["play"]].astype(looks["play"].dtype)
    return Lived({name: values[mine] for name, values in lived.played.items()}, looks)


def _fits(weekly: object, world: World, seed: int) -> bool:
    """Whether these tables are of this world's crowds and luck: others would be taken without a word."""
    if not isinstance(weekly, Sequence) or len(weekly) != len(world.crowds):
        return False
    mine = [Weekly(world.setting, people, seed + 1, keeps=False) for people in world.crowds]
    return all(isinstance(one, Weekly) and one.like(other) for one, other in zip(weekly, mine, strict=True))


def _checked(platforms: Sequence[Platform], at_most_heard: int | None) -> list[int]:
    """The seat of each platform; raises ValueError for what makes no market."""
    if at_most_heard is not None:
        whole_number("at_most_heard", at_most_heard, 2**31)
    if not platforms:
        raise ValueError("A market needs at least one platform.")
    for one in platforms:
        if not isinstance(one, Platform) or not isinstance(one.name, str):
            raise ValueError(
                f"{one!r} is no platform with a name; give Platform(name, policy), the name in quotes."
            )
    seats = [i if platform.seat is None else platform.seat for i, platform in enumerate(platforms)]
    for what, values in (("name", [platform.name for platform in platforms]), ("seat", seats)):
        twice = next((value for i, value in enumerate(values) if value in values[:i]), None)
        if twice is not None:
            raise ValueError(f"Two platforms have the {what} {twice!r}; give each one of its own.")
    for platform, seat in zip(platforms, seats, strict=True):
        for what, value in (("opens", platform.opens), ("seat", seat)):
            whole_number(f"{what} of {platform.name!r}", value, 2**31)
        if platform.library not in (FULL, THIN):
            raise ValueError(
                f"library of {platform.name!r} is {platform.library!r}; give {FULL!r} or {THIN!r}."
            )
        if at_most_heard is not None and hasattr(platform.policy, "visit"):
            raise ValueError(
                f"{platform.name!r} chooses at every visit, where at_most_heard cannot be held; leave one of the two."
            )
    return [int(seat) for seat in seats]
