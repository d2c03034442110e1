import threading

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from aiso.accounts.actions import add_unit, bring_back_unit, move_unit, rename_unit, retire_unit
from aiso.accounts.models import BusinessUnit, Role
from aiso.errors import ConflictError, DomainError
from aiso.events.models import Event
from tests.factories import make_person, make_unit


def test_a_unit_is_added_below_another(office_lead):
    parent = make_unit()
    unit = add_unit(actor=office_lead, name=" Claims ", parent=parent, short_name="CL")
    assert (unit.name, unit.parent, unit.short_name) == ("Claims", parent, "CL")
    assert Event.objects.get(name="unit.added").payload == {"unit": unit.pk}


@pytest.mark.parametrize("below", [True, False])
def test_a_name_stands_once_below_a_unit(office_lead, below):
    parent = make_unit() if below else None
    add_unit(actor=office_lead, name="Claims", parent=parent)
    with pytest.raises(ValidationError, match="is there already"):
        add_unit(actor=office_lead, name="Claims", parent=parent)
    add_unit(actor=office_lead, name="Claims", parent=make_unit())


def test_a_unit_is_renamed_and_the_second_editor_told(office_lead):
    unit = make_unit("Claims")
    rename_unit(unit, actor=office_lead, name="Damage claims", short_name="DC", seen={"name": "Claims"})
    assert Event.objects.get(name="unit.renamed").payload == {"unit": unit.pk}
    with pytest.raises(ConflictError) as conflict:
        rename_unit(unit, actor=office_lead, name="All claims", seen={"name": "Claims"})
    assert conflict.value.changes["name"].now == "Damage claims"
    with pytest.raises(ValidationError):
        rename_unit(unit, actor=office_lead, name="  ")


def test_a_unit_moves_with_all_below_it_and_roles_follow(office_lead):
    old, new = make_unit("Old"), make_unit("New")
    unit = make_unit("Claims", parent=old)
    below = make_unit("Motor", parent=unit)
    lead = make_person("Lead Of New", "office_member", role_unit=new)

    move_unit(unit, actor=office_lead, to=new, reason="Reorganisation")

    assert lead.has_role(Role.OFFICE_MEMBER, unit=below.pk)
    assert Event.objects.get(name="unit.moved").payload == {"unit": unit.pk, "to": new.pk}
    move_unit(unit, actor=office_lead, to=None)
    unit.refresh_from_db()
    assert unit.parent is None


def test_a_unit_does_not_move_into_itself_or_where_it_is(office_lead):
    top = make_unit("Top")
    middle = make_unit("Middle", parent=top)
    bottom = make_unit("Bottom", parent=middle)
    for place in (middle, bottom):
        with pytest.raises(DomainError, match="itself or below"):
            move_unit(middle, actor=office_lead, to=place)
    with pytest.raises(DomainError, match="there already"):
        move_unit(middle, actor=office_lead, to=top)
    with pytest.raises(DomainError, match="retired"):
        move_unit(middle, actor=office_lead, to=make_unit(is_active=False))
    make_unit("Middle")
    with pytest.raises(ValidationError, match="is there already"):
        move_unit(middle, actor=office_lead, to=None)


def test_units_retire_from_the_bottom_and_come_back_from_the_top(office_lead):
    top = make_unit("Top")
    bottom = make_unit("Bottom", parent=top)
    with pytest.raises(DomainError, match="below Top are in use"):
        retire_unit(top, actor=office_lead)
    retire_unit(bottom, actor=office_lead)
    retire_unit(top, actor=office_lead)
    assert Event.objects.filter(name="unit.retired").count() == 2
    with pytest.raises(DomainError, match="above it, is retired"):
        bring_back_unit(bottom, actor=office_lead)
    bring_back_unit(top, actor=office_lead)
    bring_back_unit(bottom, actor=office_lead)
    assert Event.objects.filter(name="unit.brought_back").count() == 2
    assert BusinessUnit.objects.active().count() == 2


def test_done_twice_says_so(office_lead):
    unit = make_unit()
    with pytest.raises(DomainError, match="in use already"):
        bring_back_unit(unit, actor=office_lead)
    retire_unit(unit, actor=office_lead)
    with pytest.raises(DomainError, match="retired already"):
        retire_unit(unit, actor=office_lead)
    with pytest.raises(DomainError, match="retired"):
        add_unit(actor=office_lead, name="Below", parent=unit)


@pytest.mark.parametrize("role", ["office_member", "auditor", "stranger"])
def test_only_office_leads_keep_units(request, role):
    actor, unit = request.getfixturevalue(role), make_unit()
    deeds = [
        lambda: add_unit(actor=actor, name="New"),
        lambda: rename_unit(unit, actor=actor, name="New"),
        lambda: move_unit(unit, actor=actor, to=None),
        lambda: retire_unit(unit, actor=actor),
        lambda: bring_back_unit(unit, actor=actor),
    ]
    for deed in deeds:
        with pytest.raises(PermissionDenied):
            deed()
    assert not Event.objects.exists()


def test_two_moves_at_once_close_no_loop(transactional_db):
    lead = make_person("Lead", "office_lead")
    units = [make_unit("One"), make_unit("Two")]
    together = threading.Barrier(2)
    refused = []

    def move(unit: BusinessUnit, to: BusinessUnit) -> None:
        together.wait()
        try:
            move_unit(unit, actor=lead, to=to)
        except DomainError as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=move, args=pair) for pair in (units, units[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert BusinessUnit.objects.filter(parent=None).count() == 1
