"""When a result counts as the expected one, and how a value is shown: as Python that can be pasted.

It does not know what an exercise is.
"""

from __future__ import annotations

import math
import re
from collections import deque
from collections.abc import Iterable, Mapping, MappingView, Set
from numbers import Number
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

MOST = 1_000_000  # values in an array, items in a list; a larger one is not taken apart, and equals nothing
DEEPEST = 50  # lists within lists
SEVERAL: Any = (
    list,
    tuple,
    range,
    deque,
    np.ndarray,
    pd.Index,
    pd.api.extensions.ExtensionArray,
    MappingView,
)


def plain(value: Any) -> Any:
    """A value in few types: lists, dicts, sets, Series and scalars. A table is the list of its rows.

    >>> plain({"a": np.array([[1.0, 2.0]]), "b": (np.int64(1), range(2))})
    {'a': [[1.0, 2.0]], 'b': [1, [0, 1]]}
    """
    if _size(value) > MOST:
        return value
    if hasattr(type(value), "toarray"):  # a sparse matrix
        value = value.toarray()
    if hasattr(type(value), "to_frame") and not isinstance(value, (pd.Series, pd.Index)):  # Interactions
        value = value.to_frame()
    if isinstance(value, pd.DataFrame):  # its index counts if it has a name
        value = value.reset_index() if _named(value) else value
        value = value.to_dict("records")
    if hasattr(type(value), "__array__") and not isinstance(value, (pd.Series, *SEVERAL, np.generic)):
        value = np.asarray(value)  # another library's
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind not in "mM":
        value = value.tolist()
    if isinstance(value, Number) and not isinstance(value, (int, float, complex)):  # a Fraction, a Decimal
        return float(value)  # type: ignore[arg-type]
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, SEVERAL) and not isinstance(value, Set):
        return [plain(one) for one in value]
    return set(value) if isinstance(value, Set) else value


def is_several(value: Any) -> bool:
    """Whether a value is a list, a table or such, which never counts as the same as a single one.

    >>> is_several([0.9]), is_several(np.zeros(2)), is_several(0.9), is_several("ab"), is_several(np.float64(1))
    (True, True, False, False, False)
    """
    return isinstance(plain(value), (list, dict, set, pd.Series))


def _size(value: Any) -> int:
    """How many values there are, as far as it can be told without taking it apart."""
    try:
        shape = value.shape
        if isinstance(shape, tuple) and all(isinstance(side, int) for side in shape):
            return math.prod(shape)
    except Exception:  # no shape, or a learner's own that raises
        pass
    sized: Any = (*SEVERAL, dict, set, frozenset)
    return len(value) if isinstance(value, sized) else 1


def _named(table: pd.DataFrame) -> bool:
    return any(name is not None for name in table.index.names)


def oddity(value: Any, above: tuple[int, ...] = ()) -> str:
    """What keeps a result from being compared or shown, in words; nothing if nothing does.

    >>> endless = [1]; endless.append(endless)
    >>> oddity(endless), oddity([[1], (2, {3: []})])
    ('a list that contains itself', '')
    """
    if id(value) in above:
        return f"a {type(value).__name__} that contains itself"
    if len(above) > DEEPEST:
        return f"one thing in another, over {DEEPEST} deep"
    inside: Iterable[Any] = ()
    if isinstance(value, dict):
        inside = value.values()
    elif isinstance(value, (list, tuple, deque)) or (isinstance(value, np.ndarray) and value.dtype == object):
        inside = value.flat if isinstance(value, np.ndarray) else value
    nested = (dict, list, tuple, deque, np.ndarray)
    found = (oddity(one, (*above, id(value))) for one in inside if isinstance(one, nested))
    return next((words for words in found if words), "")


def same(got: Any, want: Any, tolerance: float = 1e-6, ordered: bool = True) -> bool:
    """Whether a result is the expected one by value: neither its container's type nor rounding counts.

    A difference up to ``tolerance * (1 + |expected|)`` passes, and so does the expected number rounded to two or more
    decimals if that moves it by less than 1%. With ``ordered=False`` the order of a sequence, or of a table's rows,
    does not count. The labels of a Series count where both sides have labels.

    >>> same((0.333, 1), [1 / 3, 1]), same([2, 1], {1, 2}), same([2, 1], [1, 2]), same([2, 1], [1, 2], ordered=False)
    (True, True, False, True)
    """
    got = _as_wanted(got, want)
    got, want = plain(got), plain(want)
    series = isinstance(got, pd.Series) + isinstance(want, pd.Series)
    if series and isinstance(got, (pd.Series, dict)) and isinstance(want, (pd.Series, dict)):
        ordered = ordered and series == 2
        got, want = ([[key, plain(one)] for key, one in side.items()] for side in (got, want))
    got, want = (plain(side.array) if isinstance(side, pd.Series) else side for side in (got, want))
    if got is None or want is None:
        return got is want
    if isinstance(want, dict):
        alike = isinstance(got, dict) and got.keys() == want.keys()
        return alike and all(same(got[key], want[key], tolerance, ordered) for key in want)
    if isinstance(want, set) or (isinstance(got, set) and not ordered):
        got, want, ordered = (list(got) if isinstance(got, set) else got), list(want), False
    if isinstance(want, list):
        if not isinstance(got, list) or len(got) != len(want):
            return False
        if not ordered:
            left = list(got)
            for one in want:
                match = next((i for i, other in enumerate(left) if same(other, one, tolerance)), None)
                if match is None:
                    return False
                del left[match]
            return True
        if not all(isinstance(one, Number) for one in (*got, *want)):
            return all(same(g, w, tolerance) for g, w in zip(got, want, strict=True))
    elif not (isinstance(want, Number) and isinstance(got, Number)):
        return bool(got == want) or all(
            pd.api.types.is_scalar(one) and bool(pd.isna(one)) for one in (got, want)
        )
    return _close(np.asarray(got), np.asarray(want), tolerance)


