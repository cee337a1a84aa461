"""The exercises of lesson 17 on lists without some plays, and on what stands in for a model.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

question(
    "what_a_citation_may_say",
    answer="b",
    why="The terms are exact, so what the score is made of may be said of every list. What would be without them has "
    "to be tried, listener by listener, before it is said.",
    wrong={
        "a": "That is a claim about another world, and with ItemKNN it would be false for nine listeners in ten.",
        "c": "Then a listener learns nothing of what the platform does with their plays. What is exact may be said.",
    },
)

# ---- still_listed ----------------------------------------------------------------------------------------------------

#: The lesson's five tracks: what hearing the row says for the column.
WEIGHTS = [
    [0.0, 0.3, 0.1, 0.5, 0.2],
    [0.3, 0.0, 0.2, 0.1, 0.2],
    [0.1, 0.2, 0.0, 0.1, 0.25],
    [0.5, 0.1, 0.1, 0.0, 0.1],
    [0.2, 0.2, 0.25, 0.1, 0.0],
]


def some_histories(rng):
    """Edge cases first: the lesson's listener with nothing, one and two plays deleted, and a longer list."""
    yield WEIGHTS, [0, 1, 2], [], 3, 1
    yield WEIGHTS, [0, 1, 2], [0], 3, 1
    yield WEIGHTS, [0, 1, 2], [2], 3, 1
    yield WEIGHTS, [0, 1, 2], [0], 3, 2
    yield WEIGHTS, [0, 1, 2], [0], 4, 1
    # What was deleted would come back on top, and must not.
    yield [[0, 0.9, 0.4, 0.1], [0.9, 0, 0.3, 0.2], [0.4, 0.3, 0, 0.1], [0.1, 0.2, 0.1, 0]], [0, 1], [1], 2, 1
    # A heard track scores highest, and must not be in the list.
    yield [[0, 0.9, 0.2, 0.1], [0.9, 0, 0.3, 0.2], [0.2, 0.3, 0, 0.1], [0.1, 0.2, 0.1, 0]], [0, 1], [], 2, 1
    # All fall, the rival further: only with the rival's old score is the item gone.
    yield (
        [[0, 0.1, 0.5, 0.55], [0.1, 0, 0.4, 0.3], [0.5, 0.4, 0, 0.1], [0.55, 0.3, 0.1, 0]],
        [0, 1],
        [0],
        2,
        1,
    )
    # Weights that are not symmetric, as those of EASE: only the row of what was heard says what it adds.
    yield (
        [[0, 0.3, 0.5, 0.2], [0.3, 0, 0.3, 0.1], [0.1, 0.2, 0, 0.1], [0.4, 0.1, 0.1, 0]],
        [0, 1],
        [1],
        2,
        1,
    )
    for _ in range(12):
        n = int(rng.integers(6, 9))
        weights = rng.integers(0, 1000, (n, n)) / 1000
        np.fill_diagonal(weights, 0)
        heard = np.sort(rng.choice(n, int(rng.integers(2, n - 2)), replace=False))
        deleted = rng.choice(heard, int(rng.integers(1, len(heard))), replace=False)
        unheard = np.setdiff1d(np.arange(n), heard)
        item = unheard[weights[heard][:, unheard].sum(axis=0).argmax()]
        yield weights.tolist(), heard.tolist(), deleted.tolist(), int(item), int(rng.integers(1, 3))


def _score(weights, of, i):
    return sum(weights[j][i] for j in of)


def _listed(scores, item, k):
    return sum(value > scores[item] for i, value in scores.items() if i != item) < k


def deleted_come_back(weights, heard, deleted, item, k):
    left = [j for j in heard if j not in deleted]
    scores = {i: _score(weights, left, i) for i in range(len(weights)) if i not in left}
    return _listed(scores, item, k)


def nothing_deleted(weights, heard, deleted, item, k):
    return still_by_counting(weights, heard, [], item, k)


