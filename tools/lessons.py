"""A built lesson as the kit around it reads it: each cell with its part (core or more), section and exercises.

It writes nothing: slides, labs, the guide and the tests each take from it what they need.
"""

from __future__ import annotations

import ast
import builtins
import re
import symtable
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from recsys_helpers.exercises.registry import Exercise

ROOT = Path(__file__).resolve().parents[1]
HAPPENED = "**What happened"  # how the prose begins that answers a prediction
ON_PURPOSE = "wrong-on-purpose"  # the tag of a cell whose answer is meant to be wrong, and stays so


@dataclass
class Cell:
    """One cell of a lesson; ``part`` is "core" or "more", for prose without a tag found from the cells around it."""

    kind: str  # "code" or "markdown"
    source: str
    tags: list[str]
    outputs: list
    section: str = ""  # the nearest heading above, or its own
    level: int = 0  # of its own heading; 0 where it has none
    part: str = ""
    asks: list[str] = field(default_factory=list)  # the exercises that it checks
    task_is_more: bool = False  # whether the prose ends in a task that is not of the core, though the rest is

    @property
    def core(self) -> str:
        """The text without a task at its end whose code is not of the core."""
        return (
            re.sub(r"\n+\*\*(Your turn|Predict).*\Z", "", self.source, flags=re.DOTALL)
            if self.task_is_more
            else self.source
        )

    @property
    def has_figure(self) -> bool:
        return any("image/png" in output.get("data", {}) for output in self.outputs)


@dataclass
class Lesson:
    """A lesson: its number, such as "03", its title, and its cells in order."""

    path: Path
    cells: list[Cell]

    @property
    def number(self) -> str:
        return self.path.stem[:2]

    @property
    def title(self) -> str:
        return self.cells[0].section

    def code(self, part: str | None = None) -> list[Cell]:
        """The code cells beside the exercises."""
        return [one for one in self.cells if one.kind == "code" and not one.asks and part in (None, one.part)]

    def prose(self, part: str | None = None) -> list[Cell]:
        return [one for one in self.cells if one.kind == "markdown" and part in (None, one.part)]

    def exercises(self, part: str | None = None) -> list[str]:
        """The names of the exercises, in the order in which they are asked."""
        names = [name for one in self.cells if part in (None, one.part) for name in one.asks]
        return list(dict.fromkeys(names))


def paths(folder: Path | None = None) -> list[Path]:
    """The built lessons."""
    return sorted((folder or ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))


def read(path: Path) -> Lesson:
    """A built lesson; ValueError where the file is not a notebook."""
    try:
        notebook = nbformat.read(path, as_version=4)
    except (ValueError, nbformat.ValidationError, nbformat.reader.NotJSONError):
        raise ValueError(f"{path.name} is not a whole notebook. Build it: make notebooks") from None
    cells, section = [], path.stem
    for node in notebook.cells:
        tags = list(node.metadata.get("tags", []))
        if node.cell_type == "code":
            cells.append(Cell("code", node.source, tags, list(node.get("outputs", [])), section))
            if ON_PURPOSE not in tags:
                cells[-1].asks = [name_of(call) for call in checks(node.source)]
            continue
        for piece in re.split(r"\n+(?=#+ )", node.source):  # a heading in the middle begins a section too
            head = re.match(r"(#+) +(.+)", piece)
            section = head.group(2).strip() if head else section
            cells.append(Cell("markdown", piece, tags, [], section, len(head.group(1)) if head else 0))
    _give_parts(cells)
    return Lesson(path, cells)


def all_lessons(folder: Path | None = None) -> list[Lesson]:
    return [read(path) for path in paths(folder)]


def choose(numbers: list[str]) -> list[Lesson]:
    """The lessons with these numbers, or all; ValueError for one that is not there."""
    found = {path.stem[:2]: path for path in paths()}
    unknown = [one for one in numbers if one not in found]
    if unknown:
        raise ValueError(f"There is no lesson {unknown[0]}. There are: {', '.join(found)}.")
    return [read(path) for number, path in found.items() if not numbers or number in numbers]


