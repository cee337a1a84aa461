"""What listeners do: they come, look at what is shown, take one, hear some of it, and stay, leave or come back.

It knows the truth and writes no log: `log` turns what happened here into the rows a platform would see.

All listeners of a crowd move at once, each to the next play of their own week; there is no loop over events. Everything
that decides (a utility, a chance) is rounded to 1e-6 before it is compared, and ties go to the lower track.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from recsys_helpers.simulator.catalogue import DAY, KINDS, WEEK, Catalogue
from recsys_helpers.simulator.people import (
    CONTEXTS,
    PART_HOURS,
    PART_STARTS,
    PARTS,
    SLOTS,
    People,
)
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
from recsys_helpers.simulator.strengths import Strengths

SLOT_OPENS = (np.arange(SLOTS) // PARTS) * DAY + (np.tile(PART_STARTS, 7) * 3600).astype(np.int64)
BUSIEST = 0.75  # the chance of a session in any part of a day is never higher
SHELF = 10  # places on a home shelf; a longer list is shown a page a visit
ADS = 0.028  # notices (ads, help clips) a play for those who do not pay; in a first session everybody meets more
LIBRARY = 16  # tracks in a listener's rotation
WIDTH = 16  # of a row of candidates
RESULTS, QUEUE = 8, 6
HOME, LIB, SEARCH, AUTOPLAY, NOTICE = range(5)  # where a play comes from; a notice is an ad or a help clip
SOURCES = ["home", "library", "search", "autoplay", "autoplay"]

#: How fast the eye tires: place i of a list is worth steepness * log(i) less than the first.
STEEPNESS = {HOME: 0.75, SEARCH: 0.70, AUTOPLAY: 0.90}
ASIDE = -1.8  # what it costs to leave the home shelf for one's library
DISAPPOINTMENT = 0.25  # pleasure lost when the shelf held nothing worth taking
CHOICE_NOISE = 1.15  # of a choice among what is shown, against Gumbel noise of scale 1
NEUTRAL = 5.8  # the utility that pleases half
SETTLED = 0.56  # satisfaction of a listener who neither comes more nor less than usual
FOLLOWS = 1.6  # what it adds to come right after the track one follows
FATIGUE = {"loses": 0.42, "adds": 0.22, "keeps": 0.93, "overnight": 0.75}  # by genre
WORN = 0.5  # lost for each log(1 + plays of late) of the same track
#: context -> what it adds to taste, by kind's centre, and the minutes that fit it
CONTEXT_TASTE = {
    "commute": {"news": 0.20, "podcast": 0.15}, "work": {"ambience": 0.15, "music": 0.10},
    "workout": {"music": 0.35}, "home": {"radio": 0.10}, "sleep": {"ambience": 0.25, "audiobook": 0.20},
}  # fmt: skip
CONTEXT_MINUTES = {"commute": 14.0, "work": 22.0, "workout": 4.0, "home": 8.0, "sleep": 30.0}
MISFIT = 0.16  # lost for each squared log ratio of length to the length that fits
STEP = (
    "source",
    "notice",
    "looking",
    "skip",
    "how much",
    "all",
    "gap",
    "pause",
    "how long",
    "stop",
)  # luck of a play
IN_MIND = 0.9  # how sharply a search follows utility
LIFT = 5.8  # what a farm's push adds to the log of a track's place in the chart
REFERENCE = 400  # listeners whose mean taste makes the chart


@dataclass(frozen=True)
class Setting:
    """What is the same for all listeners: the tracks, and tables worked out from them once."""

    seed: int
    catalogue: Catalogue
    strengths: Strengths
    context_value: np.ndarray = field(repr=False)  # (contexts, tracks)
    place_effect: np.ndarray = field(repr=False)  # (sources, WIDTH)
    wear: np.ndarray = field(repr=False)  # by number of plays of late
    out_from: np.ndarray = field(
        repr=False
    )  # when a track can be chosen, in seconds; never for ads and help clips


def make_setting(seed: int, catalogue: Catalogue, strengths: Strengths) -> Setting:
    minutes = catalogue.duration / 60
    value = np.zeros((len(CONTEXTS), catalogue.n))
    for i, context in enumerate(CONTEXTS):
        taste = context_taste(catalogue)[i] * strengths.context
        misfit = np.log(minutes / CONTEXT_MINUTES[context]) ** 2
        value[i] = catalogue.vectors.astype(np.float64) @ taste / 1e4 - strengths.duration * MISFIT * misfit
    place = np.zeros((5, WIDTH))
    for source, steepness in STEEPNESS.items():
        width = {HOME: SHELF, SEARCH: RESULTS, AUTOPLAY: QUEUE}[source]
        place[source, :width] = -strengths.position * steepness * np.log(np.arange(1, width + 1))
    place[HOME, SHELF:] = ASIDE
    wear = WORN * strengths.boredom * np.log1p(np.arange(256))
    out_from = np.where(catalogue.content, catalogue.released, 2**62)
    return Setting(
        seed, catalogue, strengths, np.round(value, 6), np.round(place, 6), np.round(wear, 6), out_from
    )


def context_taste(catalogue: Catalogue) -> np.ndarray:
    """What each context adds to taste, (contexts, 16) hundredths."""
    out = np.zeros((len(CONTEXTS), catalogue.kind_centres.shape[1]))
    for i, context in enumerate(CONTEXTS):
        for kind, weight in CONTEXT_TASTE[context].items():
            out[i] += weight * catalogue.kind_centres[KINDS.index(kind)]
    return np.rint(out)


def true_utility(setting: Setting, people: People, week: int) -> np.ndarray:
    """Taste . vector + appeal + whim for each listener and track, (n, tracks): whole hundredths multiply exactly."""
    taste = people.taste_in(week, setting.strengths)
    utility = (taste @ setting.catalogue.vectors.T).astype(np.float64)
    utility /= 1e4  # in place, as in the next functions: these tables are large
    utility += setting.catalogue.appeal
    utility += people.whims
    return utility


def wanted(catalogue: Catalogue, utility: np.ndarray, now: int) -> np.ndarray:
    """What listeners have in mind when they search: a softmax over what is out, as whole weights (n, tracks)."""
    weight = IN_MIND * utility
    np.exp(np.clip(weight, -8, 12, out=weight), out=weight)
    weight *= 1e4
    np.rint(weight, out=weight)
    weight *= (catalogue.released <= now) & catalogue.content
    return weight


def chart(setting: Setting, reference: People, week: int) -> np.ndarray:
    """Murmur's home shelf today: the most wanted tracks of the week, and those that bots lift, the same for all."""
    catalogue = setting.catalogue
    utility = true_utility(setting, reference, week)
    weight = wanted(catalogue, utility, week * WEEK - DAY)
    mean = (weight / weight.sum(axis=1, keepdims=True)).mean(axis=0)
    jitter = 0.35 * normal(key(setting.seed, "chart", week, np.arange(catalogue.n)))
    lift = LIFT * setting.strengths.lift * catalogue.push
    score = np.where(mean > 0, np.round(np.log(np.maximum(mean, 1e-12)) + jitter + lift, 6), -99.0)
    return np.argsort(-score, kind="stable")[: 3 * SHELF].astype(np.int32)


