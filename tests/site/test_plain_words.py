"""Phrases that readers did not understand are not used on public pages, in the staff area, in emails and in errors.

The strings that are marked for translation are checked, and the texts of the report that ship with the site.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone
from django.utils.translation.template import templatize

from pledges.signing import service as signing
from tests.makers import answers, token_of
from tests.site.said import Said

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ["admin", "base.html", "campaign", "django", "emails", "partials", "pledges", "reports"]
PYTHON = [
    *("campaign/http/errors.py", "pledges/models/data_uses", "pledges/models/data_register.py"),
    *("pledges/complaints", "pledges/my_pledge", "pledges/public_forms", "pledges/inputs"),
    *("pledges/lists/forms.py", "pledges/organisations/forms.py", "pledges/signing/confirm_forms.py"),
    *("reports/pages.py", "reports/open_data", "reports/search"),
    *("campaign/staff", "reports/admin", "pledges/admin_base", "pledges/organisations/admin"),
    *(f"pledges/{folder}/admin.py" for folder in ("abuse", "lists", "paper", "phone_requests", "privacy", "signing")),
    *("pledges/signing/forms.py", "pledges/signing/views.py", "pledges/migrations/0003_first_pledge_text.py"),
]
# A phrase, and what to say instead.
FORBIDDEN = {
    r"\bletters?\b(?! and numbers)(?! where)(?!\)s)(?!, or leave)": "email",
    r"\bdemands?\b": "recommendation",
    r"\bwordings?\b": "pledge text",
    r"\bwhoever\b": "a person who",
    r"\bsomebody\b": "someone, a person",
    r"\banybody\b": "anyone",
    r"(?<!%\()\bwish(es|ed)?\b": "choice, request",
    r"laid a brick|lay a brick|open place": "have signed; add your name",
    r"hollow": "outlined",
    r"was it (not )?you|that not you": "if this was (wasn’t) you",
    r"need do nothing|mending|go on with": "do not need to do anything; problem; continue",
    r"stand(s)? by|stood|stands": "support, is",
    r"\bmend\b": "correct",
    r"take out contacts|take it out of": "export, remove",
    r"\bwhat becomes?\b": "what happens to",
    r"whatever (the|their) papers": "whatever a family's immigration status",
    r"(?<!e)mail program": "email program",
    r"\bfalls? away\b|\btake(n)? away\b|\btakes? back\b|taken back": "remove, withdraw",
    r"under a minute|in a minute and without": "say how long it takes, as measured",
    r"answers for\b": "is responsible for",
    r"\bthe house\b(?! of)|\bdesk\b": "the site; admin",
}


def marked_in_template(path: Path) -> str:
    """The translatable text of a template, as makemessages finds it."""
    return " ".join(
        re.findall(r"gettext\w*\(\s*u?(?:'''|\"\"\"|'|\")(.*?)['\"]\s*[,)]", templatize(path.read_text()), re.S)
    )


def marked_in_python(path: Path) -> str:
    """Every string in a call of a gettext function; in a migration, every string."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    names = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
    if "migrations" not in path.parts:
        calls = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in names]
    parts = [part for call in calls for part in ast.walk(call) if isinstance(part, ast.Constant)]
    return " | ".join(part.value for part in parts if isinstance(part.value, str))


def shipped(path: Path) -> str:
    """Every text of a content file of the report; without spaces it is an address or a key."""
    return " | ".join(text for text in strings_in(tomllib.loads(path.read_text())) if " " in text)


def strings_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from strings_in(part)


READ = {".py": marked_in_python, ".html": marked_in_template, ".txt": marked_in_template, ".toml": shipped}


def files(root: Path, names: list[str], kinds: set[str]) -> list[Path]:
    found = [path for name in names for path in [root / name, *(root / name).rglob("*")] if path.is_file()]
    return sorted(path for path in found if path.suffix in kinds)


SOURCES = [
    *files(ROOT / "templates", TEMPLATES, {".html", ".txt"}),
    *files(ROOT, PYTHON, {".py"}),
    *files(ROOT, ["reports/content"], {".toml"}),
]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_texts_contain_no_forbidden_phrases(path):
    text = READ[path.suffix](path)
    found = {match[0]: better for phrase, better in FORBIDDEN.items() for match in re.finditer(phrase, text, re.I)}
    assert found == {}


def test_the_check_reads_templates_python_and_the_report():
    assert "A pledge for a firewall" in marked_in_template(ROOT / "templates/base.html")
    assert "Page not found" in marked_in_python(ROOT / "campaign/http/errors.py")
    assert "A school record is there" in shipped(ROOT / "reports/content/education.toml")


def school_year(html: str) -> float:
    """The year of school in which a page can be read (Flesch–Kincaid): a pupil is five years older than the number."""
    sentences = [part for text in Said(html).texts for part in re.split(r"(?<=[.!?:;]) ", text)]
    words = [found for part in sentences if len(found := re.findall(r"[a-z’']+", part.lower())) > 3]
    every = [word for sentence in words for word in sentence]
    syllables = sum(max(1, len(re.findall("[aeiouy]+", re.sub("e[ds]?$", "", word)))) for word in every)
    return 0.39 * len(every) / len(words) + 11.8 * syllables / len(every) - 15.59


READ_BEFORE_SIGNING = ["/pledge/", "/pledge/organisations/sign/", "/safety/", "/privacy/", "/pledge/confirm/{}/"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", READ_BEFORE_SIGNING)
def test_a_pupil_of_twelve_can_read_what_is_read_before_signing(client, path):
    html = client.get(path.format(token_of(signing.sign(answers(), timezone.now())))).text
    assert school_year(html) <= 7
