"""A fitted model as arrays and one text, and back: what ``save`` and ``load`` of a model write and read.

Nothing is pickled: a file can only say which model of this course it holds, its settings and its numbers.
"""

from __future__ import annotations

import datetime
import importlib
import json
import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import BaseEstimator

from recsys_helpers.storage import read_arrays, write_arrays

FORMAT, VERSION = "recsys_helpers model", 1
ROOMS = tuple(f"recsys_helpers.{room}" for room in ("interactions", "features", "models", "deep"))
PLAIN = (type(None), bool, int, float, str)
Tree = Any  # what JSON can hold


def save(model: Any, path: str | os.PathLike[str]) -> None:
    """Write a fitted model to one file; see ``Recommender.save``."""
    writer = _Writer()
    root = writer.write(model, type(model).__name__)
    about = {"format": FORMAT, "version": VERSION, "root": root, "objects": writer.objects}
    text = np.frombuffer(json.dumps(about).encode("utf-8"), dtype=np.uint8)
    arrays = {f"a{number}": array for number, array in enumerate(writer.arrays)}
    write_arrays(path, {"about": text} | arrays)


def load(path: str | os.PathLike[str], own: type | None = None) -> Any:
    """Read what ``save`` wrote; ``own`` is a class of the learner's that the file may hold."""
    try:
        arrays = read_arrays(path)
        about = json.loads(arrays["about"].tobytes().decode("utf-8"))
        if about["format"] != FORMAT:
            raise ValueError
        version = int(about["version"])
    except OSError:
        raise
    except Exception as error:  # what is no text of ours fails in many ways
        raise ValueError(
            f"{path} is no whole file written by a model's save: save the model again."
        ) from error
    if version > VERSION:
        raise ValueError(
            f"{path} was written by a newer edition of this course (format {version}, this one reads up to {VERSION}): "
            "load it there, or fit the model again here."
        )
    reader = _Reader(about["objects"], arrays, own)
    try:
        return reader.read(about["root"])
    except _Strange as error:
        raise ValueError(f"{path} {error}") from None
    except Exception as error:  # numbers that do not fit each other
        raise ValueError(
            f"{path} is no whole file written by a model's save: save the model again."
        ) from error


class _Strange(Exception):
    """A class that this course does not have."""


class _Writer:
    """Takes a model apart. What stands in several places is written once, and is one thing again when it is read."""

    def __init__(self) -> None:
        self.objects: list[Tree] = []
        self.arrays: list[np.ndarray] = []
        self._known: dict[int, int] = {}
        self._kept: list[Any] = []  # so that no id() is given twice

    def write(self, value: Any, name: str) -> Tree:
        if isinstance(value, PLAIN):
            return value
        if id(value) not in self._known:
            self._kept.append(value)
            tree = self._parts(value, name)
            self._known[id(value)] = len(self.objects)
            self.objects.append(tree)
        return {"at": self._known[id(value)]}

    def _parts(self, value: Any, name: str) -> Tree:
        if isinstance(value, np.generic):
            return {"scalar": self._array(np.asarray(value))}
        if isinstance(value, np.ndarray):
            return (
                {"array": self._array(value)} if value.dtype != object else self._list("objects", value, name)
            )
        if isinstance(value, (tuple, list)):
            return self._list(type(value).__name__, value, name)
        if isinstance(value, dict):
            pairs = [
                [self.write(key, name), self.write(one, f"{name}[{key!r}]")] for key, one in value.items()
            ]
            return {"dict": pairs}
        if isinstance(value, sparse.csr_array):
            numbers = [self._array(one) for one in (value.data, value.indices, value.indptr)]
            return {"csr": numbers, "shape": [int(size) for size in value.shape]}
        if isinstance(value, pd.Index):
            numeric = isinstance(value.dtype, np.dtype) and value.dtype.kind in "iuf"
            ids = np.asarray(value) if numeric else [show_id(one) for one in value]
            return {"index": self.write(ids, name), "object": value.dtype == object}
        if isinstance(value, (datetime.timedelta, np.timedelta64)):
            return {"span": pd.Timedelta(value).value}
        written = _name_of(type(value), own=not self.objects and name == type(value).__name__)
        if written is not None:
            state = value._state() if hasattr(value, "_state") else dict(vars(value))
            parts = {key: self.write(one, f"{name}.{key}") for key, one in state.items()}
            return {"class": written, "state": parts}
        mend = ": give a whole number as random_state" if isinstance(value, RANDOM) else ""
        raise ValueError(f"{name} is a {type(value).__name__}, which is not written to a file{mend}.")

    def _list(self, kind: str, values: Any, name: str) -> Tree:
        return {kind: [self.write(one, f"{name}[{number}]") for number, one in enumerate(values)]}

    def _array(self, array: np.ndarray) -> int:
        self.arrays.append(array)
        return len(self.arrays) - 1


