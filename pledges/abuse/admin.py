"""The admin pages about abuse: rules, which are tried before they are in force, and quarantines, without names."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from pledges.abuse import groups, rules
from pledges.admin_base.pages import page, staff
from pledges.admin_base.read_only import RecordAdmin, RefAdmin
from pledges.inputs.email_providers import Provider
from pledges.inputs.regions import Region
from pledges.models import AbuseRule, Quarantine, QuarantineDecision, retention
from pledges.models.statistics import in_tens

TWO_DAYS = 48 * 60
A_MILLION = 1_000_000
ALL_EARLY = gettext_lazy(
    "All of them had confirmed before the rule marked them: to invalidate them, tick that you mean those too."
)
DONE = {
    "release": gettext_lazy("The group is released. The decision can be reopened for seven days."),
    "invalidate": gettext_lazy("The group is invalidated. The decision can be reopened for seven days."),
    "reopen": gettext_lazy("It waits for a decision again."),
}
ACTS = {"release": rules.release, "invalidate": rules.invalidate, "reopen": rules.reopen}


class AbuseRuleForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("What"), choices=AbuseRule.Kind.choices, widget=forms.RadioSelect)
    most = forms.IntegerField(
        label=gettext_lazy("More than this many signatures asked for"),
        validators=[MinValueValidator(1), MaxValueValidator(A_MILLION)],
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Within this many minutes"), validators=[MinValueValidator(1), MaxValueValidator(TWO_DAYS)]
    )


@admin.register(AbuseRule)
class AbuseRuleAdmin(RecordAdmin):
    add_title = gettext_lazy("Try a rule")
    list_display = ("kind", "is_on", "most", "minutes", "decided_at", "decider")
    list_filter = ("kind", "is_on")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("pledges.add_abuserule")

    def add_view(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return try_out(request)


@require_http_methods(["GET", "POST"])
@permission_required("pledges.add_abuserule", raise_exception=True)
def try_out(request: HttpRequest) -> HttpResponse:
    """Shows what a rule would mark among the last 48 hours; another button puts the rule in force."""
    form = AbuseRuleForm(
        request.POST or None, initial={"kind": "client", "most": 30, "minutes": 10} | _suggested(request)
    )
    now, title = timezone.now(), AbuseRuleAdmin.add_title
    in_force = AbuseRule.objects.in_force()
    if not form.is_valid():
        return page(request, "pledges/abuserule/try", title=title, form=form, in_force=in_force)
    tried = "{kind} {most} {minutes}".format(**form.cleaned_data)
    is_on = "on" in request.POST and request.POST.get("tried") == tried
    if is_on or "off" in request.POST:
        by = staff(request).pk
        if not AbuseRule.objects.holds(**form.cleaned_data, is_on=is_on):
            AbuseRule.objects.create(**form.cleaned_data, is_on=is_on, decided_by_id=by, decided_at=now)
        return _put_in_force(request, now) if is_on else _switched_off(request)
    if "on" in request.POST:
        messages.warning(request, _("It is not yet in force: first try these numbers."))
    bursts = rules.try_out(**form.cleaned_data, now=now)
    found = {
        "bursts": len(bursts),
        "pendings": sum(len(burst.pendings) for burst in bursts),
        "confirmed": in_tens(sum(burst.confirmed for burst in bursts)),
    }
    context = {"title": title, "form": form, "in_force": in_force, "found": found, "tried": tried}
    return page(request, "pledges/abuserule/try", **context)


def _put_in_force(request: HttpRequest, now: datetime) -> HttpResponse:
    """Marks at once what the worker would mark within a minute, so that staff see what the rule does."""
    if count := rules.mark(now):
        message = ngettext(
            "The rule is in force. It has marked %(count)s signature: decide about it below.",
            "The rule is in force. It has marked %(count)s signatures: decide about them below.",
            count,
        )
    else:
        message = _("The rule is in force. What it marks appears in this list within a minute.")
    messages.success(request, message % {"count": count})
    return redirect("admin:pledges_quarantine_changelist")


def _switched_off(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("The rule is off. What it marked before stays marked."))
    return redirect("admin:pledges_abuserule_changelist")


def _suggested(request: HttpRequest) -> dict[str, str]:
    """The values in the link of the overview, if they are numbers."""
    return {name: request.GET[name] for name in ("most", "minutes") if request.GET.get(name, "").isdecimal()}


@admin.register(Quarantine)
class QuarantineAdmin(RefAdmin):
    page = "admin:pledges_quarantine_decision"
    list_display = ("opened_at", "kind", "asked", "confirmed", "state")
    list_filter = ("kind",)
    ordering = ("-opened_at",)

    def get_queryset(self, request: HttpRequest):
        asked, confirmed = Count("pendings", distinct=True), Count("signatures", distinct=True)
        return super().get_queryset(request).annotate(asked=asked, confirmed=confirmed)

    @admin.display(description=gettext_lazy("asked, of the last 7 days"))
    def asked(self, quarantine) -> int:
        return quarantine.asked

    @admin.display(description=gettext_lazy("confirmed"))
    def confirmed(self, quarantine) -> str:
        return in_tens(quarantine.confirmed)

    @admin.display(description=gettext_lazy("state"))
    def state(self, quarantine: Quarantine) -> str:
        return str(quarantine.state_label)

    def get_urls(self) -> list:
        view = self.admin_site.admin_view(decision)
        return [path("<uuid:ref>/decision/", view, name="pledges_quarantine_decision"), *super().get_urls()]


class PartForm(forms.Form):
    """Which of the signatures of a quarantine are released; at least one of the four is chosen."""

    until = forms.DateTimeField(
        label=gettext_lazy("Asked before"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    region = forms.ChoiceField(
        label=gettext_lazy("From the region"),
        required=False,
        choices=[("", gettext_lazy("any region")), *Region.choices],
    )
    providers = forms.MultipleChoiceField(
        label=gettext_lazy("With mailboxes at"),
        required=False,
        choices=Provider.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    before_rule = forms.BooleanField(
        label=gettext_lazy("Only those who had confirmed before the rule marked them"), required=False
    )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if not self.errors and not any(answers.values()):
            raise forms.ValidationError(_("Choose a time, a region, a provider, or who had confirmed before."))
        return answers


@require_http_methods(["GET", "POST"])
@permission_required("pledges.decide_quarantine", raise_exception=True)
def decision(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The page of a quarantine: a POST decides about all of it, or about a part."""
    quarantine, now = get_object_or_404(Quarantine, ref=ref), timezone.now()
    asked = request.POST.get("act", "")
    if asked in ("try-part", "release-part"):
        return _part(request, quarantine, asked == "release-part", now)
    act = ACTS.get(asked)
    if act is None:
        return _decision_page(request, quarantine, now)
    leaves_early = act is rules.invalidate and "all" not in request.POST and not quarantine.decided_at
    if leaves_early and groups.are_all_early(quarantine):
        messages.warning(request, _("Nothing was done. %s") % ALL_EARLY)
        return _decision_page(request, quarantine, now)
    try:
        with transaction.atomic():
            if leaves_early:
                _leave_out(request, quarantine)
            act(quarantine, staff(request), now)
        messages.success(request, DONE[asked])
    except rules.Conflict:
        messages.warning(request, _conflict_message(quarantine))
    return redirect("admin:pledges_quarantine_decision", ref)


