"""The autoencoders' three losses against NumPy and torch's own distributions, and what they keep of a listener."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (make deep brings it)")

from torch import distributions  # noqa: E402

from recsys_helpers.deep import VAE, Autoencoder, Training  # noqa: E402
from recsys_helpers.interactions import Interactions  # noqa: E402
from tests.deep.test_pairs_and_towers import blocks, share_of_own_group, weights  # noqa: E402
from tests.models.conftest import _make  # noqa: E402

SHORT = Training(n_epochs=2, batch_size=16)


@pytest.fixture(scope="module")
def x() -> Interactions:
    return _make()


def dense(x: Interactions, binary: bool = True) -> np.ndarray:
    rows = x.matrix.toarray()
    return (rows > 0).astype(float) if binary else rows


@pytest.mark.parametrize("binary", [True, False])
def test_the_plain_ones_scores_are_the_formula(x, binary):
    model = Autoencoder(width=5, binary=binary, training=SHORT).fit(x)
    w, rows = weights(model), dense(x, binary)
    entering = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    code = np.tanh(entering @ w["encoder.0.weight"].T + w["encoder.0.bias"])
    expected = code @ w["decoder.weight"].T + w["decoder.bias"]
    np.testing.assert_allclose(model.score(x.users), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "model", [Autoencoder(width=5, training=SHORT), VAE(width=3, hidden=6, training=SHORT)]
)
def test_a_row_that_is_folded_in_enters_with_the_length_of_the_rows_it_was_fitted_on(x, model):
    model.fit(x)
    few = x.subset(users=x.users[:3])
    assert np.diff(few.matrix.indptr).mean() != np.diff(x.matrix.indptr).mean()
    np.testing.assert_allclose(
        model.fold_in(few).score(few.users), model.score(few.users), rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize("loss", ["multinomial", "squared"])
def test_its_losses(x, loss):
    model = Autoencoder(width=5, loss=loss, dropout=0.0, training=SHORT).fit(x)
    rows, scores = dense(x)[:10], model.score(x.users[:10]).astype(np.float64)
    chances = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    expected = {
        "multinomial": -(rows * np.log(chances)).sum(axis=1).mean(),
        "squared": ((rows - scores) ** 2).sum(axis=1).mean(),
    }[loss]
    found = model._loss(torch.from_numpy(rows.astype(np.float32)))
    assert float(found.detach()) == pytest.approx(expected, rel=1e-4)


def test_a_share_of_what_goes_in_is_left_out_and_all_is_asked_for(x):
    model = Autoencoder(width=5, dropout=0.75, training=SHORT).fit(x)
    entered = []
    encode = model._encode
    model._encode = lambda rows: entered.append(rows) or encode(rows)
    rows = torch.from_numpy(dense(x).astype(np.float32))
    torch.manual_seed(0)
    model._loss(rows)
    kept = (entered[0] > 0).sum() / (rows > 0).sum()
    assert 0.15 < float(kept) < 0.35


def as_it_enters(rows: np.ndarray) -> np.ndarray:
    """Each row with the length that a row of ones has in the mean."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    entries = [np.count_nonzero(row) for row in rows if row.any()]
    return rows / np.where(lengths > 0, lengths, 1) * np.mean(entries) ** 0.5


