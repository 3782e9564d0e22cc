"""The languages of the public pages, and which page is translated into which of them.

Only the path decides the language of a page: `/cy/safety/` is Welsh, `/safety/` is English. No cookie and no header
changes it, so that a URL has the same content for everyone.
"""

from typing import NamedTuple, cast

from django.conf import settings
from django.utils.functional import lazystr
from django.utils.translation import get_language


class Language(NamedTuple):
    code: str
    own_name: str  # in its own script
    english_name: str
    direction: str  # of writing: "ltr" or "rtl"


# Besides English, which has no prefix. The code is the prefix and the name of the folder in `locale/`.
LANGUAGES: dict[str, Language] = {
    language.code: language
    for language in [
        Language("cy", "Cymraeg", "Welsh", "ltr"),
        Language("ar", "العربية", "Arabic", "rtl"),
        Language("fa", "فارسی", "Farsi", "rtl"),
    ]
}
# By the name of its view: the languages that a page is translated into, besides English.
TRANSLATED: dict[str, tuple[str, ...]] = {
    "safety": tuple(LANGUAGES),
}


def language_of(path: str) -> str:
    """The language whose prefix this path begins with; where there is none, that of the settings (English)."""
    prefix = path[1:].partition("/")[0]
    return prefix if prefix in LANGUAGES else settings.LANGUAGE_CODE


def translated(route: str, name: str) -> str:
    """The route of the page `name` for `django.urls.path`: it begins with the prefix of the active language where
    that page is translated into it. So `reverse` and `{% url %}` lead to the translation where there is one, and to
    the English page elsewhere.
    """
    return cast(str, lazystr(_Route(route, TRANSLATED[name])))


class _Route:
    def __init__(self, route: str, languages: tuple[str, ...]) -> None:
        self.route, self.languages = route, languages

    def __str__(self) -> str:
        language = get_language()
        return f"{language}/{self.route}" if language in self.languages else self.route
