import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledges import links


def test_the_chain_takes_a_new_key_over_digests_whose_address_nobody_holds(settings):
    settings.DIGEST_KEYS = ["first"]
    before = links.digest("alice@example.org")
    settings.DIGEST_KEYS = ["first", "second"]
    assert links.digest("alice@example.org") != before
    assert links.digest("alice@example.org", ["first"]) == before


def test_a_digest_without_the_keys_is_another(settings):
    assert links.digest("alice@example.org", ["guess"]) != links.digest("alice@example.org")


def test_sameness_keeps_fields_apart():
    assert links.sameness(["ab", "c"]) != links.sameness(["a", "bc"])


@given(st.text(min_size=22, max_size=22))
def test_a_code_is_eight_characters_of_crockfords_alphabet(token):
    assert len(links.code(token)) == 8
    assert set(links.code(token)) <= set(links.CODE_ALPHABET)


@pytest.mark.parametrize("typed", ["{0}", " {0} ", "{1}", "{2}", "{0}\u00a0"])
def test_a_code_is_known_however_it_is_typed(typed):
    code = links.code("token")
    written = typed.format(code, f"{code[:4]}-{code[4:]}", code.lower().replace("0", "o").replace("1", "l"))
    assert links.code_matches(written, "token")


def test_a_wrong_code_is_no_match():
    assert not links.code_matches("ZZZZZZZZ", "token")
    assert not links.code_matches("é", "token")
