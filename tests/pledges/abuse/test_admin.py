"""The admin pages of abuse rules and quarantines."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pledges.abuse import groups, rules
from pledges.models import AbuseRule, PendingSignature, Quarantine, QuarantineDecision, Signature
from tests.makers import NOW
from tests.pledges.abuse.makers import ask, confirm, rule
from tests.staff_accounts import sign_in, staff

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
pytestmark = pytest.mark.django_db
TRY = reverse("admin:pledges_abuserule_add")


@pytest.fixture
def moderator(client):
    sign_in(
        client, staff("mona@example.org", "view_abuserule", "add_abuserule", "view_quarantine", "decide_quarantine")
    )
    return client


def test_a_rule_is_tried_before_it_is_put_in_force(moderator):
    sent = {"kind": "client", "most": "3", "minutes": "10"}
    assert "It would mark 0 signatures" in moderator.post(TRY, sent | {"try": "yes"}).text
    assert not AbuseRule.objects.exists()
    moderator.post(TRY, sent | {"on": "yes", "tried": "client 3 10"})
    assert [rule.most for rule in AbuseRule.objects.in_force()] == [3]
    moderator.post(TRY, sent | {"off": "yes"})
    assert AbuseRule.objects.in_force() == []


def test_a_rule_that_is_put_in_force_marks_at_once(moderator):
    for number in range(3):
        ask(number, now=timezone.now())
    sent = {"kind": "client", "most": "2", "minutes": "10", "on": "yes", "tried": "client 2 10"}
    assert "It has marked 3 signatures" in moderator.post(TRY, sent, follow=True).text
    assert Quarantine.objects.get().pendings.count() == 3


def test_only_a_rule_in_force_is_shown_as_such_and_can_be_switched_off(moderator):
    assert "Switch off" not in moderator.get(TRY).text
    rule(most=2)
    page = moderator.get(TRY).text
    assert "From one client: more than 2 asked" in page
    assert "Switch off" in page


def test_a_rule_that_was_changed_since_it_was_tried_is_tried_again(moderator):
    sent = {"kind": "client", "most": "1", "minutes": "10", "on": "yes", "tried": "client 3 10"}
    answer = moderator.post(TRY, sent)
    assert "not yet in force" in answer.text
    assert "It would mark 0 signatures" in answer.text
    assert not AbuseRule.objects.exists()


def test_a_rule_has_a_number_that_a_table_can_hold(moderator):
    answer = moderator.post(TRY, {"kind": "client", "most": "9" * 10, "minutes": "10", "off": "yes"})
    assert answer.status_code == 422


def test_a_quarantine_shows_how_many_and_never_whom(moderator):
    confirm(ask(7, is_trapped=True))
    rules.mark(NOW)
    pages = moderator.get(reverse("admin:pledges_quarantine_changelist")).text
    pages += moderator.get(decision_url()).text
    for telling in ("s7@example.org", "Sample Supporter", bytes(Signature.objects.get().digest).hex()):
        assert telling not in pages


def test_a_quarantine_is_released_and_reopened_in_the_admin(moderator):
    confirm(ask(7, is_trapped=True))
    rules.mark(NOW)
    moderator.post(decision_url(), {"act": "release"})
    assert Signature.objects.counted().count() == 1
    moderator.post(decision_url(), {"act": "reopen"})
    assert Signature.objects.counted().count() == 0
    assert QuarantineDecision.objects.count() == 2


@pytest.mark.parametrize("act", ["", "delete", "mark"])
def test_unknown_acts_do_nothing(moderator, act):
    confirm(ask(7, is_trapped=True))
    rules.mark(NOW)
    assert moderator.post(decision_url(), {"act": act}).status_code == 200
    assert not QuarantineDecision.objects.exists()


def decision_url() -> str:
    return reverse("admin:pledges_quarantine_decision", args=[Quarantine.objects.get().ref])


def group_of_three() -> Quarantine:
    """Robots at NOW and one person an hour before, marked together and confirmed."""
    for number, hours in ((1, 0), (2, 0), (3, 1)):
        confirm(ask(number, is_trapped=True))
        early = PendingSignature.objects.latest("pk")
        PendingSignature.objects.filter(pk=early.pk).update(email_queued_at=NOW - timedelta(hours=hours))
    rules.mark(NOW)
    return Quarantine.objects.get()


def test_a_group_tells_when_they_asked_where_and_what_the_rule_saw(moderator):
    group_of_three()
    page = moderator.get(decision_url())
    assert [count for _hour, count, _share in page.context["statistics"]["hours"]] == [1, 2]
    assert "rounded down to tens" in page.text


def test_a_part_is_tried_released_and_taken_back(moderator):
    group, path = group_of_three(), decision_url()
    part = {"until": timezone.localtime(NOW - timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M")}
    page = moderator.post(path, part | {"act": "try-part"})
    assert "It would release under 10 signatures" in page.text
    assert not Signature.objects.counted().exists()
    sent = part | {"act": "release-part", "tried": page.context["tried"]}
    answer = moderator.post(path, sent)
    assert answer.url == path  # where the rest waits
    assert Signature.objects.counted().count() == 1
    assert group.signatures.count() == 2
    part = Quarantine.objects.exclude(pk=group.pk).get()
    moderator.post(reverse("admin:pledges_quarantine_decision", args=[part.ref]), {"act": "reopen"})
    assert not Signature.objects.counted().exists()


@pytest.mark.parametrize("part", [{}, {"until": "never"}, {"region": "nowhere"}])
def test_a_part_that_says_nothing_is_refused(moderator, part):
    group_of_three()
    assert moderator.post(decision_url(), part | {"act": "release-part"}).status_code == 422


def test_a_part_without_a_signature_releases_nothing(moderator):
    group_of_three()
    part = {"until": "2001-01-01T00:00", "act": "release-part"}
    page = moderator.post(decision_url(), part)
    moderator.post(decision_url(), part | {"tried": page.context["tried"]})
    assert Quarantine.objects.count() == 1


def test_after_a_decision_the_next_group_that_waits_is_one_press_away(moderator):
    group_of_three()
    path, other = decision_url(), Quarantine.objects.create(kind="client", opened_at=NOW)
    page = moderator.post(path, {"act": "release"}, follow=True).text
    assert reverse("admin:pledges_quarantine_decision", args=[other.ref]) in page


def test_of_two_who_decide_the_second_is_told_who_was_first(moderator):
    group = group_of_three()
    rules.release(group, staff("noor@example.org"), timezone.now())
    answer = moderator.post(decision_url(), {"act": "invalidate"}, follow=True)
    assert "Noor decided before you" in answer.text


def flood_with_two_early() -> Quarantine:
    """Four forms from one client: numbers 1 and 2 had confirmed when the rule marked them, number 3 does later."""
    rule()
    links = [ask(number, NOW + number * MINUTE) for number in range(1, 5)]
    for link in links[:2]:
        confirm(link)
    rules.mark(NOW + HOUR)
    confirm(links[2])
    return Quarantine.objects.get()


def numbers(quarantine: Quarantine) -> int:
    return quarantine.signatures.count()


def test_the_page_shows_how_many_had_confirmed_before_the_rule_marked_them():
    group = flood_with_two_early()
    assert [numbers(group), groups.signatures_in(group, groups.BEFORE_RULE).count()] == [3, 2]


def test_invalidating_leaves_out_who_had_confirmed_before_the_rule(moderator):
    group = flood_with_two_early()
    moderator.post(decision_url(), {"act": "invalidate"})
    own = Quarantine.objects.exclude(pk=group.pk).get()
    group.refresh_from_db()
    assert [group.state_label, numbers(group)] == ["invalidated", 1]
    assert [own.state_label, numbers(own)] == ["waits for staff", 2]


def test_before_it_is_invalidated_the_page_says_how_many_that_takes(moderator, monkeypatch):
    flood_with_two_early()
    monkeypatch.setattr(groups, "in_tens", str)
    page = moderator.get(decision_url()).text
    assert "It would invalidate 1 signatures and 0 email contacts. Those who had confirmed before" in page
    assert "marked them (2) become a group" in page


def test_a_group_of_them_alone_is_not_split_again_and_again(moderator):
    flood_with_two_early()
    moderator.post(decision_url(), {"act": "invalidate"})
    own = Quarantine.objects.get(invalidated_at=None)
    path = reverse("admin:pledges_quarantine_decision", args=[own.ref])
    assert "Nothing was done. All of them had confirmed before" in moderator.post(path, {"act": "invalidate"}).text
    assert Quarantine.objects.count() == 2
    moderator.post(path, {"act": "invalidate", "all": "yes"})
    assert Quarantine.objects.undecided().count() == 0


def test_signatures_of_some_groups_of_providers_are_released_as_a_part(moderator):
    group, path = flood_with_two_early(), decision_url()
    PendingSignature.objects.filter(pk=group.pendings.filter(confirmed_on__isnull=False).first().pk).update(
        provider="public"
    )
    part = {"providers": ["public", "google"], "act": "try-part"}
    tried = moderator.post(path, part).context["tried"]
    moderator.post(path, part | {"act": "release-part", "tried": tried})
    assert [Signature.objects.counted().count(), numbers(group)] == [1, 2]


def test_invalidating_takes_them_too_when_it_is_ticked(moderator):
    flood_with_two_early()
    moderator.post(decision_url(), {"act": "invalidate", "all": "yes"})
    assert numbers(Quarantine.objects.get()) == 3


def test_signatures_confirmed_before_are_released_as_a_part(moderator):
    group, path = flood_with_two_early(), decision_url()
    page = moderator.post(path, {"before_rule": "on", "act": "try-part"})
    moderator.post(path, {"before_rule": "on", "act": "release-part", "tried": page.context["tried"]})
    assert Signature.objects.counted().count() == 2
    assert numbers(group) == 1