#: What is kept of a play, and its type.
RECORD = {"person": "i8", "week": "i8", "slot": "i8", "step": "i8", "track": "i8", "start": "i8", "seconds": "i8",
          "source": "i8", "place": "i8", "context": "i8", "utility": "f8", "pleasure": "f8", "word": "u8",
          "fatigue": "f8"}  # fmt: skip


class Crowd:
    """Some listeners and all that changes as they listen."""

    def __init__(self, setting: Setting, people: People, start_week: int = 0, luck: int = 0):
        n, catalogue = len(people.number), setting.catalogue
        self.setting, self.people, self.luck = setting, people, luck
        self.active = ~people.bot
        self.edges = np.cumsum(people.sources, axis=1)
        self.left = np.full(n, -1, dtype=np.int64)  # when they left for good, in seconds
        self.satisfaction = np.full(n, SETTLED)
        self.fatigue = np.zeros((n, int(catalogue.genre.max()) + 1))
        self.worn = np.zeros((n, catalogue.n), dtype=np.uint8)
        self.free_at = np.full(n, start_week * WEEK, dtype=np.int64)
        self.sessions = np.zeros(n, dtype=np.int64)
        self.library = np.full((n, LIBRARY), -1, dtype=np.int32)
        self.library_value = np.full((n, LIBRARY), -9.0)
        self._fill_libraries(start_week)

    def _fill_libraries(self, week: int) -> None:
        """What listeners had in rotation before the first week: 16 tracks, or 2 for those who have yet to join."""
        people, catalogue = self.people, self.setting.catalogue
        utility = true_utility(self.setting, people, week)
        cumulated = _cumulated(wanted(catalogue, 1.3 * utility, week * WEEK - 7 * DAY))
        word = key(self.setting.seed, "library", people.number[:, None], np.arange(LIBRARY))
        rows = np.repeat(np.arange(len(people.number)), LIBRARY)
        tracks = _pick(cumulated, rows, draw(word, "track").ravel()).reshape(-1, LIBRARY)
        twice = (tracks[:, :, None] == tracks[:, None, :]) & np.tri(LIBRARY, k=-1, dtype=bool)
        keep = ~twice.any(axis=2) & ((people.joined < week * WEEK)[:, None] | (np.arange(LIBRARY) < 2))
        self.library = np.where(keep, tracks, -1).astype(np.int32)
        value = np.take_along_axis(utility, tracks.astype(np.int64), axis=1)
        self.library_value = np.where(keep, value, -9.0)
        self.kept = keep.sum(axis=1)

    def live(self, week: int, shelf: np.ndarray) -> dict[str, np.ndarray]:
        """Run one week under a shelf and return what was played, one entry a play.

        `shelf` holds positions of tracks, -1 for an empty place: (places,) the same for everybody, (n, places), or
        (n, contexts, places).
        """
        people, setting = self.people, self.setting
        n = len(people.number)
        shelf = _pages(shelf, n)
        self.bored = people.boredom * setting.strengths.boredom
        self.liking = true_utility(setting, people, week)
        self.in_mind = _cumulated(wanted(setting.catalogue, self.liking, week * WEEK))
        self.worn = (self.worn * np.float32(0.75)).astype(np.uint8)
        self.session_word = key(
            setting.seed, "session", self.luck, people.number[:, None], week, np.arange(SLOTS)
        )
        self.came = draw(self.session_word, "come")
        self.visits = np.zeros(n, dtype=np.int64)
        self.slot = np.full(n, -1)
        state = _Session(n)
        rows = self._next_session(np.flatnonzero(self.active), week, state)
        records: list[tuple[np.ndarray, ...]] = []
        while len(rows):
            record, over = self._step(rows, week, state, shelf)
            records.append(record)
            ended = rows[over]
            if len(ended):
                again = np.zeros(n, dtype=bool)
                again[self._next_session(ended, week, state)] = True
                rows = rows[~over | again[rows]]
        self._churn(week)
        columns = zip(*records, strict=True) if records else [()] * len(RECORD)
        return {
            name: np.concatenate([np.zeros(0, dtype=kind), *column]).astype(kind, copy=False)
            for (name, kind), column in zip(RECORD.items(), columns, strict=True)
        }

    def _next_session(self, rows: np.ndarray, week: int, state: _Session) -> np.ndarray:
        """Move these listeners to their next session of the week; return those who have one."""
        people = self.people
        eager = np.round(np.clip(1 + 2.5 * (self.satisfaction[rows] - SETTLED), 0.2, 1.8), 6)
        chance = np.minimum(people.propensity[rows] * eager[:, None], BUSIEST)
        opens = week * WEEK + SLOT_OPENS
        comes = (self.came[rows] < chance) & (np.arange(SLOTS) > self.slot[rows, None])
        comes &= opens >= people.joined[rows, None]
        coming = comes.any(axis=1)
        rows, slot = rows[coming], comes[coming].argmax(axis=1)
        word = self.session_word[rows, slot]
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

    def _step(
        self, rows: np.ndarray, week: int, state: _Session, shelf: np.ndarray
    ) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
        """One play for each of these listeners: what is shown, taken and heard, and (second) whose session is over."""
        catalogue, people = self.setting.catalogue, self.people
        word = extend(state.word[rows], state.step[rows])
        luck = draw_all(word, STEP)
        source = self._source(rows, state, luck)
        shown = self._shown(rows, source, state, word, shelf)
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
        source, place = np.where(aside, LIB, source), np.where(aside, 0, place)
        notice = source == NOTICE
        looking = np.where(source == SEARCH, 8 + (luck["looking"] * 20).astype(np.int64), 0)
        start = state.now[rows] + looking
        pleasure = np.round(1 / (1 + np.exp(-1.1 * (liking - NEUTRAL))), 6)
        pleasure[notice] = 0.3
        felt = np.round(np.maximum(pleasure - DISAPPOINTMENT * aside, 0), 6)
        seconds = self._heard(track, pleasure, notice, state.until[rows] - start, luck)
        record = (people.number[rows], np.full(len(rows), week), self.slot[rows], state.step[rows].copy(), track, start,
                  seconds, source, place, state.context[rows].copy(), np.rint(liking * 1e6), pleasure, word,
                  self.fatigue[rows, catalogue.genre[track]])  # fmt: skip
        self._remember(rows, track, liking, felt, notice)
        pause = (60 * luck["gap"] ** 14).astype(np.int64) + 1
        long = luck["pause"] < 0.02
        pause += np.where(long, 60 + (2_400 * luck["how long"] ** 3).astype(np.int64), 0)
        state.now[rows] = start + seconds + pause
        self.free_at[rows] = start + seconds
        state.last[rows] = np.where(notice, state.last[rows], track)
        state.step[rows] += 1
        weary = 0.6 + state.step[rows] / 20
        stop = np.round(weary * (2.2 - 2.0 * felt) / people.length[rows], 6)
        over = ((luck["stop"] < stop) & ~notice) | (state.now[rows] >= state.until[rows])
        return record, over

    def _source(self, rows: np.ndarray, state: _Session, luck: dict[str, np.ndarray]) -> np.ndarray:
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

    def _shown(
        self, rows: np.ndarray, source: np.ndarray, state: _Session, word: np.ndarray, shelf: np.ndarray
    ) -> np.ndarray:
        """The tracks before each listener, (n, WIDTH), -1 where there is none."""
        catalogue = self.setting.catalogue
        shown = np.full((len(rows), WIDTH), -1, dtype=np.int64)
        turn = (word >> np.uint64(40)).astype(np.int64)
        at = np.flatnonzero(source == HOME)
        if len(at):
            who = rows[at]
            page = (self.visits[who] - 1) % shelf.shape[2]
            shown[at, :SHELF] = shelf[who, state.context[who], page]
            slots = (turn[at, None] + np.arange(WIDTH - SHELF)) % LIBRARY
            shown[at, SHELF:] = self.library[who[:, None], slots]
        at = np.flatnonzero(source == LIB)
        shown[at] = self.library[rows[at]]
        at = np.flatnonzero(source == SEARCH)
        if len(at):
            u = draw(extend(word[at, None], np.arange(RESULTS)), "result")
            shown[at, :RESULTS] = _pick(self.in_mind, np.repeat(rows[at], RESULTS), u.ravel()).reshape(
                -1, RESULTS
            )
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

    def _utility(
        self, rows: np.ndarray, shown: np.ndarray, source: np.ndarray, state: _Session
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
        return value.argmax(axis=1)

    def _heard(
        self, track: np.ndarray, pleasure: np.ndarray, notice: np.ndarray, left: np.ndarray,
        luck: dict[str, np.ndarray],
    ) -> np.ndarray:  # fmt: skip
        """Seconds heard: little when it does not please, else half to all of it, and no longer than there is time."""
        duration = self.setting.catalogue.duration[track]
        skip = luck["skip"] < np.round(1.0 - 1.15 * pleasure, 6)
        u = luck["how much"]
        share = np.where(skip, 0.02 + 0.44 * u * u, np.where(luck["all"] < 0.72, 1.0, 0.5 + 0.5 * u))
        share[notice] = 1.0
        seconds = np.minimum(np.rint(share * duration).astype(np.int64), left + 60)
        return np.minimum(np.maximum(seconds, 1), duration)

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
        library, value = self.library[rows], self.library_value[rows]
        known = library == track[:, None]
        there = known.any(axis=1)
        slot = np.where(there, known.argmax(axis=1), value.argmin(axis=1))
        keep = there | (liking > np.maximum(value.min(axis=1), NEUTRAL))
        rows, slot = rows[keep], slot[keep]
        self.kept[rows] += self.library[rows, slot] < 0
        self.library[rows, slot] = track[keep]
        self.library_value[rows, slot] = np.round(liking[keep], 6)

    def _churn(self, week: int) -> None:
        """At the end of a week some leave for good: the less satisfied, the sooner."""
        risk = np.round(np.clip(0.012 - 0.15 * (self.satisfaction - SETTLED), 0.002, 0.15), 6)
        word = key(self.setting.seed, "churn", self.luck, self.people.number, week)
        leaves = (draw(word, "leave") < risk) & self.active & (self.sessions > 0)
        self.active &= ~leaves
        self.left[leaves] = (week + 1) * WEEK


class _Session:
    """Where each listener stands in the session at hand."""

    def __init__(self, n: int):
        self.word = np.zeros(n, dtype=np.uint64)
        self.step = np.zeros(n, dtype=np.int64)
        self.last = np.full(n, -1, dtype=np.int64)
        self.now = np.zeros(n, dtype=np.int64)
        self.until = np.zeros(n, dtype=np.int64)
        self.context = np.zeros(n, dtype=np.int8)


def _pages(shelf: np.ndarray, n: int) -> np.ndarray:
    """A view (n, contexts, pages, SHELF) of a shelf of any of the three shapes."""
    shelf = np.asarray(shelf)
    places = shelf.shape[-1]
    short = -places % SHELF
    if short:
        shelf = np.concatenate([shelf, np.full((*shelf.shape[:-1], short), -1, shelf.dtype)], axis=-1)
    if shelf.ndim == 1:
        shelf = shelf[None, None]
    elif shelf.ndim == 2:
        shelf = shelf[:, None]
    pages = shelf.shape[-1] // SHELF
    return np.broadcast_to(shelf, (n, len(CONTEXTS), pages * SHELF)).reshape(n, len(CONTEXTS), pages, SHELF)


def _cumulated(weight: np.ndarray) -> np.ndarray:
    """Row number + cumulated share, all rows in one sorted line, so that one binary search serves all rows."""
    total = np.cumsum(weight, axis=1)
    total /= total[:, -1:].copy()
    total += np.arange(len(weight))[:, None]
    return total.ravel()


def _pick(cumulated: np.ndarray, rows: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Draw one track for each (row, uniform) by inverse distribution function."""
    n = cumulated[-1]
    width = len(cumulated) // int(n)
    return np.minimum(np.searchsorted(cumulated, rows + u, side="right") - rows * width, width - 1)
