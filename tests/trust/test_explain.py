"""Contrasts and deletions against brute force: every set tried, every score added up by hand."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError

from recsys_helpers.interactions import Interactions
from recsys_helpers.models import EASE, CollaborativeFiltering, ImplicitALS, ItemKNN, Popularity
from recsys_helpers.models.abilities import GivesReasons, Reasons
from recsys_helpers.trust import (
    cited,
    contrast,
    deletion_bound,
    deletion_test,
    deletions_needed,
    scores_without,
    smallest_deletion,
    survives,
    without,
)
from recsys_helpers.trust.explain import _no_more_than_needed

LINEAR = {
    "EASE": lambda: EASE(5.0),
    "ItemKNN": lambda: ItemKNN(n_neighbors=8, shrinkage=1.0),
    "SVD": lambda: CollaborativeFiltering(4, n_epochs=1, fill="zero"),
}
ALL = LINEAR | {"ALS": lambda: ImplicitALS(4, regularization=2.0, dtype="float64")}


@pytest.fixture(scope="module", params=ALL)
def model(request, x):
    return ALL[request.param]().fit(x)


@pytest.fixture(scope="module", params=LINEAR)
def linear(request, x):
    return LINEAR[request.param]().fit(x)


def history(x, user):
    row = x.matrix[[x.users.get_loc(user)]]
    return list(x.items[row.indices]), row.data


def scored_anew(model, x, user, gone):
    """Scores of all items from a table of one listener that was written without these plays."""
    heard, values = history(x, user)
    rows = [(user, item, value) for item, value in zip(heard, values, strict=True) if item not in gone]
    table = pd.DataFrame(rows, columns=["user_id", "track_id", "value"])
    return pd.Series(model.fold_in(Interactions.from_frame(table, value="value")).score([user])[0], x.items)


def listed(scores, x, user, item, k):
    open_ = scores.drop(history(x, user)[0])
    return bool((open_ > open_[item] + 1e-9).sum() < k)


def some_user(x, least=4, most=8):
    n = np.diff(x.matrix.indptr)
    return x.users[np.flatnonzero((n >= least) & (n <= most))[0]]


# ---- contrast --------------------------------------------------------------------------------------------------------


def test_a_contrast_is_the_difference_of_two_explanations(model, x):
    user = some_user(x)
    first, second = model.recommend([user], k=2)["item"]
    table = contrast(model, user, first, second)
    each = [model.explain(user, [i]).set_index("because")["value"] for i in (first, second)]
    expected = each[0].sub(each[1], fill_value=0.0)
    assert table["value"].is_monotonic_decreasing
    got = table.set_index("because")["value"]
    assert np.allclose(got, expected[got.index]) and np.allclose(expected.drop(got.index), 0)
    scores = model.predict([user, user], [first, second])
    assert np.isclose(table["value"].sum(), scores[0] - scores[1])
    back = contrast(model, user, second, first).set_index("because")["value"]
    assert np.allclose(back[got.index], -got)


def test_what_no_play_stands_behind_has_its_own_row(x):
    model = CollaborativeFiltering(4, n_epochs=1, fill="biases").fit(x)
    user = some_user(x)
    first, second = model.recommend([user], k=2)["item"]
    table = contrast(model, user, first, second)
    assert table["because"].isna().sum() == 1
    scores = model.predict([user, user], [first, second])
    assert np.isclose(table["value"].sum(), scores[0] - scores[1])


@pytest.mark.parametrize(("item", "rival"), [("t01", "t01"), ("t01", "nobody")])
def test_a_contrast_needs_two_known_items(x, item, rival):
    with pytest.raises(ValueError, match="two different|Unknown item"):
        contrast(EASE(5.0).fit(x), "u01", item, rival)


# ---- cited -----------------------------------------------------------------------------------------------------------


class Told(GivesReasons):
    """A model whose terms are written down: a row for each item, a column for each play, a sum for each listener."""

    TERMS = np.array([[0.0] * 3] * 3 + [[0.1, 0.2, 0.3], [0.3, 0.2, 0.1], [0.6, 0.0, 0.0]])

    def _fit(self, x):
        pass

    def _score(self, rows):
        heard = [self.seen_.matrix[[row]].indices for row in rows]
        return np.array([[float(sum(terms[mine[mine < 3]])) for terms in self.TERMS] for mine in heard])

    def _reasons(self, row, columns):
        mine = self.seen_.matrix[[row]].indices
        return Reasons(self.items_.take(mine), self.TERMS[columns][:, mine])


@pytest.fixture
def told():
    log = pd.DataFrame({"user_id": [1, 1, 1, 2, 2, 2], "track_id": [10, 20, 30, 40, 50, 60]})
    return Told().fit(Interactions.from_frame(log))


def test_what_differs_by_rounding_alone_is_a_tie_and_the_lower_id_goes_first(told):
    assert len(set(told.score([1])[0, 3:])) > 1  # .1 + .2 + .3 and .6
    assert survives(told, 1, 40, [[]], k=1).tolist() == [True]
    assert survives(told, 1, 50, [[], [20]], k=1).tolist() == [False, False]


def test_terms_that_tie_stay_in_the_order_of_the_ids(told):
    assert cited(told, [1])["order"].tolist() == [[30, 20, 10]]
    told.TERMS = np.array([[0.0] * 3] * 3 + [[0.3, 0.1 + 0.2, 0.3]] * 3)  # the second is larger by a rounding
    assert cited(told, [1])["order"].tolist() == [[10, 20, 30]]
    told.TERMS = np.array([[0.0] * 3] * 3 + [[0.3, 0.1 + 0.2, 0.3], [0.0] * 3, [0.0] * 3])
    assert contrast(told, 1, 40, 50)["because"].tolist() == [10, 20, 30]


def test_ids_that_are_numbers_stay_numbers(told):
    table = contrast(told, 1, 40, 60)
    assert table["because"].tolist() == [30, 20, 10] and table["because"].dtype == object
    assert np.allclose(table["value"], [0.3, 0.2, -0.5])
    assert contrast(told, 1, 50, 60)["because"].tolist() == [20, 30, 10]


def test_a_play_that_says_as_much_for_both_has_no_row(told):
    told.TERMS = np.array([[0.0] * 3] * 3 + [[0.5, 0.2, 0.1], [0.5, 0.1, 0.2], [0.0] * 3])
    assert contrast(told, 1, 40, 50)["because"].tolist() == [20, 30]


def test_nobody_without_a_term_is_cited(x):
    one = x.items[x.matrix[[3]].indices][0]
    model = (
        EASE(5.0)
        .fit(x)
        .fold_in(
            Interactions.from_frame(
                pd.DataFrame({"user_id": ["p", "q"], "track_id": [one, one]}), users=["p", "q", "r"]
            )
        )
    )
    assert cited(model, ["r", "q", "p"])["user"].tolist() == ["q", "p"]
    assert list(cited(model, ["r"])) == ["user", "item", "order", "value"]


def test_cited_orders_the_plays_by_what_they_add(model, x):
    table = cited(model, x.users[:10])
    assert table["user"].tolist() == list(x.users[:10])
    for user, item, order, value in table.itertuples(index=False):
        assert item == model.recommend([user], k=1)["item"].iloc[0]
        told = model.explain(user, [item]).set_index("because")["value"]
        assert set(order) == set(told.index) and np.allclose(told[order], value)
        assert (np.diff(value) <= 1e-11).all()


# ---- deletion --------------------------------------------------------------------------------------------------------


def test_without_scores_as_a_table_written_by_hand(model, x):
    user = some_user(x)
    heard, _ = history(x, user)
    sets = [[], heard[:1], heard[1:3]]
    cut = without(model, user, sets)
    for row, gone in enumerate(sets):
        assert np.allclose(cut.score([row])[0], scored_anew(model, x, user, gone), atol=1e-6)


def test_deletion_test_is_scoring_anew_and_counting(model, x):
    rng = np.random.default_rng(1)
    rows, expected, values = [], [], []
    for user in x.users[np.diff(x.matrix.indptr) > 3][:12]:
        heard, _ = history(x, user)
        item = model.recommend([user], k=1)["item"].iloc[0]
        for n in (0, 1, 3):
            gone = rng.permutation(np.array(heard, dtype=object))[:n].tolist()
            scores = scored_anew(model, x, user, gone)
            rows.append({"user": user, "item": item, "deleted": gone})
            expected.append(listed(scores, x, user, item, 2))
            values.append(scores[item])
    cases = pd.DataFrame(rows)
    got = deletion_test(model, cases, k=2)
    assert got.dtype == bool and got.tolist() == expected and not all(expected)
    assert np.allclose(scores_without(model, cases), values, atol=1e-6)


def test_what_was_deleted_comes_back_only_where_it_may(x):
    """A track that is its listener's own nearest neighbour takes the first place once it is deleted."""
    model = ItemKNN(shrinkage=0).fit(
        Interactions.from_frame(
            pd.DataFrame({"user_id": list("aabbccdd"), "track_id": ["p", "q", "p", "q", "p", "r", "q", "p"]})
        )
    )
    cases = pd.DataFrame({"user": ["d"], "item": ["r"], "deleted": [["q"]]})
    assert deletion_test(model, cases, k=1).tolist() == [True]
    assert deletion_test(model, cases, k=1, back=True).tolist() == [False]