def rivals_keep_their_scores(weights, heard, deleted, item, k):
    scores = {i: _score(weights, heard, i) for i in range(len(weights)) if i not in heard}
    scores[item] = _score(weights, [j for j in heard if j not in deleted], item)
    return _listed(scores, item, k)


def heard_tracks_compete(weights, heard, deleted, item, k):
    left = [j for j in heard if j not in deleted]
    return _listed({i: _score(weights, left, i) for i in range(len(weights))}, item, k)


def kept_and_deleted_swapped(weights, heard, deleted, item, k):
    scores = {i: _score(weights, deleted, i) for i in range(len(weights)) if i not in heard}
    return _listed(scores, item, k)


def gone_instead(weights, heard, deleted, item, k):
    return not still_by_counting(weights, heard, deleted, item, k)


def along_the_other_axis(weights, heard, deleted, item, k):
    return still_by_counting(np.transpose(weights).tolist(), heard, deleted, item, k)


def first_place_alone(weights, heard, deleted, item, k):
    return still_by_counting(weights, heard, deleted, item, 1)


def still_by_counting(weights, heard, deleted, item, k):
    x = np.zeros(len(weights))
    x[heard] = 1
    if len(deleted):
        x[list(deleted)] = 0
    scores = x @ np.asarray(weights, dtype=float)
    scores[heard] = -np.inf
    return bool((scores > scores[item]).sum() < k)


@exercise(
    inputs=some_histories,
    hints=[
        "The score of a track i is the sum of weights[j][i] over the heard tracks j that are left.",
        "Score the item and all its rivals anew. Rivals are the tracks that were never heard: not the deleted ones.",
        "left = [j for j in heard if j not in deleted]; count the rivals whose sum over left is above the item's",
    ],
    why="Only what changes the list decided about it. A term can be large, and yet the other plays hold the track up.",
    mistakes={
        "Did nothing change? Leave the deleted plays out of the sums.": nothing_deleted,
        "Did the rivals keep their old scores? They lose what the deleted plays gave too.": rivals_keep_their_scores,
        "Do heard tracks compete? They are never recommended.": heard_tracks_compete,
        "Did you keep the deleted plays and drop the others?": kept_and_deleted_swapped,
        "Is that whether it is gone? The question is whether it is still there.": gone_instead,
        "Did you ask for the first place alone? Any of the k places will do.": first_place_alone,
        "Did you read the weights along the other axis? Row j says what hearing j adds, and heard tracks are rows.": (
            along_the_other_axis
        ),
    },
    conventions={
        "Here the deleted tracks may be recommended again. The task leaves them out, so that only reasons count.": (
            deleted_come_back
        )
    },
    alternatives=[still_by_counting],
)
def still_listed(weights, heard, deleted, item, k):
    """Whether `item` is among the k best once the `deleted` plays are gone: True or False.

    weights[j][i] says how much hearing track j adds to the score of track i. `heard` are the listener's tracks (each
    counts once), `deleted` some of them. Both lists choose among the tracks that are not in `heard`: a deleted track
    is not recommended either. No two scores are equal.
    """
    left = [j for j in heard if j not in deleted]
    scores = {i: sum(weights[j][i] for j in left) for i in range(len(weights)) if i not in heard}
    return sum(score > scores[item] for score in scores.values()) < k


# ---- fewest_plays ----------------------------------------------------------------------------------------------------


def some_leads(rng):
    """Edge cases first: one play does, the lesson's listener, a tie after one, large terms that both share."""
    yield [0.5], [0.2]
    yield [0.5, 0.1, 0.1], [0.2, 0.2, 0.25]
    yield [4.0, 3.0, 1.0], [2.0, 2.0, 1.0]
    yield [9.0, 3.0, 2.0, 1.0], [9.0, 1.0, 1.0, 2.0]
    yield [10.0, 3.0, 2.0, 0.0], [6.0, 0.0, 1.0, 3.0]
    yield [5.0, 4.0, 3.0, 2.0], [4.0, 1.0, 2.0, 0.0]
    yield [1.0, 2.0, 3.0, 4.0], [3.0, 1.0, 2.0, 3.0]
    for _ in range(10):
        n = int(rng.integers(4, 8))
        terms = rng.integers(0, 40, n) / 4
        rival = rng.integers(0, 30, n) / 4
        if terms.sum() <= rival.sum():
            terms, rival = rival, terms
        if terms.sum() == rival.sum():
            terms = terms + 0.5
        yield terms.tolist(), rival.tolist()