def words(text: str) -> int:
    """Words of running prose: tables, headings, formulas, code and HTML tags are not counted."""
    text = re.sub(r"```.*?```|\$\$.*?\$\$|<!--.*?-->|<details>.*?</details>", " ", text, flags=re.DOTALL)
    kept = [line for line in text.splitlines() if not line.lstrip().startswith(("|", "#", "<", ":::", "---"))]
    return len(re.findall(r"\w[\w'’-]*", re.sub(r"<[^>]+>|\$[^$]+\$", " x ", "\n".join(kept))))


# ---- core and more ------------------------------------------------------------------------------------------------


def _give_parts(cells: list[Cell]) -> None:
    """Code has its tag, and is core without one. Prose goes with the code that it introduces or explains."""
    for cell in cells:
        if cell.kind == "code" or {"core", "more"} & set(cell.tags):
            cell.part = "more" if "more" in cell.tags else "core"
    start = 0
    for stop in range(1, len(cells) + 1):
        if stop == len(cells) or cells[stop].level:
            _give_prose(cells[start:stop])
            start = stop
    predicted = "core"
    for cell in cells:  # what happened belongs to what was predicted, whatever stands between
        if cell.kind == "markdown" and "**Predict.**" in cell.source:
            predicted = cell.part
        elif cell.source.startswith(HAPPENED) and not {"core", "more"} & set(cell.tags):
            cell.part = predicted


def _give_prose(section: list[Cell]) -> None:
    """Give a part to the prose of one section, whose first cell has the heading."""
    code = [number for number, cell in enumerate(section) if cell.kind == "code"]
    for number, cell in enumerate(section):
        cell.task_is_more = number + 1 in code and section[number + 1].part == "more"
        if cell.part:
            continue
        before = max((n for n in code if n < number), default=None)
        after = min((n for n in code if n > number), default=None)
        near = {section[n].part for n in (before, after) if n is not None}
        if not near or cell.level and (_stands_alone(cell) or any(section[n].part == "core" for n in code)):
            cell.part = "core"
        elif len(near) == 1:
            cell.part = near.pop()
        elif looks_ahead(cell) or section[before].source.startswith('check("'):
            cell.part = section[after].part
        elif after - before > 2 and number in (
            before + 1,
            after - 1,
        ):  # one of several: it goes with its neighbour
            cell.part = section[before if number == before + 1 else after].part
        else:
            cell.part = "core"


def _stands_alone(cell: Cell) -> bool:
    """Whether a section's opening makes sense without its code: it holds a table."""
    return "\n|" in cell.source


def looks_ahead(cell: Cell) -> bool:
    """Whether prose leads to the next cell: a task, a question with options, or a colon."""
    text = cell.source.strip()
    starts = re.match(r"(#.*\n+)?\*\*(Predict|Your turn|Try it)", text)
    return bool(starts or text.endswith(":") or "(a)" in text)


def closed_core(lesson: Lesson, exercises: dict[str, Exercise] | None = None) -> list[Cell]:
    """The core cells, and those of the rest that make a name which the core needs and does not make itself.

    exercises : where given, what their references use counts as needed too.
    """
    kept = {number for number, cell in enumerate(lesson.cells) if cell.part == "core"}
    makers = [(makes(cell.source), number) for number, cell in enumerate(lesson.cells) if cell.kind == "code"]
    while True:
        known, missing = set(dir(builtins)) | {"get_ipython", "display"}, set()
        for number in sorted(kept):
            cell = lesson.cells[number]
            if cell.kind != "code":
                continue
            uses = needs(cell.source)
            for name in cell.asks:
                if exercises and name in exercises and exercises[name].kind == "function":
                    uses = uses | needs(exercises[name].source())
            for name in uses - known - makes(cell.source):
                found = [n for made, n in makers if name in made and n < number and n not in kept]
                missing.update(found[-1:])
            known |= makes(cell.source)
        if not missing:
            return [cell for number, cell in enumerate(lesson.cells) if number in kept]
        kept |= missing


