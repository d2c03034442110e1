"""The page on which a draft of gates or matrix is tried before it is published."""

from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from aiso.accounts.models import BusinessUnit
from aiso.accounts.signed_in import signed_in
from aiso.configuration.kinds import Kind, kind_of
from aiso.configuration.models import ConfigurationVersion
from aiso.web.forms import LongSelect
from aiso.web.htmx import announce
from portfolio.models import Initiative
from portfolio.models.stage import PATH

from ..trying import GAIN, LOSE, changed_rules, draft_to_try, narrowed, open_reviews, trial_of

PAGE = 50


class TryForm(forms.Form):
    """Which changes, and for which initiatives."""

    rule = forms.ChoiceField(label="Changes", required=False)
    effect = forms.ChoiceField(
        label="Effect", choices=[("", "Gain or lose"), (GAIN, "Gain duties"), (LOSE, "Lose duties")], required=False
    )
    stage = forms.ChoiceField(
        label="Stage", choices=[("", "Any stage"), *((each.value, each.label) for each in PATH)], required=False
    )
    unit: "forms.ModelChoiceField[BusinessUnit]" = forms.ModelChoiceField(
        BusinessUnit.objects.none(),
        label="Unit, with those below it",
        empty_label="Any unit",
        required=False,
        widget=LongSelect,
    )

    def __init__(self, *args: Any, rules: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        units = self.fields["unit"]
        assert isinstance(units, forms.ModelChoiceField)
        units.queryset = BusinessUnit.objects.active().order_by("name")
        if rules:
            self.fields["rule"].choices = [("", "All changes of the draft"), *rules]  # type: ignore[attr-defined]
        else:
            del self.fields["rule"]


@require_safe
def draft_try(request: HttpRequest, slug: str) -> HttpResponse:
    """Whom would this draft give duties, whom would it relieve, and by which rule?"""
    draft = draft_to_try(slug, reader=signed_in(request))
    kind = kind_of(slug)
    assert kind is not None
    if draft is None:
        announce(request, f"There is no draft of {kind.title} to try.")
        return redirect("configuration:kind_detail", slug)
    return render(request, "stagegates/draft_try.html", _context(request, kind, draft))


def _context(request: HttpRequest, kind: Kind, draft: ConfigurationVersion) -> dict[str, Any]:
    latest = ConfigurationVersion.objects.all_latest().filter(kind=kind.slug).first()
    rules = changed_rules(draft, latest)
    form = TryForm(request.GET, rules=rules)
    form.is_valid()
    asked = form.cleaned_data
    visible = Initiative.objects.visible_to(signed_in(request))
    rows = narrowed(visible, stage=asked.get("stage", ""), unit=asked.get("unit"))
    trial = trial_of(kind.slug, draft.content, rows, asked.get("rule", ""))
    page = Paginator(trial.touched(asked.get("effect", "")), PAGE).get_page(request.GET.get("page", "1"))
    kept = request.GET.copy()
    kept.pop("page", None)
    return {
        "kind": kind,
        "latest": latest,
        "form": form,
        "trial": trial,
        "gained": trial.counts(gains=True),
        "lost": trial.counts(gains=False),
        "page": page,
        "lines": [(row, trial.of[row.pk]) for row in _rows(page)],
        "kept": kept.urlencode(),
        "reviews": [*open_reviews(kind.slug)],
    }


def _rows(page: Page[int]) -> list[Initiative]:
    rows = Initiative.objects.filter(pk__in=[*page.object_list]).select_related("unit")
    return [*rows.only("name", "stage", "risk_tier", "unit__name").order_by("pk")]
