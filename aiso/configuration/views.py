"""The pages of the configuration: what is in force, the draft, and publishing it."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso import clock
from aiso.accounts.models import Role, User
from aiso.accounts.signed_in import signed_in
from aiso.errors import ConflictError, DomainError
from aiso.web import figures
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.forms import DayInput
from aiso.web.htmx import announce

from .actions import discard_draft, edit_draft, publish_draft, start_draft, withdraw_version
from .choices import reading_choices
from .editing import Editing
from .kinds import Kind, all_kinds, kind_of
from .models import ConfigurationVersion
from .permissions import can_edit_drafts, can_publish, can_read_drafts
from .reading import shown
from .reigns import reigns
from .shape import shaped

PEOPLE = ("published_by", "drafted_by", "changed_by", "withdrawn_by")
NAMED_LEADS = 5


class WithdrawForm(forms.Form):
    """Why a version that waits for its day is taken back."""

    reason = forms.CharField(label="Why", max_length=1000, widget=forms.Textarea({"rows": 2}))


class ReasonForm(forms.Form):
    """Why a version is published, and from when it holds."""

    reason = forms.CharField(
        label="Why",
        help_text="Everybody reads it beside the version, and in the history of what it changes.",
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
    )
    effective_from = forms.DateField(
        label="Holds from",
        help_text="Today, or a day to come: until then the version waits, and can be withdrawn.",
        required=False,
        widget=DayInput,
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def seen_at(self) -> datetime | None:
        try:
            return parse_datetime(self.cleaned_data["seen"])
        except ValueError:
            return None


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Which rules are there, and what is in force?"""
    viewer = signed_in(request)
    visible = ConfigurationVersion.objects.visible_to(viewer).select_related(*PEOPLE)
    in_force = {version.kind: version for version in visible.all_in_force()}
    drafts = {draft.kind: draft for draft in visible.drafts()}
    waiting = {version.kind: version for version in visible.waiting()}
    kinds = [(kind, *(each.get(kind.slug) for each in (in_force, waiting, drafts))) for kind in all_kinds()]
    context = {"kinds": kinds, "reads_drafts": can_read_drafts(viewer)}
    return render(request, "configuration/index.html", context)


@require_safe
@reading_choices()
def kind_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """What holds now, since when, and what was before?"""
    viewer, kind = signed_in(request), _kind(slug)
    versions = [*_versions(viewer, kind).published().defer("content")]
    version = _versions(viewer, kind).all_in_force().first()
    context = {
        "kind": kind,
        "version": version,
        "shown": version and shown(kind.shape, version.content),
        "versions": versions,
        "reigns": {reign.version: reign for reign in reigns(versions)},
        "waiting": [*_versions(viewer, kind).waiting()],
        "draft": _versions(viewer, kind).drafts().first(),
        "may_edit": can_edit_drafts(viewer),
    }
    return render(request, "configuration/kind.html", context)


