"""A table of sentences that shows whole: pandas cuts a text after fifty signs and sets it to the right.

It is a DataFrame in all else, and what is computed from it is a plain one.
"""

from __future__ import annotations

import pandas as pd

LEFT = "text-align: left; vertical-align: top; white-space: normal"


class Sheet(pd.DataFrame):
    """A DataFrame whose texts are shown whole and from the left.

    >>> Sheet({"ask": ["Who chose the settings, and on which part of the data was that?"]})
                                                                   ask
    0  Who chose the settings, and on which part of the data was that?
    """

    def _repr_html_(self) -> str:
        with pd.option_context("display.max_colwidth", None, "display.max_rows", None):
            text: str = self.to_html(max_rows=None, max_cols=None)
        for cell in ("td", "th"):
            text = text.replace(f"<{cell}>", f'<{cell} style="{LEFT}">')
        return text.replace('style="text-align: right;"', f'style="{LEFT}"')

    def __repr__(self) -> str:
        with pd.option_context("display.max_colwidth", None):
            return str(self.to_string())