def test_nothing_survives_without_any_history(x):
    model, user = EASE(5.0).fit(x), some_user(x)
    item = model.recommend([user], k=1)["item"].iloc[0]
    assert survives(model, user, item, [[], history(x, user)[0]], k=3).tolist() == [True, False]


def test_cases_do_not_touch_each_other_and_the_batches_agree(model, x, monkeypatch):
    table = cited(model, x.users[:15])
    cases = table.assign(deleted=table["order"].str[:2])
    whole = deletion_test(model, cases, k=2)
    one_by_one = [
        bool(survives(model, u, i, [d], k=2)[0])
        for u, i, d in cases[["user", "item", "deleted"]].itertuples(index=False)
    ]
    monkeypatch.setattr("recsys_helpers.trust.explain.CELLS_PER_BATCH", 60)
    assert whole.tolist() == one_by_one == deletion_test(model, cases, k=2).tolist()


def test_ties_go_to_the_lower_id():
    log = pd.DataFrame({"user_id": list("aaabbbc"), "track_id": list("xyzxyzz")})
    model = ItemKNN(shrinkage=0).fit(Interactions.from_frame(log))
    assert survives(model, "c", "x", [[]], k=1).tolist() == [True]
    assert survives(model, "c", "y", [[]], k=1).tolist() == [False]


