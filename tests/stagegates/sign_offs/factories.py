"""A review with sign-offs, written past the pages that open one."""

from datetime import UTC, datetime

from aiso import clock
from aiso.accounts.models import User
from aiso.configuration.models import ConfigurationVersion
from portfolio.models import Initiative, Lane, Stage
from stagegates.actions.answer_sign_off import answer_sign_off
from stagegates.actions.sign_offs import begin_sign_offs
from stagegates.matrix import AskedBy
from stagegates.models import GateReview, Requirement, SignOff, SignOffAnswer
from stagegates.rules import GATES, MATRIX, RIGHTS
from standards.actions.answer_checklist import complete_checklist
from standards.checklist import Item
from standards.models import ChecklistAnswer, Standard
from standards.sheets import sheet_of

# A Monday in the morning, with four working days to come; British Summer Time is over.
MONDAY = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
RULE = AskedBy(GATES, "production-fit", "Production fit", 1)


def make_review(
    initiative: Initiative,
    opened_by: User,
    *functions: str,
    requirements: tuple[Requirement, ...] = (),
    **fields: object,
) -> GateReview:
    """An open review at production fit that asks some functions, with requirements of its own."""
    rules = {kind: ConfigurationVersion.objects.in_force(kind) for kind in (GATES, MATRIX, RIGHTS)}
    told = {"gates": ["production-fit"], "lane": Lane.FULL, "to_stage": Stage.LIMITED_ROLLOUT, "opened_at": clock.now()}
    review = GateReview.objects.create(
        initiative=initiative,
        opened_by=opened_by,
        gates_version=rules[GATES],
        matrix_version=rules[MATRIX],
        rights_version=rules[RIGHTS],
        **told | fields,
    )
    for requirement in requirements:
        requirement.review = review
        requirement.save()
    begin_sign_offs(review, {function: [RULE] for function in functions})
    return review


def assessment(slug: str, *functions: str) -> Requirement:
    return Requirement(
        code=f"assessment/{slug}",
        gate="production-fit",
        text=slug.replace("-", " ").capitalize(),
        evidence=Requirement.Evidence.ASSESSMENT,
        subject=slug,
        functions=[*functions],
        asked_by=[RULE.stored()],
    )


def sign_off_of(review: GateReview, function: str) -> SignOff:
    return review.sign_offs.select_related("function", "answer", "review__initiative").get(function__slug=function)


def answered(review: GateReview, function: str, actor: User, **fields: object) -> SignOffAnswer:
    sign_off = sign_off_of(review, function)
    told = {"verdict": "approve", "reason": "Looked at; nothing against it.", "replaces": sign_off.answer_id}
    return answer_sign_off(sign_off, actor=actor, **told | fields)


def answer_all(initiative: Initiative, by: User, slug: str, **answers: str) -> None:
    """Answer every question of an assessment, some as told, and complete it."""
    standard = Standard.objects.get(slug=slug)
    sheet = sheet_of(initiative, standard)
    assert sheet is not None
    for line in sheet.lines:
        value = answers.get(line.item.code, "") or _some_answer(line.item)
        ChecklistAnswer.objects.update_or_create(
            initiative=initiative,
            standard=standard,
            item=line.item.code,
            defaults={
                "version_id": sheet.checklist.version_id,
                "fingerprint": line.item.fingerprint,
                "value": value,
                "note": "So it is.",
                "answered_by": by,
            },
        )
    complete_checklist(initiative, standard, actor=by)


def _some_answer(item: Item) -> str:
    kinds = {"yes_no": "yes", "text": "Well thought through.", "number": "95", "date": "2027-01-04"}
    if item.answer_type == "link":
        return "https://example.org/proof"
    return item.options[0] if item.options else kinds[item.answer_type]
