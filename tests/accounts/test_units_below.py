"""Units and those below them."""

import pytest

from aiso.accounts.models import BusinessUnit
from tests.factories import make_unit

pytestmark = pytest.mark.django_db


def test_units_come_with_all_below_them_each_once(django_assert_num_queries):
    top, other = make_unit("Top"), make_unit("Other")
    middle = make_unit("Middle", parent=top)
    lowest = make_unit("Lowest", parent=middle)
    for asked, wanted in (
        ([top.pk], [top, middle, lowest]),
        ([middle.pk, top.pk, lowest.pk], [top, middle, lowest]),
        ([lowest.pk, other.pk], [lowest, other]),
        ([], []),
    ):
        with django_assert_num_queries(1):
            found = BusinessUnit.objects.and_below(asked)
        assert sorted(found) == sorted(each.pk for each in wanted)
    assert sorted(BusinessUnit.objects.and_below(BusinessUnit.objects.filter(name="Middle"))) == [middle.pk, lowest.pk]
