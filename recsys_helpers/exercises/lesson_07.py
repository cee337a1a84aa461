"""The exercises of lesson 07, when to believe a difference.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

from itertools import product
from math import ceil

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

question(
    "recall_never_met",
    answer="b",
    why="A test set holds what was found. Not wanted, not found and never shown look alike in it: an empty cell.",
    wrong={
        "a": "A hit needs a play in the test weeks. That they would have loved it stands in no log.",
        "c": "It takes one of the ten places and gains nothing there, so the score is lower than without it.",
    },
)

question(
    "recall_why_by_time",
    answer="b",
    why="On the day a list is made, the future is not known. A random cut lets a model learn from plays after those"
    " that it is asked to foretell.",
    wrong={
        "a": "A random cut may hold out as many rows as one likes. Which rows they are is the trouble.",
        "c": "By time they come out lower, as a rule: the question is harder, and it is the right one.",
    },
)

question(
    "recall_gain_of_one",
    answer="a",
    why="A difference without an interval may be chance. Lesson 02 printed it, and more: for one listener in eleven the"
    " segment's list was worse.",
    wrong={
        "b": "Other models may be better still. Whether this gain is more than chance they cannot say.",
        "c": "What fits the training weeks may be learned by heart. It tells nothing of other listeners.",
    },
)


# ---- error bars ------------------------------------------------------------------------------------------------------


def some_draws(rng):
    """Edge cases first: one listener, everybody once, one twice and one not at all."""
    cases = [
        ([3], [4], [0]),
        ([8, 1], [8, 8], [0, 1]),
        ([8, 1, 2], [8, 8, 2], [0, 0, 2]),
        ([5, 0, 1], [10, 1, 4], [1, 1, 2]),
    ]
    for _ in range(9):
        n = int(rng.integers(3, 6))
        plays = rng.integers(1, 20, n)
        cases.append((rng.integers(0, plays + 1), plays, [0, 0, *rng.integers(0, n, n - 2)]))
    yield from (tuple(np.array(part) for part in case) for case in cases)


def share_of_each_once(hits, plays, drawn):
    return sum(hits[i] for i in set(drawn)) / sum(plays[i] for i in set(drawn))


def mean_of_shares(hits, plays, drawn):
    return float(np.mean([hits[i] / plays[i] for i in drawn]))


def nobody_drawn(hits, plays, drawn):
    return sum(hits) / sum(plays)


def hits_drawn_of_all_plays(hits, plays, drawn):
    return sum(hits[i] for i in drawn) / sum(plays)


def share_by_numpy(hits, plays, drawn):
    return np.asarray(hits)[drawn].sum() / np.asarray(plays)[drawn].sum()


@exercise(
    inputs=some_draws,
    hints=[
        "Who is drawn brings all of their plays along, and once more if drawn twice.",
        "Add up the hits of those drawn, add up their plays, and divide once, at the end.",
        "sum(hits[i] for i in drawn) / sum(plays[i] for i in drawn)",
    ],
    why="A listener is one draw, with all of their plays. Draw rows, and 800 plays of one person pass for 800 people.",
    mistakes={
        "Did you count who was drawn twice once? Drawn with replacement, they count twice.": share_of_each_once,
        "Did you average the listeners' shares? Then 2 plays weigh as much as 800: add up, then divide.": mean_of_shares,  # noqa: E501
        "Did you divide by the plays of everybody? Only those of the drawn count, twice if drawn twice.": hits_drawn_of_all_plays,  # noqa: E501
        "Did you leave out the draw? That is the share of the whole sample, the same each time.": nobody_drawn,
    },
    alternatives=[share_by_numpy],
)
def resampled_share(hits, plays, drawn):
    """The share of hits among all plays of the listeners in `drawn`; who is drawn twice counts twice.

    hits, plays: numbers of each listener. drawn: positions of those drawn.
    """
    return sum(hits[i] for i in drawn) / sum(plays[i] for i in drawn)


question(
    "what_to_resample",
    answer="c",
    why="The listeners were drawn into the sample one by one. Sessions and plays came along with their listener and"
    " resemble each other, so that a thousand plays of one person tell little about the next person.",
    wrong={
        "a": "A play is no draw of its own: the next play of the same listener is like it.",
        "b": "Sessions of one listener resemble each other too: what is alike must be drawn together.",
        "d": "Nothing of the tracks was sampled: the whole catalogue was on offer to everybody.",
    },
)


# ---- paired tests ----------------------------------------------------------------------------------------------------


def some_differences(rng):
    """Edge cases first: one listener, no difference, all on one side, then mixed ones."""
    yield ([3],)
    yield ([0, 0],)
    yield ([1, 2, 3],)
    yield ([-2, -1, -4],)
    yield ([4, -1, 2],)
    yield ([-3, 1, 2, -5],)
    for _ in range(8):
        yield ([int(d) for d in rng.integers(-6, 8, size=int(rng.integers(4, 9)))],)


def _patterns(differences):
    for signs in product([1, -1], repeat=len(differences)):
        yield sum(sign * d for sign, d in zip(signs, differences, strict=True))


def above_only(differences):
    sums = list(_patterns(differences))
    return sum(s >= sum(differences) for s in sums) / len(sums)


def one_sided_p(differences):
    sums = list(_patterns(differences))
    return sum(s >= abs(sum(differences)) for s in sums) / len(sums)


def beyond_only(differences):
    sums = list(_patterns(differences))
    return sum(abs(s) > abs(sum(differences)) for s in sums) / len(sums)


def sign_count_p(differences):
    """The sign test: it forgets how large a difference is."""
    return sign_flip_by_array([int(np.sign(d)) for d in differences])


def patterns_counted(differences):
    return sign_flip_by_array(differences) * 2 ** len(differences)


def with_one_added(differences):
    return (patterns_counted(differences) + 1) / (2 ** len(differences) + 1)


def sign_flip_by_array(differences):
    n = len(differences)
    signs = 1 - 2 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)
    sums = signs @ np.asarray(differences)
    return float(np.mean(np.abs(sums) >= abs(sum(differences)) - 1e-9))


@exercise(
    inputs=some_differences,
    hints=[
        "product([1, -1], repeat=n) gives all 2^n patterns of signs.",
        "For each pattern add up sign * difference. Is the sum as far from 0 as the one you observed, or farther?",
        "The observed pattern is one of the patterns, so p is never 0. Far below 0 is far, too: take abs.",
    ],
    why="Had the models been alike, each listener's difference could as well have had the other sign. No bell curve is"
    " assumed.",
    mistakes={
        "Did you count one side only? A model could have been as far behind: compare abs of the sums.": one_sided_p,
        "Did you leave the signs on? Far from 0 may be above or below: compare abs of both sums.": above_only,
        "Did you count sums beyond the observed one only? As far counts too, or p could be 0.": beyond_only,
        "Did you keep the signs and forget the sizes? A difference of 6 says more than one of 1.": sign_count_p,
        "Is that a number of patterns? Divide by how many there are, 2^n.": patterns_counted,
    },
    conventions={
        "One is added above and below where patterns are drawn by chance. Here all of them are counted.": with_one_added,  # noqa: E501
    },
    alternatives=[sign_flip_by_array],
)
def sign_flip_p(differences):
    """The share of the 2^n patterns of signs whose sum is at least as far from 0 as the observed sum.

    differences: a list of n numbers, one for each listener.
    """
    observed = abs(sum(differences)) - 1e-9  # sums that are equal but for rounding count as equal
    far = total = 0
    for signs in product([1, -1], repeat=len(differences)):
        flipped = sum(sign * d for sign, d in zip(signs, differences, strict=True))
        far += abs(flipped) >= observed
        total += 1
    return far / total


# ---- several models --------------------------------------------------------------------------------------------------


def some_p_values(rng):
    """Edge cases first: one, ties, one that would pass 1, one that needs the running maximum."""
    yield ([0.03],)
    yield ([0.02, 0.02],)
    yield ([0.7, 0.9],)
    yield ([0.01, 0.04, 0.03],)
    yield ([0.001, 0.03, 0.02, 0.6],)
    for _ in range(9):
        yield ([round(float(p), 3) for p in rng.beta(0.6, 4, size=int(rng.integers(3, 6)))],)


def _stepped(p, factor, cap=True, climb=True):
    order = sorted(range(len(p)), key=lambda i: p[i])
    adjusted, highest = [0.0] * len(p), 0.0
    for rank, i in enumerate(order, start=1):
        value = factor(rank, len(p)) * p[i]
        highest = max(highest, value) if climb else value
        adjusted[i] = min(1.0, highest) if cap else highest
    return adjusted


def bonferroni(p):
    return [min(1.0, len(p) * value) for value in p]


def holm_by_pairs(p):
    """Each adjusted value is the largest product among the p-values no larger than its own."""
    m = len(p)
    return [
        min(1.0, max(sum(other >= small for other in p) * small for small in p if small <= value))
        if m > 1
        else value
        for value in p
    ]


@exercise(
    inputs=some_p_values,
    hints=[
        "The smallest of m p-values is multiplied by m, the next by m - 1, ... the largest by 1.",
        "Going up, none may be smaller than the one before it, and none over 1.",
        "Put the results back in the order in which the p-values came.",
    ],
    why="Compare each with 0.05, and the chance of any false alarm among all of them stays under 0.05. Fewer true"
    " differences are lost than with Bonferroni.",
    mistakes={
        "Did you multiply all by m? That is Bonferroni: safe, but Holm steps down, m, m - 1, ... and loses less.": bonferroni,  # noqa: E501
        "May a larger p-value end up smaller than the one before it? Carry the largest so far along.": lambda p: (
            _stepped(p, lambda rank, m: m - rank + 1, climb=False)
        ),
        "Did you multiply by m / rank? That bounds the share of false findings, not the chance of any.": lambda p: (
            _stepped(p, lambda rank, m: m / rank)
        ),
        "Did you return them sorted? Put each back in the place where its p-value came.": lambda p: sorted(
            _stepped(p, lambda rank, m: m - rank + 1)
        ),
        "Can a p-value be over 1? Stop at 1.": lambda p: _stepped(p, lambda rank, m: m - rank + 1, cap=False),
    },
    alternatives=[holm_by_pairs],
)
def holm_adjusted(p):
    """Holm's adjusted p-values for a list of m, in the order given.

    The i-th smallest of m (from 1) times m - i + 1, no smaller than the one before it, at most 1.
    """
    order = sorted(range(len(p)), key=lambda i: p[i])
    adjusted, highest = [0.0] * len(p), 0.0
    for step, i in enumerate(order):
        highest = max(highest, min(1.0, (len(p) - step) * p[i]))
        adjusted[i] = highest
    return adjusted


# ---- power -----------------------------------------------------------------------------------------------------------


def some_gaps(rng):
    """Edge cases first: a gap as large as the spread, a small one, a gap below 0."""
    yield 1.0, 1.0
    yield 0.1, 1.0
    yield -0.5, 2.0
    yield 0.006, 0.12
    for _ in range(8):
        yield round(float(rng.uniform(0.1, 0.6)), 2), round(float(rng.uniform(1, 4)), 2)


@exercise(
    inputs=some_gaps,
    hints=[
        "The error of a mean of n listeners is spread / sqrt(n). The gap should be 1.96 + 0.84 = 2.8 errors wide.",
        "abs(gap) = 2.8 * spread / sqrt(n): solve for n, and round up.",
        "int(np.ceil((2.8 * spread / gap) ** 2))",
    ],
    why="Half the gap needs four times the listeners. Who knows the spread knows before the test whether it can end.",
    mistakes={
        "Did you ask for 1.96 errors? Then the test misses every second time: 0.84 more makes it one in five.": lambda gap, spread: (  # noqa: E501
            ceil((1.96 * spread / gap) ** 2)
        ),
        "Did you forget the square? The error falls with the root of n.": lambda gap, spread: ceil(
            abs(2.8 * spread / gap)
        ),
        "Did you round to the nearest? With one listener too few the test falls short: round up.": lambda gap, spread: (
            round((2.8 * spread / gap) ** 2)
        ),
        "Did you double it for two groups? Here the same listeners meet both, and the spread is of their differences.": lambda gap, spread: (  # noqa: E501
            ceil(2 * (2.8 * spread / gap) ** 2)
        ),
        "Did you turn the fraction around? More spread needs more listeners, a larger gap fewer.": lambda gap, spread: (
            ceil((2.8 * gap / spread) ** 2)
        ),
    },
    conventions={
        "That is before rounding up: nobody can ask half a listener. The task wants a whole number.": lambda gap, spread: (  # noqa: E501
            (2.8 * spread / gap) ** 2
        ),
        "That is with 1.95996 + 0.84162 errors, unrounded. The task takes 2.8, as one does by hand.": lambda gap, spread: (  # noqa: E501
            ceil(((1.959964 + 0.841621) * spread / gap) ** 2)
        ),
    },
    alternatives=[lambda gap, spread: int(-(-(7.84 * spread**2 / gap**2) // 1))],
)
def listeners_needed(gap, spread):
    """The smallest number of listeners with whom a paired test finds a mean gap four times in five.

    spread: the standard deviation of the listeners' differences. The gap must be 2.8 errors wide.
    """
    return int(np.ceil((2.8 * spread / gap) ** 2))


# ---- propensities ----------------------------------------------------------------------------------------------------


def some_visits(rng):
    """Edge cases first: one match, no match, a rare match, then mixed ones. Arrays, as the lesson has them."""
    for visits in _visits(rng):
        yield tuple(np.array(part) for part in visits)


def _visits(rng):
    yield [1], ["a"], ["a"], [0.5]
    yield [1, 1], ["a", "b"], ["b", "a"], [0.5, 0.5]
    yield [1, 0, 1, 1], ["a", "a", "b", "a"], ["a", "b", "b", "b"], [0.75, 0.75, 0.25, 0.75]
    yield [1, 0, 1], ["a", "b", "c"], ["a", "b", "c"], [0.5, 0.4, 0.1]
    for _ in range(9):
        n = int(rng.integers(5, 9))
        odds = {"a": 0.6, "b": 0.3, "c": 0.1}
        shown = ["a", "c", *(str(t) for t in rng.choice(list("abc"), n - 2, p=[0.6, 0.3, 0.1]))]
        wanted = ["a", "c", *(str(t) for t in rng.choice(list("abc"), n - 2))]
        rewards = [1, 1, *(int(r) for r in rng.integers(0, 2, n - 2))]
        yield rewards, shown, wanted, [odds[t] for t in shown]


def _matched(rewards, shown, wanted, chance):
    return [(r, 1 / c) for r, s, w, c in zip(rewards, shown, wanted, chance, strict=True) if s == w]


def mean_of_matches(rewards, shown, wanted, chance):
    found = _matched(rewards, shown, wanted, chance)
    return sum(r for r, _ in found) / len(found) if found else 0.0


def per_match(rewards, shown, wanted, chance):
    found = _matched(rewards, shown, wanted, chance)
    return sum(r * w for r, w in found) / len(found) if found else 0.0


def times_chance(rewards, shown, wanted, chance):
    return sum(r / w for r, w in _matched(rewards, shown, wanted, chance)) / len(rewards)


def all_weighted(rewards, shown, wanted, chance):
    return float(np.mean(np.array(rewards) / np.array(chance)))


def summed(rewards, shown, wanted, chance):
    return sum(r * w for r, w in _matched(rewards, shown, wanted, chance))


def normalised_already(rewards, shown, wanted, chance):
    found = _matched(rewards, shown, wanted, chance)
    return sum(r * w for r, w in found) / sum(w for _, w in found) if found else 0.0


def ips_by_array(rewards, shown, wanted, chance):
    match = np.asarray(shown) == np.asarray(wanted)
    return float((np.asarray(rewards) * match / np.asarray(chance)).mean())


@exercise(
    inputs=some_visits,
    hints=[
        "A visit counts only if it showed what the new policy would have shown.",
        "Something drawn one time in four stands for four visits: its reward is multiplied by 1 / chance.",
        "Add up reward / chance over the matches, and divide by the number of all visits.",
    ],
    why="Rarely shown, hence weighted up: the log's habits are taken out, without serving the new policy once.",
    mistakes={
        "Is that the plain mean of the matches? What was shown often is in it too often: weigh by 1 / chance.": mean_of_matches,  # noqa: E501
        "Did you divide by the number of matches? The weights already make them stand for all visits.": per_match,
        "Did you leave the sum undivided? The task asks for the mean of all visits.": summed,
        "Did you divide by the sum of the weights? That steadies it, and comes next: here divide by all visits.": normalised_already,  # noqa: E501
        "Did you multiply by the chance? Then what was rare counts even less: divide.": times_chance,
        "Did visits count that showed something else? They tell nothing about the new policy's choice.": all_weighted,
    },
    alternatives=[ips_by_array],
)
def ips_value(rewards, shown, wanted, chance):
    """Inverse propensity estimate of a new policy's mean reward, from a log of visits.

    Four arrays, an entry for each visit: its reward, what was shown, what the new policy would
    have shown, and the chance of drawing the shown one. A visit that shows another counts 0.
    """
    total = 0.0
    for reward, s, w, c in zip(rewards, shown, wanted, chance, strict=True):
        if s == w:
            total += reward / c
    return total / len(rewards)


def clipped_visits(rng):
    """The visits above, with a bound on the weights that cuts some and spares others."""
    for number, visit in enumerate(some_visits(rng)):
        yield (*visit, (3, 100, 2, 5)[number % 4])


def clipped_not_normalised(rewards, shown, wanted, chance, most):
    found = _matched(rewards, shown, wanted, chance)
    return sum(r * min(w, most) for r, w in found) / len(rewards)


def dropped_over(rewards, shown, wanted, chance, most):
    found = [(r, w) for r, w in _matched(rewards, shown, wanted, chance) if w <= most]
    return sum(r * w for r, w in found) / sum(w for _, w in found) if found else 0.0


def not_clipped(rewards, shown, wanted, chance, most):
    return dropped_over(rewards, shown, wanted, chance, np.inf)


def clipped_per_match(rewards, shown, wanted, chance, most):
    found = _matched(rewards, shown, wanted, chance)
    return sum(r * min(w, most) for r, w in found) / len(found) if found else 0.0


def over_all_weights(rewards, shown, wanted, chance, most):
    found = _matched(rewards, shown, wanted, chance)
    return sum(r * min(w, most) for r, w in found) / sum(min(1 / c, most) for c in chance)


def mean_of_all_matches(rewards, shown, wanted, chance, most):
    return mean_of_matches(rewards, shown, wanted, chance)


def snips_by_array(rewards, shown, wanted, chance, most):
    weight = np.where(np.asarray(shown) == np.asarray(wanted), np.minimum(1 / np.asarray(chance), most), 0.0)
    return float((weight * rewards).sum() / weight.sum()) if weight.any() else 0.0


@exercise(
    inputs=clipped_visits,
    hints=[
        "The weight of a match is 1 / chance, or `most` where that is less. All others weigh 0.",
        "A weighted mean: the sum of weight * reward, divided by the sum of the weights.",
        "Without a match there is nothing to divide by: return 0.",
    ],
    why="If chance sends too many matches, above and below the line swell together, so the estimate swings less, and it"
    " stays between 0 and 1.",
    mistakes={
        "Did you divide by the number of visits? Self-normalised means: by the sum of the weights.": clipped_not_normalised,  # noqa: E501
        "Did you throw out what weighs more than `most`? Cut the weight, and keep the visit.": dropped_over,
        "Did you forget to clip? No weight may be above `most`.": not_clipped,
        "Did you divide by the number of matches? A weighted mean divides by the sum of the weights.": clipped_per_match,  # noqa: E501
        "Did you divide by the weights of all visits? Only the matches have a weight.": over_all_weights,
        "Is that the plain mean of the matches? What is seldom shown must weigh more.": mean_of_all_matches,
    },
    alternatives=[snips_by_array],
)
def self_normalised(rewards, shown, wanted, chance, most):
    """The weighted mean reward of the matches, weights 1 / chance but at most `most`; 0 without a match."""
    above = below = 0.0
    for reward, s, w, c in zip(rewards, shown, wanted, chance, strict=True):
        if s == w:
            weight = min(1 / c, most)
            above += weight * reward
            below += weight
    return above / below if below else 0.0


# ---- online ---------------------------------------------------------------------------------------------------------


def some_weeks(rng):
    """Edge cases first: nobody plays, one leaves, one comes, a stranger plays, then mixed ones."""
    yield {}, {}, ["al", "bo"]
    yield {"al": 4.0}, {"al": 3.0, "bo": 1.0}, ["al", "bo"]
    yield {"al": 2.0, "bo": 2.0}, {"al": 3.0}, ["al", "bo", "cy"]
    yield {"al": 2.0, "zo": 6.0}, {"al": 1.0}, ["al", "bo"]
    for _ in range(9):
        everybody = ["al", "bo", "cy", "di", "ed"][: int(rng.integers(3, 6))]
        new, old = (
            {u: round(float(rng.uniform(0.5, 9)), 1) for u in everybody if rng.random() < 0.6} for _ in "no"
        )
        yield new | {"al": 5.0}, old | {"al": 2.5, "bo": 7.0}, everybody


def only_those_who_stayed(new, old, everybody):
    both = [u for u in everybody if u in new and u in old]
    return float(np.mean([new[u] - old[u] for u in both])) if both else 0.0


def means_of_those_there(new, old, everybody):
    mean = [sum(hours.values()) / len(hours) if hours else 0.0 for hours in (new, old)]
    return mean[0] - mean[1]


def hours_in_total(new, old, everybody):
    return sum(new.values()) - sum(old.values())


def old_less_new(new, old, everybody):
    return -hours_by_loop(new, old, everybody)


def strangers_too(new, old, everybody):
    return hours_in_total(new, old, everybody) / len(everybody)


def of_those_who_played(new, old, everybody):
    played = set(new) | set(old)
    return hours_by_loop(new, old, played) if played else 0.0


def hours_by_loop(new, old, everybody):
    won = 0.0
    for user in everybody:
        won += new[user] if user in new else 0.0
        won -= old[user] if user in old else 0.0
    return won / len(everybody)


@exercise(
    inputs=some_weeks,
    hints=[
        "Who did not play has no entry. How many hours did they hear?",
        "new.get(user, 0) - old.get(user, 0) for every user in everybody.",
    ],
    why="Who left is part of the result. A shelf that drives the less eager away looks splendid among those who stay.",
    mistakes={
        "Did you look at those who played under both? Who left is then forgotten: they count 0 hours.": only_those_who_stayed,  # noqa: E501
        "Did you take the mean of those who played? Divide both by everybody, or leaving goes unseen.": means_of_those_there,  # noqa: E501
        "Is that the sum? The task asks for the mean of a listener.": hours_in_total,
        "Did you take the new hours from the old? A win is above 0.": old_less_new,
        "Did somebody's hours count who is not in `everybody`? Look up those who are.": strangers_too,
        "Did you divide by those who played at all? Who played under neither is one of everybody.": of_those_who_played,
    },
    alternatives=[hours_by_loop],
)
def hours_won(new, old, everybody):
    """Mean hours that a listener of `everybody` hears more under the new shelf than under the old one.

    new, old: dicts, the hours of each who played at all; the others heard 0 hours.
    """
    return sum(new.get(user, 0) - old.get(user, 0) for user in everybody) / len(everybody)


question(
    "why_the_oracle_looks_mediocre",
    answer="b",
    why="The log holds what people found without the oracle. Its best picks are partly known already, which does not"
    " count as new, and partly never met, which counts as a miss.",
    wrong={
        "a": "It knows the truth: nothing is overfitted, and online it wins.",
        "c": "The interval is narrow: more listeners would give the same figure.",
        "d": "Its lists hold ten tracks, as all others do, and are ranked by true liking.",
    },
)


# ---- loops -----------------------------------------------------------------------------------------------------------


GENRE = {"a": "jazz", "b": "jazz", "c": "talk", "d": "rain", "e": "talk"}


def some_lists(rng):
    """Edge cases first: one list of one genre, lists that differ only from each other, then mixed ones."""
    yield [["a", "b"]], GENRE
    yield [["a", "b"], ["c", "e"]], GENRE
    yield [["a", "c", "d"], ["a", "b", "d"]], GENRE
    for _ in range(9):
        sizes = rng.integers(2, 5, size=int(rng.integers(2, 5)))
        lists = [[str(t) for t in rng.permutation(list("abcde"))[:n]] for n in sizes]
        yield [*lists, ["a", "b", "c"]], GENRE


def genres_in_all(lists, genre):
    return len({genre[track] for ten in lists for track in ten})


def tracks_in_each(lists, genre):
    return float(np.mean([len(set(ten)) for ten in lists]))


def share_of_genres(lists, genre):
    return float(np.mean([len({genre[track] for track in ten}) / len(ten) for ten in lists]))


def genres_in_sum(lists, genre):
    return sum(len({genre[track] for track in ten}) for ten in lists)


def genres_in_all_shared(lists, genre):
    return genres_in_all(lists, genre) / len(lists)


def genres_by_loop(lists, genre):
    total = 0
    for ten in lists:
        met = []
        for track in ten:
            if genre[track] not in met:
                met.append(genre[track])
        total += len(met)
    return total / len(lists)


@exercise(
    inputs=some_lists,
    hints=[
        "The genres of one list as a set: {genre[track] for track in ten}.",
        "Take the size of that set for each list, and the mean over the lists.",
    ],
    why="Diversity of the catalogue can grow while each listener's own list narrows. This looks at the list.",
    mistakes={
        "Did you pool all lists? A hundred narrow lists can cover every genre: count in each, then average.": genres_in_all,  # noqa: E501
        "Did you count tracks? Ten tracks of one genre are one genre.": tracks_in_each,
        "Is that a share of the list? The task asks for a number of genres.": share_of_genres,
        "Is that the sum over the lists? Divide by how many there are.": genres_in_sum,
        "Did you pool the lists and divide afterwards? A genre in two lists counts in both.": genres_in_all_shared,
    },
    alternatives=[genres_by_loop],
)
def genres_per_list(lists, genre):
    """The mean number of different genres in a list; `genre` gives each track's."""
    return sum(len({genre[track] for track in ten}) for ten in lists) / len(lists)


# ---- attention, and a plan -------------------------------------------------------------------------------------------


question(
    "two_attentions",
    answer="d",
    why="A weighted average of a history is a part of a model; time and return are what a person gives. EASE has no such"  # noqa: E501
    " part and wins hours.",
    wrong={
        "a": "That is the listener's attention: it is measured in hours, not computed by a layer.",
        "b": "Satisfaction is a third thing still: one can give time and be displeased.",
        "c": "The weights say what the model looked at. Nobody heard longer for that.",
    },
)

question(
    "would_convince_a_sceptic",
    answer="c",
    why="Metric, size and end were fixed before the first figure was seen, people were drawn at random, and harm has"
    " its own alarm. None of it can be bent afterwards.",
    wrong={
        "a": "Looking every day and stopping at the first p < 0.05 more than doubles the false alarms.",
        "b": "Who chooses the new shelf differs from who does not: the gap may have been there before.",
        "d": "With twenty metrics one is below 0.05 by chance more often than not: name it before.",
    },
)
