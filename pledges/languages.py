"""The languages of the public pages, and which page is translated into which of them.

Only the path decides the language of a page: `/cy/safety/` is Welsh, `/safety/` is English. No cookie and no header
changes it, so that a URL has the same content for everyone.
"""

from typing import NamedTuple, cast

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.translation import get_language, override


class Language(NamedTuple):
    code: str
    own_name: str  # in its own script
    english_name: str
    direction: str  # of writing: "ltr" or "rtl"


ENGLISH = Language("en-gb", "English", "English", "ltr")
# The languages besides English, which has no prefix. The code is the prefix and the name of the folder in `locale/`.
LANGUAGES: dict[str, Language] = {
    language.code: language
    for language in [
        Language("cy", "Cymraeg", "Welsh", "ltr"),
        Language("ar", "العربية", "Arabic", "rtl"),
        Language("fa", "فارسی", "Farsi", "rtl"),
        Language("ckb", "کوردیی ناوەندی", "Sorani Kurdish", "rtl"),
        Language("ps", "پښتو", "Pashto", "rtl"),
        Language("ti", "ትግርኛ", "Tigrinya", "ltr"),
        Language("am", "አማርኛ", "Amharic", "ltr"),
    ]
}
# Django knows some of them; the others are added as Django's documentation of LANGUAGES describes.
for _one in LANGUAGES.values():
    LANG_INFO.setdefault(
        _one.code,
        {"bidi": _one.direction == "rtl", "code": _one.code, "name": _one.english_name, "name_local": _one.own_name},
    )
_WELSH = ("cy",)
# By the name of a page's view: the languages that it is translated into, besides English. "error" is every error page.
TRANSLATED: dict[str, tuple[str, ...]] = {
    "safety": tuple(LANGUAGES),
    "home": tuple(LANGUAGES),
    "privacy": _WELSH,
    "share": _WELSH,
    "share_poster": tuple(LANGUAGES),
    "share_handout": tuple(LANGUAGES),
    "share_paper": _WELSH,
    "pledges:sign": _WELSH,
    "pledges:sent": _WELSH,
    "pledges:confirm": _WELSH,
    "pledges:thank_you": _WELSH,
    "pledges:organisations_sign": _WELSH,
    "pledges:organisations_thank_you": _WELSH,
    **dict.fromkeys(
        [
            *("pledges:mine", "pledges:mine_sent", "pledges:mine_opened", "pledges:mine_remove"),
            *("pledges:mine_download", "pledges:mine_entry", "pledges:mine_withdraw_entry"),
            *("pledges:never", "pledges:allow"),
        ],
        _WELSH,
    ),
    "error": tuple(LANGUAGES),
}


# Of these pages the translation is a shorter page, with a template of its own.
_FEW_PAGES = tuple(code for code in LANGUAGES if code not in _WELSH)
IN_SHORT: dict[str, tuple[str, ...]] = {"home": _FEW_PAGES, "privacy": _WELSH, "error": _FEW_PAGES}


def is_in_short(name: str) -> bool:
    """Whether the page `name` is a shorter one in the active language."""
    return get_language() in IN_SHORT.get(name, ())


def language_of(path: str) -> str:
    """Returns the language whose prefix this path begins with; if there is none, that of the settings (English)."""
    prefix = path[1:].partition("/")[0]
    return prefix if prefix in LANGUAGES else settings.LANGUAGE_CODE


def as_said(sentence: str, language: str) -> str:
    """Returns the sentence, in a `<span lang>` if the page is in another language than `language`."""
    if language == (get_language() or "").partition("-")[0]:
        return sentence
    return format_html('<span lang="{}">{}</span>', language, sentence)


def versions(name: str) -> list[tuple[str, str]]:
    """Returns each language that the page `name` exists in, English first, and the page's path there."""
    found = []
    for language in (settings.LANGUAGE_CODE, *TRANSLATED.get(name, ())):
        with override(language):
            found.append((language, reverse(name)))
    return found


def prefix() -> str:
    """The code of the active language, with which the path of the page begins; "" for English."""
    language = get_language()
    return language if language in LANGUAGES else ""


def spoken(name: str) -> str:
    """Returns the active language if the page `name` is translated into it, else that of the settings (English)."""
    language = get_language()
    return language if language in TRANSLATED.get(name, ()) else settings.LANGUAGE_CODE


def translated(route: str, name: str) -> str:
    """Returns the route of the page `name` for `django.urls.path`.

    It begins with the prefix of the active language if the page is translated into it. So `reverse` and `{% url %}`
    lead to the translation if there is one, else to the English page.
    """

    def in_active_language() -> str:
        language = get_language()
        return f"{language}/{route}" if language in TRANSLATED[name] else route

    return cast(str, lazy(in_active_language, str)())
