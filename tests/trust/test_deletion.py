"""A model that forgot somebody is the model that a fit without them makes."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from recsys_helpers.interactions import Interactions
from recsys_helpers.models import EASE, ImplicitALS, ItemKNN, Markov
from recsys_helpers.trust import forget
from tests.trust.test_privacy import table


def ones(seed: int = 0) -> Interactions:
    x = table(users=50, items=20, seed=seed)
    return Interactions((x.matrix != 0).astype(float), x.users, x.items)


@pytest.mark.parametrize("gone", [[3], [0, 7, 49]])
@pytest.mark.parametrize("x", [ones(), table(users=50, items=20)], ids=["0/1", "values"])
@pytest.mark.parametrize(
    "model",
    [
        EASE(5.0),
        EASE(5.0, solve="users"),
        ItemKNN(n_neighbors=5),
        ImplicitALS(n_factors=4, regularization=2.0),
    ],
)
def test_it_is_the_fit_without_them(model, x, gone):
    fitted = clone(model).fit(x)
    scores = fitted.score(x.users)
    rest = x.subset(users=x.users.difference(gone))
    found, fresh = forget(fitted, gone), clone(model).fit(rest)
    assert found.users_.equals(rest.users) and found.items_.equals(x.items)
    assert np.allclose(found.score(rest.users), fresh.score(rest.users), atol=1e-9)
    lists = [one.recommend(rest.users)[["user", "item", "rank"]] for one in (found, fresh)]
    assert lists[0].equals(lists[1])
    assert (fitted.score(x.users) == scores).all()  # the given one stays
    with pytest.raises(ValueError, match="Unknown user"):
        found.score([gone[0]])


def test_on_ones_ease_is_corrected_and_not_solved_anew(monkeypatch):
    fitted = EASE(5.0).fit(ones())
    fresh = EASE(5.0).fit(ones().subset(users=ones().users[1:]))
    monkeypatch.setattr(EASE, "_fit", lambda self, x: pytest.fail("it was fitted anew"))
    found = forget(fitted, [0])
    assert np.allclose(found.weights_, fresh.weights_, atol=1e-12)
    assert np.allclose(found.diagonal_, fresh.diagonal_, atol=1e-12)
    again = forget(found, [1, 2])
    assert again.users_[0] == 3


def test_where_fewer_listeners_than_items_are_left_it_is_solved_as_a_fit_would():
    x = table(users=20, items=20)
    x = Interactions((x.matrix != 0).astype(float), x.users, x.items)
    fitted, fresh = EASE(5.0).fit(x), EASE(5.0).fit(x.subset(users=x.users.drop(3)))
    found = forget(fitted, [3])
    assert (fitted.solved_over_, found.solved_over_, fresh.solved_over_) == ("items", "users", "users")
    assert np.allclose(found.score(found.users_), fresh.score(fresh.users_), atol=1e-9)


def test_who_solves_over_items_whatever_comes_is_corrected_with_few_listeners_too(monkeypatch):
    x = ones().subset(users=range(12))
    fitted, fresh = (EASE(5.0, solve="items").fit(x.subset(users=rest)) for rest in (range(12), range(1, 12)))
    monkeypatch.setattr(EASE, "_fit", lambda self, x: pytest.fail("it was fitted anew"))
    assert np.allclose(forget(fitted, [0]).weights_, fresh.weights_, atol=1e-12)


def test_where_lambda_moves_with_the_values_it_is_the_new_one():
    x = table(users=50, items=20)
    assert (
        forget(EASE().fit(x), [4]).lambda_
        == EASE().fit(x.subset(users=x.users.drop(4))).lambda_
        != EASE().fit(x).lambda_
    )


def test_what_cannot_be_forgotten_is_said():
    with pytest.raises(ValueError, match="Unknown user"):
        forget(EASE().fit(ones()), [99])
    with pytest.raises(ValueError, match="no model of nobody"):
        forget(EASE().fit(ones()), ones().users)
    model = Markov.__new__(Markov)
    model.users_ = ones().users
    with pytest.raises(NotFittedError):
        forget(EASE(), [0])
    with pytest.raises(ValueError, match="was fitted on events too"):
        forget(model, [0])
