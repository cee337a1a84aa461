"""How often two equal teams of the Arena stand at one place, by how alike their lists are.

    python benchmarks/arena_equals.py               write data/measured/arena_equals.csv, going on where it stopped
    python benchmarks/arena_equals.py --table       print what docs/arena.md shows of it
    python benchmarks/arena_equals.py --arithmetic  print what normal scores alone make of a place

Two teams that run the same code with another seed are equal before a week is drawn. Two kinds of such teams play a
league with the three teams of the house from a cold start for four weeks, three draws of each kind, so three pairs:

model: implicit ALS with 16 factors, fitted each week on the team's own log. Lists differ where random starts do.
explored: EASE as the house plays it, with the last two of the ten places drawn at random, by each team for itself.

`same_place` is the share of pairs that stand at one place among those five teams, `not_told_apart` the share that the
interval between the two does not tell apart, `alike` the share of places of a list that two teams give to one track.
One world of 300, 600 and 1,500 accounts takes about 5, 8 and 20 seconds of the processor.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from arena import AFTER, AMOUNTS, FIRST, OF_HOUSE, SIZES, WEEKS, interval_text, noisy

from recsys_helpers.arena import house
from recsys_helpers.arena.match import TEAM, Ground, house_lists, play
from recsys_helpers.arena.rules import Rules
from recsys_helpers.arena.score import better, own_shares, standings
from recsys_helpers.events import preference
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import ImplicitALS
from recsys_helpers.simulator import Market
from recsys_helpers.workspace import write_whole

TABLE = Path(__file__).resolve().parents[1] / "data" / "measured" / "arena_equals.csv"
DRAWS, FACTORS, DRAWN = 3, 16, 2
MODEL, EXPLORED = "model", "explored"
NAMES = {MODEL: "the same model, other seeds", EXPLORED: "two of ten places drawn by each"}


def by_model(ground: Ground, market: Market, draw: int) -> np.ndarray:
    """What implicit ALS shows after the team's own weeks, today's chart behind it: (listeners, m) positions."""
    week = market.week - market.start + 1
    seen = house.Seen(market.served[TEAM], ground.past, ground.chart(week))
    behind = house.order(house.CHART, ground.world, seen)
    chart = np.broadcast_to(behind, (len(ground.ids.listeners), len(behind)))
    events = seen.events(ground.world)
    if events is None or not len(events):
        return chart
    x = Interactions.from_frame(preference(events, "listened", ground.world.tracks), value="strength")
    model = ImplicitALS(n_factors=FACTORS, random_state=draw).fit(x)
    lists = model.recommend(list(x.users), k=min(house.LONG, x.shape[1]), exclude_seen=False)
    found = np.full((len(chart), house.LONG), -1)
    user = ground.ids.listeners.get_indexer(pd.Index(lists["user"].astype(object)))
    item = ground.ids.tracks.get_indexer(pd.Index(lists["item"].astype(object)))
    found[user, lists["rank"].to_numpy() - 1] = item
    return np.concatenate([found, chart], axis=1)


def explored(ground: Ground, market: Market, draw: int) -> np.ndarray:
    """EASE's first places, then tracks drawn at random: (listeners, PLACES) positions."""
    lists = house_lists(ground, market, TEAM, house.EASED).copy()
    rng = np.random.default_rng([ground.seed, draw, market.week])
    content = np.flatnonzero(ground.world.catalogue.content)
    lists[:, -DRAWN:] = rng.choice(content, size=(len(lists), DRAWN))
    return lists


POLICIES: dict[str, Callable[[Ground, Market, int], np.ndarray]] = {MODEL: by_model, EXPLORED: explored}


def of_world(users: int, world: int, weeks: int = WEEKS) -> list[dict[str, object]]:
    """A row for each kind of team and each number of weeks."""
    ground = Ground(Rules(users=users, weeks=weeks), FIRST + world)
    seconds: dict[str, list[np.ndarray]] = {}
    shelves: dict[str, list[np.ndarray]] = {}

    def enter(name: str, lists: Callable[[Market], np.ndarray]) -> None:
        market = ground.match()
        weekly = [play(ground, market, lists(market)) for _ in range(weeks)]
        seconds[name] = [one.seconds for one in weekly]
        shelves[name] = [one.shelf for one in weekly]

    for rule in OF_HOUSE:
        enter(rule, lambda market, rule=rule: house_lists(ground, market, TEAM, rule))
    for kind, policy in POLICIES.items():
        for draw in range(DRAWS):
            enter(f"{kind} {draw}", lambda market, f=policy, draw=draw: f(ground, market, 100 + draw))
    rows: list[dict[str, object]] = []
    for kind in POLICIES:
        pairs = [(f"{kind} {a}", f"{kind} {b}") for a, b in combinations(range(DRAWS), 2)]
        for after in (one for one in AFTER if one <= weeks):
            heard = {name: np.stack(values[:after]) for name, values in seconds.items()}
            shares = {name: own_shares(values) for name, values in heard.items()}
            rows.append(
                {
                    "users": users, "world": world, "kind": kind, "weeks": after,
                    "same_place": float(np.mean([_at_one_place(heard, a, b) for a, b in pairs])),
                    "not_told_apart": float(np.mean([
                        not better(shares[a], shares[b]) and not better(shares[b], shares[a]) for a, b in pairs
                    ])),
                    "alike": float(np.mean([
                        alike(shelves[a][after - 1], shelves[b][after - 1]) for a, b in pairs
                    ])),
                }
            )  # fmt: skip
    return rows


