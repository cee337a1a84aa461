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


def test_noise_is_the_mean_squared_error_of_a_column(small, monkeypatch):
    q, _, _, people = prior(small)
    heard = small.matrix.toarray() > 0
    model = Onboarding(factors()).fit(small)
    expected = ((heard - people @ q.T) ** 2).mean(axis=0)
    assert (0 < model.noise_ - expected).all(), "never 0, so that no answer is believed without limit"
    np.testing.assert_allclose(model.noise_, expected, atol=2e-6)
    monkeypatch.setattr("recsys_helpers.models.cold.interview.CELLS_PER_BATCH", 7 * small.shape[1])
    np.testing.assert_allclose(Onboarding(factors()).fit(small).noise_, model.noise_, rtol=1e-12)


def test_answers_update_as_a_gaussian_process_does(small):
    """scikit-learn's, with the scores' covariance as kernel: q_i S q_j = (L^T q_i) . (L^T q_j)."""
    q, mean, covariance, _ = prior(small)
    model = Onboarding(factors()).fit(small)
    answers = {"ann": {2: 1.0, 9: 0.0, 20: 1.0}, "bob": {5: 0.0, 9: 1.0}, "cat": {0: 1.0, 29: 0.0}}
    told = [(who, small.items[i], said) for who, their in answers.items() for i, said in their.items()]
    table = pd.DataFrame(told, columns=["user_id", "track_id", "likes"])
    folded = model.fold_in(Interactions.from_frame(table, value="likes"))
    rooted = q @ np.linalg.cholesky(covariance)
    for who, their in answers.items():
        asked, said = list(their), np.array(list(their.values()))
        kernel = ConstantKernel(1.0, "fixed") * DotProduct(0.0, "fixed")
        process = GaussianProcessRegressor(kernel, alpha=model.noise_[asked], optimizer=None)
        process.fit(rooted[asked], said - q[asked] @ mean)
        np.testing.assert_allclose(folded.score([who])[0], q @ mean + process.predict(rooted), atol=1e-4)
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


def test_who_has_played_nothing_does_not_pull_the_mean(small):
    emptied = small.where(small.rows != 4)
    without = small.subset(users=small.users.delete(4))
    models = [Onboarding(factors()).fit(x) for x in (emptied, without)]
    np.testing.assert_allclose(*[model.score(["nobody"]) for model in models], atol=1e-8)


def test_listeners_who_are_all_alike_can_be_learned_from(small):
    """Their covariance is 0, so that an answer tells nothing."""
    alike = type(small)(np.tile([1.0, 1.0, 0.0, 1.0], (6, 1)), small.users[:6], small.items[:4])
    model = Onboarding(CollaborativeFiltering(1, 1, "zero"), n_questions=2).fit(alike)
    answers = pd.DataFrame({"user_id": ["a"], "track_id": alike.items[:1], "likes": [0.0]})
    found = model.fold_in(Interactions.from_frame(answers, value="likes")).score(["a"])[0]
    np.testing.assert_allclose(found, [1, 1, 0, 1], atol=1e-4)


def test_the_model_taken_where_none_is_given_is_the_documented_one(small):
    found, named = (
        Onboarding(model).fit(small).recommend(small.users, k=5)
        for model in (None, CollaborativeFiltering(n_factors=20, n_epochs=1, fill="zero"))
    )
    pd.testing.assert_frame_equal(found, named)


def test_a_dislike_is_a_no(small):
    signs = small.with_values(np.where(np.arange(small.nnz) % 3, 2.0, -1.0))
    noes = small.with_values(np.where(np.arange(small.nnz) % 3, 1.0, 0.0))
    below, zero = (Onboarding(factors()).fit(x) for x in (signs, noes))
    np.testing.assert_array_equal(below.score(small.users), zero.score(small.users))
    np.testing.assert_array_equal(
        below.fold_in(signs.subset(users=small.users[:5])).score(small.users[:5]),
        zero.fold_in(noes.subset(users=small.users[:5])).score(small.users[:5]),
    )


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
        best = pd.Series(model.score([user])[0], small.items).groupby(kind).max()
        total = sum(own) + 1.37
        assert best.to_dict() == pytest.approx({pack: vote / total for pack, vote in votes.items()})


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
        (StarterPacks(shares={"music": 2, "talk": -1}), "give shares of 0 or more"),
        (StarterPacks(shares={}), "not all 0"),
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
