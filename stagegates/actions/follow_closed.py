"""What was said on reviews that are closed is followed, too, for as long as releases rest on it."""

from django.db import transaction

from portfolio.models import Initiative

from ..last_words import since_closing
from ..models import SignOff
from ..release_guard import is_too_early
from .sign_offs import mark_outdated


@transaction.atomic
def follow_closed(initiative: Initiative) -> None:
    """Write down which answers of closed reviews keep its releases in because something they rest on changed, and which
    do no longer. Each leaves its event, so that whoever answers anew is told. Nothing before the pilot: nothing goes
    out then, and the next review asks again. Safe to repeat.
    """
    initiative = Initiative.objects.select_for_update(of=["self"]).defer("search").get(pk=initiative.pk)
    if is_too_early(initiative):
        return
    for each in since_closing(initiative):
        # One that was outdated when its review closed was told of then.
        if each.sign_off.state == SignOff.State.ANSWERED:
            mark_outdated(each.sign_off, each.changed, None)
