"""A model on disk: the same when it comes back, and nothing else comes in."""

from __future__ import annotations

import json
import os
import pickle
import zipfile

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from recsys_helpers import features, models
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import saving
from tests.models.conftest import describe
from tests.models.test_contract import EVERY_MODEL, fit, in_one_line, is_open

SAVED = [model for model in EVERY_MODEL if hasattr(model, "save")]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.npz"


@pytest.mark.parametrize("model", SAVED, ids=in_one_line)
class TestSaved:
    def test_it_comes_back_as_it_was(self, model, small, tall, path):
        for x in (small, tall):
            model = fit(model, x)
            model.save(path)
            for back in (type(model).load(path), models.Recommender.load(path)):
                assert type(back) is type(model) and repr(back) == repr(model)
                assert back.users_.equals(x.users) and back.items_.equals(x.items)
                np.testing.assert_array_equal(back.score(x.users), model.score(x.users))
                pd.testing.assert_frame_equal(back.recommend(x.users), model.recommend(x.users))
                assert back.seen_.to_frame().equals(x.to_frame())

    def test_it_can_go_on(self, model, small, path):
        """What a fitted one can do, one that was loaded can: be cloned and fitted, fold in, learn on, explain."""
        model = fit(model, small)
        model.save(path)
        back = models.Recommender.load(path)
        some = small.subset(users=small.users[[3, 9]])
        np.testing.assert_array_equal(
            back.fold_in(some).score(some.users), model.fold_in(some).score(some.users)
        )
        np.testing.assert_array_equal(
            fit(back, small).score(small.users), fit(model, small).score(small.users)
        )
        if hasattr(model, "explain"):
            pd.testing.assert_frame_equal(back.explain("u003", ["t004"]), model.explain("u003", ["t004"]))
        if hasattr(model, "partial_fit"):
            one, other = (
                m.partial_fit(some, "sum").score(small.users) for m in (back, clone(model).fit(small))
            )
            np.testing.assert_allclose(one, other, atol=1e-9)
        if hasattr(model, "fold_in_items"):
            new = Interactions(some.matrix[:, [4]], some.users, pd.Index(["new"]))
            one, other = (m.fold_in_items(new).score(small.users) for m in (back, model))
            np.testing.assert_array_equal(one, other)
        if is_open(model):
            np.testing.assert_array_equal(back.score(["nobody"]), model.score(["nobody"]))

    def test_folded_ones_are_saved_as_they_are(self, model, small, path):
        folded = fit(model, small).fold_in(small.subset(users=small.users[::-1][:8]))
        folded.save(path)
        back = models.Recommender.load(path)
        np.testing.assert_array_equal(back.score(back.users_), folded.score(folded.users_))
        if hasattr(back, "partial_fit"):
            with pytest.raises(ValueError, match="were folded in"):
                back.partial_fit(small)

    def test_an_older_file_stays_until_the_new_one_is_whole(self, model, small, path, monkeypatch):
        model = fit(model, small)
        model.save(path)
        before = path.read_bytes()

        write, written = np.lib.format.write_array, []

        def full(file, array, **how):
            if len(written) == 3:
                raise OSError("No space left on device")
            written.append(write(file, array, **how))

        monkeypatch.setattr("recsys_helpers.storage.np.lib.format.write_array", full)
        with pytest.raises(OSError, match="No space left"):
            model.save(path)
        assert path.read_bytes() == before and os.listdir(path.parent) == [path.name]

    def test_one_that_is_not_fitted_has_nothing_to_save(self, model, path):
        with pytest.raises(NotFittedError):
            clone(model).save(path)
        assert not path.exists()


NOT_WHOLE = "is no whole file written by a model's save: save the model again"


@pytest.fixture
def whole(small, path) -> bytes:
    models.ImplicitALS(4, regularization=1.0).fit(small).save(path)
    return path.read_bytes()


