"""Every documented command exists, and the ones that only look are run."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main
from pydantic import BaseModel

from ouidire.brands import Account, Brand, Category, Options, Person, Product, Source
from ouidire.campaigns import KPIS, Campaign, Objective
from ouidire.cli import app

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("sample/*.md")])
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
LOOKS_ONLY = {"sql", "coverage", "digest", "version", "understand", "query", "search"}


def documented() -> list[tuple[str, str]]:
    """(page, command line) of every indented or fenced line, and every `...` in the text, that runs something."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        blocks = re.findall(r"^```(?:sh|bash|console)?\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        lines = [line for block in blocks for line in block.splitlines()]
        lines += re.findall(r"^    (.+)$", text, re.MULTILINE) + re.findall(r"`([^`\n]+)`", text)
        for line in lines:
            words = line.strip().removeprefix("$ ").removeprefix(".venv/bin/")
            if re.match(r"(ouidire|make) [a-z]", words):
                found.append((page.relative_to(ROOT).as_posix(), words.split("  #")[0].strip()))
    return sorted(set(found))


def is_look(line: str) -> bool:
    program, name, *rest = line.split(maxsplit=2)
    is_whole = name not in ("sql", "search") or bool(rest)
    return program == "ouidire" and name in LOOKS_ONLY and is_whole and "--out" not in line


@pytest.mark.parametrize(("page", "line"), documented())
def test_a_documented_command_exists(page, line):
    program, name, *rest = shlex.split(line.replace("…", ""), comments=True)
    if program == "make":
        assert {word for word in [name, *rest] if re.fullmatch(r"[a-z-]+", word)} <= TARGETS, page
        return
    assert name in COMMANDS, page
    options = {option for parameter in COMMANDS[name].params for option in parameter.opts + parameter.secondary_opts}
    assert {word.split("=")[0] for word in rest if word.startswith("-") and word != "-"} <= options, page


def test_every_command_is_documented():
    said = " ".join(line for _, line in documented())
    assert [name for name in COMMANDS if f"ouidire {name}" not in said] == []


@pytest.mark.parametrize("line", sorted({line for _, line in documented() if is_look(line)}))
def test_a_documented_look_runs(line, journey):
    command, _, source = line.partition(" < ")
    words = shlex.split(command.split(" > ")[0], comments=True)
    text = (ROOT / source.split()[0]).read_text(encoding="utf-8") if source else '{"id": 1, "text": "Foncez !"}\n'
    done = subprocess.run(
        [sys.executable, "-m", "ouidire.cli", *words[1:]],
        input=text, env=journey.env, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.parametrize("part", [Options, Category, Brand, Product, Source, Person, Account, Campaign, Objective])
def test_every_key_of_the_catalogue_is_explained(part: type[BaseModel]):
    page = (ROOT / "docs" / "brands.md").read_text(encoding="utf-8")
    assert [key for key in part.model_fields if f"`{key}`" not in page] == []


@pytest.mark.parametrize("kpi", KPIS)
def test_every_kpi_is_explained(kpi: str):
    assert f"| `{kpi}` | {KPIS[kpi]} |" in (ROOT / "docs" / "brands.md").read_text(encoding="utf-8")
