"""What minutes hold, made from what the meeting recorded. It is kept as JSON with its hash, and never made again."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from aiso.accounts.models import User

from .minutes_parts import facts_of
from .models import ActionItem, AgendaItem, ItemVote, Meeting, VoteChoice
from .presence import Presences
from .recusals import recused_from
from .sources import label_of

type Content = dict[str, Any]
# What was spoken of, and what was put off before or because it was not reached.
TOLD = (AgendaItem.State.DONE, AgendaItem.State.DEFERRED)


def content_of(meeting: Meeting, closed_at: datetime) -> Content:
    """All that is kept of a meeting that ends now. The queries are the same for one item and for forty."""
    present = Presences(meeting, closed_at)
    actions = _actions(meeting.actions.select_related("owner"))
    return {
        "forum": {"slug": meeting.forum.slug, "name": meeting.forum.name},
        "place": meeting.place,
        "planned_at": _moment(meeting.starts_at),
        "started_at": _moment(meeting.started_at),
        "closed_at": _moment(closed_at),
        "rule": _rule(meeting, present),
        "attendance": [
            {
                "person": _named(each.attendance.person),
                "role": each.attendance.get_role_display(),
                "has_vote": each.attendance.has_vote,
                "times": [[_moment(since), _moment(until)] for since, until in each.spans],
            }
            for each in present.everybody
        ],
        "absent": _absent(present),
        "proxies": [{"giver": _named(each.giver), "holder": _named(each.holder)} for each in present.proxies],
        "items": _items(meeting, present, closed_at, actions),
        "actions": actions[None],
    }


def hash_of(content: Content) -> str:
    """SHA-256 of the content as UTF-8 JSON with sorted keys and without spaces, in hexadecimal."""
    written = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


def _rule(meeting: Meeting, present: Presences) -> Content:
    voting = sum(seat.has_vote for seat in present.seats)
    needed = meeting.forum.quorum(voting)
    return {"voting": voting, "needed": needed, "majority": meeting.forum.get_majority_display()}


def _absent(present: Presences) -> list[Content]:
    there = {each.attendance.person_id for each in present.everybody}
    away = [seat for seat in present.seats if seat.person_id not in there]
    return [{"person": _named(seat.person), "role": seat.get_role_display()} for seat in away]


def _items(
    meeting: Meeting, present: Presences, closed_at: datetime, actions: dict[int | None, list[Content]]
) -> list[Content]:
    items = [*meeting.items.filter(state__in=TOLD).select_related("initiative", "settled_by")]
    facts, votes = facts_of(items), _votes(items, present)
    return [
        _item(item, number, present, closed_at)
        | {"votes": votes[item.pk], "facts": facts[item.pk], "actions": actions[item.pk]}
        for number, item in enumerate(items, start=1)
    ]


def _item(item: AgendaItem, number: int, present: Presences, closed_at: datetime) -> Content:
    quorum = present.quorum_at(item.settled_at or closed_at)
    about = item.initiative
    return {
        "id": item.pk,
        "number": number,
        "title": item.title,
        "asked": item.why,
        "source": label_of(item.source),
        "initiative": {"id": about.pk, "reference": about.reference, "name": about.name} if about else None,
        "is_confidential": bool(about and about.is_confidential),
        "state": item.state,
        "motion": item.motion,
        "result": item.result,
        "note": item.note,
        "minutes_planned": item.minutes,
        "minutes_taken": round(item.seconds / 60),
        "settled_at": _moment(item.settled_at),
        "settled_by": _named(item.settled_by) if item.settled_by else None,
        "quorum": {"there": quorum.there, "needed": quorum.needed, "is_met": quorum.is_met},
    }


def _votes(items: Sequence[AgendaItem], present: Presences) -> dict[int, list[Content]]:
    """Each vote with who cast it, where that was somebody else; and who had a part in the item and so no vote."""
    votes: dict[int, list[Content]] = defaultdict(list)
    said: set[tuple[int, int]] = set()
    for vote in ItemVote.objects.on_motion().filter(item__in=items).select_related("person", "cast_by"):
        by = _named(vote.cast_by) if vote.cast_by_id != vote.person_id else None
        told = {"person": _named(vote.person), "choice": vote.choice, "reason": vote.reason, "cast_by": by}
        votes[vote.item_id].append(told)
        said.add((vote.item_id, vote.person_id))
    for pk, people in recused_from(items).items():
        for seat in present.seats:
            if seat.has_vote and seat.person_id in people and (pk, seat.person_id) not in said:
                votes[pk].append(_recused(seat.person, people[seat.person_id]))
    return votes


def _recused(person: User, why: str) -> Content:
    return {"person": _named(person), "choice": VoteChoice.RECUSED.value, "reason": why, "cast_by": None}


def _actions(rows: "QuerySet[ActionItem]") -> dict[int | None, list[Content]]:
    """What was given in the meeting, by the item it belongs to; None for the meeting as a whole."""
    actions: dict[int | None, list[Content]] = defaultdict(list)
    for row in rows.order_by("given_at", "pk"):
        told = {"id": row.pk, "text": row.text, "owner": _named(row.owner), "due_on": row.due_on.isoformat()}
        actions[row.item_id].append(told)
    return actions


def _named(person: User) -> Content:
    return {"id": person.pk, "name": str(person)}


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
