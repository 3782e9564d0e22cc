"""The marks on a translation: a draft until a speaker has read it as it is now, stale once its English has changed."""

import pytest

from campaign import translation_sources, translations
from tests.site.test_languages import page

pytestmark = pytest.mark.django_db
MARK = "Draft translation, not yet read by a speaker."
STALE = "Some sentences are in English: they have changed since."


@pytest.fixture
def locale(monkeypatch, tmp_path):
    """A folder of translations for this test alone; it holds a Welsh file of two messages."""

    def forget() -> None:
        translations.is_draft.cache_clear()
        translations.is_stale.cache_clear()

    def write(*messages: str) -> None:
        header = 'msgid ""\nmsgstr ""\n"Language: cy\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        path = translations.source("cy")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([header, *messages]))
        forget()

    monkeypatch.setattr(translations, "LOCALE", tmp_path)
    monkeypatch.setattr(translations, "READERS", tmp_path / "readers.toml")
    translations.READERS.write_text("")
    yield write
    forget()


WHOLE = 'msgid "Read"\nmsgstr "Darllenwch"\n'


def test_a_translation_is_marked_as_a_draft_until_a_speaker_has_read_it_as_it_is_now(locale):
    locale(WHOLE)
    assert MARK in page("/cy/safety/")
    assert MARK not in page("/safety/")
    translations.READERS.write_text(f'[cy]\ndigest = "{translations.digest("cy")}"')
    locale(WHOLE)
    assert MARK not in page("/cy/safety/")
    locale(WHOLE.replace("Darllenwch", "Darllen"))
    assert MARK in page("/cy/safety/")


@pytest.mark.parametrize(
    "changed", ['#, fuzzy\nmsgid "Sign now"\nmsgstr "Llofnodwch"\n', 'msgid "Sign now"\nmsgstr ""\n']
)
def test_a_translation_whose_english_changed_is_marked_as_stale(locale, changed):
    locale(WHOLE)
    assert STALE not in page("/cy/safety/")
    locale(WHOLE, changed)
    assert STALE in page("/cy/safety/")


def test_an_update_keeps_the_translation_of_a_changed_text_but_does_not_show_it(locale, monkeypatch):
    new, other = "You can sign again from today.", "Page not found"
    monkeypatch.setattr(translation_sources, "needed", lambda _language: {new, other})
    monkeypatch.setattr(translation_sources, "everywhere", lambda: {new, other})
    locale('msgid "You can sign again from now."\nmsgstr "Gallwch lofnodi eto."\n')
    translation_sources.update("cy")
    changed, added = (translation_sources.catalogue("cy").get(message) for message in (new, other))
    assert (changed.fuzzy, changed.string) == (True, "Gallwch lofnodi eto.")
    assert (added.fuzzy, added.string) == (False, "")
    assert translations.is_stale("cy")
