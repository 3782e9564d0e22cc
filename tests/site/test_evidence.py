"""docs/asvs.md names only tests and files that exist; docs/dependencies.md names every dependency, and no other."""

import re
import tomllib

import pytest

from tests.site.test_threats import ROOT, defined_in, named

ASVS = (ROOT / "docs/asvs.md").read_text()
ROWS = re.findall(r"^\| (V[\d.]+) \| (\d) \| (.+?) \| (.*?) ?\|$", ASVS, re.M)
# The levels of the requirements of each section of ASVS 5.0.0, in their order: V1.2.1 to V1.2.5 are of level 1.
LEVELS = {
    **{"V1.1": "22", "V1.2": "1111122223", "V1.3": "112222222223", "V1.4": "222", "V1.5": "123"},
    **{"V2.1": "122", "V2.2": "112", "V2.3": "12223", "V2.4": "23"},
    **{"V3.2": "113", "V3.3": "12223", "V3.4": "11222233", "V3.5": "11122333", "V3.7": "22333"},
    **{"V4.1": "12233", "V4.4": "1222", "V5.2": "112333", "V5.3": "113"},
    **{"V6.1": "122", "V6.2": "111111112222", "V6.3": "11223333", "V6.4": "112233", "V6.5": "22222333"},
    **{"V6.6": "2223", "V6.8": "2222"},
    **{"V7.1": "222", "V7.2": "1111", "V7.3": "22", "V7.4": "11222", "V7.5": "223", "V7.6": "22"},
    **{"V8.1": "1233", "V8.2": "1123", "V8.3": "133", "V8.4": "23", "V9.1": "111", "V9.2": "1222"},
    "V10.4": "1111122222233333",
    **{"V11.1": "2233", "V11.2": "22233", "V11.3": "11233", "V11.4": "1222", "V11.5": "23", "V11.6": "23"},
    **{"V12.1": "12233", "V12.2": "11", "V13.4": "1222233"},
    **{"V14.1": "22", "V14.2": "12223333", "V14.3": "122", "V15.1": "12233", "V15.2": "12233"},
    **{"V15.3": "1222222", "V16.1": "2", "V16.2": "22222", "V16.3": "2222", "V16.4": "222", "V16.5": "2223"},
}
# The chapters of which level 2 is covered too.
LEVEL_2 = {1, 2, 3, 6, 7, 8, 9, 11, 14, 16}


def test_every_test_that_is_named_exists():
    pairs = named(ASVS)
    assert len(pairs) > 150
    assert [(file, test) for file, test in pairs if test not in defined_in(file)] == []


def test_every_requirement_of_the_levels_covered_stands_there_once():
    covered = [
        (f"{section}.{number}", level)
        for section, levels in LEVELS.items()
        for number, level in enumerate(levels, 1)
        if level == "1" or (level == "2" and int(section[1:].partition(".")[0]) in LEVEL_2)
    ]
    assert [(requirement, level) for requirement, level, _, _ in ROWS] == covered


@pytest.mark.parametrize(("requirement", "level", "asked", "met_by"), ROWS)
def test_every_requirement_has_evidence_or_says_why_not(requirement, level, asked, met_by):
    if re.match(r"not (applicable|met[\w ]*): \w", met_by):
        return
    evidence = met_by.split("<br>")
    assert [part for part in evidence if "::" not in part and not (ROOT / part).is_file()] == []
    assert [part for part in evidence if "::" in part and not named(part)] == []


def test_every_dependency_is_explained():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    explained = re.findall(r"^\| ([a-z][\w-]+) \|", (ROOT / "docs/dependencies.md").read_text(), re.M)
    names = {re.match(r"[\w-]+", requirement)[0] for group in groups for requirement in group}
    assert set(explained) - {"package"} == names