@require_safe
@reading_choices()
def version_detail(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What did this version say, what did it change, and on which days does it hold?"""
    viewer, kind = signed_in(request), _kind(slug)
    version = get_object_or_404(_versions(viewer, kind).published(), number=number)
    context = _version_context(viewer, kind, version) | {"form": WithdrawForm()}
    return render(request, "configuration/version.html", context)


@require_POST
@reading_choices()
def version_withdraw(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Take back a version that waits for its day."""
    viewer, kind = signed_in(request), _kind(slug)
    version = get_object_or_404(_versions(viewer, kind).published(), number=number)
    form = WithdrawForm(request.POST)
    if attempt(form, lambda: withdraw_version(version, actor=viewer, reason=form.cleaned_data["reason"])):
        announce(request, f"Version {number} of {kind.title} is withdrawn.")
        return redirect("configuration:version_detail", slug, number)
    if not can_publish(viewer):
        raise PermissionDenied("An office lead for the whole company withdraws what waits.")
    context = _version_context(viewer, kind, version) | {"form": form}
    return render(request, "configuration/version.html", context, status=status_of(form))


def _version_context(viewer: User, kind: Kind, version: ConfigurationVersion) -> dict[str, Any]:
    published = _versions(viewer, kind).published()
    before = published.standing().filter(number__lt=version.number).order_by("-number").first()
    held = {reign.version: reign for reign in reigns(published.defer("content"))}
    reign = held.get(version)
    is_waiting = reign is not None and reign.first > clock.today()
    return {
        "kind": kind,
        "version": version,
        "before": before,
        "reign": reign,
        "is_waiting": is_waiting,
        "may_withdraw": is_waiting and can_publish(viewer),
        "lines": kind.differences(before.content, version.content) if before else None,
        "shown": shown(kind.shape, version.content),
    }


@require_POST
def draft_start(request: HttpRequest, slug: str) -> HttpResponse:
    start_draft(_kind(slug), actor=signed_in(request))
    return redirect("configuration:draft_edit", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@reading_choices()
def draft_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """What is the next version to say?"""
    viewer, kind = _drafter(request), _kind(slug)
    if request.method == "POST" and not can_edit_drafts(viewer):
        raise PermissionDenied("The office keeps the configuration, for the whole company.")
    draft = _versions(viewer, kind).drafts().first()
    if draft is None:
        return _no_draft(request, kind)
    editing = Editing(kind, draft, posted(request))
    if editing.is_saving and _saved(editing, viewer):
        announce(request, "Draft saved.")
        return redirect("configuration:draft_edit", slug)
    context = {"kind": kind, "draft": draft, "editing": editing, **_compared(kind, draft)}
    context |= {"may_edit": can_edit_drafts(viewer), "shown": shown(kind.shape, draft.content)}
    return render(request, "configuration/draft.html", context, status=editing.status)


@require_POST
def draft_discard(request: HttpRequest, slug: str) -> HttpResponse:
    viewer, kind = _drafter(request), _kind(slug)
    if not can_edit_drafts(viewer):
        raise PermissionDenied("The office keeps the configuration, for the whole company.")
    draft = _versions(viewer, kind).drafts().first()
    if draft is None:
        return _no_draft(request, kind)
    discard_draft(draft, actor=viewer)
    announce(request, f"The draft of {kind.title} is discarded.")
    return redirect("configuration:kind_detail", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@reading_choices()
def draft_publish(request: HttpRequest, slug: str) -> HttpResponse:
    """What changes, what follows from it, and why?"""
    viewer, kind = _drafter(request), _kind(slug)
    if request.method == "POST" and not can_publish(viewer):
        raise PermissionDenied("An office lead for the whole company publishes configuration.")
    draft = _versions(viewer, kind).drafts().first()
    if draft is None:
        return _no_draft(request, kind)
    form = ReasonForm(posted(request), initial={"seen": draft.changed_at.isoformat(), "effective_from": clock.today()})
    if version := attempt(form, lambda: _publish(form, draft, viewer)):
        announce(request, f"Version {version.number} of {kind.title} {_from_when(version)}.")
        return redirect("configuration:kind_detail", slug)
    context = {"kind": kind, "draft": draft, "form": form, **_compared(kind, draft), "problems": _problems(kind, draft)}
    context |= {"may_publish": can_publish(viewer), "leads": [] if can_publish(viewer) else _leads()}
    if context["lines"] and not context["problems"]:
        context["consequences"] = kind.consequences(context["base"], draft.content)
    return render(request, "configuration/publish.html", context, status=status_of(form))


def _publish(form: ReasonForm, draft: ConfigurationVersion, viewer: User) -> ConfigurationVersion:
    reason, day = form.cleaned_data["reason"], form.cleaned_data["effective_from"]
    return publish_draft(draft, actor=viewer, reason=reason, effective_from=day, seen=form.seen_at())


def _from_when(version: ConfigurationVersion) -> str:
    day = version.effective_from
    assert day is not None
    return "is in force" if day <= clock.today() else f"waits for {figures.day(day)}"


def _saved(editing: Editing, viewer: User) -> bool:
    """Whether the draft now says what was sent; else the page says why not."""
    if not editing.is_valid():
        return False
    try:
        edit_draft(editing.draft, actor=viewer, content=editing.content, seen=editing.seen)
    except ConflictError as conflict:
        editing.show_conflict(conflict)
    except DomainError as error:
        editing.refuse(str(error))
    except ValidationError as error:
        editing.refuse(" ".join(error.messages))
    else:
        return True
    return False


def _compared(kind: Kind, draft: ConfigurationVersion) -> dict[str, Any]:
    """The draft beside the version published last: the one in force, or one after it that waits for its day."""
    base_version = ConfigurationVersion.objects.all_latest().filter(kind=kind.slug).first()
    base = shaped(kind.shape, base_version.content if base_version else {})
    published = ConfigurationVersion.objects.published().filter(kind=kind.slug)
    last = published.aggregate(last=Max("number"))["last"] or 0
    return {
        "last": base_version,
        "last_waits": bool(base_version and not base_version.is_in_effect),
        "next": last + 1,
        "base": base,
        "lines": kind.differences(base, draft.content),
    }


def _problems(kind: Kind, draft: ConfigurationVersion) -> list[str]:
    """What keeps the draft from being published."""
    try:
        kind.publishable(draft.content)
    except ValidationError as error:
        return error.messages
    return []


def _no_draft(request: HttpRequest, kind: Kind) -> HttpResponse:
    announce(request, f"There is no draft of {kind.title}; it may have been published or discarded.")
    return redirect("configuration:kind_detail", kind.slug)


def _leads() -> list[User]:
    """Some of those who can publish, for whoever cannot."""
    everywhere = User.objects.active().filter(role_assignments__role=Role.OFFICE_LEAD, role_assignments__unit=None)
    return [*everywhere.distinct().order_by("name")[:NAMED_LEADS]]


def _drafter(request: HttpRequest) -> User:
    viewer = signed_in(request)
    if not can_read_drafts(viewer):
        raise PermissionDenied("Drafts are for the office and for auditors; what is in force, everybody reads.")
    return viewer


def _kind(slug: str) -> Kind:
    kind = kind_of(slug)
    if kind is None:
        raise Http404("No such configuration.")
    return kind


def _versions(viewer: User, kind: Kind) -> Any:
    return ConfigurationVersion.objects.visible_to(viewer).filter(kind=kind.slug).select_related(*PEOPLE)