RANDOM = (np.random.Generator, np.random.RandomState)


class _Reader:
    """Puts a model together again."""

    def __init__(self, objects: list[Tree], arrays: dict[str, np.ndarray], own: type | None):
        self.objects, self.arrays, self.own = objects, arrays, own
        self._made: dict[int, Any] = {}

    def read(self, tree: Tree) -> Any:
        if isinstance(tree, PLAIN):
            return tree
        at = int(tree["at"])
        if at not in self._made:
            self._made[at] = self._whole(self.objects[at])
        return self._made[at]

    def _whole(self, tree: dict[str, Any]) -> Any:
        kind = next(iter(tree))
        makers: dict[str, Callable[[Any], Any]] = {
            "scalar": lambda at: self._array(at)[()],
            "array": self._array,
            "objects": lambda parts: np.array([self.read(one) for one in parts], dtype=object),
            "tuple": lambda parts: tuple(self.read(one) for one in parts),
            "list": lambda parts: [self.read(one) for one in parts],
            "dict": lambda pairs: {self.read(key): self.read(one) for key, one in pairs},
            "csr": lambda parts: _csr([self._array(at) for at in parts], tree["shape"]),
            "index": lambda at: pd.Index(self.read(at), dtype=object if tree["object"] else None),
            "span": lambda count: pd.Timedelta(count, unit="ns"),
            "class": lambda name: self._object(name, tree["state"]),
        }
        return makers[kind](tree[kind])

    def _array(self, number: int) -> np.ndarray:
        return self.arrays[f"a{number}"]

    def _object(self, name: str, state: dict[str, Tree]) -> Any:
        found = _class_of(name, self.own)
        value: Any = object.__new__(found)
        parts = {key: self.read(one) for key, one in state.items()}
        if isinstance(value, BaseEstimator) and set(value._get_param_names()) - parts.keys():
            raise ValueError("A setting is missing.")
        if hasattr(value, "_restore"):
            value._restore(parts)
        else:
            value.__dict__.update(parts)
        return value


def show_id(one: Any) -> Any:
    """An id as JSON can hold it."""
    return one.item() if isinstance(one, np.generic) else one


def _csr(parts: list[np.ndarray], shape: list[int]) -> sparse.csr_array:
    matrix = sparse.csr_array(tuple(parts), shape=tuple(shape))
    matrix.check_format(full_check=True)
    return matrix


def _name_of(found: type, own: bool) -> str | None:
    """Under which name a class can be found again: that of the room that gives it, not of the module it lives in.

    own : it may be one of the learner's, whose name stands alone. None: no class that a file may name.
    """
    if not _is_ours(found.__module__):
        return f":{found.__name__}" if own else None
    names = found.__module__.split(".")
    rooms = [".".join(names[:length]) for length in range(2, len(names) + 1)]
    given = (room for room in rooms if getattr(importlib.import_module(room), found.__name__, None) is found)
    return f"{next(given)}:{found.__name__}"


def _is_ours(module: str) -> bool:
    return any((module + ".").startswith(room + ".") for room in ROOMS)


def _class_of(name: str, own: type | None) -> type:
    room, _, short = name.partition(":")
    if not room and own is not None and own.__name__ == short:
        return own
    found = None
    if _is_ours(room):
        try:
            found = getattr(importlib.import_module(room), short, None)
        except ModuleNotFoundError as error:
            if error.name is None:  # the room's own sentence on what it lacks
                raise _Strange(f"holds a {short}, which cannot be read here: {error}") from None
    if not isinstance(found, type) or not _is_ours(found.__module__):
        known = f"load it with {short}.load" if not room else "it may come from another edition"
        raise _Strange(f"holds a {short}, which this course does not have: {known}.")
    return found
