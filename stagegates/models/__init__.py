from .approved_plan import ApprovedPlan
from .ballot import BallotVote, WrittenBallot
from .capacity import FunctionHours, SpecialistRequest
from .condition import Condition
from .decision import Decision, NamedDecider, StageByDecision
from .evidence import Evidence
from .expansion import Expansion, ExpansionRuling
from .fast_lane import FastLaneAudit, TierConfirmation
from .function import FunctionMember, ReviewFunction
from .funding import Envelope, FundingEntry, FundingRequest, FundingRuling, Tranche
from .meeting_decision import MeetingDecision, MeetingVoice, ReviewItem
from .merge import Merge
from .monitoring import MonitoringTask
from .review import GateReview, Requirement
from .sign_off import SignOff, SignOffAnswer, SignOffQuestion
from .spend_file import SpendFile

__all__ = [
    "ApprovedPlan",
    "BallotVote",
    "Condition",
    "Decision",
    "Envelope",
    "Evidence",
    "Expansion",
    "ExpansionRuling",
    "FastLaneAudit",
    "FunctionHours",
    "FunctionMember",
    "FundingEntry",
    "FundingRequest",
    "FundingRuling",
    "GateReview",
    "MeetingDecision",
    "MeetingVoice",
    "Merge",
    "MonitoringTask",
    "NamedDecider",
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
