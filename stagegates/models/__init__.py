from .approved_plan import ApprovedPlan
from .ballot import BallotVote, WrittenBallot
from .capacity import FunctionHours, SpecialistRequest
from .closing import Closure, DecommissioningTask, LaterLesson
from .condition import Condition
from .decision import Decision, NamedDecider, StageByDecision
from .evidence import Evidence
from .expansion import Expansion, ExpansionRuling
from .fast_lane import FastLaneAudit, TierConfirmation
from .function import FunctionMember, ReviewFunction
from .funding import Envelope, FundingEntry, FundingRequest, FundingRuling, Tranche
from .meeting_decision import ExpansionItem, MeetingDecision, MeetingVoice, RequestItem, ReviewItem
from .merge import Merge
from .monitoring import MonitoringTask
from .review import GateReview, Requirement
from .sign_off import SignOff, SignOffAnswer, SignOffQuestion
from .spend_file import SpendFile

__all__ = [
    "ApprovedPlan",
    "BallotVote",
    "Closure",
    "Condition",
    "Decision",
    "DecommissioningTask",
    "Envelope",
    "Evidence",
    "Expansion",
    "ExpansionItem",
    "ExpansionRuling",
    "FastLaneAudit",
    "FunctionHours",
    "FunctionMember",
    "FundingEntry",
    "FundingRequest",
    "FundingRuling",
    "GateReview",
    "LaterLesson",
    "MeetingDecision",
    "MeetingVoice",
    "Merge",
    "MonitoringTask",
    "NamedDecider",
    "RequestItem",
    "Requirement",
    "ReviewFunction",
    "ReviewItem",
    "SignOff",
    "SignOffAnswer",
    "SignOffQuestion",
    "SpecialistRequest",
    "SpendFile",
    "StageByDecision",
    "TierConfirmation",
    "Tranche",
    "WrittenBallot",
]
