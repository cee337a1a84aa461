"""Listeners in a market: at each session they open one of several platforms, each of which keeps an account of its own.

It asks no policy and keeps no result (see `market`); what they do on the platform that they opened is `behaviour`'s.

The account at the open platform lies in the crowd's own arrays, those at the others are put aside. Boredom, what was
heard before and the time they have are the listener's, wherever they listen. Luck inside a session knows no platform:
two markets differ by what the platforms show alone, and a platform that never opens changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recsys_helpers.simulator.behaviour import Crowd, Lived, Session
from recsys_helpers.simulator.catalogue import WEEK
from recsys_helpers.simulator.chances import BUSIEST, EAGEREST, SETTLED, chance_to_come, leaves_for_good
from recsys_helpers.simulator.people import SLOTS, People
from recsys_helpers.simulator.random_streams import gumbel, key, mix, purpose
from recsys_helpers.simulator.setting import SHELF, Setting
from recsys_helpers.simulator.shelves import Shelf, in_pages
from recsys_helpers.simulator.visits import Hook
from recsys_helpers.simulator.weekly import EMPTY, Weekly

#: What an account holds: arrays whose first axis is the listener.
ACCOUNT = ("satisfaction", "library", "library_value", "kept", "sessions", "visits")
#: What is the listener's, or says which accounts there are.
OWN = ("fatigue", "worn", "free_at", "left", "open", "member", "late", "left_at")
RECENT = 0.1  # how much of a habit one session makes
THIN = 2  # places of a thin library


def salt(seat: int) -> np.uint64:
    """What sets the luck of a seat apart; 0 for the first, which is then that of `World.serve`."""
    return mix(np.atleast_1d(purpose(f"seat {seat}")))[0] if seat else np.uint64(0)


class Shoppers(Crowd):
    """A crowd with an account at each of several platforms, one in each of these seats.

    `habit` is how much the share of their late sessions draws them to a platform, `keen` how much their satisfaction
    with it does, both against Gumbel noise of scale 1.
    """

    def __init__(
        self, setting: Setting, people: People, start_week: int, luck: int, seats: Sequence[int],
        habit: float, keen: float, weekly: Weekly | None = None, heard: np.ndarray | None = None,
    ):  # fmt: skip
        super().__init__(setting, people, start_week, luck, weekly, heard)
        n, platforms = len(people.number), len(seats)
        self.habit, self.keen = habit, keen
        self.salts = np.array([salt(seat) for seat in seats], dtype=np.uint64)
        self.visits = np.zeros(n, dtype=np.int64)
        self.aside = {name: np.stack([getattr(self, name)] * platforms) for name in ACCOUNT}
        self.open = np.zeros(n, dtype=np.int64)  # the platform whose account lies in the crowd's arrays
        self.member = np.zeros((platforms, n), dtype=bool)  # who has an account there
        self.late = np.zeros((platforms, n))  # share of late sessions
        self.left_at = np.full((platforms, n), -1, dtype=np.int64)  # when they closed it for good, in seconds
        self.where = np.full((n, SLOTS), -1, dtype=np.int64)  # the platform of each session of the week
        self.active = np.any(self.member, axis=0)

    def welcome(self, platform: int, thin: bool = False) -> None:
        """Open a platform: everybody has an account there, with the library of the first week or two tracks of it."""
        if thin:
            self.put_aside()
            self.aside["library"][platform, :, THIN:] = -1
            self.aside["library_value"][platform, :, THIN:] = EMPTY
            self.aside["kept"][platform] = (self.aside["library"][platform] >= 0).sum(axis=1)
            self._take()
        self.member[platform] = ~self.people.bot
        self.active = np.any(self.member, axis=0)

    def live_in_market(
        self, week: int, shelves: Sequence[Shelf | None], hooks: Sequence[Hook | None]
    ) -> tuple[Lived, np.ndarray]:
        """Run one week; a platform that is not open has no shelf. Returns what came of it, and where each play was."""
        self.shelves, self.hooks = shelves, hooks
        self.aside["visits"][:] = 0
        self.where[:] = -1
        lived = self.live(week, in_pages(np.full(SHELF, -1)))
        order = np.argsort(self.people.number)
        row = order[np.searchsorted(self.people.number, lived.played["person"], sorter=order)]
        return lived, self.where[row, lived.played["slot"]]

    def put_aside(self) -> None:
        """Bring `aside` up to date with the accounts that are open."""
        for name in ACCOUNT:
            self.aside[name][self.open, np.arange(len(self.open))] = getattr(self, name)

    def state(self) -> dict[str, np.ndarray]:
        """All that a further week hangs on."""
        self.put_aside()
        own = OWN if self.setting.strengths.newness == 0 else (*OWN, "heard")
        return {name: getattr(self, name) for name in own} | {
            f"account.{name}": self.aside[name] for name in ACCOUNT
        }

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Go on from what `state` gave."""
        for name, values in state.items():
            if name.startswith("account."):
                self.aside[name.removeprefix("account.")] = values.copy()
            else:
                setattr(self, name, values.copy())
        self._take()
        self.active = np.any(self.member, axis=0)

    def _take(self) -> None:
        for name in ACCOUNT:
            setattr(self, name, self.aside[name][self.open, np.arange(len(self.open))])

    def _come(self, rows: np.ndarray, week: int) -> tuple[np.ndarray, np.ndarray]:
        """As in a crowd, but that in each slot a listener thinks of one platform, and comes as it has pleased them."""
        at_most = np.minimum(self.people.propensity[rows] * EAGEREST, BUSIEST)
        row, slot = np.nonzero((self.came[rows] < at_most) & self._to_come(rows, week))
        who = rows[row]
        platform, satisfaction = self._drawn_to(who, slot)
        chance = chance_to_come(self.people.propensity[who, slot], satisfaction)
        comes = np.flatnonzero(self.came[who, slot] < chance)
        first = comes[np.unique(row[comes], return_index=True)[1]]
        who, slot, platform = who[first], slot[first], platform[first]
        self._enter(who, slot, platform)
        return who, slot

    def _drawn_to(self, who: np.ndarray, slot: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The platform that each of these listeners thinks of in a slot, and how pleased it has left them."""
        each = np.arange(len(who))
        satisfaction = self.aside["satisfaction"][:, who]
        satisfaction[self.open[who], each] = self.satisfaction[who]
        noise = gumbel(mix(self.session_word[who, slot] ^ purpose("platform") ^ self.salts[:, None]))
        pull = self.habit * self.late[:, who] + self.keen * (satisfaction - SETTLED) + noise
        pull = np.where(self.member[:, who], np.rint(1e6 * pull), -np.inf)
        platform = pull.argmax(axis=0)
        return platform, satisfaction[platform, each]

    def _enter(self, who: np.ndarray, slot: np.ndarray, platform: np.ndarray) -> None:
        """Open these platforms: put the account that was open aside, and take the other."""
        self.where[who, slot] = platform
        here = np.arange(len(self.late))[:, None] == platform
        self.late[:, who] = np.round(self.late[:, who] + RECENT * (here - self.late[:, who]), 6)
        moves = self.open[who] != platform
        who, to = who[moves], platform[moves]
        for name in ACCOUNT:
            values, aside = getattr(self, name), self.aside[name]
            aside[self.open[who], who] = values[who]
            values[who] = aside[to, who]
        self.open[who] = to

    def _stands(self, who: np.ndarray, state: Session) -> tuple[np.ndarray, np.ndarray | None, np.ndarray]:
        tracks, page = np.empty((len(who), SHELF), dtype=np.int64), np.empty(len(who), dtype=np.int64)
        propensity = np.full((len(who), SHELF), np.nan)
        for platform in np.unique(self.open[who]):
            mine = np.flatnonzero(self.open[who] == platform)
            shelf = self.shelves[platform]
            assert shelf is not None, "only an open platform is entered"
            tracks[mine], given, page[mine] = self._page(who[mine], state, shelf, self.hooks[platform])
            if given is not None:
                propensity[mine] = given
        return tracks, propensity, page

    def _note(self, rows: np.ndarray, track: np.ndarray, start: np.ndarray) -> None:
        for platform, hook in enumerate(self.hooks):
            if hook is not None:
                mine = self.open[rows] == platform
                hook.history.played(rows[mine], track[mine], start[mine])

    def _churn(self, week: int) -> None:
        """At the end of a week some close their account at a platform for good; who has none left listens no more."""
        self.put_aside()
        word = key(self.setting.seed, "churn", self.luck, self.people.number, week) ^ self.salts[:, None]
        leaves = leaves_for_good(word, self.aside["satisfaction"]) & self.member
        leaves &= self.aside["sessions"] > 0
        self.member &= ~leaves
        self.left_at[leaves] = (week + 1) * WEEK
        gone = self.active & ~self.member.any(axis=0)
        self.left[gone] = (week + 1) * WEEK
        self.active &= ~gone
