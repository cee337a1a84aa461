"""What models refuse when their data grows, or when factors come from elsewhere."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.interactions import Interactions
from recsys_helpers.models import EASE, ImplicitALS, ItemKNN, Popularity

LOG = pd.DataFrame({"user_id": ["1", "1", "2"], "track_id": list("aba"), "value": [0.5, 0.2, 0.4]})


def table(**changes):
    return Interactions.from_frame(LOG.assign(**changes), value="value")


@pytest.mark.parametrize("model", [EASE(), ItemKNN(), Popularity()], ids=repr)
def test_ids_of_another_kind_are_refused_and_change_nothing(model):
    """Listener 1 beside listener "1" would be a second one, without a word."""
    fitted = model.fit(table())
    before = fitted.score(["1"])
    with pytest.raises(ValueError, match="The users of what is new holds numbers and the model's data texts"):
        fitted.partial_fit(table(user_id=[1, 1, 2]))
    with pytest.raises(ValueError, match="The items of what is new holds numbers and the model's data texts"):
        fitted.partial_fit(table(track_id=[7, 8, 7]))
    np.testing.assert_array_equal(fitted.score(["1"]), before)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ((None, np.ones((2, 2)), np.ones((2, 2))), "ImplicitALS learns from Interactions"),
        ((table(), 5, 5), "give a row for each of 2 users and 2 items"),
        ((table(), [[1.0], [1.0, 2.0]], np.ones((2, 2))), "give a row for each of 2 users and 2 items"),
        ((table(), np.full((2, 2), "a"), np.ones((2, 2))), "A factor is no number"),
        ((table(), np.ones((2, 2), dtype=bool), np.ones((2, 2))), "A factor is no number"),
    ],
)
def test_factors_that_are_none_are_refused(given, says):
    with pytest.raises(ValueError, match=says):
        ImplicitALS.from_factors(*given)
