import json

import pyrage
import pytest

from pledges.crypto import encryption


@pytest.fixture
def holders(settings):
    identities = [pyrage.x25519.Identity.generate() for _ in range(2)]
    settings.CAMPAIGN_PUBLIC_KEYS = [str(identity.to_public()) for identity in identities]
    return identities


def test_either_holder_opens_what_is_sealed(holders):
    sealed = encryption.seal({"name": "Alice"})
    assert [json.loads(pyrage.decrypt(sealed, [holder])) for holder in holders] == [{"name": "Alice"}] * 2


def test_no_other_key_opens_what_is_sealed(holders):
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(encryption.seal({"name": "Alice"}), [pyrage.x25519.Identity.generate()])


def test_a_sealed_record_has_one_size_whatever_it_holds(holders):
    def body(sealed):  # age's header has a random length of its own, whatever is sealed
        return len(sealed.split(b"\n--- ", 1)[1])

    assert body(encryption.seal({"name": "Al"})) == body(encryption.seal({"name": "A" * 100, "post": "x" * 500}))


def test_a_record_that_is_too_long_raises_an_error(holders):
    with pytest.raises(ValueError, match="does not fit"):
        encryption.seal({"name": "é" * encryption.RECORD_BYTES})


def test_encrypted_values_can_be_read_after_a_key_was_added(settings):
    locked = encryption.encrypt("alice@example.org")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, [settings.SECRET_KEY]
    assert encryption.decrypt(locked) == "alice@example.org"


def test_decrypting_without_the_key_raises_an_error(settings):
    locked = encryption.encrypt("alice@example.org")
    settings.SECRET_KEY = "new" * 20
    with pytest.raises(encryption.DecryptionError):
        encryption.decrypt(locked)
