from typing import Annotated, Any, TypedDict

from django.db.models import BigIntegerField, F
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.fields import LARGEST_ID, IdField
from aiso.api.nouns import Noun
from aiso.api.operations import PageQuery, answers, answers_page
from aiso.api.shapes import Person
from aiso.web.keyset import Order
from forums.models import AgendaItem, Forum, VoteChoice

from ..actions.decide import UNSEEN
from ..actions.decide_in_meeting import decide_item
from ..actions.ruling import Ruling
from ..models import MeetingDecision, MeetingVoice
from ..models.meeting_decision import MeetingDecisionQuerySet
from .decisions import NewDecision
from .rulings import ruling_of

LATEST_FIRST = Order(F("pk"), BigIntegerField(), descending=True)


class VoiceShape(TypedDict):
    """What one member with a vote said. Empty: they were there, and nobody voted."""

    person: Person
    choice: Annotated[str, VoteChoice]
    reason: str
    proxy: Annotated[Person | None, "Who voted for them."]


class MeetingDecisionShape(TypedDict):
    """How a body came to a decision in its meeting. It never changes."""

    id: int
    decision: int
    item: Annotated[int, "The agenda item."]
    majority: Annotated[str, Forum.Majority]
    voting: Annotated[int, "All with a vote in the body that day."]
    needed: Annotated[int, "How many had to take part."]
    present: Annotated[int, "How many of them could vote on this, themselves or by proxy."]
    agree: int
    against: int
    abstain: int
    by_consent: Annotated[bool, "Nobody voted, because nobody present objected."]
    voices: list[VoiceShape]


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": LARGEST_ID})
class ItemField(IdField):
    """The id of an agenda item that the person sees."""

    def __init__(self, **options: Any) -> None:
        super().__init__(AgendaItem.objects.none(), **options)

    def to_internal_value(self, data: Any) -> Any:
        self.rows = AgendaItem.objects.visible_to(self.context["person"]).select_related("meeting__forum", "forum")
        return super().to_internal_value(data)


class NewMeetingDecision(NewDecision):
    # The item says which review it is about: DRF drops a field that is set to None.
    review = None  # type: ignore[assignment]
    item = ItemField(help_text="The agenda item of a meeting in progress.")
    by_consent = serializers.BooleanField(
        default=False, help_text="Nobody voted, and nobody present objects. Refused where somebody voted."
    )


class MeetingDecisions(Noun):
    tag = "Decisions"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(MeetingDecisionShape, query=PageQuery)
    def list(self, request: Request) -> Response:
        """What bodies decided in their meetings, with quorum and votes, the latest first."""
        return self.page(self._visible(), LATEST_FIRST, drawn)

    @answers(MeetingDecisionShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One of them."""
        return self.answer(drawn(get_object_or_404(self._visible(), pk=id)))

    @answers(MeetingDecisionShape, status=201, takes=NewMeetingDecision)
    def create(self, request: Request) -> Response:
        """Record what the body decided on an item of its meeting, which settles the item. For the chair and the
        secretary, never a party.

        The votes cast on the item carry it, or general consent. No quorum, votes that do not carry it, and what
        somebody else recorded first answer 409.
        """
        sent = dict(self.sent)
        item, by_consent, seen = sent.pop("item"), sent.pop("by_consent"), sent.pop("seen", UNSEEN)
        decision = decide_item(item, Ruling(**ruling_of(sent)), actor=self.person, by_consent=by_consent, seen=seen)
        made = self._all().get(decision=decision)
        return self.answer(drawn(made), status=201, location=f"{request.path}{made.pk}/")

    def _visible(self) -> MeetingDecisionQuerySet:
        return self._all().visible_to(self.person)

    def _all(self) -> MeetingDecisionQuerySet:
        return MeetingDecision.objects.prefetch_related("voices__person", "voices__proxy")


def drawn(made: MeetingDecision) -> MeetingDecisionShape:
    return {
        "id": made.pk,
        "decision": made.decision_id,
        "item": made.item_id,
        "majority": made.majority,
        "voting": made.voting,
        "needed": made.needed,
        "present": made.present,
        "agree": made.agree,
        "against": made.against,
        "abstain": made.abstain,
        "by_consent": made.by_consent,
        "voices": [_voice(each) for each in made.voices.all()],
    }


def _voice(voice: MeetingVoice) -> VoiceShape:
    proxy: Person | None = {"id": voice.proxy.pk, "name": str(voice.proxy)} if voice.proxy else None
    person: Person = {"id": voice.person_id, "name": str(voice.person)}
    return {"person": person, "choice": voice.choice, "reason": voice.reason, "proxy": proxy}
