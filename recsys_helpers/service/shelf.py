"""What a service knows: a fitted model from a file, the plays since, and so the next list of each listener.

It speaks no HTTP (see ``server``). All that it knows is in its folder: whoever opens that again goes on from there.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.acting.live import VALUES, LiveProfiles
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import Recommender
from recsys_helpers.models.abilities import LearnsOn
from recsys_helpers.models.checks import check_choice
from recsys_helpers.service.feedback import Feedback
from recsys_helpers.service.sent import Refused, said

FILE = "service.db"
LETTERS = 64  # of a listener's id or a play's key
MOST_PLACES = 100


class Shelf:
    """The lists of one folder: ``Shelf.create`` makes it from a model's file, ``Shelf(folder)`` opens it again.

    The weights are those of the model's file, from last night; each play counts in its listener's profile at once. Two
    processes on one folder see each other's plays, since both read what the file has that they have not.

    Raises ValueError for a folder without a service.
    """

    def __init__(self, folder: str | os.PathLike[str]):
        self.folder = Path(folder)
        if not (self.folder / FILE).is_file():
            raise ValueError(
                f"{self.folder} holds no service: make one there from the file of a fitted model."
            )
        self.feedback = Feedback(self.folder / FILE)
        self._serving: dict[str, Any] = {}
        self._catch_up()

    @classmethod
    def create(
        cls,
        folder: str | os.PathLike[str],
        model: str | os.PathLike[str],
        how: str = "listened",
        titles: dict[str, str] | None = None,
    ) -> Shelf:
        """A service in a folder, for a model that was saved; the file is copied.

        how : what the model's values are; see ``acting.LiveProfiles``. titles : item -> what people call it.

        Raises ValueError for a file that is no model's, or a folder in which another model is served already.
        """
        check_choice("how", how, tuple(VALUES))
        folder = Path(folder)
        loaded = Recommender.load(model)
        LiveProfiles(loaded, how)  # a model that cannot be served is refused before anything is written
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        feedback = Feedback(folder / FILE)
        if feedback.get("model") is not None:
            raise ValueError(
                f"{folder} serves a model already: give another folder, or none to go on with that one."
            )
        part = folder / f"model-0.{os.getpid()}.part"
        try:
            shutil.copyfile(model, part)
            part.replace(folder / "model-0.npz")
        finally:
            part.unlink(missing_ok=True)
        feedback.serve("model-0.npz", 0, titles, how=how)
        return cls(folder)

    @property
    def model(self) -> Recommender:
        """The model that is served."""
        return self.live.model

    def lists(self, user: object, k: object = 10) -> dict[str, Any]:
        """The next list of a listener, as JSON can hold it; raises Refused for what is no listener or no length.

        Whoever is new is a listener without plays, and gets the chart.
        """
        who = _text(user, "user")
        if isinstance(k, bool) or not isinstance(k, int) or not 1 <= k <= MOST_PLACES:
            raise Refused(f"k is {said(k)}; a list has 1 to {MOST_PLACES} places.")
        self._catch_up()
        own = self._users.get(who, who)
        found = self.live.recommend(own, k=k)
        shown = [
            {"item": str(item), "title": self._titles.get(str(item), str(item)), "score": float(score)}
            for item, score in zip(found["item"], found["score"], strict=True)
        ]
        heard = len(self.live.profile(own).heard)
        return {"user": who, "heard": heard, "model": self._serving["file"], "list": shown}

    def take(self, play: dict[str, Any]) -> bool:
        """Keep a play, an object with key, user, item and heard; False where its key is there already.

        When it returns, the play is in the file. Raises Refused for what is no play.
        """
        strange = sorted(set(play) - {"key", "user", "item", "heard"})
        if strange:
            raise Refused(
                f"A play has no {said(strange[0])}; it is an object with key, user, item and heard."
            )
        key, user = _text(play.get("key"), "key"), _text(play.get("user"), "user")
        item, heard = play.get("item"), play.get("heard")
        if not isinstance(item, str) or item not in self._items:
            raise Refused(f"item is {said(item)}, which the model does not know; take one of a list.")
        if isinstance(heard, bool) or not isinstance(heard, (int, float)) or not 0 <= heard <= 1:
            raise Refused(
                f"heard is {said(heard)}; it is the share of the track that was heard, from 0 to 1."
            )
        kept = self.feedback.add(key, user, item, float(heard))
        self._catch_up()
        return kept

    def listeners(self, most: int = 50) -> list[str]:
        """The first ids of those whom the model knows."""
        return [str(one) for one in self.model.users_[:most]]

    def learn(self) -> int:
        """Take the plays since into the weights, as a fit of everything would; how many they were.

        The new model is a file of its own, and it is served from the moment in which the folder's file says so. The one
        before is kept; older ones go. Raises ValueError for a model without ``partial_fit``.
        """
        self._catch_up()
        last = self._number
        news = self.feedback.after(self._serving["upto"], last)
        if not news:
            return 0
        if not isinstance(self.model, LearnsOn):
            raise ValueError(
                f"{type(self.model).__name__} has no partial_fit: fit it on the whole log, and make another service."
            )
        users = list(dict.fromkeys(self._users.get(play.user, play.user) for play in news))
        model = Recommender.load(self.folder / self._serving["file"])
        assert isinstance(model, LearnsOn)
        model.partial_fit(self._timed(self.live.changed(users), model.seen_), merge="last")
        name = f"model-{last}.npz"
        model.save(self.folder / name)
        before = self._serving["file"]
        self.feedback.serve(name, last)
        for old in self.folder.glob("model-*.npz"):
            if old.name not in (name, before):
                with contextlib.suppress(OSError):  # on Windows, another process may be reading it
                    old.unlink()
        self._catch_up()
        return len(news)

    def _timed(self, x: Interactions, like: Interactions) -> Interactions:
        """The same with times, where the model's interactions have moments: the last play of each pair."""
        if like.times is None:
            return x
        if like.times.dtype.kind != "M":
            raise ValueError(
                "The model was fitted with times without a unit: fit it with moments, or without times."
            )
        last = {(play.user, play.item): play.at for play in self.feedback.after(0)}
        old = {
            (user, item): when
            for user, item, when in zip(
                like.users[like.rows], like.items[like.matrix.indices], like.times, strict=True
            )
        }
        frame = x.to_frame()
        moments = []
        for user, item in zip(frame["user"], frame["item"], strict=True):
            played = last.get((str(user), str(item)))
            moments.append(
                old.get((user, item)) if played is None else np.datetime64(int(played * 1e9), "ns")
            )
        frame["time"] = pd.to_datetime(pd.Series(moments, index=frame.index), utc=True)
        return Interactions.from_frame(frame, user="user", item="item", value="value", time="time")

    def _catch_up(self) -> None:
        """Take in what the folder's file has and this process has not: another model, more plays."""
        serving = self.feedback.get("model")
        if serving is None:
            raise ValueError(
                f"{self.folder} holds no service: make one there from the file of a fitted model."
            )
        if serving != self._serving:
            how = self.feedback.get("how", "listened")
            self.live = LiveProfiles(Recommender.load(self.folder / serving["file"]), how)
            self._serving, self._number = serving, int(serving["upto"])
            self._users = {str(one): one for one in self.model.users_}
            self._items = {str(one): one for one in self.model.items_}
            self._titles = self.feedback.titles()
        for play in self.feedback.after(self._number):
            self.live.add(self._users.get(play.user, play.user), self._items[play.item], play.heard)
            self._number = play.number


def _text(value: object, name: str) -> str:
    """An id out of JSON or an address; raises Refused for what is none."""
    if not isinstance(value, str) or not 0 < len(value) <= LETTERS:
        raise Refused(f"{name} is {said(value)}; it is text of 1 to {LETTERS} characters.")
    strange = next((one for one in value if unicodedata.category(one).startswith("C")), None)
    if strange is not None:
        raise Refused(f"{name} holds U+{ord(strange):04X}, which is no letter, number or sign.")
    return value
