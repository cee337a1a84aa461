"""What listeners do: they come, look at what is shown, take one, hear some of it, and stay, leave or come back.

It knows the truth and writes no log: `log` turns what happened here into the rows a platform would see.

All listeners of a crowd move at once, each to the next play of their own week; there is no loop over events. Everything
that decides (a utility, a chance) is rounded to 1e-6 before it is compared, and ties go to the lower track.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from recsys_helpers.simulator.catalogue import DAY, WEEK
from recsys_helpers.simulator.chances import (
    NEUTRAL,
    SETTLED,
    after_regret,
    chance_to_come,
    chance_to_stop,
    leaves_for_good,
    pause_after,
    pleasure_in,
    seconds_heard,
)
from recsys_helpers.simulator.people import CONTEXTS, PART_HOURS, PART_STARTS, PARTS, SLOTS, People
from recsys_helpers.simulator.random_streams import (
    GOLDEN,
    draw,
    draw_all,
    extend,
    gumbel,
    key,
    mix,
    normal,
    purpose,
)
from recsys_helpers.simulator.setting import (
    AUTOPLAY,
    HOME,
    LIB,
    NOTICE,
    QUEUE,
    RESULTS,
    SEARCH,
    SHELF,
    WIDTH,
    Setting,
)
from recsys_helpers.simulator.shelves import Shelf, joined_looks, look
from recsys_helpers.simulator.visits import Hook
from recsys_helpers.simulator.weekly import LIBRARY, Weekly, pick

SLOT_OPENS = (np.arange(SLOTS) // PARTS) * DAY + (np.tile(PART_STARTS, 7) * 3600).astype(np.int64)
ADS = 0.028  # notices (ads, help clips) a play for those who do not pay; in a first session everybody meets more
DISAPPOINTMENT = 0.25  # pleasure lost when the shelf held nothing worth taking
CHOICE_NOISE = 1.15  # of a choice among what is shown, against Gumbel noise of scale 1
FOLLOWS = 1.6  # what it adds to come right after the track one follows
NEWNESS = 1.2  # what it adds to play a track for the first time, in a world where newness pleases
FATIGUE = {"loses": 0.42, "adds": 0.22, "keeps": 0.93, "overnight": 0.75}  # by genre
#: The luck of a play.
STEP = ("source", "notice", "looking", "skip", "how much", "all", "gap", "pause", "how long", "stop")

#: What is kept of a play, and its type.
RECORD = {"person": "i8", "week": "i8", "slot": "i8", "step": "i8", "track": "i8", "start": "i8", "seconds": "i8",
          "source": "i8", "place": "i8", "context": "i8", "utility": "f8", "pleasure": "f8", "word": "u8",
          "fatigue": "f8"}  # fmt: skip


class Lived(NamedTuple):
    """A week of a crowd: what was played (RECORD) and which shelves were looked at (LOOK), one entry each."""

    played: dict[str, np.ndarray]
    looks: dict[str, np.ndarray]


class Crowd:
    """Some listeners and all that changes as they listen.

    `weekly` holds the tables that do not change; give the same to several crowds of the same people and luck. `heard`
    (n, tracks) says what each has played before; it matters where newness pleases.
    """

    def __init__(
        self, setting: Setting, people: People, start_week: int = 0, luck: int = 0,
        weekly: Weekly | None = None, heard: np.ndarray | None = None,
    ):  # fmt: skip
        n, catalogue = len(people.number), setting.catalogue
        self.setting, self.people, self.luck = setting, people, luck
        self.weekly = Weekly(setting, people, luck, keeps=False) if weekly is None else weekly
        self.active = ~people.bot
        self.edges = np.cumsum(people.sources, axis=1)
        self.left = np.full(n, -1, dtype=np.int64)  # when they left for good, in seconds
        self.satisfaction = np.full(n, SETTLED)
        self.fatigue = np.zeros((n, int(catalogue.genre.max()) + 1))
        self.worn = np.zeros((n, catalogue.n), dtype=np.uint8)
        self.free_at = np.full(n, start_week * WEEK, dtype=np.int64)
        self.sessions = np.zeros(n, dtype=np.int64)
        library, value = self.weekly.libraries(start_week)
        self.library, self.library_value = library.copy(), value.copy()
        self.kept = (library >= 0).sum(axis=1)
        if setting.strengths.newness > 0:
            self.heard = np.zeros((n, catalogue.n), dtype=bool) if heard is None else heard.copy()
            self.heard[np.nonzero(library >= 0)[0], library[library >= 0]] = True

    def live(self, week: int, shelf: Shelf, hook: Hook | None = None) -> Lived:
        """Run one week under a shelf, which a hook may change at every visit."""
        people, setting = self.people, self.setting
        n = len(people.number)
        self.bored = people.boredom * setting.strengths.boredom
        tables = self.weekly.week(week)
        self.liking, self.in_mind, self.session_word = tables.liking, tables.in_mind, tables.session_word
        self.came, self.week, self.shelf, self.hook = tables.came, week, shelf, hook
        self.worn = (self.worn * np.float32(0.75)).astype(np.uint8)
        self.visits = np.zeros(n, dtype=np.int64)
        self.slot = np.full(n, -1)
        self.plays, self.looks = 0, list[dict[str, np.ndarray]]()
        state = Session(n)
        rows = self._next_session(np.flatnonzero(self.active), week, state)
        records: list[tuple[np.ndarray, ...]] = []
        while len(rows):
            record, over = self._step(rows, week, state)
            records.append(record)
            self.plays += len(rows)
            ended = rows[over]
            if len(ended):
                again = np.zeros(n, dtype=bool)
                again[self._next_session(ended, week, state)] = True
                rows = rows[~over | again[rows]]
        self._churn(week)
        del self.liking, self.in_mind, tables  # large, and another crowd's turn is next
        columns = zip(*records, strict=True) if records else [()] * len(RECORD)
        played = {
            name: np.concatenate([np.zeros(0, dtype=kind), *column]).astype(kind, copy=False)
            for (name, kind), column in zip(RECORD.items(), columns, strict=True)
        }
        return Lived(played, joined_looks(self.looks))

    def _come(self, rows: np.ndarray, week: int) -> tuple[np.ndarray, np.ndarray]:
        """Who of these listeners has another session in the week, and in which of its slots."""
        chance = chance_to_come(self.people.propensity[rows], self.satisfaction[rows, None])
        comes = (self.came[rows] < chance) & self._to_come(rows, week)
        coming = comes.any(axis=1)
        return rows[coming], comes[coming].argmax(axis=1)

    def _to_come(self, rows: np.ndarray, week: int) -> np.ndarray:
        """Which slots lie before each of these listeners, (n, SLOTS)."""
        joined = self.people.joined[rows, None]
        return (np.arange(SLOTS) > self.slot[rows, None]) & (week * WEEK + SLOT_OPENS >= joined)

    def _next_session(self, rows: np.ndarray, week: int, state: Session) -> np.ndarray:
        """Move these listeners to their next session of the week; return those who have one."""
        people = self.people
        rows, slot = self._come(rows, week)
        word = self.session_word[rows, slot]
        opens = week * WEEK + SLOT_OPENS
        when = opens[slot] + (draw(word, "when") * PART_HOURS[slot % PARTS] * 3600).astype(np.int64)
        rested = self.free_at[rows] + 1_500 + (draw(word, "rest") * 3_600).astype(np.int64)
        self.slot[rows] = slot
        self.visits[rows] += 1
        self.sessions[rows] += 1
        self.fatigue[rows] = np.round(self.fatigue[rows] * FATIGUE["overnight"], 6)
        state.word[rows], state.step[rows], state.last[rows] = word, 0, -1
        state.now[rows] = np.maximum(when, rested)
        state.context[rows] = people.contexts[rows, slot]
        astray = draw(word, "elsewhere") < 0.12
        state.context[rows[astray]] = CONTEXTS.index("home")
        budget = 60 * people.minutes[rows] * np.exp(0.55 * normal(mix(word ^ purpose("budget"))))
        state.until[rows] = state.now[rows] + np.rint(np.clip(budget, 240, 5 * 3600)).astype(np.int64)
        return rows

    def _step(self, rows: np.ndarray, week: int, state: Session) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
        """One play for each of these listeners: what is shown, taken and heard, and (second) whose session is over."""
        catalogue, people = self.setting.catalogue, self.people
        word = extend(state.word[rows], state.step[rows])
        luck = draw_all(word, STEP)
        source = self._source(rows, state, luck)
        shown = self._shown(rows, source, state, word)
        utility, allowed = self._utility(rows, shown, source, state)
        nothing = ~allowed.any(axis=1)
        if nothing.any():  # an empty shelf before an empty library: whatever comes to mind
            known = np.flatnonzero(catalogue.content & (catalogue.released < 0))
            shown[nothing, 0] = known[(word[nothing] >> np.uint64(33)).astype(np.int64) % len(known)]
            again = self._utility(rows[nothing], shown[nothing], source[nothing], state)
            utility[nothing], allowed[nothing] = again[0], shown[nothing] >= 0
        column = self._choose(shown, utility, allowed, source, word)
        at = np.arange(len(rows))
        track, liking = shown[at, column].astype(np.int64), utility[at, column]
        place = np.where((source == LIB) | (source == NOTICE), 0, column + 1)
        aside = (source == HOME) & (column >= SHELF)
        unseen = aside | (nothing & (source == HOME))
        source, place = np.where(unseen, LIB, source), np.where(unseen, 0, place)
        notice = source == NOTICE
        looking = np.where(source == SEARCH, 8 + (luck["looking"] * 20).astype(np.int64), 0)
        start = state.now[rows] + looking
        pleasure = pleasure_in(liking)
        pleasure[notice] = 0.3
        felt = np.round(np.maximum(pleasure - DISAPPOINTMENT * aside, 0), 6)
        left = state.until[rows] - start
        seconds = seconds_heard(catalogue.duration[track], pleasure, notice, left, luck)
        record = (people.number[rows], np.full(len(rows), week), self.slot[rows], state.step[rows].copy(), track, start,
                  seconds, source, place, state.context[rows].copy(), np.rint(liking * 1e6), pleasure, word,
                  self.fatigue[rows, catalogue.genre[track]])  # fmt: skip
        self._remember(rows, track, liking, felt, notice)
        strengths, impatience = self.setting.strengths, None
        if strengths.regret > 0:
            regret = strengths.regret * people.regret[rows]
            self.satisfaction[rows] = after_regret(self.satisfaction[rows], felt, seconds, regret)
        self._note(rows[~notice], track[~notice], start[~notice])
        state.now[rows] = start + seconds + pause_after(luck)
        self.free_at[rows] = start + seconds
        state.last[rows] = np.where(notice, state.last[rows], track)
        state.step[rows] += 1
        if strengths.impatience > 0:
            impatience = strengths.impatience * people.impatience[rows]
        stop = chance_to_stop(state.step[rows], felt, people.length[rows], impatience)
        over = ((luck["stop"] < stop) & ~notice) | (state.now[rows] >= state.until[rows])
        return record, over

    def _source(self, rows: np.ndarray, state: Session, luck: dict[str, np.ndarray]) -> np.ndarray:
        """Where the listener turns: home, library, search or what plays by itself; the last needs a track before it."""
        people, catalogue = self.people, self.setting.catalogue
        edges = self.edges[rows]
        u = luck["source"]
        u = np.where(state.last[rows] < 0, u * edges[:, AUTOPLAY - 1], u)
        source = (u[:, None] >= edges[:, :AUTOPLAY]).sum(axis=1)
        bare = self.kept[rows] < 3
        source = np.where((source == LIB) & bare, SEARCH, source)
        chance = ~people.pays[rows] * ADS + np.where(self.sessions[rows] == 1, 0.05, 0.0015)
        if catalogue.content.all():
            return source
        return np.where((luck["notice"] < chance) & (state.step[rows] > 0), NOTICE, source)

    def _shown(self, rows: np.ndarray, source: np.ndarray, state: Session, word: np.ndarray) -> np.ndarray:
        """The tracks before each listener, (n, WIDTH), -1 where there is none."""
        catalogue = self.setting.catalogue
        shown = np.full((len(rows), WIDTH), -1, dtype=np.int64)
        turn = (word >> np.uint64(40)).astype(np.int64)
        at = np.flatnonzero(source == HOME)
        if len(at):
            who = rows[at]
            shown[at, :SHELF] = self._look(who, self.plays + at, state)
            slots = (turn[at, None] + np.arange(WIDTH - SHELF)) % LIBRARY
            shown[at, SHELF:] = self.library[who[:, None], slots]
        at = np.flatnonzero(source == LIB)
        shown[at] = self.library[rows[at]]
        at = np.flatnonzero(source == SEARCH)
        if len(at):
            u = draw(extend(word[at, None], np.arange(RESULTS)), "result")
            found = pick(self.in_mind, np.repeat(rows[at], RESULTS), u.ravel())
            shown[at, :RESULTS] = found.reshape(-1, RESULTS)
        at = np.flatnonzero(source == AUTOPLAY)
        if len(at):
            last = state.last[rows[at]]
            near = catalogue.neighbours.shape[1]
            places = (turn[at, None] + np.arange(QUEUE) * 7) % near
            shown[at, :QUEUE] = catalogue.neighbours[last[:, None], places]
            shown[at, 1] = catalogue.followed[last]
        at = np.flatnonzero(source == NOTICE)
        if len(at):
            notices = np.flatnonzero(~catalogue.content)
            shown[at, 0] = notices[turn[at] % len(notices)]
        return shown

    def _look(self, who: np.ndarray, play: np.ndarray, state: Session) -> np.ndarray:
        """The home shelf that these listeners see before these plays, (n, SHELF); it is noted down."""
        tracks, propensity, page = self._stands(who, state)
        self.looks.append(look(play, self.visits[who], page, tracks, propensity))
        return tracks

    def _stands(self, who: np.ndarray, state: Session) -> tuple[np.ndarray, np.ndarray | None, np.ndarray]:
        """What stands before these listeners at their visit: (tracks, propensity, page)."""
        return self._page(who, state, self.shelf, self.hook)

    def _page(
        self, who: np.ndarray, state: Session, shelf: Shelf, hook: Hook | None
    ) -> tuple[np.ndarray, np.ndarray | None, np.ndarray]:
        """What this shelf, or the hook in its place, shows these listeners at their visit."""
        context, visit, now = state.context[who], self.visits[who], state.now[who]
        tracks, propensity, page = shelf.page(who, context, visit)
        if hook is not None:
            given = tracks, propensity
            tracks, propensity = hook.look(who, self.week, self.slot[who], now, context, visit, page, *given)
        return tracks, propensity, page

    def _utility(
        self, rows: np.ndarray, shown: np.ndarray, source: np.ndarray, state: Session
    ) -> tuple[np.ndarray, np.ndarray]:
        """How much each listener would like each shown track now, and which of them can be taken at all."""
        catalogue = self.setting.catalogue
        track = np.maximum(shown, 0)
        cell = rows[:, None] * catalogue.n + track  # `take` from a flat table is quicker than two indices
        utility = self.liking.take(cell)
        utility += self.setting.context_value.take(
            state.context[rows, None].astype(np.int64) * catalogue.n + track
        )
        tired = self.fatigue.take(rows[:, None] * self.fatigue.shape[1] + catalogue.genre.take(track))
        tired *= FATIGUE["loses"]
        tired += self.setting.wear.take(self.worn.take(cell))
        tired *= self.bored[rows, None]
        utility -= tired
        last = state.last[rows, None]
        follows = (last >= 0) & (track == catalogue.followed.take(np.maximum(last, 0)))
        utility += self.setting.strengths.order * FOLLOWS * follows
        if self.setting.strengths.newness > 0:
            fresh = self.setting.strengths.newness * NEWNESS * self.people.newness[rows, None]
            utility += fresh * ~self.heard.take(cell)
        out = (self.setting.out_from.take(track) <= state.now[rows, None]) | (source == NOTICE)[:, None]
        allowed = (shown >= 0) & out & (track != last)
        return utility, allowed

    def _choose(
        self,
        shown: np.ndarray,
        utility: np.ndarray,
        allowed: np.ndarray,
        source: np.ndarray,
        word: np.ndarray,
    ) -> np.ndarray:
        """Take one by utility x position: the noise belongs to the track, so that another list meets the same whim."""
        whim = gumbel(mix(word[:, None] ^ (shown.astype(np.uint64) * GOLDEN)))
        value = np.rint(1e6 * (utility + self.setting.place_effect[source] + CHOICE_NOISE * whim))
        value = value * self.setting.catalogue.n - shown
        value[~allowed] = -np.inf
        column: np.ndarray = value.argmax(axis=1)
        return column

    def _remember(
        self, rows: np.ndarray, track: np.ndarray, liking: np.ndarray, felt: np.ndarray, notice: np.ndarray
    ) -> None:
        """What a play leaves behind: fatigue, wear, a place in the library, satisfaction."""
        catalogue = self.setting.catalogue
        self.satisfaction[rows] = np.round(
            self.satisfaction[rows] + 0.05 * (felt - self.satisfaction[rows]), 6
        )
        rows, track, liking = rows[~notice], track[~notice], liking[~notice]
        self.fatigue[rows] = np.round(self.fatigue[rows] * FATIGUE["keeps"], 6)
        self.fatigue[rows, catalogue.genre[track]] += FATIGUE["adds"]
        self.worn[rows, track] = np.minimum(self.worn[rows, track] + 1, 250)
        if self.setting.strengths.newness > 0:
            self.heard[rows, track] = True
        library, value = self.library[rows], self.library_value[rows]
        known = library == track[:, None]
        there = known.any(axis=1)
        slot = np.where(there, known.argmax(axis=1), value.argmin(axis=1))
        keep = there | (liking > np.maximum(value.min(axis=1), NEUTRAL))
        rows, slot = rows[keep], slot[keep]
        self.kept[rows] += self.library[rows, slot] < 0
        self.library[rows, slot] = track[keep]
        self.library_value[rows, slot] = np.round(liking[keep], 6)

    def _note(self, rows: np.ndarray, track: np.ndarray, start: np.ndarray) -> None:
        """Tell the hook, if there is one, what was played."""
        if self.hook is not None:
            self.hook.history.played(rows, track, start)

    def _churn(self, week: int) -> None:
        """At the end of a week some leave for good: the less satisfied, the sooner."""
        word = key(self.setting.seed, "churn", self.luck, self.people.number, week)
        leaves = leaves_for_good(word, self.satisfaction) & self.active & (self.sessions > 0)
        self.active &= ~leaves
        self.left[leaves] = (week + 1) * WEEK


class Session:
    """Where each listener stands in the session at hand."""

    def __init__(self, n: int):
        self.word = np.zeros(n, dtype=np.uint64)
        self.step = np.zeros(n, dtype=np.int64)
        self.last = np.full(n, -1, dtype=np.int64)
        self.now = np.zeros(n, dtype=np.int64)
        self.until = np.zeros(n, dtype=np.int64)
        self.context = np.zeros(n, dtype=np.int8)
