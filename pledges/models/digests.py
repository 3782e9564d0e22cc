from django.db import models


class DigestField(models.BinaryField):
    """The digest of a mailbox. Its class is how a new digest key finds all that it must be laid over."""


class DigestChain(models.Model):
    """Which digest keys the digests of this database were made with, one row: their number, and a fingerprint
    that tells none of them. A site with other keys would know nobody, and refuses to start.
    """

    keys = models.PositiveSmallIntegerField()
    fingerprint = models.BinaryField(max_length=32)
    laid_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.keys} keys"
