"""Columns that depend on the server's keys. Their classes are how a new key finds all that it must change."""

from django.db import models


class DigestField(models.BinaryField):
    """The digest of a mailbox (`crypto.tokens.digest`). By this class a new digest key finds every digest to change."""


class EncryptedField(models.BinaryField):
    """What the server can read again (`crypto.encryption.encrypt`); `encryption.reencrypt` renews its key."""


class DigestChain(models.Model):
    """Which digest keys the digests of this database were made with, one row: their number, and a fingerprint
    that tells none of them. A site with other keys would know nobody, and refuses to start.
    """

    keys = models.PositiveSmallIntegerField()
    fingerprint = models.BinaryField(max_length=32)
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.keys} keys"
