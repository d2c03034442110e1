"""The queue of sign-offs with 5,000 open ones, whatever the size of the register."""

from datetime import timedelta

from django.test import Client

from aiso import clock
from aiso.accounts.models import Role, RoleAssignment, User
from aiso.configuration.models import ConfigurationVersion
from aiso.web.keyset import _write
from portfolio.models import Initiative, Lane, Stage
from stagegates.models import GateReview, ReviewFunction, SignOff
from stagegates.rules import GATES, MATRIX, RIGHTS
from stagegates.sign_off_queue import OLDEST_BREACH

from .measure import Ask

OPEN = 5_000
FUNCTIONS = ("legal", "security", "risk", "privacy")
TIERS = ("low", "moderate", "high", "critical")


def sign_off_asks() -> dict[str, Ask]:
    """Each page by its name in the report, as a legal reviewer of the whole company."""
    _seed_sign_offs()
    reviewer = User.objects.create_user("lex@example.org", name="Lena Lex")
    RoleAssignment.objects.create(person=reviewer, role=Role.LEGAL_REVIEWER)
    client = Client()
    client.force_login(reviewer)
    rows = OLDEST_BREACH.apply(SignOff.objects.all())
    deep = _write(rows[OPEN * 4 // 5])
    seen = SignOff.objects.filter(function__slug="legal", review__initiative__is_confidential=False)
    mine = [*seen.order_by("pk").values_list("pk", flat=True)[:100]]
    return {
        "sign-offs, one’s own": lambda n: client.get("/sign-offs/"),
        "sign-offs, everybody’s": lambda n: client.get("/sign-offs/?whose=all"),
        "sign-offs, deep page": lambda n: client.get(f"/sign-offs/?whose=all&after={deep}"),
        "sign-offs, filtered": lambda n: client.get(
            f"/sign-offs/?whose=all&due=late&function={FUNCTIONS[n % 4]}&tier={TIERS[n // 4 % 4]}"
        ),
        "one sign-off": lambda n: client.get(f"/sign-offs/{mine[n % 100]}/"),
    }


def _seed_sign_offs() -> None:
    """Reviews of as many initiatives as it takes, their clocks spread over sixty days around today."""
    functions = [*ReviewFunction.objects.filter(slug__in=FUNCTIONS)]
    rules = {kind: ConfigurationVersion.objects.in_force(kind) for kind in (GATES, MATRIX, RIGHTS)}
    opener = User.objects.get(email="office@example.org")
    initiatives = Initiative.objects.order_by("pk").values_list("pk", flat=True)[: OPEN // len(functions)]
    reviews = GateReview.objects.bulk_create(
        GateReview(
            initiative_id=pk,
            gates=["production-fit"],
            lane=Lane.FULL,
            to_stage=Stage.LIMITED_ROLLOUT,
            gates_version=rules[GATES],
            matrix_version=rules[MATRIX],
            rights_version=rules[RIGHTS],
            opened_by=opener,
        )
        for pk in initiatives
    )
    today, now = clock.today(), clock.now()
    SignOff.objects.bulk_create(
        SignOff(
            review=review,
            function=function,
            state=SignOff.State.OPEN,
            clock_days=5,
            started_at=now,
            due_on=today + timedelta(days=(number * 7) % 60 - 30),
        )
        for number, review in enumerate(reviews)
        for function in functions
    )
