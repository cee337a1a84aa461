"""What a stranger costs: one fold of an empty history, however many the model knows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_helpers import models
from recsys_helpers.interactions import Interactions
from tests.models.conftest import describe
from tests.models.test_contract import EVERY_MODEL, fit, in_one_line, is_open

OPEN = [model for model in EVERY_MODEL if is_open(model)]


@pytest.mark.parametrize("model", OPEN, ids=in_one_line)
def test_a_stranger_is_met_alone(model, small, monkeypatch):
    """Not beside everybody whom the model knows: that would cost as much as they are many."""
    model, met = fit(model, small), []
    meet = type(model)._meet

    def watched(self, x):
        met.append(x.shape[0])
        return meet(self, x)

    monkeypatch.setattr(type(model), "_meet", watched)
    strangers = ["nobody", small.users[3], "nemo", small.users[5], "ann"]
    for ask in (
        lambda: model.recommend(strangers, k=3),
        lambda: model.score(strangers),
        lambda: model.predict(strangers, small.items[:5]),
    ):
        met.clear()
        ask()
        assert met == [1]
    met.clear()
    model.recommend(small.users[:4], k=3)
    assert met == []


@pytest.mark.parametrize("model", OPEN, ids=in_one_line)
def test_strangers_beside_known_ones_are_as_if_alone(model, small):
    model = fit(model, small)
    asked = ["nemo", small.users[3], "nobody", small.users[5]]
    found = model.recommend(asked, k=6)
    alone = pd.concat([model.recommend([user], k=6) for user in asked], ignore_index=True)
    pd.testing.assert_frame_equal(found, alone, check_dtype=False)
    everybody = model.recommend(["nemo"], k=30, exclude_seen=True)
    assert set(everybody["item"]) == set(small.items), "who has heard nothing misses nothing"
    pairs = model.predict(["nemo", "u003", "nemo"], small.items[[4, 5, 6]])
    scores = model.score(["nemo", "u003"])
    np.testing.assert_allclose(pairs, scores[[0, 1, 0], [4, 5, 6]], rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("model", OPEN, ids=in_one_line)
def test_a_new_item_and_a_stranger_at_once(model, small):
    kept = small.subset(items=small.items[[*range(7), *range(8, 30)]])  # without t007
    table = models.tables_for(model, {"items": describe(small.items)})
    model = type(model)(**model.get_params(deep=False)).fit(kept, **table)
    found = model.recommend(["nemo", small.users[2]], k=30, exclude_seen=False, candidates=["t007", "t001"])
    assert sorted(found["item"]) == ["t001", "t001", "t007", "t007"]
    own = model.recommend(
        ["nemo", "u002"], exclude_seen=False, candidates={"nemo": ["t007"], "u002": ["t001"]}
    )
    assert own[["user", "item"]].values.tolist() == [["nemo", "t007"], ["u002", "t001"]]
    assert model.score(["nemo", "u002"]).shape == (2, 29)
    seen = set(kept.to_frame().query("user == 'u002'")["item"])
    unheard = model.recommend(["u002"], k=30, candidates=small.items)
    assert set(unheard["item"]) == set(small.items) - seen


def test_the_history_of_who_was_folded_in_is_theirs_after_items_came_in_between(small):
    """Ids that sort between the known ones move their columns."""
    kept = small.subset(items=small.items[::2])
    model = models.ContentBased(prior=0.0).fit(kept, items=describe(small.items))
    frame = pd.DataFrame({"user_id": ["a", "a", "b"], "track_id": ["t001", "t004", "t004"]})
    folded = model.fold_in(Interactions.from_frame(frame))
    assert folded.items_.tolist() == sorted([*kept.items, "t001"])
    assert set(folded.recommend(["a"], k=30)["item"]) == set(kept.items) - {"t004"}
    assert set(folded.recommend(["b"], k=30)["item"]) == (set(kept.items) | {"t001"}) - {"t004"}
