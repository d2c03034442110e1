"""The adoption of one workflow, as its page shows it: figures of three windows, the trend, and week by week."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import DateField, F
from django.http import QueryDict

from aiso.accounts.models import User
from aiso.accounts.permissions import can_manage_lists, can_see_administration
from aiso.web.keyset import Order, Page, page_of
from portfolio.models import Initiative, Workflow

from .adoption import Adoption, adoption_of
from .adoption_chart import Trend, trend_of
from .adoption_told import Told
from .models import AdoptionReading
from .permissions import can_record_adoption
from .weeks import last_weeks, week_name
from .worth import Window

PAGE = 26
# Weeks of the trend, and those that are offered to be filled.
WEEKS = 12
WINDOWS = (30, 60, 90)
BY_WEEK = Order(F("week_ends_on"), DateField(), descending=True)


@dataclass(frozen=True)
class WeekLine:
    """One week as a row shows it."""

    told: Told
    may_correct: bool

    @property
    def reading(self) -> AdoptionReading:
        return self.told.reading

    @property
    def week(self) -> str:
        return self.told.week


class AdoptionPage:
    """One person's view of it. Eight queries."""

    def __init__(self, workflow: Workflow, viewer: User, query: QueryDict) -> None:
        self.workflow, self.viewer, self.query = workflow, viewer, query

    @cached_property
    def windows(self) -> list[tuple[int, Adoption]]:
        return [(days, adoption_of(self.workflow, Window.of_days(days))) for days in WINDOWS]

    @property
    def quarter(self) -> Adoption:
        return self.windows[-1][1]

    @cached_property
    def may_record(self) -> bool:
        return can_record_adoption(self.viewer, self.workflow)

    @property
    def may_edit(self) -> bool:
        return can_manage_lists(self.viewer)

    @cached_property
    def page(self) -> Page[AdoptionReading]:
        place = {name: self.query.get(name, "") for name in ("after", "before")}
        return page_of(AdoptionReading.objects.current().filter(workflow=self.workflow), BY_WEEK, size=PAGE, **place)

    address = "?"

    @cached_property
    def rows(self) -> list[WeekLine]:
        return [WeekLine(Told.of(each), self.may_record) for each in self.page.rows]

    @cached_property
    def lately(self) -> dict[object, Told]:
        """The readings of the last weeks, by week."""
        rows = AdoptionReading.objects.current().of_weeks(last_weeks(WEEKS)).filter(workflow=self.workflow)
        return {each.week_ends_on: Told.of(each) for each in rows}

    @property
    def latest(self) -> Told | None:
        return max(self.lately.values(), key=lambda each: each.reading.week_ends_on, default=None)

    @property
    def missing(self) -> list[str]:
        """Those of the last weeks that nobody read, the newest first."""
        return [week_name(week) for week in last_weeks(WEEKS) if week not in self.lately]

    @property
    def trend(self) -> Trend:
        shares = {each.reading.week_ends_on: each.share for each in self.lately.values()}
        return trend_of(last_weeks(WEEKS)[::-1], shares)

    @cached_property
    def initiatives(self) -> list[Initiative]:
        """Those of the workflow that the viewer sees."""
        rows = Initiative.objects.visible_to(self.viewer).on_register().filter(workflow=self.workflow)
        return [*rows.only("pk", "name", "stage").order_by("pk")[:50]]


class AdoptionNote:
    """The adoption of an initiative's workflow in a few words, for its page. Two queries."""

    def __init__(self, workflow: Workflow) -> None:
        self.workflow = workflow
        self.adoption = adoption_of(workflow, Window.of_days(WINDOWS[-1]))
        rows = AdoptionReading.objects.current().filter(workflow=workflow)
        newest = rows.order_by("-week_ends_on").first()
        self.latest = Told.of(newest) if newest else None

    @property
    def week(self) -> str:
        return self.latest.week if self.latest else ""


class ReadingPage:
    """One reading with all that was said of its week before and after. Three queries."""

    def __init__(self, reading: AdoptionReading, viewer: User) -> None:
        self.reading, self.viewer = reading, viewer
        rows = AdoptionReading.objects.filter(workflow=reading.workflow_id, week_ends_on=reading.week_ends_on)
        # What was recorded later corrects what was before.
        self.said = [Told.of(each) for each in rows.with_retold().select_related("recorded_by").order_by("-pk")]

    @property
    def told(self) -> Told:
        return next(each for each in self.said if each.reading == self.reading)

    @property
    def week(self) -> str:
        return self.told.week

    @property
    def latest(self) -> AdoptionReading:
        return self.said[0].reading

    @property
    def is_latest(self) -> bool:
        return self.latest == self.reading

    @property
    def names_people(self) -> bool:
        """The office and auditors see who recorded it; whoever records is no secret of theirs, but might be of a
        confidential initiative.
        """
        return can_see_administration(self.viewer)

    @cached_property
    def may_correct(self) -> bool:
        return self.is_latest and can_record_adoption(self.viewer, self.reading.workflow)