def _as_wanted(got: Any, want: Any) -> Any:
    """A DataFrame in the form that was asked for, if that is another: a column, labels with values, or rows."""
    if isinstance(got, (list, tuple)) and isinstance(want, (list, tuple)) and len(got) == len(want):
        tables = any(isinstance(one, pd.DataFrame) for one in got)
        return [_as_wanted(g, w) for g, w in zip(got, want, strict=True)] if tables else got
    if not isinstance(got, pd.DataFrame) or _size(got) > MOST:
        return got
    if isinstance(want, (pd.Series, Mapping)):
        if got.shape[1] == 2 and not _named(got):
            got = got.set_index(got.columns[0])
        return got.iloc[:, 0] if got.shape[1] == 1 else got
    rows = plain(want)
    if (
        isinstance(want, pd.DataFrame)
        or not isinstance(rows, (list, set))
        or any(isinstance(r, dict) for r in rows)
    ):
        return got
    if got.shape[1] == 1 and not any(isinstance(row, (list, tuple)) for row in rows):
        return got.iloc[:, 0].tolist()
    return got.to_numpy().tolist()  # without the names, which a list or an array has not


def _close(got: np.ndarray[Any, Any], want: np.ndarray[Any, Any], tolerance: float) -> bool:
    if np.allclose(got, want, rtol=tolerance, atol=tolerance, equal_nan=True):
        return True
    near = 0.01 * np.max(np.abs(want), initial=0, where=np.isfinite(want))
    return np.allclose(got, want, rtol=0, atol=near, equal_nan=True) and any(
        np.allclose(got, np.round(want, digits), rtol=1e-12, atol=1e-12, equal_nan=True)
        for digits in range(2, 7)
    )


def has_nan(value: Any) -> bool:
    """Whether there is a nan anywhere in a result.

    >>> has_nan({"a": (1, float("nan"))}), has_nan(["nan", None])
    (True, False)
    """
    value = plain(value)
    if isinstance(value, (list, set, dict, pd.Series)):
        return any(map(has_nan, value.values() if isinstance(value, dict) else value))
    return isinstance(value, float) and value != value


def show(value: Any, width: int = 300) -> str:
    """A value as Python that can be pasted, cut where it is long; no address, and sets in order.

    >>> print(show({"b", "a"}), show(np.array([1 / 3, 2])), show(pd.Series([1], ["x"])))
    {'a', 'b'} np.array([0.333333, 2.0]) pd.Series({'x': 1})
    """
    try:
        text = re.sub(r" at 0x[0-9a-fA-F]+", "", _text(value))
    except Exception:  # a learner's own class may not be able to show itself
        text = f"<{type(value).__name__}>"
    return text if len(text) <= width else text[: width - 2] + " …"


def _text(value: Any) -> str:
    if isinstance(value, ModuleType):
        return f"the module {value.__name__}"  # its own words are a path on this machine
    if isinstance(getattr(value, "shape", None), tuple) and _size(value) > 1000:
        return f"{type(value).__name__} of shape {tuple(value.shape)}"
    if isinstance(value, np.generic) and value.dtype.kind not in "mM":
        value = value.item()
    if isinstance(value, float):
        return repr(float(f"{value:.6g}"))
    forms: tuple[tuple[Any, str, Any], ...] = (
        (np.ndarray, "np.array", lambda x: x.tolist()),
        (pd.Series, "pd.Series", lambda x: dict(x) if x.index.is_unique else x.tolist()),
        (pd.DataFrame, "pd.DataFrame", lambda x: {column: x[column].tolist() for column in x}),
    )
    for kind, name, parts in forms:
        if isinstance(value, kind):
            return f"{name}({_text(parts(value))})"
    if hasattr(type(value), "toarray"):
        return f"csr_array({_text(value.toarray().tolist())})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(key)}: {_text(one)}" for key, one in value.items()) + "}"
    if isinstance(value, (set, frozenset)) and value:
        return "{" + ", ".join(sorted(map(_text, value))) + "}"
    if type(value) in (list, tuple):
        inside = ", ".join(map(_text, value[:30])) + (f", … {len(value)} in all" if len(value) > 30 else "")
        inside += "," if type(value) is tuple and len(value) == 1 else ""
        return f"[{inside}]" if type(value) is list else f"({inside})"
    return repr(value)
