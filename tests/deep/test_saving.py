"""Networks on disk: plain arrays, a device of the machine that reads, and a sentence where that is not to be had."""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (make deep brings it)")

from recsys_helpers import deep, models  # noqa: E402
from recsys_helpers.interactions import Interactions  # noqa: E402
from recsys_helpers.storage import read_arrays, write_arrays  # noqa: E402


@pytest.fixture
def x():
    random = np.random.default_rng(0)
    rows, columns = np.nonzero(random.random((20, 12)) < 0.4)
    return Interactions.from_frame(pd.DataFrame({"user_id": rows, "track_id": columns}))


def small(**settings):
    return deep.VAE(width=3, hidden=5, training=deep.Training(n_epochs=2, batch_size=8, **settings))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.npz"


def test_a_file_holds_the_weights_as_plain_arrays(x, path):
    model = small().fit(x)
    model.save(path)
    stored = list(read_arrays(path).values())
    assert all(one.dtype != object for one in stored)
    for weight in model.network_.state_dict().values():
        assert any(one.shape == tuple(weight.shape) and np.array_equal(one, weight.numpy()) for one in stored)


def test_what_was_fitted_on_a_gpu_is_read_where_there_is_none(x, path, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    model = small(device="cpu").fit(x)
    expected = model.score(x.users)
    for named in ("cuda", "auto"):
        model.set_params(training__device=named)  # the device of the settings is all that a file says of it
        model.save(path)
        back = deep.VAE.load(path)
        assert back.device_ == torch.device("cpu") and back.training.device == named
        assert next(back.network_.parameters()).device == torch.device("cpu")
        np.testing.assert_array_equal(back.score(x.users), expected)


def test_the_device_is_chosen_anew(x, path, monkeypatch):
    """«auto» is asked where the file is read: a device without memory stands for a GPU."""
    model = small().fit(x)
    model.save(path)
    monkeypatch.setattr(deep.Training, "choose_device", lambda settings: torch.device("meta"))
    back = deep.VAE.load(path)
    assert back.device_ == torch.device("meta")
    assert {one.device for one in back.network_.parameters()} == {torch.device("meta")}


def test_reading_leaves_the_random_numbers_of_the_caller_alone(x, path):
    small().fit(x).save(path)
    torch.manual_seed(4)
    expected = torch.rand(3)
    torch.manual_seed(4)
    deep.VAE.load(path)
    assert torch.equal(torch.rand(3), expected)


def test_a_loaded_network_is_in_evaluation_and_learns_again(x, path):
    model = small().fit(x)
    model.save(path)
    back = models.Recommender.load(path)
    assert not back.network_.training and back.history_ == model.history_
    np.testing.assert_array_equal(back.fit(x).score(x.users), model.score(x.users))


def test_a_function_cannot_be_written_and_the_sentence_says_what_to_do(x, path):
    model = small(validate=lambda fitted: 1.0).fit(x)
    with pytest.raises(ValueError, match=r"model.set_params\(training__validate=None\) takes it out"):
        model.save(path)
    assert not path.exists()
    expected = model.score(x.users)
    model.set_params(training__validate=None).save(path)
    np.testing.assert_array_equal(deep.VAE.load(path).score(x.users), expected)


@pytest.mark.parametrize("change", ["shape", "name"])
def test_weights_that_do_not_fit_are_refused(x, path, change):
    small().fit(x).save(path)
    arrays = read_arrays(path)
    about = json.loads(arrays["about"].tobytes())
    weights = next(
        one for one in about["objects"] if "dict" in one and "decoder.0.weight" in dict(_keys(one["dict"]))
    )
    pairs = dict(_keys(weights["dict"]))
    if change == "name":
        pairs["decoder.9.weight"] = pairs.pop("decoder.0.weight")
        weights["dict"] = [[key, at] for key, at in pairs.items()]
    else:
        at = about["objects"][pairs["decoder.0.weight"]["at"]]["array"]
        arrays[f"a{at}"] = arrays[f"a{at}"][:, :2]
    arrays["about"] = np.frombuffer(json.dumps(about).encode(), dtype=np.uint8)
    write_arrays(path, arrays)
    with pytest.raises(ValueError, match="is no whole file written by a model's save"):
        deep.VAE.load(path)


def _keys(pairs):
    return [(key, value) for key, value in pairs if isinstance(key, str)]


def test_without_torch_a_network_s_file_says_what_brings_it(x, path, monkeypatch):
    small().fit(x).save(path)
    for name in [name for name in sys.modules if name.startswith("recsys_helpers.deep")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr("recsys_helpers.extras.missing", lambda name: "`make deep` brings it")
    with pytest.raises(ValueError, match="holds a VAE, which cannot be read here: .*PyTorch.*make deep"):
        models.Recommender.load(path)


def test_a_device_that_is_not_there_is_named_before_anything_is_learned(x):
    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    with pytest.raises(ValueError, match="device='cuda': this machine has none"):
        small(device="cuda").fit(x)
