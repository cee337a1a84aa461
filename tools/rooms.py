"""Who imports whom in recsys_helpers, read from the code, and docs/images/rooms.svg, which shows it.

`tests/test_imports.py` holds the rooms to their order with the same reader; `make pictures` draws the picture anew.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import matplotlib

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.drawing import BLUE, CARD, FAINT, FONTS, INK, MUTED, WIDTH, Sheet, as_text

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "recsys_helpers"
PICTURE = ROOT / "docs" / "images" / "rooms.svg"

#: The order in which data flows (docs/architecture.md). Rooms that are not there yet have their place already.
FLOW = [
    "columns",
    "storage",
    "events",
    "datasets",
    "interactions",
    "features",
    "profiles",
    "grad",
    "models",
    "deep",
    "reranking",
    "acting",
    "evaluation",
    "trust",
    "modalities",
    "scale",
    "plots",
    "simulator",
    "service",
    "arena",
    "capstone",
    "exercises",
]
OPTIONAL_ROOMS = {"deep", "scale"}


def module_name(path: Path) -> str:
    """recsys_helpers.models for recsys_helpers/models/__init__.py."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def modules() -> dict[str, Path]:
    """Every module of the package by its full name."""
    return {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imports_of(path: Path, known: set[str]) -> set[str]:
    """The modules among ``known`` that a file imports, wherever in it; not those that only its annotations name."""
    name = module_name(path)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    only_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for statement in node.body
        for inner in ast.walk(statement)
    }
    found = set()
    for node in ast.walk(tree):
        if id(node) in only_types:
            continue
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            names = [
                f"{base}.{alias.name}" if f"{base}.{alias.name}" in known else base for alias in node.names
            ]
        else:
            continue
        for one in names:
            while one and one not in known:  # recsys_helpers.columns.show -> recsys_helpers.columns
                one = one.rpartition(".")[0]
            found.add(one)
    return found - {"", name}


def graph() -> dict[str, set[str]]:
    """Module -> the modules of the package that it imports."""
    there = modules()
    return {name: imports_of(path, set(there)) for name, path in there.items()}


def room_of(module: str) -> str:
    """models for recsys_helpers.models.factors.als; the empty name for the package itself."""
    return (module.split(".") + [""])[1]


def between_rooms() -> dict[str, set[str]]:
    """Room of ``FLOW`` -> the other rooms that it imports, both in the order of the flow; only rooms that exist."""
    uses: dict[str, set[str]] = {}
    for module, imported in graph().items():
        room = room_of(module)
        uses.setdefault(room, set()).update(map(room_of, imported))
    return {room: {other for other in FLOW if other in uses[room] - {room}} for room in FLOW if room in uses}


def circles(imports: dict[str, set[str]]) -> list[list[str]]:
    """Sets of modules that import each other, directly or by others: each sorted, none if there is no circle."""
    reach = {name: set(imported) for name, imported in imports.items()}
    for middle in reach:  # Warshall: whoever reaches the middle reaches what it reaches
        for name in reach:
            if middle in reach[name]:
                reach[name] |= reach[middle]
    found = {
        tuple(sorted(o for o in reach[name] if name in reach[o])) for name in reach if name in reach[name]
    }
    return [list(circle) for circle in sorted(found)]


# ---- the picture -----------------------------------------------------------------------------------------------------

TOP, ROW, LEFT, CELL = 84, 24, 196, 24


def svg(uses: dict[str, set[str]]) -> str:
    """A row and a column for each room; a dot where the room of the row imports that of the column."""
    rooms = list(uses)
    bottom = TOP + ROW * len(rooms)
    with matplotlib.rc_context(FONTS | {"svg.hashsalt": "rooms"}):
        sheet = Sheet(bottom + 34)
        sheet.text(18, 26, "Who imports whom: every dot lies left of the stairs", 12, bold=True)
        sheet.note(
            18, 44, "A dot: the room of its row imports the room of its column. Numbers name the same rooms."
        )
        for n, room in enumerate(rooms):
            y, x = TOP + ROW * n, LEFT + CELL * n
            sheet.box(18, y + 1, WIDTH - 36, ROW - 2, CARD, round_by=4)
            sheet.text(LEFT - 12, y + 16, str(n + 1), color=MUTED, align="right")
            optional = " (optional)" if room in OPTIONAL_ROOMS else ""
            sheet.text(26, y + 16, f"{room}{optional}", 9.5, BLUE, mono=True, bold=True)
            sheet.text(x + CELL / 2, TOP - 6, str(n + 1), color=MUTED, align="center")
            sheet.line([x, x, x + CELL], [y, y + ROW, y + ROW], FAINT, 1.5)
            for other in sorted(uses[room], key=rooms.index):
                sheet.dot(LEFT + CELL * rooms.index(other) + CELL / 2, y + ROW / 2, 4.2, INK)
        count = sum(map(len, uses.values()))
        sheet.note(
            18,
            bottom + 20,
            f"{len(rooms)} rooms, {count} dots of {len(rooms) * (len(rooms) - 1) // 2} that could be.",
        )
        return as_text(sheet)


if __name__ == "__main__":
    PICTURE.write_text(svg(between_rooms()), encoding="utf-8")
    print(f"wrote {PICTURE.relative_to(ROOT)}")
