"""Hybrid: its weights against a search by loops, and worlds in which the right weights are known."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import dcg_score
from sklearn.utils import check_random_state

from recsys_helpers.interactions import Interactions
from recsys_helpers.models import CollaborativeFiltering, ContentBased, Hybrid, ImplicitALS, Popularity
from recsys_helpers.models.cold import hybrid as hybrid_module
from tests.models.conftest import describe

LEVELS = (0, 2, 5)


def hybrid(**settings):
    return Hybrid(collaborative=CollaborativeFiltering(3, 1, "zero"), levels=LEVELS, **settings)


def standard(scores):
    spread = scores.std(axis=1, keepdims=True)
    return (scores - scores.mean(axis=1, keepdims=True)) / np.where(spread > 1e-9, spread, np.inf)


def parts_say(parts, known):
    return [standard(part.fold_in(known).score(known.users)) for part in parts]


def test_weights_are_those_of_a_search_by_loops(small):
    table = describe(small.items)
    model = hybrid(set_aside=0.4, replay="time").fit(small, items=table)
    few = set(check_random_state(0).permutation(40)[:16].tolist())
    frame = small.to_frame().sort_values(["user", "time", "item"], kind="stable")
    nth = frame.groupby("user").cumcount().sort_index().to_numpy()
    rest = small.where(~np.isin(small.rows, list(few)))
    parts = [
        ContentBased(popularity=1.0).fit(rest, items=table),
        CollaborativeFiltering(3, 1, "zero").fit(rest),
        Popularity().fit(rest),
    ]
    tenths = [w for w in product(range(11), repeat=3) if sum(w) == 10]
    for level, learned in zip(LEVELS, model.weights_, strict=True):
        known, later = small.where(nth < level), small.where(nth >= level).matrix.toarray() > 0
        scores, grades = parts_say(parts, known), []
        for mix in tenths:
            mixed = sum(w / 10 * s for w, s in zip(mix, scores, strict=True))
            mine = []
            for u in sorted(few):
                if not later[u].any():
                    continue
                open_ = [i for i in range(30) if known.matrix[u, i] == 0]
                first = sorted(open_, key=lambda i: (-round(mixed[u, i], 9), i))[:10]
                mine.append(sum(later[u, i] / np.log2(r + 2) for r, i in enumerate(first)))
            grades.append(mine)
        grades = np.array(grades)
        silent = [not score.any() for score in scores]
        fits = [not any(w and s for w, s in zip(mix, silent, strict=True)) for mix in tenths]
        best = max((g.mean().round(9), -n) for n, g in enumerate(grades) if fits[n])[1]
        behind = grades[-best] - grades
        error = behind.std(axis=1, ddof=1) / np.sqrt(grades.shape[1])
        near = [mix for n, mix in enumerate(tenths) if fits[n] and behind[n].mean() <= error[n] + 1e-9]
        np.testing.assert_allclose(learned, np.mean(near, axis=0) / 10, atol=1e-12)


def test_grades_are_scikit_learns_dcg():
    """Of more tracks than a part's first 50, some of them known already; the mix ranks what some part puts ahead."""
    rng = np.random.default_rng(0)
    scores, heard = rng.normal(size=(3, 6, 150)), rng.random((6, 150)) < 0.3
    scores[:, rng.random((6, 150)) < 0.2] = -np.inf
    grades = hybrid_module._dcg_of_mixes(scores.copy(), heard)
    assert grades.shape == (6, 66)
    for u in range(6):
        ahead = sorted({i for part in scores[:, u] for i in np.argsort(-part)[:50] if part[i] > -np.inf})
        for mix, grade in zip(hybrid_module.MIXES, grades[u], strict=True):
            mixed = mix @ scores[:, u][:, ahead]
            assert grade == pytest.approx(dcg_score(heard[[u]][:, ahead], mixed[None], k=10))


@pytest.mark.parametrize(("many", "expected"), [(0, [0, 0, 1]), (1, [0, 0, 1]), (2, [1 / 3] * 3)])
def test_a_level_that_too_few_reach_is_left_to_popularity(small, many, expected):
    """Those who do have one track left, which every mix puts first: then all mixes are as good."""
    few = np.sort(check_random_state(0).permutation(40)[:16])
    dense = small.matrix.toarray()
    dense[few[:many]] = 1.0
    rows, columns = np.nonzero(dense)
    frame = pd.DataFrame({"user_id": small.users[rows], "track_id": small.items[columns]})
    model = Hybrid(collaborative=CollaborativeFiltering(3, 1, "zero"), levels=(0, 29), set_aside=0.4)
    weights = model.fit(Interactions.from_frame(frame), items=describe(small.items)).weights_
    np.testing.assert_allclose(weights[1], expected, atol=1e-12)


