"""The assessments that are shipped keep to the rules that the draft page holds the office to."""

import pytest

from aiso.configuration.kinds import all_kinds, kind_of
from aiso.configuration.models import ConfigurationVersion
from standards.models import Standard
from standards.prefill import source_of
from standards.sheets import checklists_in_force

pytestmark = pytest.mark.django_db
SLUGS = {
    "impact-assessment",
    "privacy-assessment",
    "security-assessment",
    "model-evaluation",
    "fallback-and-rollback",
}


def test_five_assessments_are_shipped():
    assert {*Standard.objects.checklists().values_list("slug", flat=True)} == SLUGS


@pytest.mark.parametrize("slug", sorted(SLUGS))
def test_what_is_shipped_is_what_the_draft_page_would_store(slug):
    kind = kind_of(f"standard-{slug}")
    content = ConfigurationVersion.objects.in_force(kind.slug).content
    assert kind.cleaned(content) == content


@pytest.mark.parametrize("slug", sorted(SLUGS))
def test_low_risk_is_asked_little_and_high_risk_much(slug):
    standard = Standard.objects.get(slug=slug)
    checklist = checklists_in_force([standard])[standard.pk]
    lengths = dict(checklist.lengths())
    assert 5 <= lengths["Low"] <= 8
    assert lengths["Low"] < lengths["Moderate"] < lengths["High"] < lengths["Critical"] <= 30
    assert all(source_of(item.prefilled_from) for item in checklist.items if item.prefilled_from)
    sections = [item.section for item in checklist.items]
    assert len({*sections}) == sum(1 for before, here in zip(["", *sections], sections, strict=False) if before != here)


def test_each_standard_is_a_kind_of_configuration():
    slugs = {kind.slug for kind in all_kinds()}
    assert {f"standard-{slug}" for slug in SLUGS} <= slugs
    assert kind_of("standard-nothing") is None
