"""Refuses passwords that consist of this campaign's own words, which a stranger would try first."""

import re
import unicodedata
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# The words have no punctuation: only the letters of a password are compared.
WORDS = """care caring dont share sharing data campaign pledge firewall brick wall liberty human rights migrant
    migrants immigration enforcement home office homeoffice asylum refugee border hostile environment report
    recommendation supporter supporters organisation staff admin administrator password login welcome"""
# How many letters must be left after the words, digits and signs are removed.
FEWEST_OTHER_LETTERS = 6
_LOOKALIKE = str.maketrans("013457@$!", "oieastasi")


class CampaignWordsValidator:
    def validate(self, password: str, user: object = None) -> None:
        """Raises ValidationError if too few letters are left after the campaign's words are removed."""
        text = unicodedata.normalize("NFKC", password).casefold()
        # Compares it as typed, and with digits read as the letters they look like: "5hare", and "share2026".
        left = min(len(_without_words(text)), len(_without_words(text.translate(_LOOKALIKE))))
        if left < FEWEST_OTHER_LETTERS:
            message = _(
                "It is made of this campaign’s own words, which an attacker would try first. Choose other words."
            )
            raise ValidationError(message, code="campaign_words")

    def get_help_text(self) -> str:
        return _("Your password can’t be made of this campaign’s own words.")


def _without_words(text: str) -> str:
    """Returns the letters of `text` that belong to none of the words, or to the site's own name."""
    text = "".join(letter for letter in text if letter.isalpha())
    host = (urlsplit(settings.SITE_ORIGIN).hostname or "").split(".")
    names = [*WORDS.split(), *host, *settings.CONTROLLER["name"].casefold().split()]
    words = {re.sub(r"\W", "", name) for name in names if len(name) > 2}
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, " ")
    return text.replace(" ", "")
