"""Whose word a bolder level needs over a blocking test or a regulated decision: the body that the matrix asks for, or,
where it asks for none, the one that decides at the next gate (DESIGN §5).
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from django.db.models import Q, QuerySet

from aiso import clock
from aiso.accounts.models import User
from forums.models import Forum, Membership
from portfolio.level_bodies import LevelBody
from portfolio.models import Initiative, LevelChoice
from portfolio.permissions import changes_nothing

from .deciding import alone_in, ranks, who_decides_on
from .matrix import duties_of
from .rules import matrix_in_force
from .separation import parties_to
from .situations import LEVELS, situations_of


class MatrixBodies:
    """What `portfolio.level_bodies` asks."""

    def asked_for(self, initiative: Initiative, level: str) -> LevelBody | None:
        """By the situation that the initiative would be in with the level."""
        situation = situations_of([initiative])[initiative.pk]
        boldest = max(filter(None, [situation.autonomy, level]), key=LEVELS.index)
        asked = duties_of(matrix_in_force(), replace(situation, autonomy=boldest), None, ranks())
        slug = asked.body or who_decides_on(initiative).body
        body = Forum.objects.filter(slug=slug).first()
        return LevelBody(body.slug, body.name) if body else None

    def may_speak(self, person: User, body: str, initiative: Initiative) -> bool:
        if changes_nothing(person) or person.is_service_account or person.pk in parties_to(initiative):
            return False
        least = Forum.objects.filter(slug=body).first()
        return least is not None and alone_in(person, least) is not None

    def speakers(self, body: str, initiative: Initiative) -> Iterable[User]:
        seats = _alone().filter(forum__slug=body)
        people: QuerySet[User] = User.objects.active().people().filter(pk__in=seats.values("person"))
        return people.exclude(pk__in=parties_to(initiative))

    def spoken_for_by(self, person: User) -> Collection[str]:
        return {*_alone().filter(person=person).values_list("forum__slug", flat=True)}

    def name_of(self, body: str) -> str:
        return Forum.objects.filter(slug=body).values_list("name", flat=True).first() or body


def asked_to_agree(person: User) -> "QuerySet[LevelChoice, int]":
    """The initiatives of which a bolder level waits for a body whose word the person gives: they see these also when
    confidential (DESIGN §8).
    """
    bodies = _alone().filter(person=person).values("forum__slug")
    return LevelChoice.objects.waiting().filter(body__in=bodies).values_list("initiative", flat=True)


def _alone() -> "QuerySet[Membership]":
    """The seats of today that speak for their body between meetings: chairs, and delegates."""
    seats: QuerySet[Membership] = Membership.objects.on(clock.today()).voting()
    return seats.filter(Q(forum__is_delegate=True) | Q(role=Membership.Role.CHAIR))
