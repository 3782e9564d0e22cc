import unicodedata

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from pledges import cleaning


@pytest.mark.parametrize(
    "text",
    [
        "Alice \u202eecila",
        "\u2066Alice",
        "\u200b\u200d\u2060",
        "\u2800",
        "Al\u2800ice",
        "\u3164",
        "Al\u3164ice",
        "Alice\nBob",
        "Alice\r\nBcc: x",
        "\u0301",
    ],
)
def test_h05_what_a_reader_cannot_see_is_refused(text):
    with pytest.raises(ValidationError):
        cleaning.line(text)


@pytest.mark.parametrize("text", ["e" + "\u0301" * 5000, "e" + "\u0323\u0301" * 40, "a" * 101])
def test_h06_piles_of_marks_are_refused(text):
    with pytest.raises(ValidationError):
        cleaning.line(text)


def test_h07_a_name_has_one_normal_form():
    assert cleaning.line("  Ame\u0301lie\u00a0 Dupont\u200b ") == "Am\u00e9lie Dupont"


@pytest.mark.parametrize(
    "text", ["sw1p2hr", " SW1P  2HR", "ＳＷ１Ｐ　２ＨＲ", "sw1p\u00a02hr", "SW1P-2HR", "ｓｗ１ｐ２ｈｒ"]
)
def test_h07_a_postcode_has_one_normal_form(text):
    assert cleaning.postcode(text) == "SW1P 2HR"


@pytest.mark.parametrize(
    "text", ["SW\u0661P \u0662HR", "SW1P \u0662HR", "75011", "QQ1 1AA", "SW1P 2CI", "1" * 5000]
)
def test_h08_what_is_no_uk_postcode_may_be_left_empty(text):
    with pytest.raises(ValidationError, match="leave it empty"):
        cleaning.postcode(text)


def test_half_a_postcode_is_told_so():
    with pytest.raises(ValidationError, match="“SW1P” is only the first half"):
        cleaning.postcode("sw1p")


@pytest.mark.parametrize(
    "name",
    [
        "Siobhán O'Connor",
        "Siobhan O’Connor",
        "Ng",
        "Ó",
        "Sukarno",
        "A" * 100,
        "عبد الرحمن",
        "می‌خواهم",
        "क्‍ष",
        "J. R. R. Tolkien",
        "李 明",
        "Anne-Marie St. John 3rd",
    ],
)
def test_h13_real_names_pass_unharmed(name):
    assert cleaning.public_name(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    "name",
    [
        "see evil.example",
        "t.co",
        "evil。com",
        "www evil com",
        "https://evil",
        "a@b.org",
        "a＠b",
        "evil．com",
        "call 020 7946 0000",
        "x\\y",
    ],
)
def test_a_public_name_leads_nowhere(name):
    with pytest.raises(ValidationError):
        cleaning.public_name(name)


@pytest.mark.parametrize("name", ["Example.org", "Law/Advice Centre 24", "38 Placeholders"])
def test_an_organisation_may_be_named_after_its_website(name):
    assert cleaning.organisation_name(name) == name


@pytest.mark.parametrize("name", ["see https://evil.example", "a@b.org", "Www.example.org"])
def test_an_organisations_name_holds_no_link(name):
    with pytest.raises(ValidationError):
        cleaning.organisation_name(name)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("www.example.org", "https://www.example.org"),
        ("http://Example.ORG/About us#top", None),
        ("http://Example.ORG/about?x=1#top", "http://example.org/about?x=1"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("javascript:alert(1)", None),
        ("javascript://evil.example/%0aalert(1)", None),
        ("data:text/html,x", None),
        ("https://example.org@evil.example", None),
        ("https://example.org:8080", None),
        ("https://127.0.0.1/", None),
        ("https://[::1", None),
        ("https://localhost", None),
        ("https://example.org\\@evil.example", None),
        ("https:///path", None),
    ],
)
def test_h54_a_website_is_http_and_nothing_hidden(typed, kept):
    if kept is None:
        with pytest.raises(ValidationError):
            cleaning.website(typed)
    else:
        assert cleaning.website(typed) == kept


def test_a_postal_address_is_a_few_clean_lines():
    assert (
        cleaning.address_lines(" Sam Sample \r\n\r\n1 Example Street\nSampleton\n")
        == "Sam Sample\n1 Example Street\nSampleton"
    )


@pytest.mark.parametrize("text", ["Sam", "\n".join("abcdefgh"), "Sam\nStreet\n\u202etown"])
def test_a_postal_address_too_short_long_or_odd_is_refused(text):
    with pytest.raises(ValidationError):
        cleaning.address_lines(text)


@given(st.text(max_size=120))
def test_cleaning_what_is_clean_changes_nothing(text):
    try:
        clean = cleaning.line(text)
    except ValidationError:
        return
    assert cleaning.line(clean) == clean
    assert len(clean) <= 100


@given(st.text(max_size=60))
def test_whatever_is_typed_as_a_postcode_is_kept_or_refused(text):
    try:
        clean = cleaning.postcode(text)
    except ValidationError:
        return
    assert cleaning.postcode(clean) == clean


@given(st.text(max_size=250))
def test_whatever_is_typed_as_a_website_is_kept_or_refused(text):
    try:
        clean = cleaning.website(text)
    except ValidationError:
        return
    assert clean.startswith(("http://", "https://"))
    assert cleaning.website(clean) == clean


def test_a_line_of_an_address_is_short_enough_to_be_sealed():
    lines = ["Alice Example", "1 Example Street", "Sampleton"]
    assert cleaning.address_lines("\n".join([*lines, "a" * 60]))
    with pytest.raises(ValidationError, match="60"):
        cleaning.address_lines("\n".join([*lines, "a" * 61]))
