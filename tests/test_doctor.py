"""The doctor: what is well is OK, what is broken is FAIL with a sentence that mends it, and nothing is changed."""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from recsys_helpers import doctor
from recsys_helpers.datasets import lastfm
from recsys_helpers.doctor import Problem

ROOT = Path(__file__).resolve().parents[1]


def test_every_line_is_ok_or_fail_with_a_remedy_and_the_status_follows():
    done = subprocess.run(
        [sys.executable, "-X", "warn_default_encoding", "-m", "recsys_helpers", "doctor"],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "cp1252"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    lines = done.stdout.splitlines()
    assert [re.match(r"(?:OK  |FAIL) ([\w ]+): ", line).group(1) for line in lines] == list(doctor.CHECKS)
    assert all(" -> " in line for line in lines if line.startswith("FAIL"))
    assert done.returncode == int(any(line.startswith("FAIL") for line in lines))
    own = [
        line for line in done.stderr.splitlines() if "EncodingWarning" in line and "recsys_helpers" in line
    ]
    assert not own


def test_a_check_that_faints_is_a_fail_and_hides_no_other():
    def faints():
        raise ZeroDivisionError("no\nluck")

    lines = doctor.examine({"first": faints, "second": lambda: "well"})
    assert [well for well, _ in lines] == [False, True]
    assert lines[0][1].startswith("FAIL first: ZeroDivisionError: no luck -> ")
    assert lines[1][1] == "OK   second: well"


def test_an_old_python_is_refused(monkeypatch):
    monkeypatch.setattr(doctor.sys, "version_info", (3, 10, 4))
    with pytest.raises(Problem, match="this is 3.10.4"):
        doctor.check_python()


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A folder that stands in for the course, with a lock of three packages."""
    (tmp_path / "pyproject.toml").write_text('dependencies = [\n    "numpy>=1.26",\n]\n', encoding="utf-8")
    lines = [
        f"{name}=={importlib.metadata.version(name)} \\\n    --hash=sha256:00" for name in ("numpy", "tqdm")
    ]
    lines.append("no-such-package==1.0 ; sys_platform == 'nowhere' \\\n    --hash=sha256:00")
    (tmp_path / "requirements.lock").write_text("\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.setattr(doctor, "COURSE", tmp_path)
    return tmp_path


def edit(course, old, new):
    lock = course / "requirements.lock"
    text = lock.read_text(encoding="utf-8")
    assert old in text
    lock.write_text(text.replace(old, new), encoding="utf-8")


def test_packages_as_locked_are_well_and_another_systems_are_not_asked_for(course):
    assert doctor.check_packages() == "all 2 are there"


def test_a_missing_package_is_named(course):
    edit(course, " ; sys_platform == 'nowhere'", "")
    with pytest.raises(Problem, match="not installed: no-such-package") as problem:
        doctor.check_packages()
    assert "make lab" in problem.value.mend


def test_another_version_of_a_main_package_is_named_of_a_small_one_forgiven(course):
    edit(course, f"tqdm=={importlib.metadata.version('tqdm')}", "tqdm==0.1")
    assert doctor.check_packages() == "all 2 are there"
    edit(course, f"numpy=={importlib.metadata.version('numpy')}", "numpy==0.1")
    with pytest.raises(Problem, match=r"numpy .* instead of 0.1"):
        doctor.check_packages()


def test_conda_may_choose_its_versions(course, monkeypatch):
    edit(course, f"numpy=={importlib.metadata.version('numpy')}", "numpy==0.1")
    (course / "conda-meta").mkdir()
    monkeypatch.setattr(doctor.sys, "prefix", str(course))
    assert "conda" in doctor.check_packages()


def test_a_course_without_its_lock_is_not_whole(course):
    (course / "requirements.lock").unlink()
    with pytest.raises(Problem, match="is missing"):
        doctor.check_packages()


def test_the_kernel_answers_from_another_folder(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    assert doctor.check_kernel() == "python3 starts, and 1 + 1 is 2"


def test_a_kernel_without_the_package_is_told_apart_from_no_kernel(monkeypatch, tmp_path):
    hidden = tmp_path / "recsys_helpers"
    hidden.mkdir()
    (hidden / "__init__.py").write_text("raise ImportError('damaged')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(Problem, match="in a lesson you would get ImportError: damaged"):
        doctor.check_kernel()


def test_a_folder_that_is_a_file_cannot_be_written_to(monkeypatch, tmp_path):
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    monkeypatch.setenv("RECSYS_WORK", str(file))
    with pytest.raises(Problem, match="cannot be written to") as problem:
        doctor.check_write()
    assert "RECSYS_WORK" in problem.value.mend
    monkeypatch.setenv("RECSYS_WORK", str(tmp_path / "not" / "yet"))
    assert doctor.check_write() == str(tmp_path / "not" / "yet")
    assert not (tmp_path / "not").exists(), "the doctor changes nothing"


def test_a_full_disk_is_a_fail(monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: usage(10**9, 10**9, 5_000_000))
    with pytest.raises(Problem, match="5 MB free"):
        doctor.check_disk()


def test_absent_real_data_is_a_note_and_half_a_copy_a_fail(monkeypatch, tmp_path):
    monkeypatch.setattr("recsys_helpers.datasets._files.cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setenv("RECSYS_DATA", str(tmp_path / "nowhere"))
    assert doctor.check_real_data().count("is not here yet and is downloaded on first use") == 2
    folder = tmp_path / "here" / lastfm.SOURCE.folder
    folder.mkdir(parents=True)
    monkeypatch.setenv("RECSYS_DATA", str(tmp_path / "here"))
    for name in lastfm.SOURCE.files:
        (folder / name).write_text("", encoding="utf-8")
    assert f"{lastfm.SOURCE.title} in {folder}; " in doctor.check_real_data()
    (folder / lastfm.SOURCE.files[0]).unlink()
    with pytest.raises(Problem, match="is not whole") as problem:
        doctor.check_real_data()
    assert lastfm.SOURCE.files[0] in problem.value.mend


def test_a_damaged_lesson_is_named_with_the_command_that_mends_it(monkeypatch, tmp_path):
    monkeypatch.setenv("RECSYS_WORK", str(tmp_path))
    assert "can be opened" in doctor.check_lessons()
    (tmp_path / "00_start_here.ipynb").write_text('{"cells": [', encoding="utf-8")
    with pytest.raises(Problem, match="00_start_here.ipynb in .* cut short") as problem:
        doctor.check_lessons()
    assert "lessons --mend" in problem.value.mend


@pytest.fixture
def plain_network(monkeypatch):
    for name in (*doctor.CERTIFICATES, "https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_certificates_that_are_not_there_are_named(plain_network, tmp_path):
    assert doctor.check_network() == "no proxy"
    plain_network.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    with pytest.raises(
        Problem, match="REQUESTS_CA_BUNDLE names certificates that are not there: /nowhere/ca.pem"
    ):
        doctor.check_network()
    (tmp_path / "ca.pem").write_text("", encoding="utf-8")
    plain_network.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    assert doctor.check_network() == "no proxy, with the certificates of REQUESTS_CA_BUNDLE"


@pytest.mark.parametrize(
    "text", ["http://ann:secret@proxy.example.org:3128", "ann:secret@proxy.example.org:3128"]
)
def test_a_proxy_is_named_without_its_password(plain_network, text):
    plain_network.setenv("HTTPS_PROXY", text)
    assert doctor.check_network() == "through the proxy proxy.example.org:3128 (HTTPS_PROXY)"


@pytest.mark.parametrize("text", ["http://", "http://proxy:port"])
def test_a_proxy_without_a_host_or_a_port_is_named(plain_network, text):
    plain_network.setenv("HTTPS_PROXY", text)
    with pytest.raises(Problem, match="HTTPS_PROXY names no host"):
        doctor.check_network()
