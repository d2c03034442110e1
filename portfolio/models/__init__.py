from .bulk_edit import BulkEdit, BulkEditRow
from .discussion import Attachment, Comment, Link
from .history import InitiativeJurisdiction, InitiativeTag, InitiativeTool
from .imports import ImportedRecord, ImportJob, ImportRow, ValueMapEntry
from .initiative import Initiative
from .lists import Bucket, Jurisdiction, Objective, Tag, Tool, UseCaseType, Workflow
from .outcome import OutcomeMetric
from .ownership import OwnerKind, Ownership
from .priority import PriorityWeights
from .risk import Answer, AnswerOption, Question, QuestionSet
from .saved_view import SavedView
from .search import SearchWord
from .stage import Stage, StageChange

__all__ = [
    "Answer",
    "AnswerOption",
    "Attachment",
    "Bucket",
    "BulkEdit",
    "BulkEditRow",
    "Comment",
    "ImportJob",
    "ImportRow",
    "ImportedRecord",
    "Initiative",
    "InitiativeJurisdiction",
    "InitiativeTag",
    "InitiativeTool",
    "Jurisdiction",
    "Link",
    "Objective",
    "OutcomeMetric",
    "OwnerKind",
    "Ownership",
    "PriorityWeights",
    "Question",
    "QuestionSet",
    "SavedView",
    "SearchWord",
    "Stage",
    "StageChange",
    "Tag",
    "Tool",
    "UseCaseType",
    "ValueMapEntry",
    "Workflow",
]
