"""What somebody sent to a server, read strictly as JSON or refused with a sentence.

It knows no server: ``Refused`` carries the number that HTTP has for it, and nothing else of HTTP.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from recsys_helpers.columns import show

UNFIT = 422  # the number of what arrived whole and cannot be taken


class Refused(ValueError):
    """What a server does not take, as a sentence for whoever sent it; `status` is the answer's number in HTTP."""

    def __init__(self, sentence: str, status: int = UNFIT):
        super().__init__(sentence)
        self.status = status


def read_json(body: bytes, most: int, what: str, made_of: str) -> dict[str, Any]:
    """A JSON object from what somebody sent; raises Refused for anything else.

    most : bytes. what, made_of : what it is to be, for the sentence, such as "a hand-in" and "week and lists".

    >>> read_json(b'{"week": 1}', 1000, "a hand-in", "week and lists")
    {'week': 1}
    """
    if len(body) > most:
        raise too_large(most, what)
    try:
        found = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except UnicodeDecodeError:
        raise Refused("This is not UTF-8 text.") from None
    except RecursionError:
        raise Refused(f"This is nested too deeply to be {what}.") from None
    except json.JSONDecodeError as error:
        raise Refused(f"This is not JSON: {error.msg} at sign {error.pos:,}.") from None
    except ValueError as error:  # a number of ten thousand digits
        raise error if isinstance(error, Refused) else Refused(f"This is not JSON: {error}.") from None
    if not isinstance(found, dict):
        raise Refused(f"This is {kind(found)}; {what} is a JSON object with {made_of}.")
    return found


def too_large(most: int, what: str) -> Refused:
    """The refusal of what has more bytes than that."""
    return Refused(f"This is over {most / 1e6:g} MB; {what} is far smaller.", 413)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for i, name in enumerate(names) if name in names[:i])
        raise Refused(f"{said(twice)} stands there twice; which of the two is meant?")
    return found


def _no_number(text: str) -> float:
    raise Refused(f"This is not JSON: it holds {text}.")


def said(value: object) -> str:
    """A value in a sentence: short, and never more than one line."""
    text = show(value) if isinstance(value, (str, int, float, np.generic)) else kind(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def kind(value: object) -> str:
    names = {
        "dict": "an object",
        "list": "a list",
        "NoneType": "nothing",
        "str": "text",
        "bool": "true or false",
    }
    return names.get(type(value).__name__, f"a {type(value).__name__}")
