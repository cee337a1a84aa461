"""What can be read off a learner's function, its error or its warnings, without judging the result.

It runs nothing of a learner's: that is ``sandbox``.
"""

from __future__ import annotations

import ast
import contextlib
import dis
import inspect
import linecache
import re
import textwrap
import traceback
from collections.abc import Callable, Iterable
from typing import Any

EMPTY = ("RESUME", "NOP", "COPY_FREE_VARS")  # steps of a function that do nothing
LITERAL = ("LOAD_CONST", "LOAD_SMALL_INT", "RETURN_CONST", "BUILD_LIST", "BUILD_TUPLE", "BUILD_MAP")
MANY = re.compile(r"truth value of (an array|a Series|a DataFrame|a \w*Index)\b.* is ambiguous")
NAN_FROM = {  # what NumPy warns of -> what gave the nan
    r"encountered in sqrt": "the root of a negative number",
    r"encountered in (scalar )?power": "a negative number to a power that is not whole",
    r"encountered in log": "the logarithm of a negative number",
    r"encountered in (scalar |true_)?divide": "0/0",
    r"[Mm]ean of empty slice|All-NaN": "a mean of nothing",
    r"[Dd]egrees of freedom": "the spread of too few numbers",
    r"encountered in (scalar )?subtract": "infinity less infinity",
    r"encountered in (scalar )?multiply": "infinity times 0",
}


def unfit(own: Callable[..., Any], reference: Callable[..., Any], arguments: tuple[Any, ...]) -> str:
    """What is wrong with a function that cannot be called with the arguments that the reference takes."""
    if inspect.iscoroutinefunction(own) or inspect.isasyncgenfunction(own):
        return "is an `async` function, which only `await` can call. Leave the word `async` away."
    with contextlib.suppress(ValueError):  # a function in C may not tell what it takes
        try:
            inspect.signature(own).bind(*arguments)
        except TypeError:
            takes, asked = inspect.signature(own), inspect.signature(reference)
            return f"takes {takes}, and the task calls it with {asked}."
    return ""


def is_stub(function: Callable[..., Any]) -> bool:
    """Whether nothing is written yet: only a docstring, ``...`` or ``pass``, or a ``...`` in place of a value."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
        body: list[ast.stmt] = tree.body[0].body  # type: ignore[attr-defined]
    except (OSError, TypeError, SyntaxError, AttributeError):  # no source, as after exec: look at the code
        steps = _steps(function)
        names = ("LOAD_CONST", "RETURN")
        return bool(steps) and all(one.opname.startswith(names) and one.argval is None for one in steps)
    holes = [one.value for one in ast.walk(ast.Module(body, [])) if isinstance(one, (ast.Assign, ast.Return))]
    left = any(isinstance(one, ast.Constant) and one.value is ... for one in holes)
    hollow = (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) for one in body)
    return left or all(isinstance(one, ast.Pass) or none for one, none in zip(body, hollow, strict=True))


def is_placeholder(function: Callable[..., Any]) -> bool:
    """Whether all that it does is to return one constant, or one of its arguments as it came.

    >>> is_placeholder(lambda plays: 0), is_placeholder(lambda plays: plays), is_placeholder(lambda plays: plays + 1)
    (True, True, False)
    """
    steps = _steps(function)
    if not 1 <= len(steps) <= 2 or not steps[-1].opname.startswith("RETURN"):
        return False
    first = steps[0]
    return first.opname.startswith("LOAD_FAST") or (
        first.opname in LITERAL and (first.opname[0] != "B" or not first.arg)
    )


def _steps(function: Callable[..., Any]) -> list[dis.Instruction]:
    """What the function's code does, step by step; nothing where it has none, as in C."""
    if not hasattr(function, "__code__"):
        return []
    return [one for one in dis.get_instructions(function) if one.opname not in EMPTY]


def where(error: BaseException, function: Callable[..., Any]) -> str:
    """The last line of the learner's own that an error passed, or nothing; never a line of a package."""
    own = [
        (frame.f_code.co_filename, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_globals is getattr(function, "__globals__", None)
    ]
    return f"line {own[-1][1]}: {linecache.getline(*own[-1]).strip()}" if own else ""


def in_words(error: BaseException) -> str:
    """An error as Python words it, in one line; where its words mislead a beginner, in others.

    >>> in_words(KeyError("a"))
    "KeyError: 'a'"
    """
    if found := MANY.search(str(error)):
        return (
            f"{type(error).__name__}: {found[1]} holds many answers, and `if`, `and`, `or`, `not` and a < b < c "
            "ask for one yes or no. Join masks with & or |, each in brackets, as in (a < b) & (b < c); turn one around "
            "with ~; in place of an `if` choose with np.where"
        )
    return traceback.format_exception_only(error)[-1].strip()[:300]


def nan_from(warned: Iterable[str]) -> str:
    """Where a nan comes from, as far as the warnings tell.

    >>> print(nan_from(["invalid value encountered in sqrt"]))
    nan is not a number: here the root of a negative number gave it
    """
    found = [gave for says, gave in NAN_FROM.items() if any(re.search(says, one) for one in warned)]
    some = "0/0 gives it, a mean of nothing, a negative number's root"
    return "nan is not a number: " + (f"here {' or '.join(found[:2])} gave it" if found else some)
