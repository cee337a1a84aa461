"""How an answer is shown: a coloured block in a notebook, plain text everywhere else.

It does not know what is right: the mark comes from ``judge``.
"""

from __future__ import annotations

import html
import importlib
import re
import sys

# Mark -> the word beside it, then the colours of text and ground. Hex, and in pairs: a notebook that is not trusted
# keeps them on light and dark pages alike, and drops variables and roles.
LOOKS = {
    "✓": ("Right", "#00553d", "#e2f5ee"),
    "✗": ("Not yet", "#8f2d00", "#fdeae0"),
    "≈": ("Another convention", "#5b4300", "#fdf3d4"),
    "·": ("Note", "#27496d", "#e8f0f9"),
}
PLAIN = {"✓": "[right]", "✗": "[not yet]", "≈": "[convention]", "·": "-", "…": "...", "«": '"', "»": '"'}


def show_answer(mark: str, text: str) -> None:
    """Show what came of an answer: as a block where a notebook asks, with the same as plain text beside it."""
    if not _in_notebook():
        return say(f"{mark} {text}")
    display = importlib.import_module("IPython.display").display
    display({"text/html": as_html(mark, text), "text/plain": f"{mark} {text}"}, raw=True)


def _in_notebook() -> bool:
    """Whether a kernel runs this; where IPython was not imported, none does."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython and hasattr(ipython, "get_ipython") else None
    return getattr(shell, "kernel", None) is not None


def as_html(mark: str, text: str) -> str:
    """The block: the word and the mark, what is said, and inputs and code as they would be typed.

    >>> print(as_html("✓", "f is right."))
    <div style="color: #00553d; background-color: #e2f5ee; padding: 6px 12px"><b>Right ✓</b> f is right.</div>
    """
    word, ink, ground = LOOKS[mark]
    pieces: list[str] = []
    code: list[str] = []
    for number, line in enumerate([*text.split("\n"), ""]):
        if line.startswith("      "):  # an input, what should come and what came
            code.append(html.escape(line[6:]))
            continue
        if code:
            style = f"color: {ink}; background-color: {ground}; margin: 4px 0; white-space: pre-wrap"
            pieces.append(f'<pre style="{style}">' + "\n".join(code) + "</pre>")
            code = []
        if line:
            words = re.sub(
                r"`([^`\n]+)`",
                rf'<code style="color: {ink}; background-color: {ground}; padding: 0">\1</code>',
                html.escape(line.strip()),
            )
            pieces.append(f"<b>{word} {mark}</b> {words}" if number == 0 else f"<div>{words}</div>")
    style = f"color: {ink}; background-color: {ground}; padding: 6px 12px"
    return f'<div style="{style}">' + "".join(pieces) + "</div>"


def say(text: str) -> None:
    """Print, in other signs where the console has not these."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeError:
        for sign, words in PLAIN.items():
            text = text.replace(sign, words)
        text = text.encode(encoding, "replace").decode(encoding)
    print(text)
