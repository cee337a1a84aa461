"""The exercises of lesson 16 on a league: the score, the rule on repeats, and a policy of one's own.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, value

# ---- the score -------------------------------------------------------------------------------------------------------


def some_matches(rng):
    """Edge cases first: one listener, one heard nothing beside you, nothing beside the copy, much and little."""
    yield [[2.0, 6.0]], [[4.0, 4.0]]
    yield [[0.0, 0.0], [1.0, 3.0]], [[3.0, 1.0], [2.0, 2.0]]
    yield [[1.0, 3.0], [2.0, 2.0]], [[0.0, 0.0], [3.0, 2.0]]
    yield [[10.0, 30.0], [0.9, 0.1], [0.0, 5.0]], [[20.0, 20.0], [0.4, 0.1], [1.0, 3.0]]
    yield [[3.0, 1.0], [0.0, 0.0], [8.0, 2.0]], [[2.0, 3.0], [0.0, 0.0], [6.0, 3.0]]
    for _ in range(8):
        n = int(rng.integers(3, 6))
        tables = []
        for _ in range(2):
            table = np.round(rng.gamma(1.0, 5.0, (n, 2)), 1) + 0.1
            table[int(rng.integers(n))] = 0.0
            tables.append(table.tolist())
        yield tuple(tables)


def _shares(hours, silent=0.5):
    hours = np.asarray(hours, dtype=float)
    everywhere = hours.sum(axis=1)
    return np.where(everywhere > 0, hours[:, 1] / np.where(everywhere > 0, everywhere, 1), silent)


def pooled(match, copy):
    match, copy = np.asarray(match, dtype=float), np.asarray(copy, dtype=float)
    return float(match[:, 1].sum() / match.sum() - copy[:, 1].sum() / max(copy.sum(), 1e-12))


def silent_for_nobody(match, copy):
    return float((_shares(match, 0.0) - _shares(copy, 0.0)).mean())


def silent_left_out(match, copy):
    both = (np.sum(match, axis=1) > 0) & (np.sum(copy, axis=1) > 0)
    return float((_shares(match) - _shares(copy))[both].mean())


def each_without_the_silent(match, copy):
    found = [[b / (a + b) for a, b in hours if a + b > 0] for hours in (match, copy)]
    return float(np.mean(found[0]) - (np.mean(found[1]) if found[1] else 0.0))


def less_half(match, copy):
    return float(_shares(match).mean() - 0.5)


def over_the_rival(match, copy):
    return float((2 * _shares(match) - 1).mean())


def of_the_rival(match, copy):
    return float((_shares(copy) - _shares(match)).mean())


def share_alone(match, copy):
    return float(_shares(match).mean())


def gap_of_hours(match, copy):
    return float((np.asarray(match, dtype=float) - np.asarray(copy, dtype=float))[:, 1].mean())


def by_shares(match, copy):
    return float((_shares(match) - _shares(copy)).mean())


@exercise(
    inputs=some_matches,
    hints=[
        "A function for the share of one listener: yours / (rival + yours), and 0.5 if both are 0.",
        "Compute it for each listener in the match and in the copy's match, subtract, and take the mean.",
        "return np.mean([share(m) - share(c) for m, c in zip(match, copy)])",
    ],
    why="Each listener counts alike, however much they hear, and the copy takes off what the seat alone would bring.",
    mistakes={
        "Did you add up the hours of all first? Take each listener's own share, then the mean.": pooled,
        "Is who heard nothing counted as 0? That is half for each platform.": silent_for_nobody,
        "Did you leave out who heard nothing? They count as half.": [
            silent_left_out,
            each_without_the_silent,
        ],
        "Did you subtract one half? Seats are not equal: subtract the copy's share in the same seat.": less_half,
        "Did you subtract the rival's share? Subtract what the copy wins in your seat.": over_the_rival,
        "Is that turned around? Yours minus the copy's.": of_the_rival,
        "Is that your share alone? Take off what the copy wins in the same seat.": share_alone,
        "Is that a difference of hours? Take each listener's share first.": gap_of_hours,
    },
    alternatives=[by_shares],
)
def lead_over_copy(match, copy):
    """The mean over listeners of their share of hours on your platform, minus that on the copy's in the same seat.

    `match` holds for each listener a pair (hours at the rival, hours on your platform). `copy` holds the same pairs,
    for the same listeners in the same order, where the house's copy sits in your seat. Somebody who heard nothing on
    either platform of a match counts as a share of one half in it.
    """

    def share(pair):
        rival, own = pair
        return own / (rival + own) if rival + own > 0 else 0.5

    return sum(share(mine) - share(house) for mine, house in zip(match, copy, strict=True)) / len(match)


# ---- the rule on repeats ---------------------------------------------------------------------------------------------


def some_orders(rng):
    """Edge cases first: nothing heard, none allowed, a heard one behind the limit, too few left; then some orders."""
    yield ["a", "b", "c", "d"], [], 2, 3
    yield ["a", "b", "c", "d"], ["a", "c"], 0, 2
    yield ["a", "b", "c", "d", "e", "f"], ["a", "b", "c", "e"], 2, 4
    yield ["a", "b", "c", "d"], ["a", "b", "c", "d"], 2, 3
    yield ["a", "b", "c", "d", "e"], ["c", "d", "e"], 1, 3
    yield ["a", "b", "c", "d", "e", "f"], ["a", "b", "c"], 1, 3
    yield ["d", "b", "a", "e", "c", "f"], ["d", "a", "e"], 1, 3
    for _ in range(8):
        order = rng.permutation(list("abcdefgh")).tolist()
        heard = sorted(rng.choice(order[:6], 4, replace=False).tolist())
        yield order, heard, int(rng.integers(1, 3)), int(rng.integers(4, 6))


def stops_there(order, heard, most, k):
    found, old = [], 0
    for track in order:
        old += track in heard
        if old > most or len(found) == k:
            break
        found.append(track)
    return found


def none_heard(order, heard, most, k):
    return [track for track in order if track not in heard][:k]


def cuts_first(order, heard, most, k):
    return within_limit_of(order[:k], heard, most, k)


def counts_new_ones(order, heard, most, k):
    return within_limit_of(order, [track for track in order if track not in heard], most, k)


def one_too_many(order, heard, most, k):
    return within_limit_of(order, heard, most + 1, k)


def heard_first(order, heard, most, k):
    old = [track for track in order if track in heard][:most]
    return (old + [track for track in order if track not in heard])[:k]


def no_limit(order, heard, most, k):
    return order[:k]


def not_cut(order, heard, most, k):
    return within_limit_of(order, heard, most, len(order))


def within_limit_of(order, heard, most, k):
    old = np.isin(order, heard)
    kept = ~old | (np.cumsum(old) <= most)
    return np.asarray(order)[kept][:k].tolist()


@exercise(
    inputs=some_orders,
    hints=[
        "Go through the order, and count how many heard tracks you have taken.",
        "Pass over a heard track if `most` of them are taken already, and go on with the next. Stop at k tracks.",
        "for track in order: if track in heard: if old == most: continue; old += 1 ... found.append(track)",
    ],
    why="With at most two of ten, replaying what everybody loves no longer fills a shelf. What is left to win lies in "
    "the eight other places, and there one has to know something.",
    mistakes={
        "Did you stop at the first track too many? Pass over it and go on.": stops_there,
        "Did you leave out all that was heard? `most` of them are allowed.": none_heard,
        "Did you cut to k before the rule? Pass over first, so that the places are filled.": cuts_first,
        "Did you limit the unheard ones? The limit is on what was heard.": counts_new_ones,
        "Is that one too many? At most `most` heard tracks stand in the list.": one_too_many,
        "Did you put the heard ones in front? The order stays as it was.": heard_first,
        "Is the limit missing? At most `most` of the list were heard.": no_limit,
        "Is the list longer than k? Give the first k that the rule allows.": not_cut,
    },
    alternatives=[within_limit_of],
)
def within_limit(order, heard, most, k):
    """The first k tracks of `order`, in its order, of which at most `most` were heard before.

    `order` is a list of ids, best first, none of them twice; `heard` lists what this listener has played. A heard track
    that would be one too many is passed over. Where too few tracks are left, the list is shorter than k.
    """
    found, old = [], 0
    for track in order:
        if track in heard and old == most:
            continue
        old += track in heard
        found.append(track)
        if len(found) == k:
            break
    return found


# ---- a policy of one's own -------------------------------------------------------------------------------------------


@value(
    hints=[
        "What would the house do? Two tracks that each listener has played most, then what most people played.",
        "game.within_rules(lists, fill=popular) takes the first ten that the rules allow: give it long lists of what "
        "each listener has played most, and as `fill` what has been played most of all.",
        "Which of the eight other places do you know better? Try a model's order behind the two own tracks, or another "
        "`fill` for each group of listeners.",
    ],
    why="You are at least level with a rival that replays and follows the crowd. Whether a lead is more than luck says "
    "its interval, and whether it holds says another seed.",
    mistakes={
        "Is that a share of hours? The lead is what is left after the copy's share is taken off.": 0.5,
        "Is that the lead of today's chart? A policy of your own should be level with the house.": -0.02144,
        "Is that in percentage points? The board gives the lead as a share, such as -0.021.": -2.144,
    },
    band=(-0.005, 0.15),
    measured="the lead over the house's copy",
    tolerance=0.0005,
)
def league_lead():
    """The lead of your own policy over the house's copy after four weeks, as a share: at least -0.005 is asked."""
    return 0.0
