"""Database fields that depend on the server's keys. Key rotation finds the columns to change by these classes."""

from django.db import models


class DigestField(models.BinaryField):
    """The digest of a mailbox (`crypto.tokens.digest`); changed by `privacy.digest_key_chain`."""


class EncryptedField(models.BinaryField):
    """A text that the server can decrypt (`crypto.encryption.encrypt`); changed by `privacy.reencrypt`."""


class DigestChain(models.Model):
    """Which digest keys the digests of this database were made with, in one row: their number and a hash of them.

    With other keys the site would find no mailbox, so it refuses to start.
    """

    keys = models.PositiveSmallIntegerField()
    fingerprint = models.BinaryField(max_length=32)
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.keys} keys"
