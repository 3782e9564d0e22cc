"""`manage.py reset_second_factor EMAIL`: removes a second factor, for when no administrator can sign in to do it."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from campaign.staff import accounts
from campaign.staff.models import StaffUser, account_name


class Command(BaseCommand):
    help = "Removes a member of staff's second factors (a lost phone); they set up another at the next sign-in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *args, email: str, **options) -> None:
        user = StaffUser.objects.filter(email=account_name(email)).first()
        if user is None:
            raise CommandError("No member of staff has this address.")
        accounts.reset_factor_by_command(user, timezone.now())
        self.stdout.write("Done: every session has ended, and the next sign-in sets up a new factor.")
        self.stdout.write("An email tells the owner. Make sure by telephone that it is really they who asked.")
