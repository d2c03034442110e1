from .asset import Asset
from .autonomy import AutonomyAcceptance, DecisionReading, LevelChoice, StepDown
from .barrier import Barrier, BarrierKind
from .bulk_edit import BulkEdit, BulkEditRow
from .decision import AutonomyLevel, DecisionClass
from .discussion import Attachment, Comment, Link
from .history import InitiativeJurisdiction, InitiativeTag, InitiativeTool
from .imports import ImportedRecord, ImportJob, ImportRow, ValueMapEntry
from .incident import Incident, IncidentDecision, IncidentShare, Severity
from .incident_record import (
    EscalationStep,
    IncidentAction,
    IncidentMessage,
    IncidentReview,
    MessageTemplate,
    TimelineEntry,
)
from .initiative import Initiative, Lane
from .intake import Intake, IntakeQuestion
from .inventory import InventoryFile
from .lists import Bucket, Jurisdiction, Objective, Tag, UseCaseType, Workflow
from .outcome import OutcomeMetric
from .ownership import OwnerKind, Ownership
from .plan import Plan, PlanKind, PlanLine, PlanMetric
from .register_risk import Impact, Likelihood, Risk, RiskAcceptance, RiskAcceptanceEnd
from .release import Release, ReleaseCriterion
from .risk import Answer, AnswerOption, Question, QuestionSet
from .saved_view import SavedView
from .search import SearchWord
from .stage import Stage, StageChange
from .tools import Clearance, Supplier, Tool

__all__ = [
    "Answer",
    "AnswerOption",
    "Asset",
    "Attachment",
    "AutonomyAcceptance",
    "AutonomyLevel",
    "Barrier",
    "BarrierKind",
    "Bucket",
    "BulkEdit",
    "BulkEditRow",
    "Clearance",
    "Comment",
    "DecisionClass",
    "DecisionReading",
    "EscalationStep",
    "Impact",
    "ImportJob",
    "ImportRow",
    "ImportedRecord",
    "Incident",
    "IncidentAction",
    "IncidentDecision",
    "IncidentMessage",
    "IncidentReview",
    "IncidentShare",
    "Initiative",
    "InitiativeJurisdiction",
    "InitiativeTag",
    "InitiativeTool",
    "Intake",
    "IntakeQuestion",
    "InventoryFile",
    "Jurisdiction",
    "Lane",
    "LevelChoice",
    "Likelihood",
    "Link",
    "MessageTemplate",
    "Objective",
    "OutcomeMetric",
    "OwnerKind",
    "Ownership",
    "Plan",
    "PlanKind",
    "PlanLine",
    "PlanMetric",
    "Question",
    "QuestionSet",
    "Release",
    "ReleaseCriterion",
    "Risk",
    "RiskAcceptance",
    "RiskAcceptanceEnd",
    "SavedView",
    "SearchWord",
    "Severity",
    "Stage",
    "StageChange",
    "StepDown",
    "Supplier",
    "Tag",
    "TimelineEntry",
    "Tool",
    "UseCaseType",
    "ValueMapEntry",
    "Workflow",
]
