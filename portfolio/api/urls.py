from aiso.api.routing import Nouns

# Importing these makes known to paths what stands in addresses.
from .. import references  # noqa: F401
from . import kinds  # noqa: F401
from .answers import Answers
from .assets import Assets, MessageTemplates
from .autonomy import AutonomyMap, Levels, Readings, StepsDown
from .barriers import AllBarriers, Barriers
from .below import INITIATIVE
from .below_incident import (
    INCIDENT,
    ActionsOfIncident,
    EscalationOfIncident,
    MessagesOfIncident,
    SharesOfIncident,
    TimelineOfIncident,
)
from .clearances import Clearances
from .comments import Comments
from .decisions import Decisions
from .history import HistoryOfInitiative
from .imports import Imports
from .incidents import Incidents
from .initiatives import Initiatives
from .intakes import Intakes
from .inventory import DecisionInventory
from .inventory_files import DecisionFiles
from .lane import LaneOfInitiative
from .lists import Entries, ListIndex
from .metrics import Metrics
from .objectives import Objectives
from .owners import Deputies, Owners
from .plans import PlanOfInitiative, PlanVersions
from .ranking import RankingOfInitiatives, WhatIfs
from .releases import Criteria, Releases
from .risks import AllRisks, Risks
from .suppliers import Suppliers
from .tools import Tools

nouns = Nouns()
nouns.add("initiatives", Initiatives, "initiative")
nouns.add(f"{INITIATIVE}/owners", Owners, "owner")
nouns.add(f"{INITIATIVE}/owners/<owner_kind:kind>/deputies", Deputies, "deputy")
nouns.add(f"{INITIATIVE}/comments", Comments, "comment")
nouns.add(f"{INITIATIVE}/metrics", Metrics, "metric")
nouns.add(f"{INITIATIVE}/plan", PlanOfInitiative, "plan")
nouns.add(f"{INITIATIVE}/plan-versions", PlanVersions, "plan-version")
nouns.add(f"{INITIATIVE}/answers", Answers, "answer")
nouns.add(f"{INITIATIVE}/decisions", Decisions, "decision")
nouns.add(f"{INITIATIVE}/decisions/<int:decision>/readings", Readings, "decision-reading")
nouns.add(f"{INITIATIVE}/decisions/<int:decision>/levels", Levels, "level")
nouns.add(f"{INITIATIVE}/decisions/<int:decision>/steps-down", StepsDown, "step-down")
nouns.add(f"{INITIATIVE}/autonomy-map", AutonomyMap, "autonomy-map")
nouns.add(f"{INITIATIVE}/lane", LaneOfInitiative, "lane")
nouns.add(f"{INITIATIVE}/history", HistoryOfInitiative, "initiative-history")
nouns.add(f"{INITIATIVE}/barriers", Barriers, "barrier")
nouns.add(f"{INITIATIVE}/releases", Releases, "release")
nouns.add(f"{INITIATIVE}/releases/<int:release>/criteria", Criteria, "release-criterion")
nouns.add(f"{INITIATIVE}/risks", Risks, "risk")
nouns.add("risks", AllRisks, "all-risks")
nouns.add("barriers", AllBarriers, "all-barriers")
nouns.add("incidents", Incidents, "incident")
nouns.add(f"{INCIDENT}/initiatives", SharesOfIncident, "incident-share")
nouns.add(f"{INCIDENT}/timeline", TimelineOfIncident, "incident-timeline")
nouns.add(f"{INCIDENT}/escalation", EscalationOfIncident, "incident-escalation")
nouns.add(f"{INCIDENT}/messages", MessagesOfIncident, "incident-message")
nouns.add(f"{INCIDENT}/actions", ActionsOfIncident, "incident-action")
nouns.add("assets", Assets, "asset")
nouns.add("message-templates", MessageTemplates, "message-template")
nouns.add("intakes", Intakes, "intake")
nouns.add("decision-classes", DecisionInventory, "decision-inventory")
nouns.add("decision-classes/files", DecisionFiles, "decision-file")
nouns.add("tools", Tools, "tool")
nouns.add("tools/<int:tool>/clearances", Clearances, "clearance")
nouns.add("suppliers", Suppliers, "supplier")
nouns.add("objectives", Objectives, "objective")
nouns.add("portfolio/ranking", RankingOfInitiatives, "ranking")
nouns.add("portfolio/what-if", WhatIfs, "what-if")
nouns.add("imports", Imports, "import")
nouns.add("lists", ListIndex, "list")
nouns.add("lists/<list:slug>", Entries, "list-entry")
urlpatterns = nouns.urls
