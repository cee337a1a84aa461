"""Murmur's world: the tracks, the listeners, the log they leave, and what happens when a policy is served to them.

It knows no model: a policy is any function from listeners to ranked tracks.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import cached_property

import numpy as np
import pandas as pd

from recsys_helpers.simulator import behaviour, bots, log
from recsys_helpers.simulator.catalogue import (
    DAY,
    DIMENSIONS,
    START,
    Catalogue,
    make_catalogue,
)
from recsys_helpers.simulator.people import (
    CONTEXTS,
    SEGMENTS,
    People,
    is_bot,
    make_people,
    pseudonyms,
    users_table,
)
from recsys_helpers.simulator.serving import Served
from recsys_helpers.simulator.strengths import EFFECTS, Strengths

SEED, USERS, WEEKS, TRACKS = 7, 1_500, 8, 3_000
CROWD = 2_000  # listeners simulated at once: bounds memory, changes nothing
SMALL = 300

Policy = Callable[..., np.ndarray]


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
            if (
                isinstance(value, bool)
                or not isinstance(value, (int, np.integer))
                or not low <= value <= high
            ):
                raise ValueError(f"{name} is {value!r}; give a whole number from {low:,} to {high:,}.")
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
    def setting(self) -> behaviour.Setting:
        return behaviour.make_setting(self.seed, self.catalogue, self.strengths)

    @cached_property
    def people(self) -> People:
        """All listeners at once (not used when a log is written, which goes crowd by crowd)."""
        return self._people(np.arange(self.n_users))

    @property
    def tracks(self) -> pd.DataFrame:
        """tracks.csv as a frame."""
        return self.catalogue.table.copy()

    @property
    def users(self) -> pd.DataFrame:
        """users.csv as a frame, in order of user_id."""
        return users_table(self.seed, self.people).sort_values("user_id", ignore_index=True)

    @cached_property
    def listeners(self) -> pd.Index:
        """The ids of the people among the accounts, in order of id: whom a policy is served to."""
        return pd.Index(np.sort(pseudonyms(self.seed, self._served_people.number)), name="user_id")

    @cached_property
    def _served_people(self) -> People:
        number = np.flatnonzero(~is_bot(np.arange(self.n_users)))
        return self._people(number[np.argsort(pseudonyms(self.seed, number), kind="stable")])

    def _people(self, number: np.ndarray) -> People:
        return make_people(self.seed, number, self.weeks, self.catalogue)

    @cached_property
    def _reference(self) -> People:
        return self._people(np.arange(behaviour.REFERENCE))

    def chart(self, week: int) -> np.ndarray:
        """The ids of the 30 tracks on Murmur's home shelf in a week: the most popular, the same for everybody."""
        return self.catalogue.table["track_id"].to_numpy()[self._chart(week)]

    def _chart(self, week: int) -> np.ndarray:
        if week not in self._charts:
            self._charts[week] = behaviour.chart(self.setting, self._reference, week)
        return self._charts[week]

    def true_utility(self, user_ids: object, week: int | None = None) -> np.ndarray:
        """How much each listener truly likes each track in a week (default: the week after the log), (n, tracks).

        In units of utility, without context, fatigue or position; ads and help clips, which nobody chooses, get -inf.
        """
        week = self.weeks if week is None else week
        utility = behaviour.true_utility(self.setting, self._served_people, week)[self.rows(user_ids)]
        utility[:, ~self.catalogue.content] = -np.inf
        return np.round(utility, 6)

    def rows(self, user_ids: object) -> np.ndarray:
        """The place of each id in `listeners`; raises ValueError for one that is not there."""
        rows = self.listeners.get_indexer(pd.Index(user_ids))
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
            crowd = behaviour.Crowd(self.setting, people)
            liked = np.zeros((len(people.number), self.catalogue.n), dtype=bool)
            for week, shelf in enumerate(charts):
                played = crowd.live(week, shelf)
                buckets.add(log.rows_of_week(self.setting, played, people.talkative, liked, first))
                tick(len(people.number))
            buckets.add(log.rows_of_bots(bots.bot_plays(self.setting, people, charts)))
            yield users_table(self.seed, people).join(self._truth_of(people, crowd.left))

    def log(self) -> pd.DataFrame:
        """The events of this world in order of arrival, as `load_murmur` reads them from what `simulate` writes."""
        buckets = log.Buckets(self.weeks)
        for _ in self.write_log(buckets):
            pass
        days = [events for events, _, _ in log.Writer(self.setting, self.n_users).days(buckets)]
        return log.typed(pd.concat(days, ignore_index=True))

    @property
    def last_id(self) -> int:
        """The event_id after which served weeks are numbered where no log is given: above any log of this world."""
        return log.MOST_ROWS * max(self.n_users, USERS) * self.weeks

    def _truth_of(self, people: People, left: np.ndarray) -> pd.DataFrame:
        names = np.array([segment.name for segment in SEGMENTS], dtype=object)
        gone = (START + pd.to_timedelta(np.maximum(left, 0) // DAY, unit="D")).strftime("%Y-%m-%d")
        frame = pd.DataFrame(
            {
                "account": np.where(people.bot, "bot", "person"),
                "farm": _whole(bots.farm_of(people.number), ~people.bot),
                "segment": np.where(people.bot, None, names[people.segment]),
                "sessions_a_week": np.round(people.propensity.sum(axis=1), 2),
                "boredom": people.boredom,
                "talkative": people.talkative,
                "left": np.where(left >= 0, gone, None),
            }
        )
        for stem, values in (("taste", people.taste), ("drift", people.drift * self.strengths.drift)):
            columns = [f"{stem}_{i:02d}" for i in range(1, DIMENSIONS + 1)]
            frame = frame.join(pd.DataFrame(np.rint(values) / 100 + 0.0, columns=columns))
        return frame

    def truth_tables(self) -> dict[str, pd.DataFrame]:
        """The truth that does not hang on listeners: tracks, positions, contexts, effects."""
        catalogue = self.catalogue
        ids = catalogue.table["track_id"]
        vectors = [f"vector_{i:02d}" for i in range(1, DIMENSIONS + 1)]
        tracks = pd.DataFrame(catalogue.vectors.astype(np.float64) / 100 + 0.0, columns=vectors)
        tracks.insert(0, "track_id", ids)
        tracks["appeal"] = catalogue.appeal
        tracks["followed_by"] = ids.to_numpy()[catalogue.followed]
        tracks["lift"] = _whole(catalogue.farm, (catalogue.farm < 0) | (self.strengths.lift == 0))
        tracks["push"] = np.where(tracks["lift"].isna(), np.nan, catalogue.push)
        positions = pd.DataFrame(
            [
                (source, place, effect, np.round(np.exp(effect / behaviour.CHOICE_NOISE), 3))
                for source, code, places in (
                    ("home", behaviour.HOME, behaviour.SHELF),
                    ("search", behaviour.SEARCH, behaviour.RESULTS),
                    ("autoplay", behaviour.AUTOPLAY, behaviour.QUEUE),
                )
                for place, effect in enumerate(np.round(self.setting.place_effect[code, :places], 3), start=1)
            ],
            columns=["source", "position", "effect", "odds"],
        )
        contexts = pd.DataFrame(
            behaviour.context_taste(catalogue) * self.strengths.context / 100 + 0.0,
            columns=[f"taste_{i:02d}" for i in range(1, DIMENSIONS + 1)],
        )
        contexts.insert(0, "context", CONTEXTS)
        contexts["preferred_minutes"] = [behaviour.CONTEXT_MINUTES[context] for context in CONTEXTS]
        effects = pd.DataFrame(
            [(name, getattr(self.strengths, name), *EFFECTS[name]) for name in EFFECTS],
            columns=["name", "strength", "table", "column", "says"],
        )
        return {"tracks": tracks, "positions": positions, "contexts": contexts, "effects": effects}

    # -- serving a policy

    def serve(
        self, policy: Policy, weeks: int = 4, seed: int = 0, start_week: int | None = None,
        log: pd.DataFrame | None = None,
    ) -> Served:  # fmt: skip
        """Let a policy fill the home shelf for some weeks, after the log's last by default, and see what comes of it.

        `policy(user_ids)` returns an array (n, m) of track ids, best first, once a week. One that also takes `context`
        is given a frame with columns context and week, and one row for each listener and context. A shelf shows ten; of
        a longer list the next ten at the next visit. A policy with a method `observe(events)` is shown each week's log.

        `log` is the log that the served weeks go on from: their event ids run on from its last. Without one they begin
        above those of any log of this world.

        Every policy meets the same listeners, fresh and with the same luck (`seed` changes the luck, not the
        listeners), so that two runs differ by the policy alone. Raises ValueError for what is not a policy's answer.
        """
        if not 1 <= weeks <= 520:
            raise ValueError(f"weeks is {weeks!r}; serve a policy for at least 1 week.")
        start = self.weeks if start_week is None else start_week
        crowd = behaviour.Crowd(self.setting, self._served_people, start, luck=seed + 1)
        asks_context = "context" in inspect.signature(policy).parameters
        served = Served(self, start, self._last_id_of(log))
        for week in range(start, start + weeks):
            served.played.append(crowd.live(week, self._shelf(policy, asks_context, week)))
            if hasattr(policy, "observe"):
                policy.observe(served.events_in(week))
        served.satisfaction, served.sessions = crowd.satisfaction.copy(), crowd.sessions.copy()
        return served

    def _last_id_of(self, log: pd.DataFrame | None) -> int:
        if log is None:
            return self.last_id
        if "event_id" not in log:
            raise ValueError(
                f"The log has no column event_id, only {', '.join(map(str, log.columns))}; give world.log(), "
                "load_murmur().events or what either became by cleaning."
            )
        return int(log["event_id"].max()) if len(log) else 0

    def _shelf(self, policy: Policy, asks_context: bool, week: int) -> np.ndarray:
        ids = self.listeners.to_numpy()
        if not asks_context:
            return self._positions(policy(ids), len(ids))
        context = pd.DataFrame({"context": np.tile(CONTEXTS, len(ids)), "week": week})
        answer = self._positions(
            policy(np.repeat(ids, len(CONTEXTS)), context=context), len(ids) * len(CONTEXTS)
        )
        return answer.reshape(len(ids), len(CONTEXTS), -1)

    def _positions(self, answer: object, n: int) -> np.ndarray:
        answer = np.asarray(answer, dtype=object)
        if answer.ndim != 2 or len(answer) != n or answer.shape[1] == 0:
            raise ValueError(
                f"The policy gave an array of shape {answer.shape} for {n} listeners; it must be ({n}, m), "
                "one row of track ids a listener, best first."
            )
        missing = pd.isna(answer)
        index = pd.Index(self.catalogue.table["track_id"])
        place = index.get_indexer(answer.ravel()).reshape(answer.shape)
        if ((place < 0) & ~missing).any():
            stranger = answer[(place < 0) & ~missing][0]
            raise ValueError(f"The policy recommended {stranger!r}; recommend ids of world.tracks.")
        return np.where(missing, -1, place).astype(np.int32)


def _whole(values: np.ndarray, missing: np.ndarray) -> pd.array:
    return pd.arrays.IntegerArray(np.asarray(values).astype(np.int64), np.asarray(missing).copy())
