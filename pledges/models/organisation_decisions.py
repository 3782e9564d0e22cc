"""The record of what was decided about organisations."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganisationDecisionQuerySet(models.QuerySet["OrganisationDecision"]):
    def with_undone(self) -> "OrganisationDecisionQuerySet":
        """Adds `undone` to each undo: the act of the decision that it undid."""
        undone = OrganisationDecision.objects.filter(ref=models.OuterRef("undoes"))
        return self.annotate(undone=models.Subquery(undone.values("act")[:1]))


class OrganisationDecision(models.Model):
    """What was decided, asked, answered or noted about an organisation, by which member of staff, and when.

    Append-only: a trigger refuses UPDATE and DELETE.
    """

    class Act(models.TextChoices):
        ENTER = "enter", _("entered")
        APPROVE = "approve", _("approved")
        DECLINE = "decline", _("declined")
        WITHDRAW = "withdraw", _("withdrawn")
        ASK = "ask", _("asked")
        RESPELL = "respell", _("spelling changed")
        INVITE = "invite", _("new contact invited")
        CONTACT = "contact", _("new contact confirmed")
        RECONFIRM = "reconfirm", _("confirmed again")
        ANSWER = "answer", _("answered")
        NOTE = "note", _("note")
        UNDO = "undo", _("undone")
        REOPEN = "reopen", _("returned to waiting")

    class Question(models.TextChoices):
        WHO = "who", _("Who in your organisation decided to sign, and when?")
        PROOF = "proof", _("Please write to us from an address on your organisation's own domain")
        WEBSITE = "website", _("Which website is your organisation's own?")
        BRANCH = "branch", _("Do you sign for a branch, or for the whole organisation?")
        NAME = "name", _("How should the name of your organisation be written?")
        OWN = "own", _("Another question, in your own words below")

    class Reason(models.TextChoices):
        NONE = "", _("none")
        UNVERIFIED = "unverified", _("We could not verify that the organisation agreed")
        AUTHORITY = "authority", _("Who signed may not sign for the organisation")
        DUPLICATE = "duplicate", _("The organisation has signed already")
        NOT_AN_ORGANISATION = "not-an-organisation", _("It is not an organisation")
        AT_ODDS = "at-odds", _("What it stands for is at odds with the pledge")
        ASKED = "asked", _("The organisation asked for it")
        OTHER = "other", _("Another reason, in your own words below")

    # The reason stored when an organisation is approved or entered whose name is already in the list.
    NAMESAKE = "namesake", _("another organisation of the same name")

    LISTING = (Act.ENTER, Act.APPROVE)  # puts it into the list
    STATE_CHANGING = (*LISTING, Act.DECLINE, Act.WITHDRAW, Act.REOPEN)
    VERSION_RAISING = (Act.ASK, Act.ANSWER, Act.RESPELL, Act.INVITE, Act.CONTACT, Act.UNDO, Act.REOPEN)
    UNDOABLE = (*LISTING, Act.DECLINE, Act.WITHDRAW, Act.ASK, Act.RESPELL)

    ref = models.UUIDField(
        default=uuid.uuid4, unique=True, editable=False, help_text="which the email about it refers to"
    )
    organisation_ref = models.UUIDField(db_index=True)
    version = models.PositiveIntegerField()
    act = models.CharField(_("decision"), max_length=9, choices=Act)
    reason = models.CharField(
        _("reason"), max_length=24, choices=[*Reason.choices, *Question.choices, NAMESAKE], blank=True
    )
    previous_name = models.CharField(_("name before"), max_length=150, blank=True)
    text = models.TextField(
        _("text"), blank=True, help_text="what staff wrote to it (emailed), its answer, or a note of staff"
    )
    undoes = models.UUIDField(null=True, unique=True, help_text="the ref of the decision that this one undoes")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("decided by"),
        help_text=_("Empty: the organisation itself."),
    )
    decided_at = models.DateTimeField(_("decided"))

    objects = OrganisationDecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")

    def __str__(self) -> str:
        return f"{self.act} {self.organisation_ref}"

    @property
    def act_shown(self) -> str:
        """The act in words; of an undo from `with_undone` also what it undid."""
        undone = getattr(self, "undone", None)
        return f"{self.get_act_display()}: {self.Act(undone).label}" if undone else self.get_act_display()

    @property
    def undoable_until(self) -> datetime:
        """The moment from which it can't be undone, because the email about it is sent then."""
        return self.decided_at + settings.DECISION_EMAIL_DELAY

    @property
    def version_after(self) -> int:
        """The organisation's version after this decision."""
        return self.version + int(self.act in self.VERSION_RAISING)

    @property
    def emailed_words(self) -> str:
        """The reason or question in the email about it: one of the list, the staff's own words, or both."""
        is_own = self.reason in (self.Reason.OTHER, self.Question.OWN)
        said = "" if is_own or not self.reason else str(self.get_reason_display())
        if said and not said.endswith("?"):
            said += "."
        return "\n\n".join(part for part in (said, self.text) if part)
