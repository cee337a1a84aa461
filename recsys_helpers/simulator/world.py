"""Murmur's world: the tracks, the listeners, the log they leave, and what happens when a policy is served to them.

It knows no model: a policy is any function from listeners to ranked tracks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd

from recsys_helpers.events import typed_log
from recsys_helpers.simulator import bots, log, setting
from recsys_helpers.simulator.asking import Asked
from recsys_helpers.simulator.behaviour import Crowd
from recsys_helpers.simulator.catalogue import Catalogue, make_catalogue
from recsys_helpers.simulator.past import heard_before, last_id
from recsys_helpers.simulator.people import People, is_bot, make_people, pseudonyms, users_table
from recsys_helpers.simulator.serving import Served
from recsys_helpers.simulator.setting import Setting, make_setting, true_utility
from recsys_helpers.simulator.shelves import in_pages
from recsys_helpers.simulator.strengths import Strengths
from recsys_helpers.simulator.truth import truth_of_listeners, truth_tables
from recsys_helpers.simulator.weekly import Weekly

SEED, USERS, WEEKS, TRACKS = 7, 1_500, 8, 3_000
CROWD = 2_000  # listeners simulated at once: bounds memory, changes nothing
SMALL = 300


class World:
    """A Murmur of any size; the same seed gives the same tracks and, one by one, the same listeners.

    `seed` chooses the world, `users` how many accounts it has (one in a hundred is a bot), `weeks` how long its log is,
    `strengths` how strong each planted effect is. Raises ValueError for sizes that make no world.

    >>> world = World.small(users=50)
    >>> world.tracks.shape, world.users.shape
    ((3000, 14), (50, 6))
    """

    def __init__(
        self, seed: int = SEED, users: int = USERS, weeks: int = WEEKS, tracks: int = TRACKS,
        strengths: Strengths | None = None,
    ):  # fmt: skip
        for name, value, low, high in (
            ("users", users, 1, 10_000_000), ("weeks", weeks, 1, 520), ("tracks", tracks, 100, 9_000),
            ("seed", seed, 0, 2**63),
        ):  # fmt: skip
            whole_number(name, value, high, least=low)
        self.seed, self.n_users, self.weeks, self.n_tracks = int(seed), int(users), int(weeks), int(tracks)
        self.strengths = strengths or Strengths()
        self._charts: dict[int, np.ndarray] = {}

    @classmethod
    def small(cls, users: int = SMALL, seed: int = SEED, strengths: Strengths | None = None) -> World:
        """The same world with its first listeners only (at most 300): quick enough to serve a policy in a lesson."""
        if users > SMALL:
            raise ValueError(
                f"A small world has at most {SMALL} listeners, and {users} were asked for; use World(users=...)."
            )
        return cls(seed=seed, users=users, strengths=strengths)

    def __repr__(self) -> str:
        return f"World(seed={self.seed}, users={self.n_users}, weeks={self.weeks}, tracks={self.n_tracks})"

    # -- the tables

    @cached_property
    def catalogue(self) -> Catalogue:
        return make_catalogue(self.seed, self.n_tracks, self.weeks, self.strengths)

    @cached_property
    def setting(self) -> Setting:
        return make_setting(self.seed, self.catalogue, self.strengths)

    @cached_property
    def people(self) -> People:
        """All listeners at once (not used when a log is written, which goes crowd by crowd)."""
        return self._people(np.arange(self.n_users))

    @cached_property
    def track_ids(self) -> pd.Index:
        """The ids of all tracks, in order: the columns of every table of listeners and tracks."""
        return pd.Index(self.catalogue.table["track_id"])

    @property
    def tracks(self) -> pd.DataFrame:
        """tracks.csv as a frame."""
        return self.catalogue.table.copy()

    @property
    def users(self) -> pd.DataFrame:
        """users.csv as a frame, in order of user_id."""
        people = self._people(np.arange(self.n_users), whims=False)
        return users_table(self.seed, people).sort_values("user_id", ignore_index=True)

    @cached_property
    def listeners(self) -> pd.Index:
        """The ids of the people among the accounts, in order of id: whom a policy is served to."""
        return pd.Index(pseudonyms(self.seed, self._served_numbers), name="user_id")

    @cached_property
    def _served_numbers(self) -> np.ndarray:
        number = np.flatnonzero(~is_bot(np.arange(self.n_users)))
        return number[np.argsort(pseudonyms(self.seed, number), kind="stable")]

    @cached_property
    def crowds(self) -> list[People]:
        """The people among the accounts, in order of id, some at a time."""
        number = self._served_numbers
        return [self._people(number[first : first + CROWD]) for first in range(0, len(number), CROWD)]

    def first_week(self, start_week: int | None) -> int:
        """The week in which serving begins: that after the log, unless another is asked for."""
        return self.weeks if start_week is None else whole_number("start_week", start_week, 10_000)

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """The first row of `listeners` that stands in each crowd, and the one after its last."""
        edges = np.cumsum([0, *(len(people.number) for people in self.crowds)]).tolist()
        return list(pairwise(edges))

    def weekly(self, seed: int = 0) -> list[Weekly]:
        """The tables that `serve` works out for each crowd under this luck, kept for several matches to share."""
        return [Weekly(self.setting, people, seed + 1) for people in self.crowds]

    def _people(self, number: np.ndarray, whims: bool = True) -> People:
        return make_people(self.seed, number, self.weeks, self.catalogue, whims)

    @cached_property
    def _reference(self) -> People:
        return self._people(np.arange(setting.REFERENCE))

    def chart(self, week: int) -> np.ndarray:
        """The ids of the 30 tracks on Murmur's home shelf in a week: the most popular, the same for everybody."""
        ids: np.ndarray = self.catalogue.table["track_id"].to_numpy()[self._chart(week)]
        return ids

    def _chart(self, week: int) -> np.ndarray:
        if week not in self._charts:
            self._charts[week] = setting.chart(self.setting, self._reference, week)
        return self._charts[week]

    def true_utility(self, user_ids: object, week: int | None = None) -> np.ndarray:
        """How much each listener truly likes each track in a week (default: the week after the log), (n, tracks).

        In units of utility, without context, fatigue or position; ads and help clips, which nobody chooses, get -inf.
        """
        week = self.weeks if week is None else week
        rows = self.rows(user_ids)
        utility = np.empty((len(rows), self.catalogue.n))
        for people, (first, last) in zip(self.crowds, self.spans, strict=True):
            mine = np.flatnonzero((rows >= first) & (rows < last))
            utility[mine] = true_utility(self.setting, people.part(rows[mine] - first), week)
        utility[:, ~self.catalogue.content] = -np.inf
        return np.round(utility, 6, out=utility)

    def rows(self, user_ids: object) -> np.ndarray:
        """The place of each id in `listeners`; raises ValueError for one that is not there."""
        rows: np.ndarray = self.listeners.get_indexer(pd.Index(user_ids))
        if (rows < 0).any():
            unknown = list(pd.Index(user_ids)[rows < 0][:3])
            raise ValueError(f"No listener of this world has the id {unknown[0]!r}; see world.listeners.")
        return rows

    # -- the log

    def write_log(
        self, buckets: log.Buckets, tick: Callable[[int], None] = lambda listeners: None
    ) -> Iterator[pd.DataFrame]:
        """Simulate crowd by crowd into the buckets; yields each crowd's users joined with their truth."""
        charts = [self._chart(week) for week in range(self.weeks)]
        for first in range(0, self.n_users, CROWD):
            people = self._people(np.arange(first, min(first + CROWD, self.n_users)))
            crowd = Crowd(self.setting, people)
            liked = np.zeros((len(people.number), self.catalogue.n), dtype=bool)
            for week, shelf in enumerate(charts):
                played = crowd.live(week, in_pages(shelf)).played
                buckets.add(log.rows_of_week(self.setting, played, people.talkative, liked, first))
                tick(len(people.number))
            buckets.add(log.rows_of_bots(bots.bot_plays(self.setting, people, charts)))
            yield users_table(self.seed, people).join(truth_of_listeners(self.setting, people, crowd.left))

    def log(self) -> pd.DataFrame:
        """The events of this world in order of arrival, as `load_murmur` reads them from what `simulate` writes."""
        buckets = log.Buckets(self.weeks)
        for _ in self.write_log(buckets):
            pass
        days = [events for events, _, _ in log.Writer(self.setting, self.n_users).days(buckets)]
        return typed_log(pd.concat(days, ignore_index=True), arrival="event_id")

    @property
    def last_id(self) -> int:
        """The event_id after which served weeks are numbered where no log is given: above any log of this world."""
        return log.MOST_ROWS * max(self.n_users, USERS) * self.weeks

    def truth_tables(self) -> dict[str, pd.DataFrame]:
        """The truth that does not hang on listeners: tracks, positions, contexts, effects."""
        return truth_tables(self.setting)

    # -- serving a policy

    def serve(
        self, policy: object, weeks: int = 4, seed: int = 0, start_week: int | None = None,
        log: pd.DataFrame | None = None,
    ) -> Served:  # fmt: skip
        """Let a policy fill the home shelf for some weeks, after the log's last by default, and see what comes of it.

        A policy is a function `policy(user_ids)`, asked once a week. It returns an array (n, m) of track ids, a row for
        each listener, best first, None for an empty place; or a frame with columns user, item and rank, perhaps with
        context and propensity (the probability that this item stands at this place for this user in this context). A
        function that also takes `context` is given a frame with columns context and week, and one row for each listener
        and context. An object with `act(users, context)` is given each listener once, and such a frame with one row for
        each context; where its answer has no column context, a list stands in every context.

        A shelf shows ten; of a longer list the next ten at the next visit. Who is in no row finds the shelf empty. A
        policy with a method `observe(events)`, or `observe(impressions, events)`, is shown each week's log after it.
        One with a method `visit(visits)` chooses at every visit what stands there instead: it is given a `Visits`, and
        gives an array of track ids, a row for each listener in it and at most ten wide, or the pair of that and their
        propensities.

        `log` is the log that the served weeks go on from: their event ids run on from its last, and what was played in
        it is new to nobody. Without one they begin above those of any log of this world; a world in which newness
        pleases needs one (an empty one, where nobody has heard anything).

        Every policy meets the same listeners, fresh and with the same luck (`seed` changes the luck, not the
        listeners), so that two runs differ by the policy alone. Raises ValueError for what is not a policy's answer.
        """
        weeks, seed = whole_number("weeks", weeks, 520, least=1), whole_number("seed", seed, 2**62)
        start = self.first_week(start_week)
        asked = Asked(policy, self.listeners, self.track_ids)
        heard = heard_before(log, self.listeners, self.track_ids, self.strengths.newness)
        crowds = [
            Crowd(self.setting, people, start, seed + 1, heard=None if heard is None else heard[first:last])
            for people, (first, last) in zip(self.crowds, self.spans, strict=True)
        ]
        hooks = [asked.hook(first, last) for first, last in self.spans]
        served = Served(self, start, last_id(log, self.last_id))
        for week in range(start, start + weeks):
            served.live(crowds, week, asked.shelf(week), hooks)
            asked.observe(served, week)
        return served


def whole_number(name: str, value: object, most: int, least: int = 0) -> int:
    """The value as an int; raises ValueError that names it where it is none from `least` to `most`."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not least <= value <= most:
        raise ValueError(f"{name} is {value!r}; give a whole number from {least:,} to {most:,}.")
    return int(value)
