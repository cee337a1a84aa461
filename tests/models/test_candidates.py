"""Lists from some items only: the same for everybody, or for each listener their own."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.models.test_contract import EVERY_MODEL, fit, in_one_line


@pytest.mark.parametrize("model", EVERY_MODEL, ids=in_one_line)
class TestCandidates:
    def test_each_listener_their_own(self, model, small, monkeypatch):
        """Against the full list without the others, in batches of three listeners."""
        model, rng = fit(model, small), np.random.default_rng(0)
        users = small.users[[9, 3, 20, 0, 7, 8, 31]]
        own = {user: rng.choice(small.items, size=5).tolist() for user in users}  # now and then one twice
        own["u020"] = []
        full = model.recommend(users, k=small.shape[1])
        lists = full.groupby("user")["item"].agg(list)
        expected = [(user, item) for user in users for item in [i for i in lists[user] if i in own[user]][:4]]
        monkeypatch.setattr("recsys_helpers.models.base.CELLS_PER_BATCH", 3 * small.shape[1])
        for candidates in (own, {user: set(items) for user, items in own.items()}):
            found = model.recommend(users, k=4, candidates=candidates)
            assert list(zip(found["user"], found["item"], strict=True)) == expected
        rows = [(user, item) for user in small.users[::-1] for item in own.get(user, ["t000"])]
        table = pd.DataFrame(rows, columns=["user", "item"])
        with_some = users.delete(2)
        found = model.recommend(with_some, k=4, candidates=table)
        assert list(zip(found["user"], found["item"], strict=True)) == expected
        twice = model.recommend(["u003", "u009", "u003"], k=4, candidates=own)
        assert twice["item"].tolist() == [
            i for user in ("u003", "u009", "u003") for u, i in expected if u == user
        ]

    def test_who_is_left_out_is_named(self, model, small):
        model = fit(model, small)
        users = small.users[:3]
        for candidates in (
            {users[0]: ["t001"], users[2]: ["t002"]},
            pd.DataFrame({"user": users[[0, 2]], "item": ["t001", "t002"]}),
        ):
            with pytest.raises(
                ValueError, match="^candidates says nothing about user 'u001': give ids for each"
            ):
                model.recommend(users, candidates=candidates)

    def test_an_unknown_item_or_a_wrong_table_is_named(self, model, small):
        model = fit(model, small)
        with pytest.raises(ValueError, match="Unknown item: 'nothing'"):
            model.recommend(["u000"], candidates={"u000": ["t001", "nothing"]})
        with pytest.raises(ValueError, match="^candidates has no column 'item': a table of them has"):
            model.recommend(["u000"], candidates=pd.DataFrame({"user": ["u000"], "track_id": ["t001"]}))

    def test_none_for_anybody_is_no_list(self, model, small):
        model = fit(model, small)
        assert len(model.recommend(small.users[:2], candidates=[])) == 0
        assert len(model.recommend(small.users[:2], candidates={user: [] for user in small.users})) == 0
        assert len(model.recommend([], candidates={})) == 0

    def test_one_id_alone_and_a_set_of_listeners(self, model, small):
        model = fit(model, small)
        found = model.recommend({"u004"}, exclude_seen=False, candidates={"u004": "t003"})
        assert found[["user", "item", "rank"]].values.tolist() == [["u004", "t003", 1]]
        assert model.recommend("u004", exclude_seen=False, candidates="t003")["item"].tolist() == ["t003"]
        assert model.score({"u004"}).shape == (1, 30)
