"""Fake accounts: that they are what their kind says, that the real ones stay, and that hits are counted right."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.interactions import Interactions
from recsys_helpers.models import EASE, Popularity
from recsys_helpers.trust import KINDS, Attack, capped, fewest_fakes, hit_ratio, inject, lifted

TARGET = "t05"


@pytest.fixture(scope="module")
def x():
    rng = np.random.default_rng(3)
    table = pd.DataFrame(
        [
            (f"u{u:02d}", f"t{i:02d}", 1 + rng.poisson(2))
            for u in range(40)
            for i in range(30)
            if rng.random() < 0.9 / (1 + i / 6) and not (i == 5 and u > 2)
        ],
        columns=["user_id", "track_id", "plays"],
    )
    return Interactions.from_frame(table, value="plays")


def how(kind):
    return {"segment": ["t01", "t02", TARGET, "t09", "t20"]} if kind == "segment" else {}


def fakes_of(attack):
    rows = attack.interactions.matrix[np.flatnonzero(attack.is_fake)].toarray()
    return pd.DataFrame(rows, index=attack.fakes, columns=attack.interactions.items)


def item_means(x):
    return x.to_frame().groupby("item")["value"].mean()


@pytest.mark.parametrize("kind", KINDS)
def test_real_listeners_stay_and_each_fake_pushes_the_target(x, kind):
    attack = inject(x, TARGET, 6, kind, push=40, fillers=4, random_state=1, **how(kind))
    n = x.shape[0]
    assert (attack.interactions.matrix[:n] != x.matrix).nnz == 0
    assert list(attack.interactions.users) == [*x.users, *attack.fakes]
    assert list(np.flatnonzero(attack.is_fake)) == list(range(n, n + 6))
    fakes = fakes_of(attack)
    assert (fakes[TARGET] == 40).all()
    assert ((fakes > 0).sum(axis=1) == 5).all()
    assert attack.price == pytest.approx(fakes.to_numpy().sum())
    assert attack.interactions.times is None


def test_random_fillers_have_the_mean_of_all(x):
    fakes = fakes_of(inject(x, TARGET, 5, "random", fillers=7)).drop(columns=TARGET)
    assert np.allclose(fakes.to_numpy()[fakes.to_numpy() > 0], x.to_frame()["value"].mean())


@pytest.mark.parametrize("kind", ["average", "bandwagon", "segment"])
def test_these_fillers_have_the_mean_of_their_track(x, kind):
    fakes = fakes_of(inject(x, TARGET, 5, kind, fillers=4, **how(kind))).drop(columns=TARGET)
    means = item_means(x)
    for name in fakes:
        heard = fakes.loc[fakes[name] > 0, name]
        assert np.allclose(heard, means[name])


def test_a_track_of_one_listener_has_the_mean_of_that_one_and_of_none_that_of_all():
    table = pd.DataFrame({"user_id": [1, 1, 2, 2], "track_id": ["a", "b", "b", "c"], "plays": [8, 2, 4, 6]})
    x = Interactions.from_frame(table, value="plays", items=["a", "b", "c", "d"])
    fakes = fakes_of(inject(x, "b", 1, "average", fillers=3))
    assert fakes.iloc[0].to_dict() == {"a": 8, "b": 30, "c": 6, "d": 5}


def test_half_of_a_bandwagon_is_popular(x):
    sizes = x.to_frame().groupby("item").size()
    popular = set(sizes.sort_values(ascending=False, kind="stable").index[:3])
    fakes = fakes_of(inject(x, TARGET, 5, "bandwagon", fillers=6))
    assert all(set(row.index[row > 0]) >= popular for _, row in fakes.iterrows())
    alone = fakes_of(inject(x, TARGET, 5, "bandwagon", fillers=2))
    assert all(len(popular & set(row.index[row > 0])) >= 1 for _, row in alone.iterrows())


def test_a_segment_holds_nothing_else_and_the_popular_first(x):
    fakes = fakes_of(inject(x, TARGET, 3, "segment", fillers=2, segment=["t20", "t01", "t02"]))
    sizes = x.to_frame().groupby("item").size()
    best = sizes[["t01", "t02", "t20"]].sort_values(ascending=False, kind="stable").index[:2]
    assert all(set(row.index[row > 0]) == {*best, TARGET} for _, row in fakes.iterrows())


def test_a_lookalike_is_part_of_one_listener(x):
    table = pd.DataFrame(x.matrix.toarray(), columns=x.items)
    for _, row in fakes_of(inject(x, TARGET, 8, "lookalike", fillers=3)).drop(columns=TARGET).iterrows():
        own = row[row > 0]
        assert len(own) == 3
        assert (table[own.index] == own).all(axis=1).any()


@pytest.mark.parametrize("kind", KINDS)
def test_a_seed_makes_the_same_accounts_and_few_are_the_first_of_many(x, kind):
    few = fakes_of(inject(x, TARGET, 3, kind, random_state=4, **how(kind)))
    many = fakes_of(inject(x, TARGET, 7, kind, random_state=4, **how(kind)))
    pd.testing.assert_frame_equal(few, many.iloc[:3])
    if kind != "segment":  # whose fillers are not drawn
        other = fakes_of(inject(x, TARGET, 3, kind, random_state=5, fillers=5))
        same = fakes_of(inject(x, TARGET, 3, kind, random_state=4, fillers=5))
        assert not other.equals(same)


def test_unless_told_otherwise_a_fake_plays_the_target_thirty_times_behind_thirty_others():
    rng = np.random.default_rng(0)
    many = pd.DataFrame(
        {"user_id": np.repeat(range(3), 80), "track_id": np.tile([f"t{i:02d}" for i in range(80)], 3)}
    )
    many["plays"] = 1 + rng.poisson(2, len(many))
    fakes = fakes_of(inject(Interactions.from_frame(many, value="plays"), TARGET, 2))
    assert (fakes[TARGET] == 30).all() and ((fakes > 0).sum(axis=1) == 31).all()


def test_fewer_fillers_where_there_are_no_more(x):
    assert (fakes_of(inject(x, TARGET, 2, "random", fillers=500)) > 0).sum(axis=1).tolist() == [30, 30]
    assert (fakes_of(inject(x, TARGET, 2, "random", fillers=0)) > 0).sum(axis=1).tolist() == [1, 1]


def test_ids_are_new_whatever_the_listeners_are_called():
    table = pd.DataFrame({"user_id": [4, 9], "track_id": ["a", "b"], "plays": [1, 2]})
    numbers = inject(Interactions.from_frame(table, value="plays"), "a", 2, fillers=1)
    assert list(numbers.fakes) == [10, 11]
    table["user_id"] = ["zz-fake-00000", "al"]
    names = inject(Interactions.from_frame(table, value="plays"), "a", 2, fillers=1)
    assert len(set(names.interactions.users)) == 4


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"target": "t99"}, "Unknown item"),
        ({"kind": "quiet"}, "kind='quiet': choose"),
        ({"n_fakes": 0}, "^n_fakes=0: "),
        ({"n_fakes": 1.5}, "^n_fakes=1.5: give a whole number"),
        ({"push": 0}, "^push=0: "),
        ({"push": np.nan}, "^push=nan: "),
        ({"fillers": -1}, "^fillers=-1: "),
        ({"fillers": 1.5}, "^fillers=1.5: give a whole number"),
        ({"segment": ["t01"]}, "give both or neither"),
        ({"kind": "segment"}, "give both or neither"),
        ({"kind": "segment", "segment": [TARGET]}, "beside the target"),
        ({"kind": "segment", "segment": ["t99"]}, "Unknown item"),
        ({"random_state": -1}, "^random_state=-1: "),
        ({"random_state": 0.5}, "^random_state=0.5: give a whole number"),
    ],
)
def test_what_makes_no_attack_is_refused(x, change, says):
    with pytest.raises(ValueError, match=says):
        inject(x, **({"target": TARGET, "n_fakes": 2} | change))


def test_values_that_are_no_counts_are_refused(x):
    for values in (np.zeros(x.nnz), -x.matrix.data):
        with pytest.raises(ValueError, match="above 0"):
            inject(x.with_values(values), TARGET, 2)
    with pytest.raises(ValueError, match="above 0"):
        inject(x.where(np.zeros(x.nnz, dtype=bool)), TARGET, 2)


def test_an_attack_goes_through_a_change_of_values_and_no_other(x):
    attack = inject(x, TARGET, 2, push=40)
    after = attack.then(lambda one: capped(one, 3))
    assert isinstance(after, Attack) and after.interactions.matrix.data.max() == 3
    assert attack.interactions.matrix.data.max() == 40
    assert list(after.fakes) == list(attack.fakes) and after.target == TARGET
    with pytest.raises(ValueError, match="all users"):
        attack.then(lambda one: one.drop_empty(users=True).subset(users=list(x.users)))


def test_hits_are_what_a_loop_over_scores_finds(x):
    attack = inject(x, TARGET, 8, "lookalike", push=40)
    model = EASE(regularization=5.0).fit(attack.interactions)
    found = lifted(model, TARGET, x.users, k=4)
    place = list(x.items).index(TARGET)
    expected = {}
    for user, scores, own in zip(x.users, model.score(x.users), x.matrix.toarray(), strict=True):
        if own[place] == 0:
            unheard = [i for i in range(len(scores)) if own[i] == 0]
            expected[user] = place in sorted(unheard, key=lambda i: (-round(scores[i], 9), i))[:4]
    assert found.to_dict() == expected and 0 < sum(expected.values())
    assert hit_ratio(model, TARGET, x.users, k=4) == pytest.approx(np.mean(list(expected.values())))
    assert not found.index.isin(attack.fakes).any()


def test_lists_have_ten_places_unless_told_otherwise():
    rows = [(user, f"t{item:02d}") for item in range(15) for user in range(20 - item)]
    log = pd.DataFrame(rows, columns=["user_id", "track_id"])
    chart = Popularity().fit(
        Interactions.from_frame(log, users=range(21))
    )  # t00 has most, the last listener nothing
    assert [hit_ratio(chart, item, [20]) for item in ("t09", "t10")] == [1, 0]
    assert [lifted(chart, item, [20]).tolist() for item in ("t09", "t10")] == [[True], [False]]


def test_one_listener_who_is_asked_twice_counts_once(x):
    model = EASE(regularization=5.0).fit(x)
    asked = [x.users[5], x.users[9], x.users[5]]
    assert list(lifted(model, TARGET, asked).index) == asked[:2]


def test_fakes_and_who_has_heard_it_are_not_asked(x):
    attack = inject(x, TARGET, 3)
    model = Popularity().fit(attack.interactions)
    asked = lifted(model, TARGET, [*attack.fakes, *x.users]).index
    heard = set(x.to_frame().query("item == @TARGET")["user"])
    assert set(asked) == set(x.users) - heard
    with pytest.raises(ValueError, match="another target"):
        lifted(model, TARGET, attack.fakes)


def test_the_fewest_fakes_are_the_first_that_are_enough(x):
    learn = lambda table: Popularity(by="sum").fit(table)  # noqa: E731
    sizes = (1, 2, 4, 8, 16)
    found = fewest_fakes(learn, x, TARGET, sizes, wanted=0.5, push=20, fillers=2)
    reached = [
        hit_ratio(learn(inject(x, TARGET, n, push=20, fillers=2).interactions), TARGET, x.users)
        for n in sizes
    ]
    assert found == next(n for n, share in zip(sizes, reached, strict=True) if share >= 0.5)
    assert found > 1
    assert fewest_fakes(learn, x, TARGET, sizes[::-1], wanted=0.5, push=20, fillers=2) == found
    assert fewest_fakes(learn, x, TARGET, (1,), wanted=1.0, push=1, fillers=0) is None
    assert fewest_fakes(learn, x, TARGET, (40,), wanted=1.0, push=400, fillers=0) == 40
    with pytest.raises(ValueError, match="share"):
        fewest_fakes(learn, x, TARGET, sizes, wanted=0)
    with pytest.raises(ValueError, match=r"^wanted=1\.5 is a share"):
        fewest_fakes(learn, x, TARGET, sizes, wanted=1.5)


def test_a_tenth_of_the_listeners_is_wanted_unless_told_otherwise(x):
    class Reaching(Popularity):
        """Recommends the target to as many of the first listeners as there are fakes."""

        def recommend(self, users, k=10, **_):
            few = list(users)[: len(self.users_) - x.shape[0]]
            return pd.DataFrame({"user": few, "item": [TARGET] * len(few)})

    asked = len(lifted(Popularity().fit(x), TARGET, x.users))
    needed = int(np.ceil(asked / 10))
    assert fewest_fakes(lambda table: Reaching().fit(table), x, TARGET, range(1, 20)) == needed > 1
