"""The page with which nginx itself answers an error, as text for deploy/nginx.conf.

The site does not take part in such an answer: it is away, or nginx refused the request. So the page is part of nginx's
configuration, has its style in itself and loads nothing. nginx cannot know the language, so it is in all of them: what
is wrong in English and Welsh, and one general sentence in the languages with short error pages.
"""

import base64
import hashlib
import re

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaign import translations
from pledges.languages import ENGLISH, IN_SHORT, LANGUAGES, Language

MOST_BYTES = 4000  # nginx reads no longer string
_BUSY = (
    _("Please wait a moment"),
    _("Many requests came from your network at the same time. Please go back and try again in a minute."),
)
_AWAY = (
    _("We will be back soon"),
    _("Please try again in a minute. If you were sending a form, go back: your browser may still have what you typed."),
)
_UNREADABLE = (
    _("We could not read what was sent"),
    _("It was too long, or a part was missing. Please go back and check it, or copy the whole link from the email."),
)
_ANY = (_("Sorry, something went wrong"), _("Nothing is lost. Please try again in a minute."))


def parts() -> dict[str, str]:
    """Returns what deploy/nginx.conf includes: the frame of the page, and what is put in it."""
    whole = [ENGLISH, *(one for one in LANGUAGES.values() if one.code not in IN_SHORT["error"])]
    in_short = [LANGUAGES[code] for code in IN_SHORT["error"]]
    frame = render_to_string("campaign/proxy_error.html", {"said": "$error_said", "in_short": "$error_in_short"})
    return {
        "frame": _as_string(frame),
        "style_hash": _style_hash(frame),
        "busy": _as_string(_said(*_BUSY, languages=whole)),
        "away": _as_string(_said(*_AWAY, languages=whole)),
        "unreadable": _as_string(_said(*_UNREADABLE, languages=whole)),
        "in_short": _as_string(_said(*_ANY, languages=in_short)),
    }


def _said(title: str | Promise, text: str | Promise, languages: list[Language]) -> str:
    """Returns the title and the text as HTML, in each of the languages that has a translation of them."""
    english = str(text)
    return "".join(_in_language(one, title, text) for one in languages if one is ENGLISH or _in(one, text) != english)


def _in(language: Language, text: str | Promise) -> str:
    with translation.override(language.code):
        return str(text)


def _in_language(language: Language, title: str | Promise, text: str | Promise) -> str:
    is_draft = language is not ENGLISH and translations.is_draft(language.code)
    context = {
        "language": language,
        "title": title,
        "text": text,
        "is_draft": is_draft,
        "is_first": language is ENGLISH,
    }
    with translation.override(language.code):
        return render_to_string("campaign/proxy_error_text.html", context)


def _style_hash(html: str) -> str:
    """Returns the hash of the style as the policy names it. It is that of the style as nginx sends it."""
    style = _one_line(html).partition("<style>")[2].partition("</style>")[0]
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def _one_line(html: str) -> str:
    return re.sub(r"\s+", " ", html).strip()


def _as_string(html: str) -> str:
    """Returns the HTML for a quoted string of nginx's configuration, in which `$` begins a variable."""
    line = _one_line(html).replace("'", "&#39;")
    if len(line.encode()) > MOST_BYTES or "\\" in line or re.search(r"\$(?!error_(said|in_short)\b)", line):
        raise ValueError("nginx would not read this page as it is: it is too long, or has a $ or a backslash")
    return line
