"""docs/threats.md names for each threat the tests that cover it, and every test named there exists."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
THREATS = 87


def rows() -> dict[int, str]:
    """The tests of each threat, as the table says them: "file::test, test<br>file::test", or "open: …"."""
    text = (ROOT / "docs/threats.md").read_text()
    return {int(number): tests for number, tests in re.findall(r"^\| (\d+) \| .+? \| (.*) \|$", text, re.M)}


def named(tests: str) -> list[tuple[str, str]]:
    """Every file and test in the last column of a row."""
    found = re.findall(r"(tests/[\w/]+\.py)::(test_\w+(?:, test_\w+)*)", tests)
    return [(file, test) for file, names in found for test in names.split(", ")]


def defined_in(file: str) -> set[str]:
    path = ROOT / file
    tree = ast.parse(path.read_text()) if path.exists() else ast.Module([], [])
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_threat_is_listed_once():
    assert sorted(rows()) == list(range(1, THREATS + 1))


def test_every_threat_has_a_test_or_says_what_is_open():
    uncovered = [number for number, tests in rows().items() if not named(tests) and not tests.startswith("open: ")]
    assert uncovered == []


def test_every_test_that_is_named_exists():
    all_named = {pair for tests in rows().values() for pair in named(tests)}
    assert len(all_named) > 250
    assert sorted((file, test) for file, test in all_named if test not in defined_in(file)) == []
