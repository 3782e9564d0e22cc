"""What a mailbox chose when it last confirmed: for its owner, who is about to replace it."""

from dataclasses import dataclass

from pledges.models import PendingSignature, PublicName, Signature


@dataclass(frozen=True)
class EarlierChoices:
    """Empty where this mailbox has no signature."""

    signature: Signature | None = None
    public_name: str = ""
    channels: tuple[str, ...] = ()

    @property
    def profession(self) -> str:
        return self.signature.profession if self.signature else ""


def earlier_choices(pending: PendingSignature) -> EarlierChoices:
    """The choices that confirming `pending` would replace. Show them only to the owner of its mailbox."""
    signature = Signature.objects.filter(digest=pending.digest).first()
    if signature is None:
        return EarlierChoices()
    public_name = PublicName.objects.filter(signature=signature).first()
    channels = signature.contacts.order_by("channel").values_list("channel", flat=True)
    return EarlierChoices(signature, public_name.name if public_name else "", tuple(channels))
