"""The HTML of every public page and state: what can be checked here, and the W3C's validator where it is installed."""

import re
import shutil
import subprocess
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.db import transaction

from tests.site import public_states

VALIDATOR = settings.BASE_DIR / "var/node/node_modules/vnu-jar/build/dist/vnu.jar"
IS_HERE = VALIDATOR.exists() and shutil.which("java")
VOID = {"br", "col", "hr", "img", "input", "link", "meta", "wbr", "circle", "line", "path", "rect", "use"}
TABLE = {"table", "thead", "tbody", "tr", "th", "td"}
INTERACTIVE = {"a", "button", "label", "summary"}
MOMENT = re.compile(r"\d{4}(-\d\d(-\d\d([T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d)?)?)?)?")
SPACE = re.compile(r"\s+")
pytestmark = pytest.mark.django_db


class Checked(HTMLParser):
    """Reads one page and collects its faults."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)
        self.faults += [f"<{tag}> is not closed" for tag, _ in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names, attributes = [name for name, _ in attrs], dict(attrs)
        said = self.get_starttag_text()
        if len(names) != len(attributes):
            self.faults.append(f"an attribute twice: {said}")
        if tag in TABLE and "role" in attributes:
            self.faults.append(f"a role that browsers know by themselves: {said}")
        if tag == "time" and not MOMENT.fullmatch(attributes.get("datetime") or ""):
            self.faults.append(f"no valid datetime: {said}")
        if tag in INTERACTIVE and any(other in INTERACTIVE for other, _ in self.open):
            self.faults.append(f"one control inside another: {said}")
        if tag not in VOID:
            self.open.append((tag, attributes))
        if tag in INTERACTIVE:
            self.words = []

    def handle_data(self, data: str) -> None:
        if not any(tag == "title" or _is_unseen(attributes) for tag, attributes in self.open):
            self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1][0] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1][0] if self.open else 'nothing'}")
            return
        name = self.open.pop()[1].get("aria-label")
        seen = SPACE.sub(" ", " ".join(self.words)).strip()
        if tag in {"a", "button"} and name and seen.lower() not in name.lower():
            self.faults.append(f"“{seen}” is seen, “{name}” is read out")


def _is_unseen(attributes: dict[str, str | None]) -> bool:
    return bool(attributes.get("aria-hidden")) or "visually-hidden" in (attributes.get("class") or "")


@pytest.fixture(scope="module")
def pages(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        found = public_states.pages()
        transaction.set_rollback(True)
    return found


def test_every_page_is_well_formed(pages):
    assert len(pages) > 80
    faults = {name: Checked(html).faults for name, html in pages.items()}
    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.skipif(not IS_HERE, reason="missing here: the W3C's validator and java (`make html` installs it)")
def test_the_validator_of_the_w3c_finds_no_error(pages, tmp_path):
    for number, html in enumerate(pages.values()):
        (tmp_path / f"{number}.html").write_text(html)
    said = subprocess.run(
        ["java", "-jar", VALIDATOR, "--errors-only", "--format", "gnu", tmp_path],
        check=False,
        capture_output=True,
        text=True,
    )
    names = list(pages)
    found = re.sub(r'"file:.*/(\d+)\.html"', lambda file: names[int(file[1])], said.stderr)
    assert found == ""