@pytest.mark.parametrize(
    ("case", "says"),
    [
        ({"user": "nobody", "item": "t24", "deleted": []}, "Unknown user"),
        ({"user": "u01", "item": "nothing", "deleted": []}, "Unknown item"),
        ({"user": "u00", "item": "t24", "deleted": []}, "^'u00' has 't24' already"),
        ({"user": "u01", "item": "t24", "deleted": ["t24"]}, "^'t24' is not in the history of 'u01'"),
    ],
)
def test_a_wrong_case_is_named(x, case, says):
    with pytest.raises(ValueError, match=says):
        deletion_test(EASE(5.0).fit(x), pd.DataFrame([case]))
    if "history" in says:
        with pytest.raises(ValueError, match=says):
            without(EASE(5.0).fit(x), case["user"], [case["deleted"]])


def test_no_cases_give_nothing(x):
    none = pd.DataFrame({"user": [], "item": [], "deleted": []})
    assert deletion_test(EASE(5.0).fit(x), none).tolist() == []


def test_lists_have_ten_places_unless_told_otherwise(x):
    model, user = EASE(5.0).fit(x), some_user(x)
    listed_ = model.recommend([user], k=11)["item"].tolist()
    tenth, eleventh = listed_[9:]
    cases = pd.DataFrame({"user": user, "item": [tenth, eleventh], "deleted": [[], []]})
    assert deletion_test(model, cases).tolist() == [True, False]
    assert [survives(model, user, item, [[]]).tolist() for item in (tenth, eleventh)] == [[True], [False]]
    needed = [deletions_needed(model, cited(model, x.users), k=k).tolist() for k in (9, 10, 11)]
    assert deletions_needed(model, cited(model, x.users)).tolist() == needed[1]
    assert needed[1] not in (needed[0], needed[2])
    assert smallest_deletion(model, user, tenth) is not None
    with pytest.raises(ValueError, match="not among the 10 best"):
        smallest_deletion(model, user, eleventh)
    bounds = [deletion_bound(model, user, listed_[0], k=k) for k in (1, 10, 16)]
    assert bounds[0] <= deletion_bound(model, user, listed_[0]) == bounds[1] <= bounds[2]