def _leave_out(request: HttpRequest, quarantine: Quarantine) -> None:
    """Moves the signatures that were confirmed before the rule marked them into another group, which waits.

    Someone with the same network address as a robot has usually confirmed by then, and a decision about robots is not
    about that person.
    """
    if groups.split(quarantine, groups.BEFORE_RULE):
        message = _(
            "Those who had confirmed before the rule marked them are a group of their own now, and wait for a decision."
        )
        messages.info(request, message)


def _part(request: HttpRequest, quarantine: Quarantine, is_sure: bool, now: datetime) -> HttpResponse:
    """Shows how many signatures the part has; the second button splits it off and releases it."""
    form = PartForm(request.POST)
    if not form.is_valid():
        return _decision_page(request, quarantine, now, form)
    part = groups.Part(**form.cleaned_data | {"providers": tuple(form.cleaned_data["providers"])})
    tried = f"{part.until} {part.region} {part.providers} {part.before_rule}"
    if quarantine.decided_at:
        messages.warning(request, _conflict_message(quarantine))
        return redirect("admin:pledges_quarantine_decision", quarantine.ref)
    if not is_sure or request.POST.get("tried") != tried:
        found = groups.size(groups.signatures_in(quarantine, part))
        return _decision_page(request, quarantine, now, form, found=found, tried=tried)
    own = groups.split(quarantine, part)
    if own is None:
        messages.warning(request, _("There is no signature in this part. Nothing was done."))
        return redirect("admin:pledges_quarantine_decision", quarantine.ref)
    rules.release(own, staff(request), now)
    message = _(
        'The part is released. It is <a href="{}">a group of its own</a> now, and can be reopened for seven days.'
    )
    messages.success(request, format_html(message, reverse("admin:pledges_quarantine_decision", args=[own.ref])))
    return redirect("admin:pledges_quarantine_decision", quarantine.ref)


