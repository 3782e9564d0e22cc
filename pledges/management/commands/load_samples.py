"""`manage.py load_samples`: adds plainly invented organisations and supporters, to try the site out."""

import json
import random
from argparse import ArgumentParser
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from pledges.crypto import encryption, tokens
from pledges.models import Organisation, PledgeText, PublicName, Signature
from pledges.models.counted import COUNTED
from pledges.statistics import totals

PEOPLE, DAYS = 340, 60
SHOW_THEIR_NAME = 0.4
FORENAMES = """Ada Ben Cleo Dev Esi Finn Gwen Hana Idris Jo Kemi Lev Mina Noor Omar Pia Quinn Rosa Sam Tariq Una
    Vic Wren Xena Yusuf Zoë"""
SURNAMES = ["Sample", "Example", "Placeholder", "Madeup", "Specimen"]

Kind = Organisation.Kind
ORGANISATIONS = {
    Kind.EDUCATION: ["Example Primary School", "Sampleton College", "Placeholder Nursery Federation"],
    Kind.HEALTH: ["Made-up Midwives' Circle", "Sample Surgery", "Example GPs for Trust"],
    Kind.COUNCIL: ["Sampleton Town Council"],
    Kind.LEGAL: ["Example Town Law Clinic", "Placeholder Advice Centre"],
    Kind.FAITH: ["Invented Faith Network"],
    Kind.UNION: ["Invented Union of School Staff, North Branch", "Sample Union of Porters"],
    Kind.PROFESSIONAL: ["Specimen Society of Social Workers"],
    Kind.MIGRANT_RIGHTS: ["Made-up Refugee Kitchen", "Example Interpreters"],
    Kind.WOMEN: ["Specimen Women's Shelter"],
    Kind.STUDENT: ["Example College Students' Society"],
    Kind.HOUSING: ["Placeholder Tenants' Table"],
    Kind.CHARITY: ["Sample Pharmacists of the Lower Valley and the Surrounding Villages", "Example Food Bank"],
    Kind.BUSINESS: ["Invented Bakery"],
    Kind.OTHER: ["Sampleton Parents' Forum", "Placeholder Youth Choir"],
}
WAITING = ["Example Teachers' Network", "Sample Carers' Meeting"]
SIGNER = {"signer_name": "Sam Sample", "signer_role": "Chair", "email": "chair@example.org"}


class Command(BaseCommand):
    help = "Loads invented organisations and supporters, marked as samples. Changes nothing the second time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--although-debug-is-off",
            action="store_true",
            help="load them into a site that is no demo, where they are neither shown nor counted",
        )

    def handle(self, *args: object, although_debug_is_off: bool, **options: object) -> None:
        if not (settings.DEBUG or although_debug_is_off):
            raise CommandError("DEBUG is off. If you mean it, say --although-debug-is-off.")
        if Signature.objects.filter(sample=True).exists():
            self.stdout.write("The samples are there already.")
            return
        now = timezone.now()
        with transaction.atomic():
            people = load_people(timezone.localdate(now), PledgeText.objects.current(now))
            bodies = load_organisations(now, PledgeText.objects.current(now))
        totals.recount(now)
        self.stdout.write(f"The samples are loaded: {people} supporters and {bodies} organisations.")


def load_people(today: date, pledge_text: PledgeText) -> int:
    """Adds signatures over the last weeks, more of them lately, and the public names of some; returns how many."""
    random_numbers = random.Random("the same samples every time")  # noqa: S311
    signatures = [
        Signature(
            digest=tokens.digest(f"sample-{n}@example.invalid"),
            pledge_text=pledge_text,
            confirmed_on=today - timedelta(days=int(DAYS * random_numbers.random() ** 2)),
            **{name: random_numbers.choice([*dict(field.choices), ""]) for name, field in COUNTED.items()},
            sample=True,
        )
        for n in range(PEOPLE)
    ]
    Signature.objects.bulk_create(signatures)
    names = [f"{forename} {surname}" for surname in SURNAMES for forename in FORENAMES.split()]
    random_numbers.shuffle(names)
    shown = [one for one in signatures if random_numbers.random() < SHOW_THEIR_NAME]
    PublicName.objects.bulk_create(
        PublicName(signature=one, name=name, listed_on=one.confirmed_on)
        for one, name in zip(shown, names, strict=False)
    )
    return len(signatures)


def load_organisations(now: datetime, pledge_text: PledgeText) -> int:
    """Adds organisations; returns how many. Most are approved and named, one is approved without a name, a few wait."""
    approved = [(kind, name, now) for kind, names in ORGANISATIONS.items() for name in names]
    waiting = [(Kind.CHARITY, name, None) for name in WAITING]
    *_, (_, unnamed, _) = approved
    rows = [
        Organisation(
            name=name,
            kind=kind,
            is_named=name != unnamed,
            pledge_text=pledge_text,
            confirmed_at=now - timedelta(days=2),
            approved_at=approved_at,
            # Waiting ones have a contact, so that staff can try everything; the demo sends no emails.
            website="" if approved_at else "https://www.example.org/",
            digest=None if approved_at else tokens.digest(SIGNER["email"]),
            contact=None if approved_at else encryption.encrypt(json.dumps(SIGNER)),
            sample=True,
        )
        for kind, name, approved_at in approved + waiting
    ]
    return len(Organisation.objects.bulk_create(rows))
