"""docs/promises.md names for each sentence of the privacy and safety pages the test that checks it.

A sentence that is added, changed or removed fails here until the table is changed too; so does a renamed test.
"""

import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.contrib.humanize.templatetags.humanize import apnumber
from django.template.loader import render_to_string

from campaign.privacy import data_register
from pledges.models import retention

ROOT = Path(__file__).resolve().parents[2]
BLOCKS = {"p", "li", "td", "caption", "h1", "h2", "h3"}
HEADINGS = {"h1", "h2", "h3"}
# How pages, emails and guides say the periods of retention.py.
PERIODS = {
    "PENDING_STORED": "seven days",
    "EMAILS_STORED": "seven days",
    "QUARANTINE_REVERSIBLE": "seven days",
    "CLIENTS_STORED": "48 hours",
    "ORGANISATION_CONTACTS_STORED": "30 days",
    "NAME_REPORTS_STORED": "30 days",
    "BACKUPS_STORED": "35 days",
}


class Sentences(HTMLParser):
    """The sentences of the main part of a page, but for its headings."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.block, self.words = "", ""
        self.feed(text.partition("<main")[2].partition("</main>")[0])

    def handle_starttag(self, tag, attrs):
        if tag in BLOCKS:
            self._end()
            self.block = tag

    def handle_endtag(self, tag):
        if tag in BLOCKS:
            self._end()

    def handle_data(self, data):
        self.words += data

    def _end(self) -> None:
        words = " ".join(self.words.split())
        if self.block and self.block not in HEADINGS and words:
            self.found += re.split(r"(?<=[.?!]) (?=[A-Z])", words)
        self.block, self.words = "", ""


def table() -> dict[str, str]:
    """Each sentence, and what ensures it: tests (separated by commas), people, or nothing because it is no promise."""
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", (ROOT / "docs/promises.md").read_text(), flags=re.M)
    return {sentence: held_by for sentence, held_by in rows if set(sentence) != {"-"} and sentence != "sentence"}


def said(client) -> set[str]:
    """Every sentence of the privacy and safety pages and of the promise beside the form, and what the register of data
    says of who can read a thing and how long it is stored.
    """
    uses = [use for group in data_register.as_data() for table in group["tables"] for use in table["personal"]]
    promised = {use[what] for use in uses for what in ("who_can_read_it", "how_long")}
    policy = [sentence for path in ("/privacy/", "/safety/") for sentence in Sentences(client.get(path).text).found]
    data = client.get("/privacy/data/").text
    frame = re.sub(r'<section class="band band--(sheet|shade)( folds)?".*?</section>', "", data, flags=re.S)
    others = data.partition('id="others"')[2]
    beside_the_form = f"<main>{render_to_string('pledges/parts/promise.html')}</main>"
    shown = [frame, f"<main>{others.partition('</ul>')[2].partition('<dl')[0]}</main>", beside_the_form]
    return promised | set(policy) | {sentence for text in shown for sentence in Sentences(text).found}


@pytest.mark.django_db
def test_every_sentence_stands_in_the_table_and_every_row_on_a_page(client):
    assert sorted(said(client) ^ table().keys()) == []


def test_every_test_that_the_table_names_is_there():
    named = {test for held_by in table().values() for test in re.findall(r"tests/[\w/]+\.py::\w+", held_by)}
    gone = [
        test for test in named if f"def {test.partition('::')[2]}(" not in (ROOT / test.partition("::")[0]).read_text()
    ]
    assert len(named) > 40
    assert gone == []


def test_what_no_test_holds_is_said_to_be_held_by_people_or_to_be_no_promise():
    held_otherwise = {held_by.partition(":")[0] for held_by in table().values() if "tests/" not in held_by}
    assert held_otherwise == {"people", "no promise"}


@pytest.mark.parametrize("name", PERIODS)
def test_texts_say_the_periods_of_retention_py(name):
    """A period is changed in all its texts too: on failure, lists the lines that say it."""
    period, words = getattr(retention, name), PERIODS[name]
    files = [path for folder in ("templates", "docs", "pledges", "campaign") for path in (ROOT / folder).rglob("*.*")]
    said_in = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in files
        if path.suffix in {".html", ".txt", ".md", ".py"}
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if words in line.casefold()
    ]
    in_words = {48: "48 hours"}.get(period // timedelta(hours=1), f"{apnumber(period.days)} days")
    assert said_in
    assert in_words == words, f"{name} has changed; these lines may say the old period: {said_in}"
