"""How fair the Arena's league is, and what a week of it costs.

    python benchmarks/arena.py                  write data/measured/arena.csv, going on where it stopped
    python benchmarks/arena.py --table          print what docs/arena.md shows of it
    python benchmarks/arena.py --cost           processor time of a week of 30 teams, and the board's answer meanwhile

Thirty policies show the oracle's order with stated amounts of noise; nine more are twins: three amounts, three draws
each. Each plays the league's matches for four weeks, under the rules of play. After 1, 2 and 4 weeks: Kendall's tau
between the amount of noise and the lead, and how often two twins stand at the same place. One world of 300, 600 and
1,500 accounts takes about 25, 45 and 100 seconds of the processor.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

sys.path.insert(1, str(Path(__file__).resolve().parents[1]))
from recsys_helpers.arena import house
from recsys_helpers.arena.cli import serve
from recsys_helpers.arena.game import League, hand_in_text
from recsys_helpers.arena.lists import first_allowed
from recsys_helpers.arena.match import TEAM, Ground, house_lists, play
from recsys_helpers.arena.playing import InFolder, play_week
from recsys_helpers.arena.rules import Rules
from recsys_helpers.arena.score import better, own_shares, standings
from recsys_helpers.arena.store import Store

TABLE = Path(__file__).resolve().parents[1] / "data" / "measured" / "arena.csv"
SIZES, WEEKS, AFTER, FIRST = (300, 600, 1_500), 4, (1, 2, 4), 1_000
AMOUNTS = np.linspace(0, 3, 30)  # of noise, in standard deviations of a listener's liking
TWINS = (5, 15, 25)  # of the amounts, for three draws each
OF_HOUSE = (house.CHART, house.OWN, house.EASED)
MOST_SECONDS, MOST_WAIT = 25, 0.3  # of the processor for a week; of the clock for the board meanwhile
LOOK = 120  # tracks of an order: more than the rule on heard tracks passes over


def noisy(ground: Ground, amount: float, draw: int, week: int) -> np.ndarray:
    """The oracle's order with so much noise, drawn anew each week: (listeners, LOOK) positions."""
    liking = ground.world.true_utility(ground.world.listeners)
    there = np.isfinite(liking)  # advertisements and help please nobody
    liking = liking / np.where(there, liking, np.nan).std(axis=1, keepdims=True, where=there)
    noise = np.random.default_rng([ground.seed, draw, week]).normal(size=liking.shape)
    score = liking + amount * noise
    first = np.argpartition(-score, LOOK, axis=1)[:, :LOOK]
    best = np.argsort(-np.take_along_axis(score, first, axis=1), axis=1, kind="stable")
    return np.take_along_axis(first, best, axis=1)


def of_world(users: int, world: int, weeks: int = WEEKS) -> list[dict[str, float]]:
    """A row for each number of weeks: tau, and of the pairs of twins the share that stands at one place."""
    ground = Ground(Rules(users=users, weeks=weeks), FIRST + world)
    field = {f"noise {i}": (amount, i) for i, amount in enumerate(AMOUNTS)}
    field |= {f"twin {i} {n}": (AMOUNTS[i], 100 + 10 * i + n) for i in TWINS for n in range(3)}
    seconds: dict[str, list[np.ndarray]] = {}
    for name, (amount, draw) in field.items():
        market = ground.match()
        seconds[name] = [
            play(ground, market, noisy(ground, amount, draw, week)).seconds for week in range(weeks)
        ]
    for rule in OF_HOUSE:
        market = ground.match()
        seconds[rule] = [
            play(ground, market, house_lists(ground, market, TEAM, rule)).seconds for _ in range(weeks)
        ]
    rows = []
    for after in (one for one in AFTER if one <= weeks):
        heard = {name: np.stack(values[:after]) for name, values in seconds.items()}
        shares = {name: own_shares(values) for name, values in heard.items()}
        graded = [shares[f"noise {i}"].mean() for i in range(len(AMOUNTS))]
        whole = {one.name: one.place for one in standings(heard, copy=house.OWN)}
        pairs = [(f"twin {i} {a}", f"twin {i} {b}") for i in TWINS for a, b in ((0, 1), (0, 2), (1, 2))]
        small = []
        for a, b in pairs:
            few = standings({name: heard[name] for name in (a, b, *OF_HOUSE)}, copy=house.OWN)
            place = {one.name: one.place for one in few}
            small.append(place[a] == place[b])
        rows.append(
            {
                "users": users, "world": world, "weeks": after,
                "tau": float(stats.kendalltau(-AMOUNTS, graded).statistic),
                "same_place_of_5": float(np.mean(small)),
                "same_place_of_42": float(np.mean([whole[a] == whole[b] for a, b in pairs])),
                "places_apart_of_42": float(np.mean([abs(whole[a] - whole[b]) for a, b in pairs])),
                "not_told_apart": float(np.mean([
                    not better(shares[a], shares[b]) and not better(shares[b], shares[a]) for a, b in pairs
                ])),
            }
        )  # fmt: skip
    return rows


def row() -> pd.DataFrame:
    """The row that a test computes anew."""
    return pd.DataFrame(of_world(300, 0, weeks=1))