def _at_one_place(heard: dict[str, np.ndarray], a: str, b: str) -> bool:
    five = {name: heard[name] for name in (a, b, *OF_HOUSE)}
    place = {one.name: one.place for one in standings(five, copy=house.OWN)}
    return place[a] == place[b]


def alike(one: np.ndarray, other: np.ndarray) -> float:
    """The share of a list's tracks that are in the other list of the same listener too.

    >>> alike(np.array([[1, 2, 3, 4]]), np.array([[4, 3, 8, 9]]))
    0.5
    """
    return float((one[:, :, None] == other[:, None, :]).any(axis=2).mean())


def row() -> pd.DataFrame:
    """The row that a test computes anew."""
    return pd.DataFrame(of_world(300, 0, weeks=2))


def write(sizes: Sequence[int], worlds: int) -> None:
    """Measure what the file does not hold yet, and write it after each world."""
    key = ["users", "world", "kind", "weeks"]
    there = pd.read_csv(TABLE, encoding="utf-8") if TABLE.exists() else pd.DataFrame(columns=key)
    for world in range(worlds):
        for users in sizes:
            if ((there["users"] == users) & (there["world"] == world)).any():
                continue
            found = pd.DataFrame(of_world(users, world))
            there = found if there.empty else pd.concat([there, found], ignore_index=True)
            there = there.sort_values(key, ignore_index=True)
            write_whole(TABLE, there.to_csv(index=False, float_format="%.6f", lineterminator="\n"))
            print(f"{users} accounts, world {world}", flush=True)


def table() -> str:
    """The table of docs/arena.md: means over worlds of `same_place`, with 95% intervals of Student's t."""
    measured = pd.read_csv(TABLE, encoding="utf-8")
    worlds = measured.groupby("users")["world"].nunique()
    head = ["equal teams", "weeks", f"tracks in common ({Rules().users} accounts)"]
    head += [f"{users:,} accounts ({n} worlds)" for users, n in worlds.items()]
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    for (kind, weeks), part in measured.groupby(["kind", "weeks"], sort=False):
        alike = part.loc[part["users"] == Rules().users, "alike"].mean()
        cells = [NAMES[kind], f"{weeks}", f"{100 * alike:.0f}%"]
        cells += [
            interval_text(100 * part.loc[part["users"] == users, "same_place"], "{:.0f}%", 100)
            for users in worlds.index
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def at_one_place(others: np.ndarray, draws: int = 100_000, seed: int = 0) -> float:
    """How often two equals share a place if scores are normal and alike in spread, and nothing else is in play.

    `others` (m,) says how far the other teams are ahead of the two, in standard errors of a difference of two teams.
    The two themselves and each of the others have errors of their own.

    >>> round(at_one_place(np.array([])), 2)
    0.95
    """
    rng = np.random.default_rng(seed)
    two = rng.normal(size=(draws, 2)) / np.sqrt(2)
    apart = two[:, 0] - two[:, 1]
    ahead = np.stack([apart < -1.96, apart > 1.96], axis=1).astype(np.int64)
    for lead in others:
        ahead += (lead + rng.normal(size=(draws, 1)) / np.sqrt(2) - two) > 1.96
    return float((ahead[:, 0] == ahead[:, 1]).mean())


def arithmetic() -> dict[str, float]:
    """What docs/arena.md says of it: nobody else, one third team, forty others drawn evenly over a range."""
    found = {"nobody else": at_one_place(np.array([]))}
    found |= {f"a third team {lead} ahead": at_one_place(np.array([lead])) for lead in (0, 2, 5)}
    rng = np.random.default_rng(1)
    for width in (20, 100, 400):
        fields = rng.uniform(-width / 2, width / 2, size=(200, 40))
        shares = [at_one_place(others, draws=1_000, seed=i) for i, others in enumerate(fields)]
        found[f"forty over {width}"] = float(np.mean(shares))
    return found


def span(users: int, world: int = 0, weeks: int = WEEKS) -> float:
    """How far the oracle's order is ahead of the noisiest of arena.py's thirty, in standard errors of that gap."""
    ground = Ground(Rules(users=users, weeks=weeks), FIRST + world)
    shares = []
    for draw, amount in ((0, AMOUNTS[0]), (len(AMOUNTS) - 1, AMOUNTS[-1])):
        market = ground.match()
        played = [play(ground, market, noisy(ground, amount, draw, week)).seconds for week in range(weeks)]
        shares.append(own_shares(np.stack(played)))
    gap = shares[0] - shares[1]
    return float(gap.mean() / (gap.std(ddof=1) / np.sqrt(len(gap))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--table", action="store_true", help="print the table of the file that is there")
    parser.add_argument(
        "--arithmetic", action="store_true", help="print what normal scores alone make of a place"
    )
    parser.add_argument("--worlds", type=int, default=20)
    parser.add_argument("--users", type=int, nargs="+", default=list(SIZES))
    arguments = parser.parse_args()
    if arguments.table:
        print(table())
    elif arguments.arithmetic:
        for name, share in arithmetic().items():
            print(f"{name:<24} {share:.2f}")
        for users in SIZES:
            print(
                f"the thirty span, {users:,} accounts after {WEEKS} weeks: {span(users):.0f} standard errors"
            )
    else:
        write(arguments.users, arguments.worlds)


if __name__ == "__main__":
    main()