def refused(path, sentence):
    for load in (models.Recommender.load, models.ImplicitALS.load):
        with pytest.raises(ValueError, match=sentence) as caught:
            load(path)
        assert str(path) in str(caught.value)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_file_cut_short_is_refused(path, whole, share):
    path.write_bytes(whole[: int(share * len(whole))])
    refused(path, NOT_WHOLE)


def test_a_changed_byte_is_refused_or_changes_nothing(path, whole, small):
    """Every array has a checksum; what lies between them is the zip's own."""
    expected = models.Recommender.load(path).score(small.users)
    rng, damaged = np.random.default_rng(0), 0
    for at in rng.choice(len(whole), 150, replace=False):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        try:
            found = models.Recommender.load(path)
        except ValueError:
            damaged += 1
        else:
            np.testing.assert_array_equal(found.score(small.users), expected)
    assert damaged > 100


def rewritten(path, change):
    """The same file with another text."""
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    about = json.loads(arrays["about"].tobytes())
    change(about)
    arrays["about"] = np.frombuffer(json.dumps(about).encode(), dtype=np.uint8)
    np.savez(path, **arrays)


def test_foreign_files_are_refused(path, whole, small):
    small.save(path)
    refused(path, NOT_WHOLE)
    np.savez(path, about=np.zeros(3))
    refused(path, NOT_WHOLE)
    path.write_bytes(b"PK\x03\x04 not a zip")
    refused(path, NOT_WHOLE)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("about.npy", "text")
    refused(path, NOT_WHOLE)
    path.write_bytes(whole)
    rewritten(path, lambda about: about.update(format="another's"))
    refused(path, NOT_WHOLE)
    with pytest.raises(FileNotFoundError):
        models.Recommender.load(path.with_name("absent"))


def test_a_pickle_is_never_opened(path, monkeypatch):
    class Trap:
        def __reduce__(self):
            return (os.mkdir, (str(path.parent / "sprung"),))

    path.write_bytes(pickle.dumps(Trap()))
    refused(path, NOT_WHOLE)
    np.savez(path, about=np.array([Trap()], dtype=object), allow_pickle=True)
    refused(path, NOT_WHOLE)
    assert not (path.parent / "sprung").exists()


def test_a_newer_edition_s_file_says_so(path, whole):
    rewritten(path, lambda about: about.update(version=saving.VERSION + 1))
    refused(
        path,
        "was written by a newer edition of this course .format 2, this one reads up to 1.: load it there",
    )


@pytest.mark.parametrize(
    "name", ["os:system", "recsys_helpers.models.base:os", "recsys_helpers.doctor:run", "builtins:eval"]
)
def test_no_file_can_name_what_is_no_class_of_the_course(path, whole, name):
    def change(about):
        for one in about["objects"]:
            if "class" in one and one["class"].endswith("ImplicitALS"):
                one["class"] = name

    rewritten(path, change)
    refused(path, f"holds a {name.partition(':')[2]}, which this course does not have")


def test_a_setting_or_a_number_that_is_missing_is_refused(path, whole):
    def without(key):
        def change(about):
            for one in about["objects"]:
                if "class" in one and one["class"].endswith("ImplicitALS"):
                    del one["state"][key]

        return change

    rewritten(path, without("alpha"))
    refused(path, NOT_WHOLE)
    path.write_bytes(whole)
    rewritten(path, lambda about: about["objects"].pop())
    refused(path, NOT_WHOLE)


def test_another_model_than_asked_for_is_named(path, whole):
    with pytest.raises(ValueError, match=r"model.npz holds a ImplicitALS: call ImplicitALS.load\."):
        models.EASE.load(path)


class Mine(models.Recommender):
    """A learner's own, with whatever they keep."""

    def __init__(self, kept=None, random_state=0):
        self.kept = kept
        self.random_state = random_state

    def _fit(self, x):
        self.totals_ = np.asarray(x.matrix.sum(axis=0))
        self.words_ = {"a": [1, 2.5, None], 3: (True, "ü")}

    def _score(self, rows):
        return np.tile(self.totals_, (len(rows), 1))


