"""What can be read off a learner's function without running it.

It judges nothing: that is ``judge``.
"""

from __future__ import annotations

import ast
import contextlib
import dis
import inspect
import linecache
import textwrap
import traceback
from collections.abc import Callable
from typing import Any


def unfit(own: Callable, reference: Callable, arguments: tuple) -> str:
    """What is wrong with a function that cannot be called with the arguments that the reference takes."""
    with contextlib.suppress(ValueError):  # a function in C may not tell what it takes
        try:
            inspect.signature(own).bind(*arguments)
        except TypeError:
            takes, asked = inspect.signature(own), inspect.signature(reference)
            return f"takes {takes}, and the task calls it with {asked}."
    return ""


def is_stub(function: Callable) -> bool:
    """Whether nothing is written yet: only a docstring, ``...`` or ``pass``, or a ``...`` in place of a value."""
    try:
        written: Any = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
        body = written.body
    except (OSError, TypeError, SyntaxError, AttributeError):  # no source, as after exec: look at the code
        if not hasattr(function, "__code__"):
            return False
        steps = [one for one in dis.get_instructions(function) if one.opname not in ("RESUME", "NOP")]
        return all(one.opname.startswith(("LOAD_CONST", "RETURN")) and one.argval is None for one in steps)
    holes = [one.value for one in ast.walk(ast.Module(body, [])) if isinstance(one, (ast.Assign, ast.Return))]
    left = any(isinstance(one, ast.Constant) and one.value is ... for one in holes)
    hollow = (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) for one in body)
    return left or all(isinstance(one, ast.Pass) or none for one, none in zip(body, hollow, strict=True))


def where(error: BaseException, function: Callable) -> str:
    """The last line of the learner's own that an error passed, or nothing; never a line of a package."""
    own = [
        (frame.f_code.co_filename, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_globals is getattr(function, "__globals__", None)
    ]
    return f"line {own[-1][1]}: {linecache.getline(*own[-1]).strip()}" if own else ""
