from .catalogue import BenefitType, CatalogueLink, CatalogueMetric, UnitValue
from .claim import ClaimAnswer, MethodConfirmation, OpenClaim, ValuingMethod
from .cost_file import CostFile
from .incident_cost import IncidentCost, IncidentCostQuerySet
from .ledger import LedgerEntry, LedgerEntryQuerySet
from .measurement import Measurement, MeasurementAnswer, MeasurementQuerySet
from .month import ClosedMonth
from .rate import ExchangeRate

__all__ = [
    "BenefitType",
    "CatalogueLink",
    "CatalogueMetric",
    "ClaimAnswer",
    "ClosedMonth",
    "CostFile",
    "ExchangeRate",
    "IncidentCost",
    "IncidentCostQuerySet",
    "LedgerEntry",
    "LedgerEntryQuerySet",
    "Measurement",
    "MeasurementAnswer",
    "MeasurementQuerySet",
    "MethodConfirmation",
    "OpenClaim",
    "UnitValue",
    "ValuingMethod",
]