def test_a_bound_counts_the_rival_of_the_last_place():
    """Rival 50 is passed once 10 goes, rival 60 needs two: to leave one place takes 1, to leave two takes 2."""
    log = pd.DataFrame({"user_id": [1, 1, 1, 2, 2, 2], "track_id": [10, 20, 30, 40, 50, 60]})
    model = Told().fit(Interactions.from_frame(log))
    model.TERMS = np.array([[0.0] * 3] * 3 + [[0.5, 0.4, 0.3], [0.1, 0.4, 0.31], [0.1, 0.1, 0.4]])
    assert [deletion_bound(model, 1, 40, k=k) for k in (1, 2)] == [1, 2]
    assert [smallest_deletion(model, 1, 40, k=k) for k in (1, 2)] == [[10], [10, 20]]


def test_the_search_against_rivals_finds_what_the_largest_terms_do_not():
    """10 says most for the item and as much for its rival; 30 alone speaks for it against the rival."""
    log = pd.DataFrame({"user_id": [1, 1, 1, 2, 2, 2], "track_id": [10, 20, 30, 40, 50, 60]})
    model = Told().fit(Interactions.from_frame(log))
    model.TERMS = np.array([[0.0] * 3] * 3 + [[0.5, 0.4, 0.3], [0.5, 0.41, 0.2], [0.0] * 3])
    case = pd.DataFrame({"user": [1], "item": [40], "order": [[10, 20, 30]]})
    assert deletions_needed(model, case, k=1).tolist() == [3]
    assert smallest_deletion(model, 1, 40, k=1) == [30]
    assert smallest_deletion(model, 1, 40, k=1, most=1) == [30]


def test_what_a_set_does_not_need_is_taken_out_again():
    """By terms 10 goes first; yet without it nothing changes, since the rival lives by it as well."""
    log = pd.DataFrame({"user_id": [1, 1, 1, 2, 2, 2], "track_id": [10, 20, 30, 40, 50, 60]})
    model = Told().fit(Interactions.from_frame(log))
    model.TERMS = np.array([[0.0] * 3] * 3 + [[0.9, 0.4, 0.3], [0.9, 0.3, 0.31], [0.0] * 3])
    for play in ([10], [30]):
        assert survives(model, 1, 40, [play], k=1)[0]
    assert _no_more_than_needed(model, 1, 40, 1, [10, 20, 30]) == [20]
    assert _no_more_than_needed(model, 1, 40, 1, [20]) == [20]

    model.TERMS = np.array([[0.0] * 3] * 3 + [[0.5, 0.4, 0.3], [0.1, 0.4, 0.31], [0.1, 0.1, 0.4]])
    assert _no_more_than_needed(model, 1, 40, 2, [30, 10, 20]) == [10, 20]


