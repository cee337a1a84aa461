"""Write the table model x ability of docs/architecture.md anew from the models themselves; `make guide` calls it.

    python tools/abilities.py [--check]

It changes nothing but what stands between its two comments. Rows of networks are those of the page where torch, which
would read them, is not installed.
"""

from __future__ import annotations

import ast
import importlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from recsys_helpers import models
from recsys_helpers.extras import missing
from tools import pages

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "architecture.md"
BEGIN = "<!-- table of abilities: written by make guide -->\n"
END = "<!-- end of the table of abilities -->\n"
ABILITIES = ["partial_fit", "fold_in", "fold_in_items", "similar_items", "explain", "save"]
BASES = {"Recommender", "OpenRecommender", "SequenceRecommender"}
YES, NO = "✓", "·"


def networks() -> list[str]:
    """The names of the models that need torch, read without it."""
    tree = ast.parse((ROOT / "recsys_helpers" / "deep" / "__init__.py").read_text(encoding="utf-8"))
    (listed,) = (node.value for node in tree.body if isinstance(node, ast.Assign) for t in node.targets)
    return sorted(set(ast.literal_eval(listed)) - {"Training"})


def named() -> list[str]:
    """The names of all models: those of ``models``, then the networks, each in the order of the alphabet."""
    there = {name: getattr(models, name) for name in models.__all__}
    ours = (name for name, it in there.items() if isinstance(it, type) and issubclass(it, models.Recommender))
    return [*sorted(set(ours) - BASES), *networks()]


def row(name: str) -> str:
    """A model's line: what its fit needs, what it may read besides, and what it can."""
    room = models if hasattr(models, name) else importlib.import_module("recsys_helpers.deep")
    model = getattr(room, name)()
    tables = [*model.needs, *(f"({table})" for table in model.takes if table not in model.needs)]
    cells = [YES if hasattr(model, ability) else NO for ability in ABILITIES]
    unknown = YES if isinstance(model, models.OpenRecommender) else NO
    return f"| `{name}` | {', '.join(tables) or NO} | {' | '.join(cells)} | {unknown} |\n"


def table(page: str) -> str:
    kept = {line.split("`")[1]: f"{line}\n" for line in page.splitlines() if line.startswith("| `")}
    head = ["model", "reads", *(f"`{ability}`" for ability in ABILITIES), "unknown ids"]
    lines = [f"| {' | '.join(head)} |\n", f"|{'---|' * len(head)}\n"]
    for name in named():
        known = name not in networks() or not missing("deep")
        lines.append(row(name) if known else kept.get(name, ""))
    return "".join(lines)


def with_table(page: str) -> str:
    return pages.between(page, BEGIN, END, PAGE.name, table)


def main(argv: list[str] | None = None) -> int:
    return pages.renew(PAGE, with_table, "models", __doc__.splitlines()[0], argv)


if __name__ == "__main__":
    sys.exit(main())
