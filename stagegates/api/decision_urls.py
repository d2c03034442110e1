from aiso.api.routing import Nouns
from portfolio import references  # noqa: F401 - paths name its converter
from portfolio.api.below import INITIATIVE

from .ballots import Ballots
from .conditions import Conditions
from .decisions import GateDecisions
from .fast_lane import FastLaneAudits, NamedDeciders, TierConfirmations
from .meeting_decisions import MeetingDecisions
from .merges import InitiativeMerge, Merges
from .standing_decision import StandingDecision

nouns = Nouns()
nouns.add("decisions", GateDecisions, "gate-decision")
nouns.add("meeting-decisions", MeetingDecisions, "meeting-decision")
nouns.add(f"{INITIATIVE}/standing-decision", StandingDecision, "standing-decision")
nouns.add("merges", Merges, "merge")
nouns.add(f"{INITIATIVE}/merge", InitiativeMerge, "initiative-merge")
nouns.add("ballots", Ballots, "ballot")
nouns.add("conditions", Conditions, "condition")
nouns.add("tier-confirmations", TierConfirmations, "tier-confirmation")
nouns.add("named-deciders", NamedDeciders, "named-decider")
nouns.add("fast-lane-audits", FastLaneAudits, "fast-lane-audit")
urlpatterns = nouns.urls
