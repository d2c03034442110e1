"""What an initiative asks of specialists, on its page; and what waits for those who answer."""

from collections.abc import Iterator

from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse

from aiso.accounts.models import User
from aiso.web import figures
from aiso.web.navigation import Entry, register_entry
from aiso.web.work import WorkItem, register_work
from portfolio.page import InitiativePage
from portfolio.panels import Panel, register_panel

from .capacity import Board, Cell
from .models import SpecialistRequest
from .permissions import can_answer_request

# Rows of one kind at most.
MOST = 100


def register_capacity() -> None:
    """Its way in, its panel and its work."""
    register_entry(
        Entry(
            "Capacity",
            "users",
            "stagegates:capacity",
            section="portfolio",
            order=60,
            about="Hours that initiatives ask of specialists, against the hours there are.",
        )
    )
    register_panel(Panel("specialists", "aside", specialists_panel, order=30))
    register_work("specialists", requests_to_answer)


def specialists_panel(page: InitiativePage) -> str:
    """The hours asked for, and whether the people have them. One query, four where there are requests."""
    requests = [*page.initiative.specialist_requests.standing().select_related("function")]
    if not requests and not (page.may_edit and page.is_active):
        return ""
    cells = _cells() if requests else {}
    lines = [(each, _short(each, cells)) for each in requests]
    context = {"page": page, "initiative": page.initiative, "lines": lines}
    return render_to_string("stagegates/_specialists.html", context, request=page.request)


def requests_to_answer(person: User) -> Iterator[WorkItem]:
    """A row for each request that the person can answer."""
    waiting = SpecialistRequest.objects.visible_to(person).waiting().exclude(asked_by=person)
    rows = waiting.filter(_of_functions(person)).select_related("function", "initiative").order_by("asked_at")
    for each in rows[:MOST]:
        if can_answer_request(person, each):
            hours = figures.measured(each.hours)
            yield WorkItem(
                what=f"{each.function} is asked for {hours} hours a month for",
                url=reverse("stagegates:capacity_month", args=[each.function.slug, f"{each.first_month:%Y-%m}"]),
                verb="Answer",
                icon="users",
                note=each.purpose,
                initiative=str(each.initiative),
                initiative_url=each.initiative.get_absolute_url(),
                since=figures.local_date(each.asked_at),
            )


def _of_functions(person: User) -> Q:
    held = [*person.role_units]
    return Q(function__role__in=held) | Q(function__memberships__person=person, function__memberships__ended_on=None)


def _cells() -> dict[tuple[int, str], Cell]:
    return {(row.function.pk, f"{cell.month:%Y-%m}"): cell for row in Board().rows for cell in row.cells}


def _short(request: SpecialistRequest, cells: dict[tuple[int, str], Cell]) -> Cell | None:
    """The first month of the request in which its people are asked for more than they have."""
    for (function, _), cell in cells.items():
        within = request.first_month <= cell.month <= request.last_month
        if function == request.function_id and within and cell.state == "over":
            return cell
    return None