def needs(source: str) -> set[str]:
    """The names that some code reads from the cells before it."""
    needed: set[str] = set()
    made: set[str] = set()
    for statement in tree_of(source).body:
        text = ast.unparse(statement)
        own = makes(text)
        simple = isinstance(statement, (ast.Assign, ast.AugAssign, ast.AnnAssign))  # reads before it writes
        needed |= _read(symtable.symtable(text, "cell", "exec")) - made - (set() if simple else own)
        made |= own
    return needed


def _read(table: symtable.SymbolTable) -> set[str]:
    """The global names that a scope and those within it read."""
    outermost = table.get_type() == "module"
    names = {
        one.get_name()
        for one in table.get_symbols()
        if one.is_referenced() and (outermost or one.is_global())
    }
    return names.union(*map(_read, table.get_children()))


def makes(source: str) -> set[str]:
    """The names that some code leaves behind at its top level."""
    made: set[str] = set()
    for node in _top_level(tree_of(source).body):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            made.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            made |= {(one.asname or one.name).split(".")[0] for one in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            made.add(node.id)
    return made


def _top_level(nodes):
    """All nodes that are not inside a function, a class or a comprehension."""
    for node in nodes:
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp)):
            if not isinstance(node, (ast.DictComp, ast.GeneratorExp)):
                yield from _top_level(ast.iter_child_nodes(node))


# ---- exercises in the code of a cell ------------------------------------------------------------------------------


def tree_of(source: str) -> ast.Module:
    """A cell's code, or nothing of it if it is no plain Python (magics)."""
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.Module([], [])


def is_gap(node) -> bool:
    """Whether an expression is the ``...`` that a learner replaces."""
    return isinstance(node, ast.Constant) and node.value is ...


def checks(source: str) -> list[ast.Call]:
    """The calls of ``check`` in some code."""
    calls = [node for node in ast.walk(tree_of(source)) if isinstance(node, ast.Call) and node.args]
    return [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "check"]


def name_of(call: ast.Call) -> str:
    """The exercise that a call of ``check`` asks about."""
    first = call.args[0]
    return first.id if isinstance(first, ast.Name) else str(getattr(first, "value", "?"))


def is_stub(function: ast.FunctionDef) -> bool:
    """Whether a function is still to be written."""
    hollow = [
        isinstance(one, ast.Pass) or isinstance(getattr(one, "value", 0), ast.Constant)
        for one in function.body
    ]
    return all(hollow) or any(is_gap(getattr(node, "value", None)) for node in ast.walk(function))


def replaced(source: str, changes: list[tuple[ast.AST, str]]) -> str:
    """The source with some nodes of its tree in other words; ast counts columns in bytes."""
    starts = [0]
    for line in source.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    text = source.encode()
    for node, words in sorted(changes, key=lambda change: change[0].lineno, reverse=True):
        begin, end = (
            starts[node.lineno - 1] + node.col_offset,
            starts[node.end_lineno - 1] + node.end_col_offset,
        )
        text = text[:begin] + words.encode() + text[end:]
    return text.decode()


def body_of(function: ast.FunctionDef, source: str) -> str:
    """A function's statements as written, after its docstring, without their indent."""
    body = function.body
    if isinstance(body[0], ast.Expr) and isinstance(getattr(body[0].value, "value", None), str):
        body = body[1:]
    lines = source.splitlines()[body[0].lineno - 1 : body[-1].end_lineno]
    above = source.splitlines()[: body[0].lineno - 1]
    while above and above[-1].lstrip().startswith(
        "#"
    ):  # a comment right above the first statement is its own
        lines.insert(0, above.pop())
    return "\n".join(line[4:] if line.startswith("    ") else line for line in lines)
