"""Write the table of docs/metrics.md anew from the metrics themselves; `make guide` calls it.

    python tools/metrics_page.py [--check]

It changes nothing but what stands between its two comments.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from recsys_helpers.evaluation import metrics_table
from tools import pages

PAGE = Path(__file__).resolve().parents[1] / "docs" / "metrics.md"
BEGIN = "<!-- table of metrics: written by make guide -->\n"
END = "<!-- end of the table of metrics -->\n"


def table() -> str:
    """The metrics as a Markdown table."""
    found = metrics_table()
    rows = [list(found.columns), ["---"] * found.shape[1], *found.astype(str).to_numpy().tolist()]
    return "".join(f"| {' | '.join(cell if cell else ' ' for cell in row)} |\n" for row in rows)


def with_table(page: str) -> str:
    return pages.between(page, BEGIN, END, PAGE.name, lambda _: table())


def main(argv: list[str] | None = None) -> int:
    return pages.renew(PAGE, with_table, "metrics", __doc__.splitlines()[0], argv)


if __name__ == "__main__":
    sys.exit(main())
