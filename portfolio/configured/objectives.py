"""The company's goals that initiatives serve. Those that a version leaves out are retired; initiatives keep them."""

from django import forms

from aiso.configuration.kinds import Kind
from aiso.configuration.models import ConfigurationVersion
from aiso.configuration.shape import Content, Rows, Shape
from aiso.errors import DomainError
from aiso.web import figures

from ..models import Initiative, Objective

OBJECTIVES = "objectives"


class ObjectiveForm(forms.Form):
    name = forms.CharField(label="Objective", max_length=200)
    description = forms.CharField(
        label="What reaching it means", required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
    )


def apply_objectives(version: ConfigurationVersion) -> None:
    """Add, rename, describe, retire and bring back, so that the objectives in use are those of the version.

    Raises DomainError for a name that another objective has and keeps.
    """
    known, rows = [*Objective.objects.select_for_update()], version.content["objectives"]
    matched = {row["code"]: _known_as(row, known, rows) for row in rows}
    kept = [each.pk for each in matched.values() if each]
    Objective.objects.active().exclude(pk__in=kept).update(is_active=False)
    names = {each.name.casefold(): each.pk for each in known}
    waiting = rows
    while waiting:
        free = [row for row in waiting if names.get(row["name"].casefold()) in (None, _pk(matched[row["code"]]))]
        if not free:
            raise DomainError(f"“{waiting[0]['name']}” is the name of another objective, perhaps a retired one.")
        for row in free:
            objective = matched[row["code"]] or Objective()
            names.pop(objective.name.casefold(), None)
            _write(objective, row)
            names[objective.name.casefold()] = objective.pk
        waiting = [row for row in waiting if row not in free]


def _known_as(row: Content, known: list[Objective], rows: list[Content]) -> Objective | None:
    """The objective of a row: by its code, else one of that name which no row means by its code."""
    codes = {each["code"] for each in rows}
    named = (each for each in known if each.name.casefold() == row["name"].casefold() and each.code not in codes)
    return next((each for each in known if each.code == row["code"]), None) or next(named, None)


def _pk(objective: Objective | None) -> int | None:
    return objective.pk if objective else None


def _write(objective: Objective, row: Content) -> None:
    told = {"code": row["code"], "name": row["name"], "description": row["description"], "is_active": True}
    if objective.pk and all(getattr(objective, name) == value for name, value in told.items()):
        return
    for name, value in told.items():
        setattr(objective, name, value)
    objective.save()


def _consequences(old: Content, new: Content) -> list[str]:
    before, after = ({row["code"]: row for row in content["objectives"]} for content in (old, new))
    added = sum(1 for code in after if code not in before)
    renamed = sum(1 for code, row in after.items() if code in before and before[code]["name"] != row["name"])
    gone = [code for code in before if code not in after]
    carrying = Initiative.objects.filter(objective__code__in=gone).count()
    told = []
    if added:
        told.append(f"{figures.plural(added, 'objective')} can be chosen from now on.")
    if renamed:
        verb = "is" if renamed == 1 else "are"
        told.append(f"{figures.plural(renamed, 'objective')} {verb} called otherwise from now on, everywhere.")
    if gone:
        verb, what = ("is", "it") if len(gone) == 1 else ("are", "them")
        keeping = f"{figures.plural(carrying, 'initiative')} {'keeps' if carrying == 1 else 'keep'}"
        told.append(f"{figures.plural(len(gone), 'objective')} {verb} retired; {keeping} {what}.")
    return told


KIND = Kind(
    OBJECTIVES,
    "Objectives",
    "The company goals that initiatives serve. Retired ones stay on the initiatives that carry them.",
    "target",
    Shape(rows=Rows("objectives", "objective", "objectives", ObjectiveForm, called_by="name", least=0)),
    apply=apply_objectives,
    consequences=_consequences,
    order=60,
)
