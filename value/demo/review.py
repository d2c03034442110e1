"""The value and risk review of the demonstration: one that was held, and the coming one with a full agenda."""

from collections.abc import Mapping

from aiso.accounts.models import User
from forums.actions.agenda import fill_agenda
from forums.models import Forum


def tell_of_the_review(people: Mapping[str, User]) -> None:
    """Let the coming agenda fill itself."""
    meeting = Forum.objects.get(slug="value-and-risk-review").meetings.coming().first()
    if meeting:
        fill_agenda(meeting)
