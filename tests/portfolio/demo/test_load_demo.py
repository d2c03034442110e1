import csv
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from aiso import clock
from aiso.accounts.models import BusinessUnit, Role, User
from aiso.audit.models import ChangeContext
from aiso.events.models import Event
from portfolio.demo import staff, stories
from portfolio.management.commands import load_demo
from portfolio.models import Comment, Incident, IncidentDecision, Initiative, OutcomeMetric, StepDown, Tag
from tests.factories import make_person
from value.dashboard.asked import TREND, WINDOWS, Asked
from value.dashboard.reading import dashboard_of
from value.kept.recompute import recompute_marked

pytestmark = pytest.mark.django_db

# Records of the sample that the test loads: enough for some stories of each kind.
RECORDS = 90
SAMPLE = load_demo.SAMPLE
# The first two see what is confidential, the others do not.
READERS = ["office-lead", "auditor", "executive", "unit-executive", "finance-controller"]


@pytest.fixture(autouse=True)
def _small_portfolio(settings, tmp_path, monkeypatch):
    settings.VAR_DIR = tmp_path
    lines = load_demo.SAMPLE.read_text(encoding="utf-8-sig", errors="replace").splitlines(keepends=True)
    (tmp_path / "omb-2024.csv").write_text("".join(lines[: RECORDS + 1]), encoding="utf-8")
    monkeypatch.setattr(load_demo, "SAMPLE", tmp_path / "omb-2024.csv")


def run(name: str) -> str:
    out = StringIO()
    call_command(name, stdout=out)
    return out.getvalue()


def everything() -> list[int]:
    return [model.objects.count() for model in (User, Initiative, Event, Comment, OutcomeMetric, ChangeContext)]


def test_the_demo_has_somebody_in_each_role_and_stories_that_say_they_are_invented():
    told = run("load_demo")
    roles = {role for person in User.objects.all() for role in person.role_units}
    assert roles == {*Role.values}
    invented = Initiative.objects.filter(tags__name=stories.DEMO)
    assert invented.exists()
    told_of = invented.filter(intake=None)
    assert told_of.filter(business_owner__isnull=False, priority__isnull=False).count() == told_of.count()
    assert not Initiative.objects.exclude(tags__name=stories.DEMO).filter(business_owner__isnull=False).exists()
    assert f"“{stories.DEMO}”" in told
    assert Comment.objects.filter(mentions__isnull=False).exists()
    assert [*Incident.objects.order_by("pk").values_list("severity", "state")] == [
        *(("severe", "contained"), ("moderate", "reviewed")),
    ]
    stepped = StepDown.objects.filter(because__startswith="Severe incident").count()
    assert stepped == IncidentDecision.objects.exclude(step=None).count()
    hidden, people = Initiative.objects.get(is_confidential=True), staff.hired()
    assert [name for name in READERS if Initiative.objects.visible_to(people[name]).contains(hidden)] == READERS[:2]


def test_its_dashboard_has_whole_trends_also_of_one_unit(monkeypatch):
    """Of records from all over the file, each with a story."""
    with SAMPLE.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        head, *records = csv.reader(file)
    with load_demo.SAMPLE.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *records[3::40]])
    monkeypatch.setattr(stories, "SHARE", 1)
    run("load_demo")
    recompute_marked()

    people = staff.hired()
    for days in WINDOWS:
        trends = dashboard_of(people["executive"], Asked(days, clock.today())).trends
        launched = trends.pop("lead_time").values
        assert launched[-1] is not None
        for name, trend in trends.items():
            assert None not in trend.values, (days, name)
    asked = Asked(90, clock.today())
    whole, part = (dashboard_of(people[name], asked).trends["net_value"] for name in ("executive", "unit-executive"))
    assert len([*filter(None, part.values)]) == TREND
    assert part.values != whole.values
    unit = BusinessUnit.objects.get(name=staff.UNIT, parent=None)
    assert people["unit-executive"].role_units == {Role.EXECUTIVE: {*BusinessUnit.objects.and_below([unit.pk])}}


def test_a_second_run_changes_nothing():
    run("load_demo")
    before = everything()
    assert run("load_demo") == ""
    assert everything() == before


def test_a_run_that_broke_off_is_finished_by_the_next(monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(stories, "tell_stories", lambda: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            run("load_demo")
    assert not Event.objects.filter(name=load_demo.TOLD).exists()
    count = Initiative.objects.count()
    run("load_demo")
    assert Event.objects.filter(name=load_demo.TOLD).count() == 1
    # Those of the file, which holds none that is confidential.
    assert Initiative.objects.filter(intake=None, is_confidential=False).count() == count


def test_each_role_signs_in_with_the_printed_password(client, settings):
    staff.hire()
    printed = run("demo_signins")
    password = (settings.VAR_DIR / staff.PASSWORD_FILE).read_text()
    assert password in printed
    assert (settings.VAR_DIR / staff.PASSWORD_FILE).stat().st_mode & 0o777 == 0o600
    for invented in staff.STAFF:
        assert invented.email in printed
    client.post(reverse("account_login"), {"login": "auditor@example.org", "password": password})
    assert client.session["_auth_user_id"] == str(User.objects.get(email="auditor@example.org").pk)


def test_a_lost_password_is_made_up_anew(settings):
    staff.hire()
    (settings.VAR_DIR / staff.PASSWORD_FILE).unlink()
    staff.hire()
    password, is_new = staff.demo_password()
    assert not is_new
    assert User.objects.get(email=staff.LEAD.email).check_password(password)


def test_production_takes_no_demo(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        run("load_demo")
    assert not User.objects.exists()


def test_an_installation_with_people_of_its_own_takes_no_demo():
    make_person("Somebody Real")
    with pytest.raises(CommandError, match="people of its own"):
        run("load_demo")
    assert User.objects.count() == 1


def test_no_signins_without_a_demo():
    with pytest.raises(CommandError, match="no demonstration"):
        run("demo_signins")


def test_the_service_account_of_the_demo_has_no_password():
    staff.hire()
    assert not User.objects.get(email=staff.PROGRAM.email).has_usable_password()
    assert not Tag.objects.filter(name=stories.DEMO).exists()
