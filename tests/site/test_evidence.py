"""docs/asvs.md names only tests and files that exist; docs/dependencies.md names every dependency, and no other."""

import re
import tomllib

import pytest

from tests.site.test_threats import ROOT, defined_in, named

ASVS = (ROOT / "docs/asvs.md").read_text()
ROWS = re.findall(r"^\| (V\d.+?) \| (.+?) \| (.*?) ?\|$", ASVS, re.M)


def test_every_test_that_is_named_exists():
    pairs = named(ASVS)
    assert len(pairs) > 60
    assert [(file, test) for file, test in pairs if test not in defined_in(file)] == []


@pytest.mark.parametrize(("section", "asked", "shown"), ROWS)
def test_every_section_has_evidence_or_says_why_it_does_not_apply(section, asked, shown):
    files = [part for part in shown.split("<br>") if part and "::" not in part]
    assert [file for file in files if not (ROOT / file).is_file()] == []
    assert bool(shown) != asked.startswith("not applicable: ")


def test_every_chapter_is_there():
    assert {int(re.match(r"V(\d+)", section)[1]) for section, _, _ in ROWS} == set(range(1, 18))


def test_every_dependency_is_explained():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    explained = re.findall(r"^\| ([a-z][\w-]+) \|", (ROOT / "docs/dependencies.md").read_text(), re.M)
    names = {re.match(r"[\w-]+", requirement)[0] for group in groups for requirement in group}
    assert set(explained) - {"package"} == names
