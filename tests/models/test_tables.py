"""Which tables a model reads is stated, and ``fit`` holds to it: nothing is passed over in silence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from recsys_helpers import models
from recsys_helpers.evaluation import evaluate, random_split, split_log
from recsys_helpers.models.checks import TABLES
from tests.models.conftest import accounts, describe, log_of
from tests.models.test_contract import EVERY_MODEL, in_one_line, tables

ANY = pd.DataFrame({"track_id": ["t000"], "user_id": ["u000"]})


@pytest.mark.parametrize("model", EVERY_MODEL, ids=in_one_line)
class TestTables:
    def test_it_names_tables_that_there_are(self, model):
        assert set(model.needs) | set(model.takes) <= set(TABLES)

    def test_a_table_that_it_does_not_name_is_refused_by_name(self, model, small):
        for name in set(TABLES) - set(model.needs) - set(model.takes):
            with pytest.raises(
                ValueError, match=rf"^{type(model).__name__} would not read {name}= \(it reads"
            ):
                clone(model).fit(small, **(tables(model, small) | {name: ANY}))

    def test_a_table_that_it_needs_is_asked_for_by_name(self, model, small):
        given = tables(model, small)
        for name in model.needs:
            rest = {other: table for other, table in given.items() if other != name}
            with pytest.raises(
                ValueError, match=rf"^{type(model).__name__} needs a table of the {name}: fit"
            ):
                clone(model).fit(small, **rest)

    def test_what_is_no_table_is_refused(self, model, small):
        for name in (*model.needs, *model.takes):
            with pytest.raises(
                ValueError,
                match=f"^{name} must be a pandas DataFrame, not a dict: build one with pd.DataFrame",
            ):
                clone(model).fit(small, **(tables(model, small) | {name: {"track_id": [1]}}))

    def test_evaluate_passes_to_each_what_it_names_and_no_more(self, model, small):
        split = random_split(small, test_size=0.3, min_items=4)
        if "events" in model.needs:
            log = log_of(small)
            split = split_log(log, None, log["at"].quantile(0.7), how="plays")
        every = {"items": describe(small.items), "users": accounts(small.users)}
        found = evaluate({"it": model, "charts": models.Popularity()}, split, "ndcg", **every)
        assert set(found.lists) == {"it", "charts"}


class Grabs(models.Recommender):
    """Reads all that it can get."""

    needs = ("events",)
    takes = ("users",)

    def _fit(self, x, events, users):
        self.got = events, users

    def _score(self, rows):
        return np.zeros((len(rows), len(self.items_)))


def test_a_model_gets_its_tables_by_name_and_none_for_what_was_not_given(small):
    users = ANY.copy()
    model = Grabs().fit(small, events=ANY)
    assert model.got[0] is ANY and model.got[1] is None
    model.fit(small, events=ANY, users=users)
    assert model.got[1] is users
    with pytest.raises(ValueError, match=r"would not read items= \(it reads events and users\)"):
        model.fit(small, events=ANY, items=ANY)


def test_tables_for_a_model_that_says_nothing_are_those_that_its_fit_takes():
    class Silent:
        def fit(self, interactions, **tables):
            return self

    class Short:
        def fit(self, interactions, users=None, events=None):
            return self

    given = {"items": ANY, "users": None, "events": ANY}
    assert list(models.tables_for(Silent(), given)) == ["items", "events"]
    assert list(models.tables_for(Short(), given)) == ["events"]
    assert list(models.tables_for(Grabs(), given)) == ["events"]


def test_a_hybrid_needs_what_its_parts_need(small):
    class Watching(Grabs):
        pass

    plain = models.Hybrid(models.ItemKNN(), models.EASE())
    assert (plain.needs, plain.takes) == ((), ("items",))
    assert models.Hybrid().needs == ("items",)
    assert set(models.Hybrid(collaborative=Watching()).needs) == {"items", "events"}
    model = models.Hybrid(models.ItemKNN(5), Watching(), levels=(0, 2)).fit(small, events=ANY)
    assert model.parts_[1].got[0] is ANY
    assert model.fit(small, events=ANY, items=describe(small.items)).items_.equals(small.items)


def test_a_table_of_another_library_comes_in_through_its_own_door(small):
    class Frame:
        """What polars and Arrow have."""

        def to_pandas(self):
            return describe(small.items)

    mine, theirs = (
        models.StarterPacks().fit(small, items=table) for table in (describe(small.items), Frame())
    )
    pd.testing.assert_frame_equal(mine.recommend(small.users), theirs.recommend(small.users))