@pytest.mark.parametrize("empty", [False, True], ids=["all have entries", "some have none"])
def test_the_vaes_parts_are_the_formulas(x, empty):
    x = x.where(~np.isin(x.rows, [1, 5])) if empty else x
    model = VAE(width=3, hidden=6, beta=0.7, anneal_epochs=4, training=SHORT).fit(x)
    w, rows = weights(model), dense(x)
    entering = as_it_enters(rows)
    hidden = np.tanh(entering @ w["encoder.0.weight"].T + w["encoder.0.bias"])
    both = hidden @ w["encoder.2.weight"].T + w["encoder.2.bias"]
    mean, log_variance = both[:, :3], both[:, 3:]

    def decode(z):
        inner = np.tanh(z @ w["decoder.0.weight"].T + w["decoder.0.bias"])
        return inner @ w["decoder.2.weight"].T + w["decoder.2.bias"]

    np.testing.assert_allclose(model.score(x.users), decode(mean), rtol=1e-4, atol=1e-5)

    # The loss of a batch whose noise is known: the multinomial term of the decoded draw, and the weighted KL, whose
    # weight grows for four epochs and then stays.
    model.dropout = 0.0
    torch.manual_seed(5)
    noise = torch.randn(len(rows), 3).numpy()
    scores = decode(mean + np.exp(log_variance / 2) * noise)
    log_chances = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    normal = distributions.Normal(torch.from_numpy(mean), torch.from_numpy(np.exp(log_variance / 2)))
    kl = float(distributions.kl_divergence(normal, distributions.Normal(0.0, 1.0)).sum(dim=1).mean())
    for epoch, weight in ((1, 0.7 / 4), (2, 0.7 / 2), (4, 0.7), (9, 0.7)):
        model._epoch = epoch
        torch.manual_seed(5)
        found = float(model._loss(torch.from_numpy(rows.astype(np.float32))).detach())
        expected = -(rows * log_chances).sum(axis=1).mean() + weight * kl
        assert found == pytest.approx(expected, rel=1e-5)


def test_the_weight_of_kl_counts_the_epochs_of_each_fit(x):
    seen = []

    class Watched(VAE):
        def _loss(self, rows):
            seen.append(self._epoch)
            return super()._loss(rows)

    model = Watched(width=2, hidden=4, training=Training(n_epochs=3, batch_size=100))
    model.fit(x)
    model.fit(x)
    assert seen == [1, 2, 3, 1, 2, 3]


@pytest.mark.parametrize(
    "model",
    [
        Autoencoder(width=8, training=Training(80, 8, 0.01)),
        Autoencoder(width=8, loss="squared", training=Training(80, 8, 0.01)),
        VAE(width=4, hidden=16, training=Training(80, 8, 0.01)),
    ],
    ids=["multinomial", "squared", "VAE"],
)
def test_they_learn_two_groups_and_a_new_listener_needs_no_training(model):
    x = blocks()
    model.fit(x)
    assert share_of_own_group(model, x) > 0.97
    before = weights(model)
    folded = model.fold_in(
        Interactions.from_frame(pd.DataFrame({"user_id": "new", "track_id": ["t01", "t03"]}))
    )
    assert (folded.recommend(["new"], k=5)["item"].str[1:].astype(int) % 2 == 1).all()
    assert all(np.array_equal(weights(folded)[name], one) for name, one in before.items())


def test_listeners_without_an_entry_teach_nothing(x):
    emptied = x.where(~np.isin(x.rows, [1, 5]))
    model = Autoencoder(width=4, training=SHORT).fit(emptied)
    sizes = [len(batch) for batch in model._batches(np.random.default_rng(0))]
    assert sum(sizes) == x.shape[0] - 2


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (Autoencoder(width=0), "width=0"),
        (Autoencoder(loss="hinge"), "loss='hinge': choose 'multinomial' or 'squared'"),
        (Autoencoder(dropout=1), "dropout=1"),
        (Autoencoder(dropout="0.5"), "dropout='0.5'"),
        (Autoencoder(dropout=False), "dropout=False"),
        (VAE(hidden=0), "hidden=0"),
        (VAE(beta=-1.0), "beta=-1.0"),
        (VAE(anneal_epochs=0), "anneal_epochs=0"),
        (VAE(anneal_epochs=2.5), "anneal_epochs=2.5"),
        (VAE(hidden=2.5), "hidden=2.5"),
        (VAE(width=2.5), "width=2.5"),
    ],
    ids=str,
)
def test_settings_that_cannot_be(x, model, said):
    with pytest.raises(ValueError, match=said):
        model.fit(x)


def test_values_below_zero_are_refused(x):
    with pytest.raises(ValueError, match="VAE reads values as amounts"):
        VAE().fit(x.with_values(-x.matrix.data))