def _decision_page(
    request: HttpRequest, quarantine: Quarantine, now: datetime, form: PartForm | None = None, **tried: Any
) -> HttpResponse:
    decisions = QuarantineDecision.objects.filter(quarantine_ref=quarantine.ref)
    # In tens: someone who signs for another person with the trap filled in must not see whether it was confirmed.
    counts = {
        "asked": str(quarantine.pendings.count()),
        "confirmed": in_tens(quarantine.signatures.count()),
        "unconfirmed": in_tens(quarantine.pendings.filter(confirmed_on=None).count()),
    }
    context: dict[str, Any] = {
        "title": quarantine.get_kind_display(),
        "quarantine": quarantine,
        "all_early": ALL_EARLY,
        "now": now,
        "counts": counts,
        "statistics": groups.statistics(quarantine),
        "decisions": decisions.select_related("decided_by").order_by("-pk"),
        "others": Quarantine.objects.undecided().exclude(pk=quarantine.pk).order_by("opened_at", "pk"),
        "until": quarantine.reversible_until(retention.QUARANTINE_REVERSIBLE),
        "form": form or PartForm(),
        **tried,
    }
    return page(request, "pledges/quarantine/decision", **context)


def _conflict_message(quarantine: Quarantine) -> str:
    latest = groups.latest_decision(quarantine)
    if latest is None:
        return _("It has changed since you opened it. Nothing was done.")
    message = _("%(who)s decided before you (%(act)s), or the seven days are over. Nothing was done.")
    return message % {"who": latest.decided_by.get_short_name(), "act": latest.get_act_display()}


@admin.register(QuarantineDecision)
class QuarantineDecisionAdmin(RecordAdmin):
    list_display = ("decided_at", "act", "signatures_in_tens", "decider", "group")
    list_filter = ("act", "decided_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuarantineDecision]:
        groups = Quarantine.objects.filter(ref=OuterRef("quarantine_ref"))
        rows = super().get_queryset(request)
        return rows.annotate(
            group_kind=Subquery(groups.values("kind")[:1]), opened_at=Subquery(groups.values("opened_at")[:1])
        )

    @admin.display(description=gettext_lazy("group"))
    def group(self, decision: Any) -> str:
        """Why and when the quarantine was marked; it has no other name."""
        if decision.group_kind is None:
            return _("a group that is erased")
        kind = Quarantine.Kind(decision.group_kind).label
        return f"{kind}, {date_format(timezone.localtime(decision.opened_at), 'DATETIME_FORMAT')}"

    @admin.display(description=gettext_lazy("signatures"))
    def signatures_in_tens(self, decision: QuarantineDecision) -> str:
        return in_tens(decision.signatures)