def _prefix(order, lead, strict=False):
    left = sum(lead)
    for n, j in enumerate(order, start=1):
        left -= lead[j]
        if left < 0 or (left == 0 and not strict):
            return n
    return len(lead)


def _lead(terms, rival_terms):
    return [a - b for a, b in zip(terms, rival_terms, strict=True)]


def largest_own_terms_first(terms, rival_terms):
    order = sorted(range(len(terms)), key=lambda j: -terms[j])
    return _prefix(order, _lead(terms, rival_terms))


def rival_keeps_its_score(terms, rival_terms):
    left, n = sum(terms), 0
    for term in sorted(terms, reverse=True):
        if left <= sum(rival_terms):
            break
        left, n = left - term, n + 1
    return n


def must_fall_below(terms, rival_terms):
    lead = _lead(terms, rival_terms)
    return _prefix(sorted(range(len(lead)), key=lambda j: -lead[j]), lead, strict=True)


def all_that_speak_for_it(terms, rival_terms):
    return sum(one > 0 for one in _lead(terms, rival_terms))


def in_the_order_given(terms, rival_terms):
    return _prefix(range(len(terms)), _lead(terms, rival_terms))


def smallest_leads_first(terms, rival_terms):
    lead = _lead(terms, rival_terms)
    order = sorted((j for j in range(len(lead)) if lead[j] > 0), key=lambda j: lead[j])
    return _prefix(order, lead)


def by_trying_all(terms, rival_terms):
    lead = _lead(terms, rival_terms)
    for n in range(1, len(lead) + 1):
        for gone in combinations(range(len(lead)), n):
            if sum(one for j, one in enumerate(lead) if j not in gone) <= 0:
                return n
    return len(lead)


@exercise(
    inputs=some_leads,
    hints=[
        "A deleted play takes its term from both scores, so the lead shrinks by the difference of the two.",
        "Delete the plays with the largest difference first, and count until the lead is 0 or less.",
        "lead = sorted differences, largest first; count how many to take off sum(lead) until it is <= 0",
    ],
    why="Where terms do not move, no smaller set exists: any other set of as many plays takes less off the lead.",
    mistakes={
        "Did you delete by the track's own terms? A play that lifts both alike takes nothing off the lead.": (
            largest_own_terms_first
        ),
        "Did the rival keep its score? The deleted play is gone from both sums.": rival_keeps_its_score,
        "Must it fall below? The task counts a lead of 0 as gone.": must_fall_below,
        "Is that the number of plays that speak for it? Fewer may do: stop when the lead is used up.": (
            all_that_speak_for_it
        ),
        "Did you delete in the order given? Begin with the play that speaks most for it.": in_the_order_given,
        "Did you begin with the smallest differences? Fewest plays: the largest first.": smallest_leads_first,
    },
    alternatives=[by_trying_all],
)
def fewest_plays(terms, rival_terms):
    """The smallest number of plays to delete so that a track's score is no longer above its rival's.

    terms[j] is what play j adds to the track's score, rival_terms[j] what it adds to the rival's; a deleted play
    leaves both sums, and the other terms stay. At the start the track's sum is above the rival's; equal sums count as
    no longer above.
    """
    lead = sorted((a - b for a, b in zip(terms, rival_terms, strict=True)), reverse=True)
    left = sum(lead)
    for n, one in enumerate(lead, start=1):
        left -= one
        if left <= 1e-12:
            return n
    return len(lead)
