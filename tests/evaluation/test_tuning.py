"""tune(): the figures of evaluate for each setting, as many tries for each model, and a best at an end is said."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, ParameterGrid, cross_val_score

from recsys_helpers.evaluation import bootstrap_interval, evaluate, metric, random_split, tune
from recsys_helpers.models import EASE, Hybrid, ImplicitALS, ItemKNN, Popularity


@pytest.fixture(scope="module")
def split(ratings):
    return random_split(ratings)


GRID = {"n_neighbors": [2, 5, 20], "shrinkage": [0.0, 10.0]}


def test_each_setting_is_evaluated_as_it_would_be_alone(split):
    found = tune(ItemKNN(), GRID, split, "recall", k=5)
    expected = [dict(zip(GRID, one, strict=True)) for one in itertools.product(*GRID.values())]
    assert {tuple(sorted(one.items())) for one in expected} == {
        tuple(sorted(p.items())) for p in ParameterGrid(GRID)
    }
    assert found.table["try"].tolist() == [1, 2, 3, 4, 5, 6] and set(found.table["model"]) == {"ItemKNN"}
    for row, settings in zip(found.table.itertuples(), expected, strict=True):
        assert row.settings == f"n_neighbors={settings['n_neighbors']}, shrinkage={settings['shrinkage']}"
        assert (row.param_n_neighbors, row.param_shrinkage) == tuple(settings.values())
        alone = evaluate({"it": ItemKNN(**settings)}, split, "recall", k=5).per_listener("recall")["it"]
        assert (row.value, row.low, row.high) == pytest.approx(tuple(bootstrap_interval(alone)))
        assert row.n_listeners == len(split.listeners)
    best = expected[int(found.table["value"].argmax())]
    assert found.best == {"ItemKNN": best} and found.table["best"].sum() == 1
    assert found.models["ItemKNN"].get_params() == ItemKNN(**best).get_params()
    assert not hasattr(found.models["ItemKNN"], "users_")
    per_listener = found.evaluation.per_listener("recall")
    assert per_listener.shape == (len(split.listeners), 6)
    np.testing.assert_allclose(per_listener.mean(), found.table["value"])


def test_of_equal_tries_the_first_is_kept_and_low_can_be_best(split):
    grid = [{"by": "count"}, {"by": "sum"}, {"by": "count", "shrinkage": 3.0}]
    found = tune({"charts": Popularity()}, {"charts": grid}, split, "popularity", k=5)
    assert found.table["value"][0] == found.table["value"][2]  # shrinkage is for means alone
    order = found.table["value"].to_numpy()
    assert found.best["charts"] == grid[int(np.argmin(order))]
    reverse = tune({"charts": Popularity()}, {"charts": grid[::-1]}, split, "popularity", k=5)
    assert reverse.best["charts"] == grid[::-1][int(np.argmin(order[::-1]))]
    coverage = tune(Popularity(), grid, split, "coverage", k=5)
    assert coverage.table["low"].isna().all() and coverage.table["value"].between(0, 1).all()


def test_the_best_at_an_end_of_what_was_tried_is_said(split):
    values = tune(EASE(), {"regularization": [0.5, 5.0, 50.0, 500.0]}, split, k=5).table
    at = int(values["value"].argmax())
    assert values["edge"].tolist() == [
        ""
        if i != at or i in (1, 2)
        else f"regularization={v} is the {'lowest' if i == 0 else 'highest'} tried"
        for i, v in enumerate([0.5, 5.0, 50.0, 500.0])
    ]
    best = values["param_regularization"][at]

    def edge(grid, model=None):
        table = tune(model or EASE(), grid, split, k=5).table
        return table.loc[table["best"], "edge"].item()

    assert edge({"regularization": [best, best * 1e4]}) == f"regularization={best} is the lowest tried"
    assert edge({"regularization": [best * 1e-4, best]}) == f"regularization={best} is the highest tried"
    assert edge({"regularization": [best * 1e-4, best, best * 1e4]}) == ""
    assert edge({"regularization": [best]}) == ""  # one try is no grid
    # A setting that a try does not name has the model's own value.
    assert (
        edge([{}, {"regularization": best * 1e4}], EASE(best)) == f"regularization={best} is the lowest tried"
    )
    assert edge([{"by": "count"}, {"by": "mean"}], Popularity()) == ""  # words have no ends


def test_several_models_have_as_many_tries(split):
    models = {"knn": ItemKNN(), "als": ImplicitALS(n_factors=4, dtype="float64"), "ease": EASE()}
    grids = {
        "knn": {"n_neighbors": [2, 5, 20]},
        "ease": [{}, {"regularization": 5.0}, {"regularization": 50.0}],
        "als": {"regularization": [1.0, 10.0, 100.0]},
    }
    found = tune(models, grids, split, k=5)
    assert found.table["model"].tolist() == ["knn"] * 3 + ["als"] * 3 + ["ease"] * 3
    assert found.table.groupby("model")["best"].sum().tolist() == [1, 1, 1]
    assert found.table.loc[found.table["model"] == "ease", "settings"].iloc[0] == "as it is"
    assert found.table["param_n_neighbors"].isna().tolist() == [False] * 3 + [True] * 6
    assert found.table.loc[6, "param_regularization"] == EASE().regularization
    assert list(found.models) == list(models) and found.models["als"].n_factors == 4
    for name in models:
        rows = found.table[found.table["model"] == name]
        best = rows.loc[rows["value"].idxmax(), "settings"]
        assert best == (", ".join(f"{k}={v!r}" for k, v in found.best[name].items()) or "as it is")


def test_tries_can_be_drawn(split):
    models = {"knn": ItemKNN(), "ease": EASE()}
    grids = {"knn": GRID, "ease": {"regularization": [1.0, 5.0, 25.0, 125.0]}}
    found = tune(models, grids, split, k=5, n_tries=3, random_state=4)
    assert found.table.groupby("model").size().tolist() == [3, 3]
    again = tune(models, grids, split, k=5, n_tries=3, random_state=np.random.default_rng(4))
    pd.testing.assert_frame_equal(found.table, again.table)
    drawn = {
        tuple(tune(EASE(), grids["ease"], split, k=5, n_tries=2, random_state=i).table["settings"])
        for i in range(9)
    }
    assert len(drawn) > 2
    for one in drawn:  # in the grid's order, none twice
        assert [float(s.split("=")[1]) for s in one] == sorted({float(s.split("=")[1]) for s in one})
    assert len(tune(EASE(), grids["ease"], split, k=5, n_tries=1).table) == 1
    everything = tune(EASE(), grids["ease"], split, k=5, n_tries=4)
    pd.testing.assert_frame_equal(everything.table, tune(EASE(), grids["ease"], split, k=5).table)


def test_what_is_left_out_is_as_documented(split):
    found = tune(EASE(), {"regularization": [5.0, 50.0, 500.0]}, split, n_tries=2)
    given = tune(
        EASE(),
        {"regularization": [5.0, 50.0, 500.0]},
        split,
        "ndcg",
        10,
        n_tries=2,
        random_state=0,
        level=0.95,
    )
    pd.testing.assert_frame_equal(found.table, given.table)
    others = [
        tune(EASE(), {"regularization": [5.0, 50.0, 500.0]}, split, n_tries=2, random_state=i)
        for i in range(1, 9)
    ]
    assert any(other.table["settings"].tolist() != found.table["settings"].tolist() for other in others)


def test_models_as_settings_and_settings_within_models(split):
    """A part of a hybrid can be a setting; the model that is passed stays as it is."""
    model = Hybrid(ItemKNN(), EASE())
    grid = [{"collaborative": EASE()}, {"collaborative__regularization": 5.0}]
    found = tune(model, grid, split, k=5)
    assert found.table["settings"].tolist() == ["collaborative=EASE()", "collaborative__regularization=5.0"]
    assert model.collaborative.regularization == EASE().regularization
    assert clone(found.models["Hybrid"]).fit(split.train).users_.equals(split.train.users)


def test_options_reach_evaluate_and_its_metric(split):
    one = metric("ndcg", gains="graded", k=3)
    found = tune(
        EASE(), {"regularization": [5.0, 50.0]}, split, one, k=8, judging={"threshold": 2}, level=0.5
    )
    for row, value in zip(found.table.itertuples(), (5.0, 50.0), strict=True):
        alone = evaluate({"it": EASE(value)}, split, one, k=8, judging={"threshold": 2}).per_listener(
            one.name
        )["it"]
        assert (row.value, row.low, row.high) == pytest.approx(tuple(bootstrap_interval(alone, 0.5)))


BAD = {
    "a grid of another": (
        lambda s: tune({"a": EASE()}, {"b": GRID}, s),
        "^Each model needs a grid under its own name",
    ),
    "one grid for two": (
        lambda s: tune({"a": EASE(), "b": EASE()}, [{}], s),
        "^Each model needs a grid under its own name",
    ),
    "no model": (lambda s: tune({}, {}, s), "^Each model needs a grid under its own name"),
    "no settings": (lambda s: tune(EASE(), [], s), "^The grid of EASE has no settings: name at least one"),
    "no values": (lambda s: tune(EASE(), {"regularization": []}, s), "^The grid of EASE has no settings"),
    "a number for values": (
        lambda s: tune(EASE(), {"regularization": 5.0}, s),
        "^The grid of EASE needs a list of values for regularization, not 5.0",
    ),
    "a word for values": (
        lambda s: tune(Popularity(), {"by": "count"}, s),
        "^The grid of Popularity needs a list of values for by, not 'count'",
    ),
    "values for settings": (
        lambda s: tune(EASE(), [5.0, 50.0], s),
        "^The grid of EASE is a dictionary parameter -> values, or a list of settings such as .*, not 5.0",
    ),
    "a number for a grid": (lambda s: tune(EASE(), 5.0, s), "^The grid of EASE is a dictionary .*, not 5.0"),
    "a word for a grid": (
        lambda s: tune(EASE(), "all", s),
        "^The grid of EASE is a dictionary .*, not 'all'",
    ),
    "a setting twice": (
        lambda s: tune(EASE(), {"regularization": [5.0, 5.0]}, s),
        "^The grid of EASE holds regularization=5.0 twice, which is one try and not two",
    ),
    "an unfair contest": (
        lambda s: tune({"a": EASE(), "b": ItemKNN()}, {"a": [{}], "b": GRID}, s),
        "^a has 1 settings and b 6: give each model as many, or n_tries=1, which draws as many from each grid",
    ),
    "more tries than settings": (
        lambda s: tune(EASE(), [{}], s, n_tries=2),
        "^n_tries=2 tries of each model, and EASE has 1 settings: give a number from 1 to 1, or a larger grid",
    ),
    "no tries": (lambda s: tune(EASE(), [{}], s, n_tries=0), "^n_tries=0 tries of each model"),
    "two metrics": (
        lambda s: tune(EASE(), [{}], s, ["ndcg", "recall"]),
        "^Settings are chosen by one metric",
    ),
    "no split": (lambda s: tune(EASE(), [{}], s.train), "split is a Split"),
    "a value that cannot be": (
        lambda s: tune(EASE(), {"regularization": [5.0, -1.0]}, s),
        r"^Model 'EASE \(regularization=-1.0\)': regularization=-1.0",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_earns_a_sentence(refused, split, case):
    call, sentence = BAD[case]
    refused(lambda: call(split), sentence)


def test_a_parameter_that_is_none_is_named(split):
    with pytest.raises(ValueError, match="^Model 'EASE': Invalid parameter 'lam'"):
        tune(EASE(), {"lam": [5.0]}, split)


SEARCHES = {
    "GridSearchCV": lambda x: GridSearchCV(EASE(), {"regularization": [5.0, 50.0]}).fit(x),
    "GridSearchCV with a scorer": lambda x: GridSearchCV(EASE(), {"regularization": [5.0]}, scoring="r2").fit(
        x
    ),
    "cross_val_score": lambda x: cross_val_score(EASE(), x),
}


@pytest.mark.parametrize("name", SEARCHES)
def test_scikit_learns_search_says_what_to_use(ratings, name):
    with pytest.raises(
        TypeError, match=r"^Interactions are not cut by position.* evaluation\.tune takes the place of"
    ):
        SEARCHES[name](ratings)
