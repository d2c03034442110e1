"""What the forms of gates, matrix and rights offer: lists that the office keeps, read when a form is shown."""

from collections.abc import Callable, Iterator, Sequence

from django import forms

from forums.models import Forum
from portfolio.models import Jurisdiction, Stage, UseCaseType
from portfolio.models.decision import AutonomyLevel
from portfolio.models.risk import RiskTier
from portfolio.models.stage import PATH
from standards.models import Standard

from ..known import all_known
from ..models import ReviewFunction
from ..rules import gates_in_force

type Choice = tuple[str, str]

TIERS = [(tier.value, str(tier.label)) for tier in RiskTier if tier != RiskTier.PROHIBITED]
AUTONOMY = [(level.value, str(level.label)) for level in AutonomyLevel]
STAGES = [(stage.value, str(stage.label)) for stage in PATH if stage != Stage.INTAKE]
# Months between two looks at a system in use.
CADENCES = [("1", "Every month"), ("3", "Every 3 months"), ("6", "Every 6 months"), ("12", "Every year")]


def several(
    label: str, options: Sequence[Choice] | Callable[[], Sequence[Choice]], help_text: str = "Empty: all."
) -> forms.MultipleChoiceField:
    """Any number of a list, as boxes to tick."""
    return forms.MultipleChoiceField(
        label=label, choices=options, required=False, widget=forms.CheckboxSelectMultiple, help_text=help_text
    )


def functions() -> list[Choice]:
    return [*ReviewFunction.objects.active().values_list("slug", "name")]


def bodies() -> list[Choice]:
    return [*Forum.objects.order_by("rank", "name").values_list("slug", "name")]


def jurisdictions() -> list[Choice]:
    return _by_id(Jurisdiction)


def use_case_types() -> list[Choice]:
    return _by_id(UseCaseType)


def gates() -> list[Choice]:
    return [(gate.code, gate.name) for gate in gates_in_force().gates]


def subjects() -> Iterator[tuple[str, str | list[Choice]]]:
    """What a requirement can be about, besides a file or a text: known facts and assessments, in two groups."""
    yield "", "None"
    yield "What the system knows", [(f"known:{fact.slug}", fact.label) for fact in all_known()]
    yield "Assessments", [(f"assessment:{slug}", title) for slug, title in assessments()]


def assessments() -> list[Choice]:
    return [*Standard.objects.checklists().values_list("slug", "title")]


def _by_id(model: type[Jurisdiction] | type[UseCaseType]) -> list[Choice]:
    return [(str(pk), name) for pk, name in model.objects.active().values_list("pk", "name")]
