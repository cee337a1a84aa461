"""The final: three to six teams in one open market, each showing again what it showed in the league. A show, no grade.

It changes nothing and places nobody (see `score`): with several platforms before the same listeners much hangs on seats
and on who else is there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from recsys_helpers.arena.game import OVER, League
from recsys_helpers.arena.house import ORACLE
from recsys_helpers.arena.lists import first_allowed
from recsys_helpers.arena.match import Ground, Lists
from recsys_helpers.arena.rules import folded
from recsys_helpers.arena.store import Team
from recsys_helpers.simulator.market import Market, Platform

LEAST, MOST = 3, 6
WIDE = 40  # signs of a bar of half of all hours


def finalists(league: League, names: Sequence[str] = ()) -> list[Team]:
    """The teams of these names; without any the best of the learners' six, and of the house where they are too few.

    Raises ValueError for a game that is not over, a name that nobody has, and fewer or more than a final takes.
    """
    state = league.state()
    if state["phase"] != OVER:
        raise ValueError(
            f"The final comes after the league, whose week {state['week']} is not played; end that first."
        )
    by_name = {team.folded: team for team in league.store.teams()}
    if names:
        strange = next((name for name in names if folded(name) not in by_name), None)
        if strange is not None:
            raise ValueError(
                f"There is no team {strange!r}; there are {', '.join(t.name for t in by_name.values())}."
            )
        found = [by_name[one] for one in dict.fromkeys(map(folded, names))]
    else:
        order = [by_name[folded(row["team"])] for row in league.board()["rows"]]
        learners = [team for team in order if not team.house][:MOST]
        house = [team for team in order if team.house and team.house != ORACLE]
        found = learners + house[: max(0, LEAST - len(learners))]
    if not LEAST <= len(found) <= MOST:
        raise ValueError(f"A final has {LEAST} to {MOST} different teams, and these are {len(found)}.")
    return found


def final(league: League, ground: Ground, teams: Sequence[Team]) -> pd.DataFrame:
    """Play the league's weeks again, all these teams at once: a row for each week and team, as `Market.board` has them.

    Everybody begins with as much as in the league. What a listener has played on a platform here counts for the rule on
    heard tracks, so a list may lose some of its places.
    """
    shows = {team.name: Lists(ground) for team in teams}
    market = Market(
        ground.world, [Platform(name, lists) for name, lists in shows.items()], weekly=ground.weekly, log=ground.log,
        habit=ground.rules.habit, keen=ground.rules.keen, at_most_heard=ground.rules.heard,
    )  # fmt: skip
    for week in range(1, league.rules.weeks + 1):
        for i, team in enumerate(teams):
            shelf = league.store.shelf(team.id, week)
            assert shelf is not None, "the game is over"
            heard = market.own[i] if market.own else ground.heard
            shows[team.name].positions = first_allowed(shelf.astype(np.int64), heard, ground.rules.heard)
        market.play()
    board = market.board.rename(columns={"platform": "team"})
    return board.assign(week=board["week"] - market.start + 1)


def told(board: pd.DataFrame) -> str:
    """The final in lines for a terminal: each week's shares of all hours, the largest first."""
    wide = max(map(len, board["team"]))
    lines = []
    for week, rows in board.groupby("week"):
        lines += ["", f"Week {week}: of all hours"]
        for row in rows.sort_values(["share", "team"], ascending=[False, True]).itertuples():
            bar = "█" * round(2 * WIDE * float(str(row.share)))
            lines.append(f"  {row.team:<{wide}} {float(str(row.share)):>6.1%} {bar}")
    return "\n".join([*lines, "", "A show: places are the league's, where nobody's hang on who else plays."])