def test_where_no_play_with_a_part_undoes_it_the_others_are_tried_too():
    """Only 10 adds to the item; 20 and 30 add nothing, but they hold the rivals down."""
    log = pd.DataFrame({"user_id": [1, 1, 1, 2, 2, 2], "track_id": [10, 20, 30, 40, 50, 60]})
    model = Told().fit(Interactions.from_frame(log))
    model.TERMS = np.array([[0.0] * 3] * 3 + [[0.5, 0.0, 0.0], [0.2, -1.0, -1.0], [0.0, -1.0, -1.0]])
    case = pd.DataFrame({"user": [1], "item": [40], "order": [[10]]})
    assert np.isnan(deletions_needed(model, case, k=1)).all()
    assert sorted(smallest_deletion(model, 1, 40, k=1)) == [10, 20, 30]
    assert smallest_deletion(model, 1, 40, k=1, most=2) is None


@pytest.mark.parametrize("search", [smallest_deletion, deletion_bound])
def test_a_search_names_what_cannot_be_asked(x, search):
    model, user = EASE(5.0).fit(x), some_user(x)
    with pytest.raises(ValueError, match="Unknown item: 'nothing'"):
        search(model, user, "nothing")
    with pytest.raises(ValueError, match="Unknown user: 'nobody'"):
        search(model, "nobody", x.items[0])
    with pytest.raises(ValueError, match=f"'{user}' has '{history(x, user)[0][0]}' already"):
        search(model, user, history(x, user)[0][0])
    with pytest.raises(ValueError, match="^k=0"):
        search(model, user, x.items[0], k=0)
    with pytest.raises(NotFittedError):
        search(EASE(5.0), user, x.items[0])


@pytest.mark.parametrize("most", [0, 1.5, True])
def test_a_largest_size_is_a_whole_number(x, most):
    model, user = EASE(5.0).fit(x), some_user(x)
    with pytest.raises(ValueError, match=f"^most={most}: give a whole number, 1 or more"):
        smallest_deletion(model, user, model.recommend([user], k=1)["item"].iloc[0], most=most)


def test_a_k_that_is_no_length_is_refused(x):
    with pytest.raises(ValueError, match="k=0"):
        deletion_test(
            EASE(5.0).fit(x), pd.DataFrame({"user": ["u01"], "item": ["t24"], "deleted": [[]]}), k=0
        )


# ---- how many --------------------------------------------------------------------------------------------------------


def test_deletions_needed_is_the_first_prefix_that_does(model, x):
    table = cited(model, x.users[np.diff(x.matrix.indptr) > 3][:10])
    cases = table[["user", "item", "order"]]
    expected = []
    for user, item, order in cases.itertuples(index=False):
        n = next(
            (
                n
                for n in range(1, len(order))
                if not listed(scored_anew(model, x, user, order[:n]), x, user, item, 2)
            ),
            None,
        )
        whole = len(order) == len(history(x, user)[0])
        expected.append(n if n else len(order) if whole else np.nan)
    assert np.array_equal(deletions_needed(model, cases, k=2), expected, equal_nan=True)
    assert np.nanmax(expected) > 1


def fewest(model, x, user, item, k):
    heard, _ = history(x, user)
    for n in range(1, len(heard) + 1):
        sets = [list(one) for one in combinations(heard, n)]
        if not survives(model, user, item, sets, k).all():
            return n
    raise AssertionError("the whole history always does")


def test_greedy_bound_and_brute_force_stand_in_order(linear, x):
    equal = []
    n = np.diff(x.matrix.indptr)
    for user in x.users[(n >= 3) & (n <= 7)][:8]:
        item = linear.recommend([user], k=1)["item"].iloc[0]
        for k in (1, 3):
            best = fewest(linear, x, user, item, k)
            found = smallest_deletion(linear, user, item, k)
            assert deletion_bound(linear, user, item, k) <= best <= len(found)
            assert not survives(linear, user, item, [found], k)[0]
            assert len(set(found)) == len(found) and set(found) <= set(history(x, user)[0])
            equal.append(len(found) == best)
    assert np.mean(equal) > 0.7


