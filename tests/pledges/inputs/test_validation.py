import unicodedata

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from pledges.inputs import validation
from pledges.inputs.email_address import mailbox


@pytest.mark.parametrize(
    "text",
    [
        "Alice \u202eecila",
        "Al\u200bice",
        "Al\u200dice",
        "Alice\u200c Example",
        "م\u200d\u200dم",
        "Al\u00adice",
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
def test_what_a_reader_cannot_see_is_refused(text):
    with pytest.raises(ValidationError):
        validation.line(text)


@pytest.mark.parametrize("text", ["e" + "\u0301" * 5000, "e" + "\u0323\u0301" * 40, "a" * 101])
def test_piles_of_marks_are_refused(text):
    with pytest.raises(ValidationError):
        validation.line(text)


def test_a_hidden_character_is_named_by_what_it_follows():
    with pytest.raises(ValidationError, match="hidden or broken character after “Zoë”"):
        validation.line("Zoë\u200b Example")


@pytest.mark.parametrize(
    "around", ["\ufeff{}", "\u200b{}\u200b", "\u2068{}\u2069", "\u202a{}\u202c", "\t{}\u00a0\u200e"]
)
def test_what_surrounds_a_value_is_stripped_by_every_reader(around):
    assert validation.line(around.format("Alice")) == "Alice"
    assert validation.public_name(around.format("Alice")) == "Alice"
    assert validation.organisation_name(around.format("Example")) == "Example"
    assert validation.postcode(around.format("SW1P 2HR")) == "SW1P 2HR"
    assert validation.website(around.format("example.org")) == "https://example.org"
    assert validation.message(around.format("Hello")) == "Hello"
    assert validation.address_lines("\n".join(map(around.format, "ABC"))) == "A\nB\nC"
    assert mailbox(around.format("a@b.org")).address == "a@b.org"


@pytest.mark.parametrize("name", ["می\u200cخواهم", "क्\u200dष", "ശ്രീ\u200dലക്ഷ്മി", "രാജന്\u200d", "രാജന്\u200d കുമാര്\u200d"])
def test_a_joiner_stays_where_the_script_needs_it(name):
    assert validation.public_name(f" {name}\u200b") == unicodedata.normalize("NFC", name)


def test_a_message_keeps_the_marks_that_emoji_and_scripts_hold():
    text = "👩\u200d⚕️ می\u200cخواهم soft\u00adhyphen"
    assert validation.message(text) == text


@pytest.mark.parametrize("text", ["a\u202eb", "a\x07b", "a\u2800b"])
def test_a_message_holds_nothing_that_reorders_or_controls(text):
    with pytest.raises(ValidationError, match="after “a”"):
        validation.message(f"Hello\n{text}")


def test_a_tab_in_a_name_is_a_space():
    assert validation.line("Alice\tExample") == "Alice Example"


def test_a_name_has_one_normal_form():
    assert validation.line("  Ame\u0301lie\u00a0 Dupont\u200b ") == "Am\u00e9lie Dupont"


@pytest.mark.parametrize(
    "text",
    [
        "sw1p2hr",
        " SW1P  2HR",
        "ＳＷ１Ｐ　２ＨＲ",
        "sw1p\u00a02hr",
        "SW1P-2HR",
        "ｓｗ１ｐ２ｈｒ",
        "SW1P2HR.",
        "S W 1 P 2 H R",
    ],
)
def test_a_postcode_has_one_normal_form(text):
    assert validation.postcode(text) == "SW1P 2HR"


@pytest.mark.parametrize("text", ["SW\u0661P \u0662HR", "SW1P \u0662HR", "75011", "QQ1 1AA", "SW1P 2CI", "1" * 5000])
def test_what_is_no_uk_postcode_may_be_left_empty(text):
    with pytest.raises(ValidationError, match="leave it empty"):
        validation.postcode(text)


@pytest.mark.parametrize(
    ("typed", "cause"),
    [
        ("sw1p", "“SW1P” is only the first half, which can be in two regions"),
        ("2hr", "“2HR” is only the second half"),
        ("AB!1 2DD", "“!” can’t be used in a postcode"),
        ("SW1P٢HR", "“٢” can’t be used in a postcode"),
        ("SW1P\u200b2HR", "hidden or broken character after “SW1P”"),
        ("QQ1 1AA", "starts with “QQ”"),
        ("SW1P 2HR, SW1P 2HS", "“,” can’t be used"),
        ("SW1P 2HR SW1P 2HS", "more than one postcode"),
        ("SW1P 2HR" + " " * 40 + "x", "more than one postcode"),
        ("SW1P 2HR" + "\u0301" * 40, "more than one postcode"),
        ("SW1A OAA", "Did you mean SW1A 0AA"),
        ("75011", "“75011” does not look like"),
        ("BFPO 57", "BFPO is a forces address"),
        ("bfpo57", "Leave the postcode empty"),
    ],
)
def test_what_is_wrong_with_a_postcode_is_said(typed, cause):
    with pytest.raises(ValidationError, match=cause):
        validation.postcode(typed)


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
def test_real_names_pass_unharmed(name):
    assert validation.public_name(name) == unicodedata.normalize("NFC", name)


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
        validation.public_name(name)


@pytest.mark.parametrize("name", ["Example.org", "Law/Advice Centre 24", "38 Placeholders"])
def test_an_organisation_may_be_named_after_its_website(name):
    assert validation.organisation_name(name) == name


@pytest.mark.parametrize("name", ["see https://evil.example", "a@b.org", "Www.example.org"])
def test_an_organisations_name_holds_no_link(name):
    with pytest.raises(ValidationError):
        validation.organisation_name(name)


@pytest.mark.parametrize(
    ("typed", "expected"),
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
def test_a_website_is_http_and_nothing_hidden(typed, expected):
    if expected is None:
        with pytest.raises(ValidationError):
            validation.website(typed)
    else:
        assert validation.website(typed) == expected


def test_a_postal_address_is_a_few_clean_lines():
    assert (
        validation.address_lines(" Sam Sample \r\n\r\n1 Example Street\nSampleton\n")
        == "Sam Sample\n1 Example Street\nSampleton"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Sam Sample\n1 Example Street, Sampleton\nAB1 2CD",
        "1 Example Street\nSampleton\nAB1 2CD",
        "Sam Sample\n1 Example Street\nSampleton AB1 2CD",
    ],
)
def test_three_lines_with_a_postcode_are_an_address(text):
    assert validation.address_lines(text) == text


@pytest.mark.parametrize(
    "text", ["Sam Sample, 1 Example Street, Sampleton, AB1 2CD", "Sam Sample\n1 Example Street, Sampleton, AB1 2CD"]
)
def test_commas_part_an_address_of_too_few_lines(text):
    assert validation.address_lines(text) == "Sam Sample\n1 Example Street\nSampleton\nAB1 2CD"


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Sam", "This has 1 line. An address needs at least three"),
        ("Sam\nAB1 2CD", "This has 2 lines. An address needs at least three"),
        (",".join("abcdefgh"), "This has 1 line"),
        ("\n".join("abcdefgh"), "This has 8 lines. Enter the address in at most 7 lines"),
        ("Sam\nStreet\nto\u202ewn", "Line 3 of the address: There is a hidden or broken character after “to”"),
        ("Sam\n?\nTown", "Line 2 of the address: Enter a name with letters"),
        ("Sam\nStreet\n" + "a" * 61, "Line 3 of the address: This is too long. Use at most 60"),
    ],
)
def test_what_is_wrong_with_an_address_is_said(text, cause):
    with pytest.raises(ValidationError, match=cause):
        validation.address_lines(text)


@given(st.text(max_size=120))
def test_cleaning_what_is_clean_changes_nothing(text):
    try:
        clean = validation.line(text)
    except ValidationError:
        return
    assert validation.line(clean) == clean
    assert len(clean) <= 100


@given(st.text(max_size=60))
def test_whatever_is_typed_as_a_postcode_is_stored_or_refused(text):
    try:
        clean = validation.postcode(text)
    except ValidationError:
        return
    assert validation.postcode(clean) == clean


@given(st.text(max_size=250))
def test_whatever_is_typed_as_a_website_is_stored_or_refused(text):
    try:
        clean = validation.website(text)
    except ValidationError:
        return
    assert clean.startswith(("http://", "https://"))
    assert validation.website(clean) == clean


def test_a_line_of_an_address_is_short_enough_to_be_sealed():
    lines = ["Alice Example", "1 Example Street", "Sampleton"]
    assert validation.address_lines("\n".join([*lines, "a" * 60]))
    with pytest.raises(ValidationError, match="60"):
        validation.address_lines("\n".join([*lines, "a" * 61]))
