"""The one import rule of CONTRIBUTING.md."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = {"ouidire", "extractors", "nlp", "warehouse", "dags"}
CALLERS = {"ouidire/night.py", "ouidire/doctor.py"}
FILES = sorted(path for folder in OURS for path in (ROOT / folder).rglob("*.py"))


def allowed(path: str) -> set[str]:
    folder = path.split("/", maxsplit=1)[0]
    return (
        OURS
        if path in CALLERS or path.startswith("ouidire/commands/")
        else {"ouidire"}
        if folder == "dags"
        else {folder, "ouidire"}
    )


@pytest.mark.parametrize("file", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_stages_do_not_import_each_other(file):
    path = file.relative_to(ROOT).as_posix()
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level]
    assert {name.split(".")[0] for name in names} & OURS <= allowed(path)


@pytest.mark.parametrize("file", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_settings_reads_the_environment(file):
    if file.name in ("settings.py", "supervise.py"):
        pytest.skip("reads the environment, or hands it on to the processes it starts")
    assert "os.environ" not in file.read_text(encoding="utf-8")
