"""Minutes as one person reads them: on the page, in the PDF and in the API, with what they chose to hold."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.urls import reverse

from aiso.accounts.models import User
from aiso.web import figures
from portfolio.models import Initiative
from portfolio.permissions import money_seen_among

from .minutes_content import Content
from .models import Addendum, AgendaItem, Minutes, VoteChoice
from .models.agenda import TO_BACKLOG
from .permissions import can_sign_addendum, can_write_addendum

CHOICES = [(choice.value, str(choice.label)) for choice in VoteChoice]

LABELS = {
    "attendance": "Who was there",
    "notes": "Notes",
    "votes": "Votes",
    "actions": "Actions",
    "confidential": "Confidential outcomes",
}


@dataclass(frozen=True)
class Holding:
    """What minutes hold. Confidential outcomes only where they are asked for, and only for whoever may see them."""

    attendance: bool = True
    notes: bool = True
    votes: bool = True
    actions: bool = True
    confidential: bool = False

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Holding":
        """Of an address: what it names once `chosen` stands there, else the usual."""
        if "chosen" not in query:
            return cls()
        return cls(**{each.name: query.get(each.name, "") not in ("", "0") for each in fields(cls)})

    @property
    def address(self) -> str:
        """The same as the query of an address."""
        named = [each.name for each in fields(self) if getattr(self, each.name)]
        return "?" + "&".join(["chosen=1", *(f"{name}=1" for name in named)])


class MinutesPage:
    """Minutes with a number of queries that does not grow with the agenda."""

    def __init__(self, minutes: Minutes, person: User, holding: Holding) -> None:
        self.minutes, self.person, self.holding = minutes, person, holding
        self.meeting, self.forum = minutes.meeting, minutes.meeting.forum
        self.content: Content = minutes.content

    @cached_property
    def items(self) -> list[Content]:
        """What the person may see and chose, with sums only where they may see the money."""
        return [self._seen(item) for item in self.content["items"] if self._is_held(item)]

    @cached_property
    def left_out(self) -> int:
        """How many confidential items are not told."""
        return len(self.content["items"]) - len(self.items)

    @cached_property
    def may_choose_confidential(self) -> bool:
        """Whether there is a confidential item that the person may see."""
        return any(self._is_confidential(item) and item["id"] in self._visible for item in self.content["items"])

    @cached_property
    def addenda(self) -> list[Addendum]:
        """Those that the person sees: signed ones, and for the forum's members what waits for its chair."""
        visible = self.minutes.addenda.visible_to(self.person)
        return [*visible.select_related("written_by", "signed_by")]

    @cached_property
    def may_write(self) -> bool:
        return can_write_addendum(self.person, self.forum)

    @cached_property
    def may_sign(self) -> bool:
        return can_sign_addendum(self.person, self.forum)

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        """What may be chosen: its name in the address, its label, and whether it is."""
        offered = LABELS if self.may_choose_confidential else {k: v for k, v in LABELS.items() if k != "confidential"}
        return [(name, label, getattr(self.holding, name)) for name, label in offered.items()]

    @property
    def answer(self) -> str:
        """One sentence: how much was settled, and what follows. It counts confidential items too."""
        items = self.content["items"]
        done = sum(item["state"] == AgendaItem.State.DONE for item in items)
        given = len(self.content["actions"]) + sum(len(item["actions"]) for item in items)
        off = f", {figures.number(len(items) - done)} put off" if len(items) > done else ""
        return f"{figures.number(done)} of {figures.plural(len(items), 'item')} settled{off}; {_given(given)}."

    @cached_property
    def told(self) -> dict[str, Any]:
        """All of it in words, for the page and for print."""
        content, holding = self.content, self.holding
        started, closed = _moment(content["started_at"]), _moment(content["closed_at"])
        return {
            "title": f"Minutes of {content['forum']['name']}, {figures.day(started)}",
            "forum": content["forum"]["name"],
            "day": figures.day(started),
            "times": f"{_hour(started)} to {_hour(closed)}",
            "place": content["place"],
            "rule": _rule(content["rule"]),
            "attendance": [_attended(each) for each in content["attendance"]] if holding.attendance else [],
            "absent": self._absent() if holding.attendance else [],
            "items": [_item_in_words(item, holding) for item in self.items if not _is_unreached(item)],
            "unreached": [_item_in_words(item, holding) for item in self.items if _is_unreached(item)],
            "actions": _actions(content["actions"]) if holding.actions else [],
            "addenda": [_addendum(each) for each in self.addenda if each.signed_at],
            "left_out": self.left_out_told,
            "made": f"Made on {figures.moment(self.minutes.made_at)} by {self.minutes.made_by}",
            "sha256": self.minutes.sha256,
        }

    @property
    def file_name(self) -> str:
        """What its PDF is called."""
        return f"minutes-{self.forum.slug}-{figures.local_date(self.meeting.starts_at).isoformat()}.pdf"

    @property
    def left_out_told(self) -> str:
        return f"{figures.plural(self.left_out, 'confidential item')} left out." if self.left_out else ""

    def _absent(self) -> list[str]:
        given = {each["giver"]["id"]: each["holder"]["name"] for each in self.content["proxies"]}
        told = []
        for each in self.content["absent"]:
            proxy = given.get(each["person"]["id"])
            told.append(f"{each['person']['name']}{f' (proxy: {proxy})' if proxy else ''}")
        return told

    @cached_property
    def _visible(self) -> frozenset[int]:
        return frozenset(self.meeting.items.visible_to(self.person).values_list("pk", flat=True))

    @cached_property
    def _initiatives(self) -> dict[int, Initiative]:
        ids = {item["initiative"]["id"] for item in self.content["items"] if item["initiative"]}
        rows = Initiative.objects.filter(pk__in=ids).defer("search").select_related("unit")
        return {row.pk: row for row in rows}

    @cached_property
    def _sees_money(self) -> Any:
        return money_seen_among(self.person, self._initiatives.values())

    def _about(self, item: Content) -> Initiative | None:
        return self._initiatives.get(item["initiative"]["id"]) if item["initiative"] else None

    def _is_confidential(self, item: Content) -> bool:
        """When it was recorded, or since."""
        about = self._about(item)
        return bool(item["is_confidential"] or (about and about.is_confidential))

    def _is_held(self, item: Content) -> bool:
        return item["id"] in self._visible and (self.holding.confidential or not self._is_confidential(item))

    def _seen(self, item: Content) -> Content:
        about = self._about(item)
        sees_money = about is not None and self._sees_money(about)
        facts = [each for each in item["facts"] if sees_money or not each["is_money"]]
        return item | {"facts": facts, "is_confidential": self._is_confidential(item)}


