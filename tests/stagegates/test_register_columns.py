"""The register's columns of gates: the next one, and how the open review stands; on the page and in files."""

import csv
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aiso import clock
from portfolio.models import Initiative, Lane
from portfolio.tables import STANDING
from stagegates.models import SignOff
from tests.factories import make_initiative
from tests.stagegates.sign_offs.factories import make_review, sign_off_of

pytestmark = pytest.mark.django_db
PAGE, FILE = "portfolio:register", "portfolio:register_export"
ASKED = {"col": ["next_gate", "review"]}


@pytest.fixture
def some(office_member) -> dict[str, Initiative]:
    """One in each state of a review."""
    names = ("Untouched", "Prepared", "Waiting", "Objected", "Ready", "Ended")
    found = {name: make_initiative(name, stage="closed" if name == "Ended" else "pilot") for name in names}
    with clock.fixed_at(clock.now().replace(year=2027, month=11, day=3, hour=12)):
        make_review(found["Prepared"], office_member, "legal")
        submitted = {"submitted_by": office_member, "submitted_at": clock.now()}
        for name in ("Waiting", "Objected", "Ready"):
            make_review(found[name], office_member, "legal", "security", **submitted)
    for name in ("Objected", "Ready"):
        review = found[name].reviews.get()
        review.sign_offs.update(state=SignOff.State.ANSWERED)
        if name == "Objected":
            object_to(sign_off_of(review, "legal"), office_member)
    return found


def object_to(sign_off: SignOff, person) -> None:
    answer = sign_off.answers.create(
        initiative=sign_off.review.initiative,
        verdict="object",
        reason="No.",
        answered_by=person,
        seal="0" * 64,
        copy=[],
    )
    SignOff.objects.filter(pk=sign_off.pk).update(answer=answer)


@pytest.fixture
def signed_in(client, office_member):
    client.force_login(office_member)
    return client


def told(client, **query) -> dict[str, list[str]]:
    response = client.get(reverse(FILE), {"format": "csv", **ASKED, **query})
    header, *rows = csv.reader(StringIO(b"".join(response.streaming_content).decode("utf-8-sig")))
    assert header == ["Reference", "Initiative", "Next gate", "Review state"]
    return {name: cells for _, name, *cells in rows}


def test_files_tell_the_next_gate_and_how_its_review_stands(signed_in, some):
    assert told(signed_in) == {
        "Untouched": ["Production fit", "None"],
        "Prepared": ["Production fit", "Being prepared since 3 Nov 2027"],
        "Waiting": ["Production fit", "In review since 3 Nov 2027, 2 sign-offs open"],
        "Objected": ["Production fit", "In review since 3 Nov 2027, legal objects"],
        "Ready": ["Production fit", "Ready to decide"],
        "Ended": ["None: closed", "None"],
    }


def test_before_pilot_the_fast_lane_has_one_gate(signed_in):
    fast = make_initiative("Fast", stage="discovery")
    Initiative.objects.filter(pk=fast.pk).update(lane=Lane.FAST)
    make_initiative("Full", stage="discovery")
    assert told(signed_in)["Fast"][0] == "Data fit and autonomy fit"
    assert told(signed_in)["Full"][0] == "Data fit"


def test_the_page_leads_to_the_review_or_to_the_gates(signed_in, some):
    page = signed_in.get(reverse(PAGE), ASKED).content.decode()
    assert f'<a href="{some["Ready"].reviews.get().get_absolute_url()}">Production fit</a>' in page
    assert f'<a href="/initiatives/{some["Untouched"].reference}/gates/#tab">Production fit</a>' in page
    assert "In review since 3\N{NO-BREAK SPACE}Nov\N{NO-BREAK SPACE}2027, 2 sign-offs open" in page
    assert not {"next_gate", "review"} & {*STANDING}


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ("none", {"Untouched", "Ended"}),
        ("gathering", {"Prepared"}),
        ("submitted", {"Waiting", "Objected"}),
        ("ready", {"Ready"}),
    ],
)
def test_it_is_narrowed_by_the_state_of_the_review(signed_in, some, state, found):
    assert {*told(signed_in, review=state)} == found
    register = signed_in.get(reverse(PAGE), {"review": state}).context["register"]
    assert ({row.name for row in register.page.rows}, register.count) == (found, len(found))


def test_gates_come_in_the_order_of_stages(signed_in):
    for stage in ("build", "intake", "limited_rollout"):
        make_initiative(stage, stage=stage)
    register = signed_in.get(reverse(PAGE), {**ASKED, "order": "stage"}).context["register"]
    assert [row.gates_told.gate for row in register.page.rows] == ["Workflow fit", "Autonomy fit", "Value fit"]


def test_it_costs_the_same_however_many(signed_in, some, office_member):
    address = reverse(PAGE)
    for ask in (lambda: signed_in.get(address, ASKED), lambda: told(signed_in)):
        counts = []
        for _ in range(2):
            ask()
            with CaptureQueriesContext(connection) as queries:
                ask()
            counts.append(len(queries))
            for _ in range(5):
                make_review(make_initiative(stage="pilot"), office_member, "legal", "security")
        assert counts[0] == counts[1]


def test_a_cell_by_itself_tells_it_too(signed_in, some):
    """What stands in the address of a cell's edit may be any column."""
    address = f"/initiatives/{some['Ready'].reference}/edit/bucket/?place=cell&column=review&show=1"
    answer = signed_in.get(address, headers={"hx-request": "true"})
    assert answer.content.decode() == "Ready to decide"
