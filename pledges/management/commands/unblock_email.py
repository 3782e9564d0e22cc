"""`manage.py unblock_email`: lifts the block of a mailbox whose owner called and wants emails again."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from pledges.crypto import tokens
from pledges.inputs.email_address import mailbox
from pledges.my_pledge import service as my_pledge


class Command(BaseCommand):
    help = 'Lifts "never write to this address again". Asks for the address, so that no shell remembers it.'

    def handle(self, *args, **options) -> None:
        try:
            typed = mailbox(input("Address: "))
        except ValidationError as error:
            raise CommandError(error.messages[0]) from error
        my_pledge.allow_emails(tokens.digest(typed.identity))
        self.stdout.write("Done, if it was blocked.")
