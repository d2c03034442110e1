"""The rules by which costs are shared, and shared costs: posted, told, taken back whole."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from aiso import clock
from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce

from ..actions.sharing import add_sharing_rule, post_shared_cost, reverse_shared_cost, revise_sharing_rule
from ..forms.ledger import CostForm, WhyForm
from ..forms.sharing import SharingRuleForm, SharingVersionForm
from ..models import SharedCost, SharingRule, SharingVersion
from ..models.sharing import reads_sharing
from ..permissions import (
    KEEPING_SHARING,
    READING_SHARING,
    SHARING,
    can_keep_sharing,
    can_share,
)
from ..shared_pages import CostTold, may_post_shared, told_versions

# Shared costs that the page of a rule lists.
LATEST = 20


@require_safe
def sharing_rules(request: HttpRequest) -> HttpResponse:
    """By which rules are costs shared?"""
    _check_reader(request)
    person = signed_in(request)
    versions = {each.rule_id: each for each in SharingVersion.objects.on(clock.today())}
    rows = [(rule, versions.get(rule.pk)) for rule in SharingRule.objects.visible_to(person)]
    return render(request, "value/sharing_rules.html", {"rows": rows, "may_keep": can_keep_sharing(person)})


@require_http_methods(["GET", "HEAD", "POST"])
def sharing_rule_add(request: HttpRequest) -> HttpResponse:
    """Which rule is missing?"""
    actor = signed_in(request)
    if not can_keep_sharing(actor):
        raise PermissionDenied(KEEPING_SHARING)
    form = SharingRuleForm(actor, posted(request))
    if rule := attempt(form, lambda: add_sharing_rule(actor=actor, **form.cleaned_data)):
        announce(request, f"“{rule}” holds.")
        return redirect(rule)
    return render(request, "value/sharing_form.html", {"form": form}, status=status_of(form))


@require_safe
def sharing_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Who bears which share, and what was shared by it?"""
    rule, person = _rule(request, pk), signed_in(request)
    costs = SharedCost.objects.told_to(person).filter(version__rule=rule).select_related("recorded_by")
    context = {
        "rule": rule,
        "versions": told_versions(rule, person),
        "costs": costs[:LATEST],
        "may_keep": can_keep_sharing(person),
        "may_post": may_post_shared(rule, person),
    }
    return render(request, "value/sharing_rule.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def sharing_rule_revise(request: HttpRequest, pk: int) -> HttpResponse:
    """What does it say from which day on?"""
    rule, actor = _rule(request, pk), signed_in(request)
    if not can_keep_sharing(actor):
        raise PermissionDenied(KEEPING_SHARING)
    last = rule.versions.prefetch_related("parts__initiative").first()
    form = SharingVersionForm(actor, last, posted(request))
    if attempt(form, lambda: revise_sharing_rule(rule, actor=actor, **form.cleaned_data)):
        announce(request, "Written. What was posted before stays as it is.")
        return redirect(rule)
    return render(request, "value/sharing_form.html", {"form": form, "rule": rule}, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def shared_cost_post(request: HttpRequest, pk: int) -> HttpResponse:
    """Which cost is shared by this rule?"""
    rule, actor = _rule(request, pk), signed_in(request)
    if not may_post_shared(rule, actor):
        raise PermissionDenied(SHARING)
    form = CostForm(posted(request))
    if cost := attempt(form, lambda: post_shared_cost(rule, form.asked(), actor=actor)):
        announce(request, "Posted.")
        return redirect(cost)
    return render(request, "value/shared_cost_form.html", {"form": form, "rule": rule}, status=status_of(form))


@require_safe
def shared_cost(request: HttpRequest, pk: int) -> HttpResponse:
    """What was shared, by which shares, and what of it is one's own?"""
    told = CostTold(_cost(request, pk), signed_in(request))
    context = {"told": told, "cost": told.cost, "may_read_rule": reads_sharing(request.user)}
    return render(request, "value/shared_cost.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def shared_cost_reverse(request: HttpRequest, pk: int) -> HttpResponse:
    """What was wrong with it?"""
    cost, actor = _cost(request, pk), signed_in(request)
    told = CostTold(cost, actor)
    if not can_share(actor, told.initiatives):
        raise PermissionDenied(SHARING)
    form = WhyForm(posted(request))
    if attempt(form, lambda: reverse_shared_cost(cost, actor=actor, **form.cleaned_data)):
        announce(request, "Reversed, with all its parts.")
        return redirect(cost)
    context = {"form": form, "cost": cost, "told": told}
    return render(request, "value/shared_cost_form.html", context, status=status_of(form))


def _check_reader(request: HttpRequest) -> None:
    if not reads_sharing(request.user):
        raise PermissionDenied(READING_SHARING)


def _rule(request: HttpRequest, pk: int) -> SharingRule:
    _check_reader(request)
    found: SharingRule = get_object_or_404(SharingRule.objects.visible_to(signed_in(request)), pk=pk)
    return found


def _cost(request: HttpRequest, pk: int) -> SharedCost:
    rows = SharedCost.objects.visible_to(signed_in(request)).select_related("version__rule", "recorded_by")
    found: SharedCost = get_object_or_404(rows, pk=pk)
    return found