def test_a_part_that_says_the_same_of_all_gives_nothing(small):
    """Without a history neither a portrait nor factors have anything to say, and popularity speaks alone."""
    model = hybrid(content=ContentBased(prior=0.0)).fit(small, items=describe(small.items))
    popular = standard(Popularity().fit(small).score(small.users[:1]))
    np.testing.assert_allclose(model.score(["nobody"]), model.weights_[0, 2] * popular, atol=1e-12)
    assert model.weights_[0].tolist() == [0, 0, 1]


def test_the_parts_taken_where_none_is_given_are_the_documented_ones(small):
    named = ContentBased(popularity=1.0), ImplicitALS(n_factors=32, dtype="float64")
    table, levels = describe(small.items), (0, 3)
    found, expected = (
        Hybrid(*parts, levels=levels).fit(small, items=table).score(small.users) for parts in ((), named)
    )
    np.testing.assert_array_equal(found, expected)


def test_score_is_the_weighted_sum_of_the_parts(small):
    table = describe(small.items)
    model = hybrid().fit(small, items=table)
    parts = [
        ContentBased(popularity=1.0).fit(small, items=table),
        CollaborativeFiltering(3, 1, "zero").fit(small),
        Popularity().fit(small),
    ]
    weights = model.weights_at(np.diff(small.matrix.indptr))
    expected = sum(w[:, None] * s for w, s in zip(weights.T, parts_say(parts, small), strict=True))
    np.testing.assert_allclose(model.score(small.users), expected, atol=1e-9)


def test_weights_add_up_to_one_and_move_along_the_log(small):
    model = hybrid().fit(small, items=describe(small.items))
    np.testing.assert_allclose(model.weights_.sum(axis=1), 1)
    assert (model.weights_ >= 0).all()
    np.testing.assert_allclose(model.weights_at([0, 2, 5]), model.weights_)
    np.testing.assert_allclose(model.weights_at([5]), model.weights_at([500]))
    share = (np.log(4) - np.log(3)) / (np.log(6) - np.log(3))
    np.testing.assert_allclose(
        model.weights_at([3])[0], (1 - share) * model.weights_[1] + share * model.weights_[2]
    )


def test_who_knows_gets_the_weight():
    """Groups of listeners play groups of tracks; tags are noise in one world and name the group in the other."""
    rng = np.random.default_rng(0)
    pairs = [(u, t) for u in range(200) for t in range(100) if u % 5 == t % 5 and rng.random() < 0.5]
    x = Interactions.from_frame(pd.DataFrame(pairs, columns=["user_id", "track_id"]))
    table = pd.DataFrame({"track_id": range(100)})
    noise = table.assign(tags=[f"tag{n}" for n in rng.integers(0, 5, 100)])
    named = table.assign(tags=[f"tag{t % 5}" for t in range(100)])
    content, collaborative = ContentBased(parts=("tags",)), CollaborativeFiltering(5, 1, "zero")
    of_noise = Hybrid(content, collaborative, levels=(0, 3)).fit(x, items=noise).weights_[1]
    of_named = Hybrid(content, Popularity(), levels=(0, 3)).fit(x, items=named).weights_[1]
    assert of_noise[1] > 0.5 > of_noise[0]
    assert of_named[0] > 0.5


def test_batches_do_not_change_the_weights(small, monkeypatch):
    table = describe(small.items)
    whole = hybrid(set_aside=0.5).fit(small, items=table).weights_
    monkeypatch.setattr("recsys_helpers.models.cold.hybrid.CELLS_PER_BATCH", 3 * small.shape[1])
    np.testing.assert_allclose(hybrid(set_aside=0.5).fit(small, items=table).weights_, whole)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"levels": (1, 2)}, "give numbers that rise from 0"),
        ({"levels": (0, 2, 2)}, "give numbers that rise from 0"),
        ({"set_aside": 0}, "set_aside=0: give a number"),
        ({"set_aside": 1.0}, "a smaller set_aside"),
        ({"replay": "last"}, "choose 'random', or 'time'"),
    ],
)
def test_bad_settings(small, settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        Hybrid(**settings).fit(small, items=describe(small.items))


def test_replay_by_time_needs_times(small):
    without = Interactions(small.matrix, small.users, small.items)
    with pytest.raises(ValueError, match="interactions that have times"):
        hybrid(replay="time").fit(without, items=describe(small.items))
