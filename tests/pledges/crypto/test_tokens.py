from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledges.crypto import tokens


def test_a_new_key_can_be_applied_to_a_digest_without_its_address(settings):
    settings.DIGEST_KEYS = ["first"]
    before = tokens.digest("alice@example.org")
    settings.DIGEST_KEYS = ["first", "second"]
    assert tokens.digest("alice@example.org") != before
    assert tokens.digest("alice@example.org", ["first"]) == before


def test_other_keys_make_another_digest(settings):
    assert tokens.digest("alice@example.org", ["guess"]) != tokens.digest("alice@example.org")


def test_the_hmac_of_a_form_depends_on_where_fields_end():
    assert tokens.submission_hmac(["ab", "c"]) != tokens.submission_hmac(["a", "bc"])


@given(st.text(min_size=22, max_size=22))
def test_a_code_is_eight_characters_of_crockfords_alphabet(token):
    assert len(tokens.code(token)) == 8
    assert set(tokens.code(token)) <= set(tokens.CODE_ALPHABET)


CODE = tokens.code("token")
HALVES = f"{CODE[:4]} {CODE[4:]}"


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        f" {CODE} ",
        f"{CODE}\u00a0",
        f"{CODE[:4]}-{CODE[4:]}",
        f"{CODE[:4]}‑{CODE[4:]}",
        f"{CODE[:4]}.{CODE[4:]}",
        " ".join(CODE),
        CODE.lower().replace("0", "o").replace("1", "l"),
        f"Your code is {HALVES}!",
        f"code {HALVES}",
        f"Code: {HALVES}.",
        f"“{HALVES}”",
        f"'{CODE}',",
        f"\u200b{HALVES}\u200e",
        f"{HALVES} is the code in your email of today",
        HALVES.translate({number: number + 0xFEE0 for number in range(0x21, 0x7F)}),
    ],
)
def test_a_code_is_known_however_it_is_typed(typed):
    assert tokens.code_matches(typed, "token")


@pytest.mark.parametrize("typed", ["", "hello", "ZZZZ ZZZ", "ZZZZZZZZZ", "UUUU UUUU", "١٢٣٤ ٥٦٧٨", "CXM4 3Q0F1", "é"])
def test_text_without_a_code_gives_no_codes(typed):
    assert tokens.codes_in(typed) == []


def test_at_most_20_codes_of_a_text_are_tried():
    assert len(tokens.codes_in(" ".join(f"{number:08}" for number in range(500)))) == 20


TOKEN = "Ab-_" * 5 + "Ab"
LINK = f"https://pledge.example.org/pledge/confirm/{TOKEN}/"


@pytest.mark.parametrize(
    "typed",
    [
        LINK,
        f"<{LINK}>",
        f"Open {LINK} to confirm.",
        LINK.removesuffix("/") + ".",
        LINK.removeprefix("https://"),
        f"https://links.example.com/?url={quote(LINK, safe='')}&data=05",
    ],
)
def test_a_pasted_link_is_understood(typed):
    assert tokens.pasted_token(typed) == TOKEN


@pytest.mark.parametrize("typed", [TOKEN, "https://pledge.example.org/pledge/confirm/", "/confirm/short/", CODE])
def test_text_without_a_link_to_confirm_gives_no_token(typed):
    assert tokens.pasted_token(typed) == ""


def test_a_wrong_code_is_no_match():
    assert not tokens.code_matches("ZZZZZZZZ", "token")
    assert not tokens.code_matches("é", "token")