def test_greedy_deletes_what_factor_models_hang_on(x):
    model, user = ALL["ALS"]().fit(x), some_user(x)
    item = model.recommend([user], k=1)["item"].iloc[0]
    found = smallest_deletion(model, user, item, k=1)
    assert not survives(model, user, item, [found], k=1)[0]
    assert smallest_deletion(model, user, item, k=1, most=len(found)) == found
    if len(found) > 1:
        assert smallest_deletion(model, user, item, k=1, most=len(found) - 1) is None


def test_there_is_nothing_to_undo_where_an_item_is_not_listed(x):
    model, user = EASE(5.0).fit(x), some_user(x)
    last = model.recommend([user], k=25)["item"].iloc[-1]
    with pytest.raises(ValueError, match="nothing to undo"):
        smallest_deletion(model, user, last, k=1)
    second = model.recommend([user], k=2)["item"].iloc[1]  # among ten, and not the first
    assert smallest_deletion(model, user, second, k=10)
    with pytest.raises(ValueError, match=f"^'{second}' is not among the 1 best of '{user}'"):
        smallest_deletion(model, user, second, k=1)
    with pytest.raises(ValueError, match="most"):
        smallest_deletion(model, user, last, k=1, most=0)


def test_a_bound_is_refused_where_terms_move(x):
    model, user = ALL["ALS"]().fit(x), some_user(x)
    item = model.recommend([user], k=1)["item"].iloc[0]
    with pytest.raises(ValueError, match="move when a play is deleted"):
        deletion_bound(model, user, item)
    biases = CollaborativeFiltering(4, n_epochs=1, fill="biases").fit(x)
    with pytest.raises(ValueError, match="no single play"):
        deletion_bound(biases, user, biases.recommend([user], k=1)["item"].iloc[0])


def test_a_bound_needs_rivals(x):
    model, user = EASE(5.0).fit(x), some_user(x)
    item = model.recommend([user], k=1)["item"].iloc[0]
    with pytest.raises(ValueError, match="no 25 others"):
        deletion_bound(model, user, item, k=25)


def test_a_model_without_reasons_can_still_be_tested(x):
    """A chart does not read a history, so no deletion moves it."""
    model = Popularity().fit(x)
    user = some_user(x)
    item = model.recommend([user], k=1)["item"].iloc[0]
    assert survives(model, user, item, [history(x, user)[0][:2]], k=1).tolist() == [True]


class Partly(Told):
    """The same with a part of each score that no play stands behind."""

    REST = 0.0

    def _reasons(self, row, columns):
        said = super()._reasons(row, columns)
        return Reasons(said.because, said.values, np.full(len(columns), self.REST))


@pytest.mark.parametrize("size", [1e-4, 1.0, 1e4])
def test_a_rest_is_too_much_for_a_bound_by_its_share_of_the_terms_whatever_their_unit(size):
    log = pd.DataFrame({"user_id": [1, 1, 1, 2, 2, 2], "track_id": [10, 20, 30, 40, 50, 60]})
    model = Partly().fit(Interactions.from_frame(log))
    model.TERMS = size * np.array([[0.0] * 3] * 3 + [[0.5, 0.4, 0.3], [0.1, 0.4, 0.31], [0.1, 0.1, 0.4]])
    for sign in (1, -1):
        model.REST = sign * 3e-7 * size
        assert deletion_bound(model, 1, 40, k=2) == 2
        model.REST = sign * 6e-7 * size
        with pytest.raises(ValueError, match="^A part of these scores stands behind no single play"):
            deletion_bound(model, 1, 40, k=2)
