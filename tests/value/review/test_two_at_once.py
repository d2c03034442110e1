"""Two who record the same item of the value and risk review in the same moment."""

import pytest

from aiso import clock
from aiso.errors import DomainError
from aiso.events.models import Event
from forums.actions.live import record_item
from tests.at_once import both
from tests.stagegates.meetings.conftest import vote
from value.models import ReviewProposal

from .conftest import item_of
from .test_proposals import proposing


@pytest.fixture
def here(transactional_db, request):
    """What other threads see too."""
    return request.getfixturevalue


def test_one_of_two_records_a_proposal(here):
    meeting, running, voters = here("meeting"), here("running"), here("voters")
    item = item_of(meeting, "net_value_negative", key=f"net-{running.pk}", initiative=running, title="Negative")
    for person in voters:
        vote(item, person, on="Propose to terminate")
    secretary, now = here("secretary"), clock.now()

    def record(_: int) -> None:
        with clock.fixed_at(now):
            record_item(item, actor=secretary, data=proposing())

    assert both(record) == [DomainError.__name__, "done"]
    assert (ReviewProposal.objects.count(), Event.objects.filter(name="proposal.made").count()) == (1, 1)
