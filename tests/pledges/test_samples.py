import re

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from pledges.models import Organisation, PublicName, Signature
from pledges.statistics import totals, weekly

pytestmark = pytest.mark.django_db


def load(*flags):
    call_command("load_samples", *flags)


def test_samples_are_marked_and_shown_in_the_demo(settings, client):
    settings.DEBUG = True
    load()
    assert Signature.objects.filter(sample=False).count() == Organisation.objects.filter(sample=False).count() == 0
    assert totals.totals().exact_people == Signature.objects.count() > 100
    assert "Sample, invented" in client.get("/pledge/supporters/").content.decode()


def test_every_sample_has_a_plainly_invented_name_of_its_own(settings):
    settings.DEBUG = True
    load()
    for names in (model.objects.values_list("name", flat=True) for model in (PublicName, Organisation)):
        assert len(set(names)) == len(names) > 20
        assert all(re.search(r"Sample|Example|Placeholder|Made-?up|Specimen|Invented", name) for name in names)


def test_only_waiting_samples_have_a_contact(settings):
    settings.DEBUG = True
    load()
    waiting = Organisation.objects.waiting()
    assert waiting
    assert set(waiting) == set(Organisation.objects.exclude(contact=None))


@pytest.mark.parametrize(
    "path", ["/", "/pledge/", "/pledge/thank-you/", "/pledge/supporters/", "/pledge/numbers/", "/press/"]
)
def test_a_figure_that_counts_samples_says_so(settings, client, path):
    settings.DEBUG = True
    load()
    weekly.publish(timezone.now())
    assert "The figures include invented samples" in client.get(path).content.decode()


def test_loading_samples_twice_changes_nothing(settings):
    settings.DEBUG = True
    load()
    before = Signature.objects.count(), PublicName.objects.count(), Organisation.objects.count()
    load()
    assert before == (Signature.objects.count(), PublicName.objects.count(), Organisation.objects.count())


def test_outside_the_demo_samples_are_refused_without_a_flag():
    with pytest.raises(CommandError, match="DEBUG is off"):
        load()
    assert not Signature.objects.exists()


def test_outside_the_demo_samples_are_neither_counted_nor_shown(client):
    load("--although-debug-is-off")
    assert (totals.totals().people, totals.totals().organisations) == (0, 0)
    assert "Sample, invented" not in client.get("/pledge/organisations/").content.decode()
