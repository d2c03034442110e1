"""Growing and merging in the demonstration: one initiative that grew and asks for more, one that skips a step, and two
that were one.
"""

from collections.abc import Mapping
from typing import Any

from aiso.accounts.models import User
from portfolio.models import Initiative
from portfolio.models.stage import IN_PRODUCTION

from ..actions.ask_funding import decide_request
from ..actions.expand import ask_expansion
from ..actions.merge import merge_into
from ..asked_money import blocks_of_request, decided_alone_by
from ..expansion import why_not_expand
from ..merge_page import MergePanel
from ..models import Expansion

WHY_MORE = "The error rate has stayed under one per cent for three months."
WHY_ADJACENT = "The same data and the same team decide this too."
WHY_SKIPPED = "It makes one decision only, and its neighbours are regulated."
WHY_UNIT = "The northern region has asked twice and has the same system."
WHY_GROWN = "The readings hold. Go on as described."
WHY_MERGED = "Two teams build the same thing. One goes on with the data of both."


def tell_of_growing(people: Mapping[str, User]) -> None:
    _grow(people)
    _merge(people)


def _grow(people: Mapping[str, User]) -> None:
    rows = Initiative.objects.filter(stage__in=IN_PRODUCTION, business_owner__isnull=False).order_by("pk")
    with_class = [row for row in rows.filter(decision_classes__isnull=False).distinct() if not why_not_expand(row)]
    for row in with_class[:1]:
        one, owner = row.decision_classes.order_by("pk")[0], row.business_owner
        assert owner is not None
        more = (one.volume_per_week or 0) * 2 + 200
        grows: dict[str, Any] = {"decision_class": one, "volume_after": more}
        asked = ask_expansion(row, actor=owner, step="volume", what=f"All of “{one}”", reason=WHY_MORE, **grows)
        if _approve(asked, people["executive"]) or _approve(asked, people["office-lead"]):
            ask_expansion(row, actor=owner, step="adjacent", what="The two decisions before it", reason=WHY_ADJACENT)
    done = {row.pk for row in with_class[:1]}
    for row in [row for row in rows if row.pk not in done and not why_not_expand(row)][:1]:
        unit = type(row.unit).objects.active().exclude(pk=row.unit_id).order_by("pk").first()
        if row.business_owner and unit:
            ask_expansion(
                row, actor=row.business_owner, step="unit", what=f"The teams of {unit}", reason=WHY_UNIT, unit=unit,
                skip_because=WHY_SKIPPED,
            )  # fmt: skip


def _approve(asked: Expansion, person: User) -> bool:
    if not decided_alone_by(person, [asked]) or blocks_of_request(asked):
        return False
    decide_request(asked, actor=person, outcome="approve", rationale=WHY_GROWN)
    return True


def _merge(people: Mapping[str, User]) -> None:
    """The first pair that the executive may merge: one with a plain beginning goes on in one in production."""
    person = people["executive"]
    rows = Initiative.objects.on_register().filter(is_confidential=False, reviews=None, decisions=None)
    goals = Initiative.objects.on_register().filter(stage__in=IN_PRODUCTION, is_confidential=False).order_by("pk")
    for merged in rows.filter(stage="discovery").order_by("-pk")[:5]:
        for survivor in goals[:3]:
            panel = MergePanel(merged, person, survivor)
            if not panel.refusal and panel.may_decide:
                merge_into(merged, actor=person, survivor=survivor, rationale=WHY_MERGED)
                return
