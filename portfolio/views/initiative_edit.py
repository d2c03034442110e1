"""Editing an initiative: the whole form, some fields of it, or one field in place."""

from dataclasses import dataclass
from functools import cached_property

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from aiso.accounts.signed_in import signed_in
from aiso.errors import ConflictError, DomainError
from aiso.web.htmx import announce, htmx_of, wants_partial

from .. import tables
from ..actions.assign_owners import assign_owners
from ..actions.edit_initiative import CLASSIFYING, EDITABLE, Change, edit_initiative
from ..facts import fact_link, label_of
from ..forms.initiative import GROUPS, WHOLE, InitiativeForm
from ..lane_facts import INPUTS
from ..models import Initiative
from ..models.initiative import OWNERS, PRIORITY_PARTS
from ..overview import lane_panel
from ..page import page_for, visible_initiative
from ..permissions import can_assign_owners, can_classify, can_edit, can_see_money
from ..undo import Deed, Edited, assigned, offer_undo, ownerships_held
from .conflict import form_context
from .initiative_tab import go_on

# Where a field can be edited, and what of the page the answer replaces there.
PLACES = {"cell": "closest td", "fact": "closest [data-fact]", "dialog": "#dialog"}
LABELS = {"owners": "Owners", "priority": "Priority"}


@require_http_methods(["GET", "HEAD", "POST"])
def initiative_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole form in one column, or with `?fields=` those fields of it."""
    editing = Editing(request, visible_initiative(request, pk), "")
    return _answer(editing)


@require_http_methods(["GET", "HEAD", "POST"])
def initiative_edit_field(request: HttpRequest, pk: int, field: str) -> HttpResponse:
    """One field, or the owners or priority parts together, in a cell, a fact, a dialog or on a page of its own."""
    if field not in (*EDITABLE, *GROUPS):
        raise Http404("No such field to edit.")
    return _answer(Editing(request, visible_initiative(request, pk), field))


@dataclass
class Editing:
    """A person editing some fields of an initiative in some place. `field` is empty for the whole form."""

    request: HttpRequest
    initiative: Initiative
    field: str

    @cached_property
    def place(self) -> str:
        if not wants_partial(self.request):
            return "page"
        asked = self.request.GET.get("place", "")
        has_room = self.field and not (asked == "fact" and self.is_of_owners)
        return asked if asked in PLACES and has_room else "dialog"

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The fields to edit, as far as the person may."""
        if self.field:
            return tuple(GROUPS.get(self.field, (self.field,)))
        asked = self.request.GET.get("fields", "")
        wanted = [name for name in asked.split(",") if name in WHOLE] or [*WHOLE]
        may_classify = can_classify(signed_in(self.request), self.initiative)
        return tuple(name for name in wanted if may_classify or name not in CLASSIFYING)

    @property
    def is_of_owners(self) -> bool:
        return self.names == OWNERS

    @property
    def label(self) -> str:
        if self.field in GROUPS:
            return LABELS[self.field]
        return label_of(self.names[0]) if len(self.names) == 1 else self.initiative.name

    @property
    def score(self) -> str:
        """The score, where its parts are edited: they are always shown together."""
        if self.names != PRIORITY_PARTS:
            return ""
        now = self.initiative.priority
        return (
            f"Score {now}, computed anew from the parts." if now else "The score follows once all five parts are rated."
        )

    @property
    def address(self) -> str:
        return self.request.get_full_path()

    @property
    def target(self) -> str:
        return PLACES.get(self.place, "")

    @property
    def is_inline(self) -> bool:
        return self.place in ("cell", "fact")

    @property
    def stands_on_overview(self) -> bool:
        """Whether the page that asks shows the initiative's overview."""
        htmx = htmx_of(self.request)
        shown = (htmx.current_url_abs_path or "") if htmx else ""
        return shown.partition("?")[0].partition("#")[0] == self.initiative.get_absolute_url()

    def check_rights(self) -> None:
        person = signed_in(self.request)
        may = can_assign_owners if self.is_of_owners else can_edit
        if not may(person, self.initiative):
            raise PermissionDenied("Its owners and the office change this initiative; the office can make you one.")
        if {*self.names} & {*CLASSIFYING} and not can_classify(person, self.initiative):
            raise PermissionDenied("Only the office moves an initiative to another unit or makes it confidential.")


