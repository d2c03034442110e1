"""The directory: who is here, in which role, and the account of each."""

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso.audit.history import History, Told, history_of
from aiso.errors import DomainError
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.forms import person_text
from aiso.web.htmx import announce, wants_partial

from ..actions import (
    add_service_account,
    deactivate_person,
    edit_person,
    grant_role,
    invite_again,
    invite_person,
    reactivate_person,
    revoke_role,
)
from ..belongings import all_belongings
from ..forms import FilterForm, InviteForm, PersonForm, ReasonForm, RoleForm, ServiceAccountForm, TokenForm
from ..models import ApiToken, RoleAssignment, User
from ..people import people_counts, people_found, people_page
from ..permissions import can_make_tokens, can_manage_people, can_see_administration
from ..signed_in import signed_in
from .profile import tokens_shown

# Changes told on the person's page; the rest is a click away.
LATEST = 5


@require_safe
def people_list(request: HttpRequest) -> HttpResponse:
    """Who is here, and in which role?"""
    viewer = _overseer(request)
    form = FilterForm(request.GET)
    chosen = form.chosen()
    page = people_page(viewer, chosen, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    kept = request.GET.copy()
    for passing in ("after", "before"):
        kept.pop(passing, None)
    context = {
        "form": form,
        "page": page,
        "counts": people_counts(viewer),
        "is_filtered": any(chosen.values()),
        "kept": kept.urlencode(),
        "may_manage": can_manage_people(viewer),
    }
    template = "accounts/people.html" + ("#people" if wants_partial(request) else "")
    return render(request, template, context)


@require_safe
def person_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What is this person to the office?"""
    viewer = _overseer(request)
    return show_person(request, _person(viewer, pk), RoleForm())


@require_safe
def person_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Who changed this account, and who gave or took its roles?"""
    person = _person(_overseer(request), pk)
    history = _history(person, after=request.GET.get("after", ""))
    return render(request, "accounts/person_history.html", {"person": person, "history": history})


@require_http_methods(["GET", "HEAD", "POST"])
def person_invite(request: HttpRequest) -> HttpResponse:
    """Who is new?"""
    actor = _manager(request)
    form = InviteForm(posted(request))
    if person := attempt(form, lambda: _invite(form, actor)):
        announce(request, f"{person} is invited: a mail to {person.email} is on its way.")
        return redirect("accounts:person_detail", person.pk)
    return render(request, "accounts/person_invite.html", {"form": form}, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def service_account_add(request: HttpRequest) -> HttpResponse:
    """Which program is new?"""
    actor = _manager(request)
    form = ServiceAccountForm(posted(request))
    if account := attempt(form, lambda: add_service_account(actor=actor, **form.cleaned_data)):
        announce(request, f"Service account {account} added.")
        return redirect("accounts:person_detail", account.pk)
    return render(request, "accounts/service_account_add.html", {"form": form}, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def person_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is this, rightly?"""
    actor = _manager(request)
    person = _person(actor, pk)
    form = PersonForm(person, posted(request))
    if saved := attempt(form, lambda: edit_person(person, actor=actor, seen=form.seen(), **form.cleaned_data)):
        announce(request, f"{saved} saved.")
        return redirect("accounts:person_detail", pk)
    return render(request, "accounts/person_edit.html", {"form": form, "person": person}, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def person_deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """What will happen when this account is switched off?"""
    actor = _manager(request)
    person = _person(actor, pk)
    form = ReasonForm(posted(request))
    if attempt(form, lambda: deactivate_person(person, actor=actor, **form.cleaned_data)):
        announce(request, f"{person} is deactivated and signed out.")
        return redirect("accounts:person_detail", pk)
    context = {"form": form, "person": person, "belongings": _belongings(actor, person)}
    return render(request, "accounts/person_deactivate.html", context, status=status_of(form))


@require_POST
def person_reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    actor = _manager(request)
    person = _person(actor, pk)
    try:
        reactivate_person(person, actor=actor)
    except DomainError as error:
        return show_person(request, person, RoleForm(), refusal=str(error))
    announce(request, f"{person} is active again.")
    return redirect("accounts:person_detail", pk)


@require_POST
def person_invite_again(request: HttpRequest, pk: int) -> HttpResponse:
    actor = _manager(request)
    person = _person(actor, pk)
    try:
        invite_again(person, actor=actor)
    except DomainError as error:
        return show_person(request, person, RoleForm(), refusal=str(error))
    announce(request, f"Another mail to {person.email} is on its way.")
    return redirect("accounts:person_detail", pk)


@require_POST
def role_grant(request: HttpRequest, pk: int) -> HttpResponse:
    actor = _manager(request)
    person = _person(actor, pk)
    form = RoleForm(request.POST)
    if granted := attempt(form, lambda: grant_role(person, actor=actor, **form.cleaned_data)):
        announce(request, f"Role given to {person}: {granted}.")
        return redirect("accounts:person_detail", pk)
    return show_person(request, person, form)


@require_POST
def role_revoke(request: HttpRequest, pk: int, role_pk: int) -> HttpResponse:
    actor = _manager(request)
    person = _person(actor, pk)
    assignment = get_object_or_404(person.role_assignments, pk=role_pk)
    label = str(assignment)
    try:
        revoke_role(assignment, actor=actor)
    except DomainError as error:
        return show_person(request, person, RoleForm(), refusal=str(error))
    announce(request, f"Role taken from {person}: {label}.")
    return redirect("accounts:person_detail", pk)


@require_safe
def person_search(request: HttpRequest) -> HttpResponse:
    """People for the person picker, as its script reads them."""
    found = people_found(signed_in(request), request.GET.get("q", ""))
    results = [{"value": person_text(each), "label": each.name, "note": _note(each)} for each in found]
    return JsonResponse({"results": results})


def _note(person: User) -> str:
    return ", ".join(part for part in (person.job_title, person.unit.name if person.unit else "") if part)


@transaction.atomic
def _invite(form: InviteForm, actor: User) -> User:
    asked = form.cleaned_data
    person = invite_person(
        actor=actor, email=asked["email"], name=asked["name"], job_title=asked["job_title"], unit=asked["unit"]
    )
    if asked["role"]:
        grant_role(person, actor=actor, role=asked["role"], unit=asked["role_unit"])
    return person


def _overseer(request: HttpRequest) -> User:
    viewer = signed_in(request)
    if not can_see_administration(viewer):
        raise PermissionDenied("The office keeps people and units; auditors read them.")
    return viewer


def _manager(request: HttpRequest) -> User:
    actor = signed_in(request)
    if not can_manage_people(actor):
        raise PermissionDenied("An office lead for the whole company manages people and their roles.")
    return actor


def _person(viewer: User, pk: int) -> User:
    person: User = get_object_or_404(User.objects.visible_to(viewer).select_related("unit__parent"), pk=pk)
    return person


def _belongings(viewer: User, person: User) -> list[str]:
    return [drawn for each in all_belongings() if (drawn := each.draw(viewer, person))]


def _history(person: User, *, after: str = "", size: int = 50) -> History:
    roles = Told(RoleAssignment, says=str, hide=("role", "unit"))
    tokens = Told(ApiToken, hide=("name", "made_by", "made_at"))
    return history_of(person, [roles, tokens], after=after, size=size)


def show_person(
    request: HttpRequest,
    person: User,
    form: RoleForm | None = None,
    *,
    refusal: str = "",
    token_form: TokenForm | None = None,
    made: tuple[ApiToken, str] | None = None,
) -> HttpResponse:
    """A person's page, with what came of the form that was sent."""
    viewer = signed_in(request)
    form = form or RoleForm()
    person.refresh_from_db()
    context = {
        "person": person,
        "roles": person.role_assignments.select_related("unit"),
        "belongings": _belongings(viewer, person),
        "history": _history(person, size=LATEST),
        "has_two_steps": Authenticator.objects.filter(user=person).exists(),
        "may_manage": can_manage_people(viewer),
        "form": form,
        "refusal": refusal,
        "history_address": reverse("accounts:person_history", args=[person.pk]),
    }
    if person.is_service_account and can_make_tokens(viewer, person):
        context |= tokens_shown(person, token_form, made)
    status = 409 if refusal else status_of(token_form or form)
    return render(request, "accounts/person.html", context, status=status)
