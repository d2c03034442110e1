from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError

from aiso.web.forms import DayInput, MoneyField, PersonField, TagSelect, person_text
from tests.factories import make_person


class Sample(forms.Form):
    name = forms.CharField(help_text="In a few words.")
    note = forms.CharField(required=False, widget=forms.Textarea)
    day = forms.DateField(widget=DayInput, required=False)
    tier = forms.ChoiceField(choices=[("low", "Low"), ("high", "High")], widget=forms.RadioSelect)
    places = forms.MultipleChoiceField(choices=[("eu", "EU")], widget=TagSelect, required=False)
    secret = forms.BooleanField(label="Confidential", required=False)


def test_a_form_needs_no_code_to_look_right():
    html = str(Sample())
    assert '<label class="form-label" for="id_name">Name</label>' in html
    assert 'aria-describedby="id_name_helptext"' in html
    assert 'Note <span class="req">optional</span>' in html
    assert 'type="date"' in html
    assert html.count('class="opt"') == 2
    assert "data-combobox" in html
    assert '<div class="field check">' in html


def test_errors_stand_on_top_and_beside_the_field():
    html = str(Sample({"name": ""}))
    assert "2 answers need another look." in html
    assert '<a href="#id_name">Name: ' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name_error"' in html


def test_an_error_of_the_whole_form_is_in_the_summary():
    form = Sample({"name": "Pumps", "tier": "low"})
    form.add_error(None, "Somebody else took that name.")
    assert "Somebody else took that name." in str(form)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1,200,000", "1200000"),
        ("1 200 000", "1200000"),
        ("1.2m", "1200000"),
        ("60k", "60000"),
        ("1.2345k", "1234.5"),
        ("12.50", "12.50"),
    ],
)
def test_money_as_people_type_it(typed, amount):
    assert MoneyField().clean(typed) == Decimal(amount)


@pytest.mark.parametrize("typed", ["much", "1.2.3m", "k", "1e5k"])
def test_what_is_no_money(typed):
    with pytest.raises(ValidationError):
        MoneyField().clean(typed)


@pytest.mark.django_db
def test_a_person_by_choice_address_or_name():
    anna = make_person("Anna Berg")
    field = PersonField()
    assert field.clean(person_text(anna)) == anna
    assert field.clean(anna.email.upper()) == anna
    assert field.clean("anna berg") == anna
    assert field.prepare_value(anna.pk) == person_text(anna)


@pytest.mark.django_db
def test_a_person_who_cannot_be_meant():
    make_person("Anna Berg", email="anna1@example.org")
    make_person("Anna Berg", email="anna2@example.org")
    gone = make_person("Gone Away", is_active=False)
    field = PersonField()
    for text, code in [("Anna Berg", "several"), ("Nobody", "unknown"), (gone.email, "unknown"), ("", "required")]:
        with pytest.raises(ValidationError) as refusal:
            field.clean(text)
        assert refusal.value.code == code
    assert PersonField(required=False).clean("") is None
