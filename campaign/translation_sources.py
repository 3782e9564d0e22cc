"""Finds the messages that a language's file in `locale/` must have, in templates and Python code, without GNU gettext.

`python -m campaign.translation_sources` updates the files after a change of texts: it adds new messages without a
translation. A message whose English changed keeps its old translation, marked fuzzy, which is not shown until someone
has checked it. See docs/decisions/language-in-the-path.md.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from campaign import translations
from pledges.languages import IN_SHORT, LANGUAGES, TRANSLATED

ROOT = translations.LOCALE.parent
MessageId = str | tuple[str, str]  # a pair is one with a plural
_FORMS = (
    "django/forms/field.html",
    "pledges/signing/forms.py",
    "pledges/signing/views.py",
    "pledges/public_forms/fields.py",
    "pledges/inputs",
    "pledges/models/counted.py",
)
_EMAIL = ("subject.txt", "body.txt", "body.html")
_MINE = (
    *(
        "pledges/my_pledge.html",
        "pledges/my_pledge_open.html",
        "pledges/my_pledge_stale.html",
        "pledges/my_pledge/forms.py",
    ),
    *(f"pledges/models/{name}.py" for name in ("phone_requests", "signatures", "emails")),
)
# Files in such a folder whose messages only staff and key holders see.
STAFF_ONLY = ("pledges/inputs/email_providers.py", "pledges/inputs/spreadsheet.py")
# The sources of each page of `TRANSLATED`: templates, with all that they extend and include, and Python files, folders
# or classes ("file.py:Class").
SOURCES: dict[str, tuple[str, ...]] = {
    "safety": ("campaign/safety.html",),
    "home": (
        "campaign/home.html",
        "partials/flow.html",
        "reports/models/recommendations.py:Status",
        "reports/models/labels.py",
    ),
    "pledges:sign": ("pledges/sign.html", "pledges/over.html", "campaign/unsent_form.html", *_FORMS),
    "pledges:sent": (
        "pledges/sent.html",
        *(f"emails/confirm/{part}" for part in _EMAIL),
        *(f"emails/reminder/{part}" for part in _EMAIL),
        *_FORMS,
    ),
    "pledges:confirm": ("pledges/confirm.html", "pledges/already_confirmed.html", "pledges/stale.html", *_FORMS),
    "pledges:thank_you": ("pledges/thank_you.html",),
    "pledges:organisations_sign": (
        "pledges/organisations_sign.html",
        *(f"emails/confirm_organisation/{part}" for part in _EMAIL),
        *(f"emails/reminder_organisation/{part}" for part in _EMAIL),
        "pledges/organisations/forms.py",
        "pledges/models/organisations.py:OrganisationKind",
        *_FORMS,
    ),
    "share": ("campaign/share.html",),
    "share_poster": ("campaign/share/sheet.html",),
    "share_handout": ("campaign/share/sheet.html",),
    "share_paper": ("campaign/share/paper.html",),
    "pledges:mine": ("pledges/my_pledge_ask.html", "pledges/my_pledge/forms.py", *_FORMS),
    "pledges:mine_sent": (
        "pledges/my_pledge_sent.html",
        *(f"emails/mine/{part}" for part in _EMAIL),
        *(f"emails/allow/{part}" for part in _EMAIL),
    ),
    **dict.fromkeys(["pledges:mine_opened", "pledges:mine_remove"], _MINE),
    "pledges:mine_entry": ("pledges/my_pledge_entry.html", "pledges/organisations/forms.py", *_MINE),
    "pledges:mine_withdraw_entry": _MINE,
    "pledges:mine_download": ("pledges/my_pledge_stale.html",),
    "pledges:never": ("pledges/never.html", "pledges/my_pledge_stale.html", "pledges/my_pledge/forms.py"),
    "pledges:allow": ("pledges/allow.html", "pledges/my_pledge_stale.html", "pledges/my_pledge/forms.py"),
    "pledges:organisations_thank_you": ("pledges/organisations_thank_you.html",),
    "error": (
        *("campaign/error.html", "campaign/send_again.html", "campaign/proxy_error_text.html"),
        *("campaign/http/errors.py", "campaign/http/proxy_errors.py"),
    ),
}
# The same for a page of `IN_SHORT`, in the languages in which it is the shorter one.
IN_SHORT_SOURCES: dict[str, tuple[str, ...]] = {
    "home": ("campaign/home_in_short.html",),
    "privacy": ("campaign/privacy_in_short.html",),
    "error": ("campaign/error_in_short.html",),
}
# Header lines that are not needed, or that change with every run.
_NOISE = re.compile(rb'"(?!Language: |Plural-Forms|MIME|Content)[\w-]+: [^"]*\\n"\n')
_KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2)}
_INCLUDED = re.compile(r"{% (?:include|extends) \"([^\"]+)\"")
_STRING = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"\b(?:n?gettext|_)\(\s*{_STRING}(?:,\s*{_STRING})?")


def needed(language: str) -> set[MessageId]:
    """Returns every message that the pages in this language show."""
    pages = [name for name, languages in TRANSLATED.items() if language in languages]
    return {message for name in pages for source in _sources(name, language) for message in _of_source(source)}


def _sources(name: str, language: str) -> tuple[str, ...]:
    return IN_SHORT_SOURCES[name] if language in IN_SHORT.get(name, ()) else SOURCES[name]


@cache
def everywhere() -> set[MessageId]:
    """Returns every message of the site, translated or not."""
    templates = ROOT / "templates"
    found = {message for path in templates.rglob("*.*") for message in in_template(path)}
    for folder in ("campaign", "pledges", "reports"):
        found |= {message for path in (ROOT / folder).rglob("*.py") for message in in_python(path)}
    return found


def _of_source(source: str) -> set[MessageId]:
    if source.endswith((".html", ".txt")):
        return {message for name in with_included(source) for message in in_template(_template(name))}
    file, _colon, class_name = source.partition(":")
    path = ROOT / file
    if class_name:
        return set(in_class(path, class_name))
    paths = set(path.rglob("*.py") if path.is_dir() else [path]) - {ROOT / name for name in STAFF_ONLY}
    return {message for one in paths for message in in_python(one)}


def with_included(template: str) -> set[str]:
    """Returns the template and all that it extends and includes by name."""
    found, waiting = set[str](), [template]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _INCLUDED.findall(_template(name).read_text())
    return found


def _template(name: str) -> Path:
    return ROOT / "templates" / name


@cache
def in_template(path: Path) -> frozenset[MessageId]:
    """Returns the marked messages of a template, as `makemessages` finds them."""
    return frozenset(_calls(templatize(path.read_text())))


def _calls(code: str) -> Iterator[MessageId]:
    for singular, plural in _CALL.findall(code):
        one = ast.literal_eval(singular)
        yield (one, ast.literal_eval(plural)) if plural else one


@cache
def in_python(path: Path) -> frozenset[MessageId]:
    """Returns the marked messages of a Python file."""
    return _in_code(path.read_text())


@cache
def in_class(path: Path, name: str) -> frozenset[MessageId]:
    """Returns the marked messages of the class of this name in a Python file."""
    tree = ast.parse(path.read_text())
    [found] = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name == name]
    return _in_code(ast.unparse(found))


def _in_code(code: str) -> frozenset[MessageId]:
    found = extract("python", BytesIO(code.encode()), keywords=_KEYWORDS)
    return frozenset(_id(message) for _line, message, _comments, _context in found)


def catalogue(language: str) -> Catalog:
    with translations.source(language).open("rb") as text:
        return read_po(text, locale=language)


def update(language: str) -> None:
    """Updates the file of a language with the texts of its pages."""
    old = catalogue(language)
    present = {_id(message.id) for message in old if message.id}
    template = Catalog()
    for message in sorted(needed(language) | (present & everywhere()), key=str):
        template.add(message, flags=_flags(message))
    old.update(template, no_fuzzy_matching=False)
    old.obsolete.clear()
    written = BytesIO()
    write_po(written, old, width=0, sort_output=True, include_previous=True)
    translations.source(language).write_bytes(_NOISE.sub(b"", written.getvalue()))


def _id(message: str | list[str] | tuple[str, ...]) -> MessageId:
    return message if isinstance(message, str) else (message[0], message[1])


def _flags(message: MessageId) -> tuple[str, ...]:
    return ("python-format",) if "%(" in str(message) else ()


if __name__ == "__main__":
    for one in LANGUAGES:
        update(one)
