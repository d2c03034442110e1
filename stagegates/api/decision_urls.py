from aiso.api.routing import Nouns

from .ballots import Ballots
from .conditions import Conditions
from .decisions import GateDecisions
from .fast_lane import FastLaneAudits, NamedDeciders, TierConfirmations
from .meeting_decisions import MeetingDecisions

nouns = Nouns()
nouns.add("decisions", GateDecisions, "gate-decision")
nouns.add("meeting-decisions", MeetingDecisions, "meeting-decision")
nouns.add("ballots", Ballots, "ballot")
nouns.add("conditions", Conditions, "condition")
nouns.add("tier-confirmations", TierConfirmations, "tier-confirmation")
nouns.add("named-deciders", NamedDeciders, "named-decider")
nouns.add("fast-lane-audits", FastLaneAudits, "fast-lane-audit")
urlpatterns = nouns.urls