def test_a_learner_s_own_model_is_loaded_by_its_class(small, path):
    Mine(kept=("x", {"y": np.float32(0.5)})).fit(small).save(path)
    back = Mine.load(path)
    assert back.words_ == {"a": [1, 2.5, None], 3: (True, "ü")}
    assert back.kept == ("x", {"y": np.float32(0.5)}) and back.kept[1]["y"].dtype == np.float32
    np.testing.assert_array_equal(back.totals_, small.matrix.toarray().sum(axis=0))
    with pytest.raises(
        ValueError, match="holds a Mine, which this course does not have: load it with Mine.load"
    ):
        models.Recommender.load(path)


@pytest.mark.parametrize(
    ("kept", "sentence"),
    [
        (lambda: 0, r"^Mine.kept is a function, which is not written to a file\.$"),
        ([1, {2}], r"^Mine.kept\[1\] is a set"),
        (
            {"a": np.random.default_rng(0)},
            r"^Mine.kept\['a'\] is a Generator.*give a whole number as random_state",
        ),
        (np.array([{}], dtype=object), None),
        (np.array([object()], dtype=object), r"^Mine.kept\[0\] is a object"),
        (pd.DataFrame({"a": [1]}), "is a DataFrame"),
        (describe, "is a function"),
    ],
)
def test_what_no_file_can_hold_is_named(small, path, kept, sentence):
    model = Mine(kept=kept).fit(small)
    if sentence is None:
        model.save(path)
        return
    with pytest.raises(ValueError, match=sentence):
        model.save(path)
    assert not path.exists()


def test_a_generator_cannot_be_saved_and_the_sentence_says_what_can(small, path):
    model = models.ImplicitALS(4, regularization=1.0, random_state=np.random.default_rng(0)).fit(small)
    with pytest.raises(
        ValueError, match="ImplicitALS.random_state is a Generator.*whole number as random_state"
    ):
        model.save(path)


def test_a_schema_of_features_and_a_span_of_time_come_back(small, path):
    schema = {"tags": features.Tags("tags"), "kind": features.Category("kind")}
    model = models.ContentBased(schema).fit(small, items=describe(small.items))
    model.save(path)
    back = models.ContentBased.load(path)
    assert repr(back) == repr(model)
    np.testing.assert_array_equal(back.score(small.users), model.score(small.users))
    again = clone(back).fit(small, items=describe(small.items))
    np.testing.assert_array_equal(again.score(small.users), model.score(small.users))
    at = pd.Timestamp("2026-01-01") + pd.to_timedelta(small.times, unit="h")
    timed = Interactions(small.matrix, small.users, small.items, at.to_numpy())
    popular = models.Popularity(half_life=pd.Timedelta("2D")).fit(timed)
    popular.save(path)
    back = models.Popularity.load(path)
    assert back.half_life == pd.Timedelta("2D")
    assert back.seen_.times.dtype == timed.times.dtype and (back.seen_.times == timed.times).all()
    grown, other = (m.partial_fit(timed).item_scores_ for m in (back, popular))
    np.testing.assert_allclose(grown, other)


def test_ids_of_every_kind_come_back(path):
    for ids in ([3, 1, 2], ["b", "ä", "c"], [2, 10, "a"], [0.5, 1.5, 2.0]):
        frame = pd.DataFrame({"user_id": ids * 3, "track_id": sorted(map(str, ids * 3))})
        x = Interactions.from_frame(frame, merge="count")
        model = models.Popularity().fit(x)
        model.save(path)
        back = models.Popularity.load(path)
        assert back.users_.equals(x.users) and back.users_.dtype == x.users.dtype
        assert list(map(type, back.users_)) == list(map(type, x.users))