def _answer(editing: Editing) -> HttpResponse:
    editing.check_rights()
    if editing.request.method == "POST":
        return _save(editing)
    if "show" in editing.request.GET and editing.is_inline:
        return HttpResponse(_drawn(editing))
    return _ask(editing, InitiativeForm(editing.initiative, editing.names))


def _save(editing: Editing) -> HttpResponse:
    form = InitiativeForm(editing.initiative, editing.names, editing.request.POST)
    if not form.is_valid():
        return _ask(editing, form, 422)
    changes = form.changes()
    try:
        deed = _store(editing, changes)
    except ConflictError as conflict:
        return _ask(editing, form.after(conflict), 409)
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return _ask(editing, form, 422)
    except ValidationError as error:
        form.add_error(None, error)
        return _ask(editing, form, 422)
    if changes:
        _tell(editing, deed, [*changes])
    return _show(editing)


def _store(editing: Editing, changes: dict[str, Change]) -> Deed:
    """Pass the changes to the action they belong to; returns how they are taken back."""
    initiative, actor = editing.initiative, signed_in(editing.request)
    reason = editing.request.POST.get("reason", "").replace("\0", "").strip()[:500]
    if not editing.is_of_owners:
        edit_initiative(initiative, actor=actor, changes=changes, reason=reason)
        return Edited(changes)
    before = ownerships_held(initiative)
    owners = {name.removesuffix("_owner"): change for name, change in changes.items()}
    assign_owners(initiative, actor=actor, owners=owners, reason=reason)
    return assigned(before, ownerships_held(initiative))


def _tell(editing: Editing, deed: Deed, names: list[str]) -> None:
    actor = signed_in(editing.request)
    what = label_of(names[0]) if len(names) == 1 else f"{len(names)} fields"
    address = offer_undo(editing.initiative, actor, deed)
    announce(editing.request, f"{editing.initiative.reference}: {what} saved.", undo=address)


def _ask(editing: Editing, form: InitiativeForm, status: int = 200) -> HttpResponse:
    context = form_context(form, editing.initiative) | {"editing": editing, "show_address": f"{editing.address}&show=1"}
    templates = {"page": "initiative_edit.html", "dialog": "initiative_edit.html#dialog"}
    template = templates.get(editing.place, "_edit_inline.html")
    return render(editing.request, f"portfolio/{template}", context, status=status)


def _show(editing: Editing) -> HttpResponse:
    """What stands in the form's place once the change is made."""
    if editing.place == "fact":
        page = page_for(editing.request, editing.initiative.pk)
        drawn = fact_link(page.initiative, editing.field)
        # The overview alone shows the lane's conditions.
        lane = lane_panel(page, swap=True) if editing.field in INPUTS and editing.stands_on_overview else ""
        context = {"page": page, "initiative": page.initiative, "swap": True}
        standing = render_to_string("portfolio/_standing.html", context, editing.request)
        return HttpResponse(drawn + standing + lane)
    if editing.place == "cell":
        return HttpResponse(_drawn(editing))
    return go_on(editing.request, editing.initiative, "portfolio:initiative_detail")


def _drawn(editing: Editing) -> SafeString:
    """The display of the field as it is now."""
    initiative = visible_initiative(editing.request, editing.initiative.pk)
    if editing.place == "fact":
        return fact_link(initiative, editing.field)
    column = editing.request.GET.get("column", "")
    shown = column if column in tables.COLUMNS else "name"
    return tables.cell_html(initiative, shown, sees_money=can_see_money(signed_in(editing.request), initiative))
