"""Write the table of docs/metrics.md anew from the metrics themselves; `make guide` calls it.

    python tools/metrics_page.py [--check]

It changes nothing but what stands between its two comments.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from recsys_helpers.evaluation import metrics_table
from recsys_helpers.workspace import write_whole

PAGE = Path(__file__).resolve().parents[1] / "docs" / "metrics.md"
BEGIN = "<!-- table of metrics: written by make guide -->\n"
END = "<!-- end of the table of metrics -->\n"


def table() -> str:
    """The metrics as a Markdown table."""
    found = metrics_table()
    rows = [list(found.columns), ["---"] * found.shape[1], *found.astype(str).to_numpy().tolist()]
    return "".join(f"| {' | '.join(cell if cell else ' ' for cell in row)} |\n" for row in rows)


def with_table(page: str) -> str:
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"docs/{PAGE.name} has lost one of the comments that its table stands between.")
    return f"{before}{begin}\n{table()}\n{end}{after}"


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, change nothing")
    options = parser.parse_args(argv)
    old = PAGE.read_text(encoding="utf-8")
    new = with_table(old)
    if new != old and not options.check:
        write_whole(PAGE, new)
    says = "run `make guide`" if options.check else "is written anew"
    print(f"docs/{PAGE.name}: {'agrees with the metrics' if new == old else says}")
    return int(new != old and options.check)


if __name__ == "__main__":
    sys.exit(main())