def _item_in_words(item: Content, holding: Holding) -> dict[str, Any]:
    about = item["initiative"]
    quorum = item["quorum"]
    return {
        "number": str(item["number"]),
        "title": item["title"],
        "reference": about["reference"] if about else "",
        "name": about["name"] if about and about["name"] != item["title"] else "",
        "url": reverse("portfolio:initiative_detail", args=[about["reference"]]) if about else "",
        "is_confidential": item["is_confidential"],
        "asked": item["asked"],
        "is_done": item["state"] == AgendaItem.State.DONE,
        "result": item["result"] or "Spoken of, without a result.",
        "took": f"{item['minutes_taken']} of {item['minutes_planned']} minutes",
        "quorum": f"{quorum['there']} with a vote, {quorum['needed']} needed: {_met(quorum['is_met'])}",
        "facts": item["facts"],
        "note": item["note"] if holding.notes else "",
        # Minutes of before there were motions hold none.
        "motion": item.get("motion", "") if holding.votes else "",
        "tally": _tally(item["votes"]) if holding.votes else "",
        "votes": [_vote(each) for each in item["votes"]] if holding.votes else [],
        "actions": _actions(item["actions"]) if holding.actions else [],
    }


def _is_unreached(item: Content) -> bool:
    """Put back into the backlog without a minute, a note, a vote or an action: nothing was said of it."""
    said = [vote for vote in item["votes"] if vote["choice"] != VoteChoice.RECUSED]
    is_back = item["state"] == AgendaItem.State.DEFERRED and item["result"] == TO_BACKLOG
    return is_back and not (item["minutes_taken"] or item["note"] or said or item["actions"] or item["facts"])


def _given(count: int) -> str:
    return f"{figures.plural(count, 'action')} given" if count else "no action given"


def _met(is_met: bool) -> str:
    return "quorum" if is_met else "no quorum"


def _tally(votes: list[Content]) -> str:
    counted = [(label, sum(vote["choice"] == value for vote in votes)) for value, label in CHOICES]
    return ", ".join(f"{count} {label.lower()}" for label, count in counted if count)


def _vote(vote: Content) -> dict[str, str]:
    cast = f"cast by {vote['cast_by']['name']}" if vote["cast_by"] else ""
    said = ". ".join(filter(None, [cast, vote["reason"]]))
    return {"name": vote["person"]["name"], "choice": dict(CHOICES)[vote["choice"]], "said": said}


def _actions(actions: list[Content]) -> list[dict[str, str]]:
    return [
        {
            "text": each["text"],
            "owner": each["owner"]["name"],
            "due": figures.day(date.fromisoformat(each["due_on"])),
            "url": reverse("forums:action_detail", args=[each["id"]]),
        }
        for each in actions
    ]


def _attended(each: Content) -> dict[str, str]:
    times = ", ".join(f"{_hour(_moment(since))} to {_hour(_moment(until))}" for since, until in each["times"])
    role = each["role"] or "Guest"
    return {"name": each["person"]["name"], "role": role if each["has_vote"] else f"{role}, no vote", "times": times}


def _addendum(addendum: Addendum) -> dict[str, str]:
    written = f"{addendum.written_by}, {figures.day(addendum.written_at)}"
    return {
        "text": addendum.text,
        "by": f"{written}; signed by {addendum.signed_by}, {figures.day(addendum.signed_at)}",
    }


def _rule(rule: Content) -> str:
    return f"{rule['needed']} of {rule['voting']} with a vote are a quorum; {rule['majority'].lower()} carry it"


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _hour(moment: datetime | None) -> str:
    """`14:02`, in the office's time zone."""
    return figures.moment(moment)[-5:]
