"""What the forms of gates, matrix and rights offer: lists that the office keeps, read when a form is shown."""

from collections.abc import Callable, Iterator, Sequence

from django import forms

from aiso.configuration.choices import choices_once
from aiso.configuration.models import ConfigurationVersion
from forums.models import Forum
from portfolio.models import Jurisdiction, Stage, UseCaseType
from portfolio.models.decision import AutonomyLevel
from portfolio.models.risk import RiskTier
from portfolio.models.stage import PATH
from standards.models import Standard

from ..known import all_known
from ..models import ReviewFunction
from ..rules import GATES, gates_of

type Choice = tuple[str, str]

TIERS = [(tier.value, str(tier.label)) for tier in RiskTier if tier != RiskTier.PROHIBITED]
AUTONOMY = [(level.value, str(level.label)) for level in AutonomyLevel]
STAGES = [(stage.value, str(stage.label)) for stage in PATH if stage != Stage.INTAKE]
NOT_LISTED = "“%(value)s” is not on this list any more. Choose what takes its place."
# Months between two looks at a system in use.
CADENCES = [("1", "Every month"), ("3", "Every 3 months"), ("6", "Every 6 months"), ("12", "Every year")]


def several(
    label: str, options: Sequence[Choice] | Callable[[], Sequence[Choice]], help_text: str = "Empty: all."
) -> forms.MultipleChoiceField:
    """Any number of a list, as boxes to tick."""
    return forms.MultipleChoiceField(
        label=label,
        choices=options,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=help_text,
        error_messages={"invalid_choice": NOT_LISTED},
    )


def one_of(
    label: str, options: Sequence[Choice] | Callable[[], Sequence[Choice]], nothing: str, help_text: str = ""
) -> forms.ChoiceField:
    """One of a list, or `nothing` in words."""
    return forms.ChoiceField(
        label=label,
        choices=lambda: [("", nothing), *(options() if callable(options) else options)],
        required=False,
        help_text=help_text,
        error_messages={"invalid_choice": NOT_LISTED},
    )


@choices_once
def functions() -> list[Choice]:
    return [*ReviewFunction.objects.active().values_list("slug", "name")]


@choices_once
def bodies() -> list[Choice]:
    return [*Forum.objects.order_by("rank", "name").values_list("slug", "name")]


@choices_once
def jurisdictions() -> list[Choice]:
    return _by_id(Jurisdiction)


@choices_once
def use_case_types() -> list[Choice]:
    return _by_id(UseCaseType)


@choices_once
def gates() -> list[Choice]:
    """Of the gates published last: a rule that waits for its day may name one that comes with them."""
    latest = ConfigurationVersion.objects.all_latest().filter(kind=GATES).first()
    return [(gate.code, gate.name) for gate in gates_of(latest).gates] if latest else []


@choices_once
def subjects() -> Iterator[tuple[str, str | list[Choice]]]:
    """What a requirement can be about, besides a file or a text: known facts and assessments, in two groups."""
    yield "", "None"
    yield "What the system knows", [(f"known:{fact.slug}", fact.label) for fact in all_known()]
    yield "Assessments", [(f"assessment:{slug}", title) for slug, title in assessments()]


@choices_once
def assessments() -> list[Choice]:
    return [*Standard.objects.checklists().values_list("slug", "title")]


def _by_id(model: type[Jurisdiction] | type[UseCaseType]) -> list[Choice]:
    """Retired entries too: initiatives still carry them, so rules may still name them."""
    entries = model.objects.order_by("-is_active", "name").values_list("pk", "name", "is_active")
    return [(str(pk), name if is_active else f"{name} (retired)") for pk, name, is_active in entries]
