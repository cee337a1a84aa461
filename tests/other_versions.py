"""Which tests run once more with other versions of the packages, and why the rest need not.

The question there is narrow: does what touches NumPy, SciPy, pandas, scikit-learn and matplotlib work with the lowest
and the newest that pyproject.toml allows? A new folder or file of tests is named here, or a test of it fails.
"""

from __future__ import annotations

TRIED = (
    "recsys_helpers",  # the examples in its docstrings
    "tests/acting",
    "tests/arena",
    "tests/capstone",
    "tests/datasets",
    "tests/evaluation",
    "tests/events",
    "tests/exercises",
    "tests/modalities",
    "tests/models",
    "tests/reranking",
    "tests/service",
    "tests/simulator",
    "tests/test_columns.py",
    "tests/test_doctor.py",
    "tests/test_features.py",
    "tests/test_grad.py",
    "tests/test_interactions.py",
    "tests/test_plots.py",
    "tests/test_profiles.py",
    "tests/test_storage.py",
    "tests/test_workspace.py",
    "tests/trust",
)

SERVER = "the standard library and tornado, which comes at one version whatever is asked of the others"
CHECKING = "Python alone; what is right on other versions, each lesson's run with its exercises solved shows"
COMMAND = "a command that maintainers run, with the versions of the lock, and the file that it wrote"
PAGES = "the repository's own text and tools"
LEFT_OUT = {
    "tests/arena/test_cli.py": SERVER,
    "tests/arena/test_client.py": SERVER,
    "tests/arena/test_guide.py": PAGES,
    "tests/arena/test_server.py": SERVER,
    "tests/arena/test_survival.py": SERVER,
    "tests/capstone/test_checklist.py": PAGES,
    "tests/capstone/test_layout.py": "builds notebooks with the maintainer's tools",
    "tests/browser": "JupyterLab in Chromium",
    "tests/datasets/test_download.py": "the standard library and a web server of its own",
    "tests/deep": "torch, which is in neither environment",
    "tests/exercises/test_bank.py": CHECKING,
    "tests/exercises/test_block.py": CHECKING,
    "tests/exercises/test_check.py": CHECKING,
    "tests/exercises/test_contract.py": CHECKING,
    "tests/exercises/test_hostile.py": CHECKING,
    "tests/exercises/test_kernel.py": "builds notebooks with the maintainer's tools",
    "tests/exercises/test_limits.py": CHECKING,
    "tests/exercises/test_registry.py": CHECKING,
    "tests/kit": "labs, slides, guides: made with the maintainer's tools",
    "tests/notebooks": "each lesson is run by test_versions.py itself",
    "tests/scale": "DuckDB, which is in neither environment",
    "tests/service/test_cli.py": SERVER,
    "tests/service/test_server.py": SERVER,
    "tests/simulator/test_cold_start.py": COMMAND,
    "tests/simulator/test_guide.py": PAGES,
    "tests/test_advertising.py": COMMAND,
    "tests/test_als_cost.py": COMMAND,
    "tests/test_attack_tables.py": COMMAND,
    "tests/test_benchmarks.py": COMMAND,
    "tests/test_by_world.py": COMMAND,
    "tests/test_extras.py": "pip, and packages that are in neither environment",
    "tests/test_feedback.py": COMMAND,
    "tests/test_imports.py": PAGES,
    "tests/test_make.py": "clones, and environments of their own",
    "tests/test_many_at_once.py": "processes and files",
    "tests/test_measured.py": COMMAND,
    "tests/test_modality_tables.py": COMMAND,
    "tests/test_murmur_models.py": COMMAND,
    "tests/test_offline.py": COMMAND,
    "tests/test_online.py": COMMAND,
    "tests/test_order.py": COMMAND,
    "tests/test_people_on_murmur.py": "the same functions as tests/events and test_profiles.py, on larger worlds",
    "tests/test_processes.py": "the standard library",
    "tests/test_repository.py": PAGES,
    "tests/test_rescue.py": "the standard library and git",
    "tests/test_competition.py": COMMAND,
    "tests/test_plans.py": COMMAND,
    "tests/test_shelves.py": COMMAND,
    "tests/test_versions.py": "it would call itself",
}


def is_tried(path: str) -> bool:
    """Whether a file of tests runs on other versions: the longest name above that holds it decides.

    Raises ValueError where none does.

    >>> [is_tried(f"tests/{name}.py") for name in ("models/test_ease", "arena/test_rules", "arena/test_cli")]
    [True, True, False]
    >>> is_tried("tests/test_new.py")
    Traceback (most recent call last):
    ValueError: tests/test_new.py: name it in tests/other_versions.py, in TRIED or with a reason in LEFT_OUT
    """
    holding = [name for name in (*TRIED, *LEFT_OUT) if path == name or path.startswith(f"{name}/")]
    if not holding:
        raise ValueError(f"{path}: name it in tests/other_versions.py, in TRIED or with a reason in LEFT_OUT")
    return max(holding, key=len) in TRIED


def for_pytest() -> list[str]:
    """What to give pytest so that it runs these and no others."""
    return [*TRIED, *(f"--ignore={name}" for name in LEFT_OUT)]
