"""The Makefile: one word for each thing to do, and nothing that names a registry."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
TARGETS = {
    "help", "run", "up", "down", "notebook", "check", "test", "test-slow", "bench-nlp", "lock", "golden", "clean",
}  # fmt: skip
LOCKS = ("bootstrap.lock", "embedded.lock", "dev.lock", "cluster.lock")


def make(*arguments, folder=ROOT, **env):
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **env}, capture_output=True, text=True, check=False, timeout=60
    )


def test_help_names_every_target():
    lines = make("help").stdout.splitlines()
    assert {line.split()[0] for line in lines} == TARGETS
    assert all(len(line.split()) > 2 for line in lines)
    assert make().stdout.splitlines() == lines


@pytest.fixture
def bare(tmp_path):
    for name in ("Makefile", *LOCKS, "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def test_without_python_311_it_says_what_to_do(bare):
    done = make("PYTHON=/nowhere/python3.11", ".venv/bin/uv", folder=bare)
    assert done.returncode != 0
    assert "No Python 3.11" in done.stderr
    assert "/nowhere/python3.11" in done.stderr
    assert "apt-get install python3.11" in done.stderr
    assert not (bare / ".venv").exists()


def test_another_version_of_python_is_refused(bare):
    other = bare / "python3.11"
    other.write_text("#!/bin/sh\nexit 1\n", encoding="ascii")
    other.chmod(0o755)
    done = make(f"PYTHON={other}", ".venv/bin/uv", folder=bare)
    assert "No Python 3.11" in done.stderr


def test_nothing_is_installed_twice(bare):
    stamps = [bare / ".venv" / "bin" / "uv", bare / ".venv" / ".ready", bare / ".venv" / ".dev"]
    stamps[0].parent.mkdir(parents=True)
    for stamp in stamps:
        stamp.touch()
    assert "up to date" in make(".venv/.dev", folder=bare).stdout
    os.utime(bare / "embedded.lock", (2**33, 2**33))
    assert "pip install" in make("-n", ".venv/.dev", folder=bare).stdout


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_hashes_and_no_address(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    pins = re.findall(r"^[a-z0-9][^ ]*==", text, re.MULTILINE)
    assert pins
    assert len(pins) == len(re.findall(r"^[^ #].* \\$", text, re.MULTILINE)), "every pin is followed by its hashes"


def test_uv_is_the_same_before_and_after():
    """bootstrap.lock installs uv by pip; embedded.lock must not replace it."""
    pin = (ROOT / "bootstrap.lock").read_text(encoding="utf-8").splitlines()[0]
    assert pin in (ROOT / "embedded.lock").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["Makefile", "Dockerfile", "docker-compose.yml", ".ci/run", "pyproject.toml"])
def test_no_registry_is_named(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"pypi|index-url https?|files\.pythonhosted|ghcr|docker\.io|quay", text)


def test_ci_runs_the_three_words():
    text = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert re.findall(r"^make (\S+)$", text, re.MULTILINE) == ["check", "test", "test-slow"]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_pre_commit_runs_make_check():
    assert "entry: make check" in (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
