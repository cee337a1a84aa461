"""The interview against Bayes' rule done the long way, the packs against seats dealt one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, DotProduct

from recsys_helpers.interactions import Interactions
from recsys_helpers.models import CollaborativeFiltering, Onboarding, StarterPacks
from tests.models.conftest import describe


def factors():
    return CollaborativeFiltering(n_factors=4, n_epochs=1, fill="zero")


def prior(small):
    """Item factors, and the listeners' mean and covariance."""
    model = factors().fit(small.with_values(np.ones(small.nnz)))
    people = model.user_factors_
    return model.item_factors_, people.mean(axis=0), np.cov(people.T, bias=True), people


def test_noise_is_the_mean_squared_error_of_a_column(small):
    q, _, _, people = prior(small)
    heard = small.matrix.toarray() > 0
    model = Onboarding(factors()).fit(small)
    np.testing.assert_allclose(model.noise_, ((heard - people @ q.T) ** 2).mean(axis=0), atol=2e-6)


def test_answers_update_as_a_gaussian_process_does(small):
    """scikit-learn's, with the scores' covariance as kernel: q_i S q_j = (L^T q_i) . (L^T q_j)."""
    q, mean, covariance, _ = prior(small)
    model = Onboarding(factors()).fit(small)
    answers = Interactions.from_frame(
        pd.DataFrame({"user_id": "new", "track_id": small.items[[2, 9, 20]], "likes": [1.0, 0.0, 1.0]}),
        value="likes",
    )
    rooted = q @ np.linalg.cholesky(covariance)
    asked, said = [2, 9, 20], np.array([1.0, 0.0, 1.0])
    kernel = ConstantKernel(1.0, "fixed") * DotProduct(0.0, "fixed")
    process = GaussianProcessRegressor(kernel, alpha=model.noise_[asked], optimizer=None)
    process.fit(rooted[asked], said - q[asked] @ mean)
    expected = q @ mean + process.predict(rooted)
    np.testing.assert_allclose(model.fold_in(answers).score(["new"])[0], expected, atol=1e-4)
    np.testing.assert_allclose(model.score(["nobody"])[0], q @ mean, atol=1e-6)


def test_each_question_leaves_least_variance(small):
    """Every open track is tried by inverting the whole covariance of the scores of all tracks."""
    q, _, covariance, _ = prior(small)
    model = Onboarding(factors(), n_questions=4).fit(small)
    asked = []
    for number in range(4):
        left = {}
        for item in range(len(q)):
            rows = [*asked, item]
            cross = q @ covariance @ q[rows].T
            within = q[rows] @ covariance @ q[rows].T + np.diag(model.noise_[rows])
            left[item] = np.mean(np.diag(q @ covariance @ q.T - cross @ np.linalg.inv(within) @ cross.T))
        best = min((value, item) for item, value in left.items() if item not in asked)
        chosen = small.items.get_loc(model.questions_[number])
        assert left[chosen] == pytest.approx(best[0], rel=1e-4)
        assert model.left_[number + 1] == pytest.approx(best[0], rel=1e-4)
        asked.append(chosen)
    assert (np.diff(model.left_) < 0).all()
    assert len(set(model.questions_)) == 4


def test_no_question_about_a_track_nobody_knows(small):
    emptied = small.where(small.matrix.indices != 6)
    model = Onboarding(factors(), n_questions=100).fit(emptied)
    assert sorted(model.questions_) == sorted(set(small.items) - {"t006"})


def test_a_no_is_told_from_silence(small):
    model = Onboarding(factors()).fit(small)
    question = model.questions_[:1]

    def listener(likes):
        frame = pd.DataFrame({"user_id": ["a"], "track_id": question, "likes": [likes]})
        return model.fold_in(Interactions.from_frame(frame, value="likes")).predict(["a"], question)[0]

    assert listener(0.0) < model.predict(["nobody"], question)[0] < listener(1.0)


def seats(votes: dict, places: int) -> dict:
    """D'Hondt's rule one seat at a time; ties to the first name."""
    got = dict.fromkeys(votes, 0)
    for _ in range(places):
        got[max(sorted(votes), key=lambda name: votes[name] / (got[name] + 1))] += 1
    return got


def test_packs_share_a_list_as_parties_share_seats(small):
    table = describe(small.items)
    kind = table.set_index("track_id")["kind"]
    model = StarterPacks(prior=1.37, shares={"music": 7, "talk": 3}).fit(small, items=table)
    for user in [*small.users[:6], "nobody"]:
        own = small.to_frame().query("user == @user")["item"].map(kind).value_counts()
        mix = {"music": 0.7, "news": 0.0, "talk": 0.3}
        votes = {pack: own.get(pack, 0) + 1.37 * share for pack, share in mix.items()}
        found = model.recommend([user], k=5, exclude_seen=False)["item"].map(kind).value_counts()
        assert {pack: found.get(pack, 0) for pack in votes} == seats(votes, 5)


def test_a_pack_is_in_the_order_of_its_listeners_or_the_editors(small):
    table = describe(small.items).assign(rank=lambda t: np.arange(len(t)) % 7)
    listeners = small.to_frame().groupby("item").size()
    for order, worth in ((None, listeners), ("rank", table.set_index("track_id")["rank"])):
        model = StarterPacks(order=order).fit(small, items=table)
        found = model.recommend(["nobody"], k=30)["item"]
        for _, pack in table.groupby("kind"):
            mine = [item for item in found if item in set(pack["track_id"])]
            assert mine == sorted(mine, key=lambda item: (-worth[item], item))


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        (Onboarding(n_questions=0), "n_questions=0: give a whole number"),
        (StarterPacks(shares={"jazz": 1}), "to packs among music, news, talk"),
        (StarterPacks(shares={"music": 0}), "not all 0"),
        (StarterPacks(prior=0), "prior=0: give a number"),
        (StarterPacks(by="mood"), "no column 'mood'"),
    ],
)
def test_bad_settings(small, model, sentence):
    with pytest.raises(ValueError, match=sentence):
        model.fit(small, items=describe(small.items))


def test_a_track_without_a_pack_is_named(small):
    table = describe(small.items)
    table.loc[4, "kind"] = None
    with pytest.raises(ValueError, match="The track 't004' has no 'kind'"):
        StarterPacks().fit(small, items=table)