def write(sizes: list[int], first: int, worlds: int) -> None:
    """Measure what the file does not hold yet, and write it after each world."""
    there = (
        pd.read_csv(TABLE, encoding="utf-8") if TABLE.exists() else pd.DataFrame(columns=["users", "world"])
    )
    for world in range(first, worlds):
        for users in sizes:
            if ((there["users"] == users) & (there["world"] == world)).any():
                continue
            start = time.process_time()
            found = pd.DataFrame(of_world(users, world))
            there = found if there.empty else pd.concat([there, found], ignore_index=True)
            there = there.sort_values(["users", "world", "weeks"], ignore_index=True)
            there.to_csv(TABLE, index=False, float_format="%.6f", encoding="utf-8", lineterminator="\n")
            print(
                f"{users} accounts, world {world}: {time.process_time() - start:.0f} s of the processor",
                flush=True,
            )


def table() -> str:
    """The table of docs/arena.md: means over worlds, with 95% intervals of Student's t."""
    measured = pd.read_csv(TABLE, encoding="utf-8")
    names = ["accounts", "weeks", "worlds", "Kendall's tau", "twins not told apart"]
    names += ["twins at one place, of 5 teams", "of 42 teams", "places between them, of 42"]
    lines = [f"| {' | '.join(names)} |", "|" + "---|" * len(names)]
    for (users, weeks), part in measured.groupby(["users", "weeks"]):
        cells = [f"{users:,}", f"{weeks}", f"{len(part)}", interval_text(part["tau"], "{:.2f}", 1)]
        for name in ("not_told_apart", "same_place_of_5", "same_place_of_42"):
            cells.append(interval_text(100 * part[name], "{:.0f}%", 100))
        cells.append(interval_text(part["places_apart_of_42"], "{:.1f}", None))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def interval_text(values: pd.Series, form: str, most: float | None) -> str:
    if len(values) < 2:
        return form.format(values.mean())
    half = stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)
    low, high = values.mean() - half, values.mean() + half
    if most is not None:
        high = min(high, most)
    return f"{form.format(values.mean())} [{form.format(max(low, 0))}, {form.format(high)}]"


def cost(teams: int = 30, users: int = 600) -> None:
    """Processor seconds of a week, played as a server's child plays it; then the board while another runs."""
    ground = Ground(Rules(users=users), FIRST)
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        league = League.create(Store(Path(folder) / "arena.db"), ground, "otter")
        players = [league.join(f"team {i}", "otter", f"token-of-team-number-{i}") for i in range(teams)]
        matches = InFolder(ground, Path(folder) / "arena.matches")
        for week in (1, 2):
            spent = []
            for team in players:
                order = rng.permuted(np.tile(np.arange(300), (len(ground.ids.listeners), 1)), axis=1)
                lists = ground.ids.by_listener(first_allowed(order, league.heard(team, week - 1), 2))
                body = hand_in_text(week, lists)
                start = time.process_time()
                league.hand_in(team, body)
                spent.append(time.process_time() - start)
            start = time.process_time()
            if week == 2:
                print(f"a week of {teams} teams with {users} accounts, beside its board:", flush=True)
                _while_served(league, week)
                continue
            league.start(week)
            play_week(league, ground, matches)
            took = time.process_time() - start
            met = "met" if took <= MOST_SECONDS else "missed"
            print(f"a week of {teams} teams with {users} accounts: {took:.1f} s of the processor")
            print(f"    at most {MOST_SECONDS} s: {met}")
            kept = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
            print(f"the league's files after it: {kept / 1e6:.0f} MB")
            print(
                f"a hand-in: {1_000 * statistics.median(spent):.0f} ms of the processor, {len(body):,} bytes"
            )


def _while_served(league: League, week: int) -> None:
    """Ask for the board every tenth of a second while a child plays the week, and print how long answers took."""
    printed: list[str] = []
    loop = asyncio.new_event_loop()
    task = loop.create_task(serve(league, 0, False, printed.append))
    worker = threading.Thread(target=lambda: loop.run_until_complete(asyncio.wait([task])), daemon=True)
    worker.start()
    while not printed:
        time.sleep(0.05)
    address = next(word for word in printed[0].split('"') if word.startswith("http://127.0.0.1"))
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    league.start(week)
    waits = []
    while True:
        start = time.perf_counter()
        with opener.open(f"{address}/board.json") as answer:
            board = json.load(answer)
        waits.append(time.perf_counter() - start)
        if board["week"] > week:
            break
        time.sleep(0.1)
    loop.call_soon_threadsafe(task.cancel)
    worker.join()
    waits.sort()
    print(
        f"{len(waits)} boards asked for meanwhile: median {waits[len(waits) // 2]:.3f} s, "
        f"95th percentile {waits[int(0.95 * len(waits))]:.3f} s, longest {waits[-1]:.3f} s by the clock"
    )
    met = "met" if waits[int(0.95 * len(waits))] <= MOST_WAIT else "missed"
    print(f"    95 in 100 within {MOST_WAIT} s: {met}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--table", action="store_true", help="print the table of the file that is there")
    parser.add_argument("--cost", action="store_true", help="measure the cost of a week instead")
    parser.add_argument("--worlds", type=int, default=20)
    parser.add_argument("--from", dest="first", type=int, default=0, help="the first world")
    parser.add_argument("--users", type=int, nargs="+", default=list(SIZES))
    arguments = parser.parse_args()
    if arguments.cost:
        cost()
    elif arguments.table:
        print(table())
    else:
        write(arguments.users, arguments.first, arguments.worlds)


if __name__ == "__main__":
    main()
