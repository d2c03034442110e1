from aiso.api.routing import Nouns
from portfolio import references  # noqa: F401 - paths name its converter
from portfolio.api.below import INITIATIVE
from portfolio.api.below_incident import INCIDENT

from .adoption import AdoptionReadings, WorkflowAdoption
from .adoption_files import AdoptionFiles
from .catalogue import CatalogueMetrics, ClosedMonths, ComparedMetrics, ExchangeRates
from .cost_files import CostFiles
from .dashboard import DashboardFigures
from .durability import Baselines, DurabilityChecks, InitiativeBaselines
from .incident_costs import CostsOfIncident
from .ledger import InitiativeLedger, InitiativeWorth, LedgerEntries
from .measurement_files import MeasurementFiles
from .measurements import InitiativeMeasurements, Measurements
from .packs import BoardPacks, PackSubscriptions
from .scorecards import InitiativeScorecard, Scorecards
from .sharing import CostCentres, SharedCosts, SharingRules
from .yearly_rates import YearlyRates

nouns = Nouns()
nouns.add("measurements", Measurements, "measurement")
nouns.add(f"{INITIATIVE}/measurements", InitiativeMeasurements, "initiative-measurement")
nouns.add(f"{INITIATIVE}/scorecard", InitiativeScorecard, "initiative-scorecard")
nouns.add("scorecards", Scorecards, "scorecard")
nouns.add(f"{INITIATIVE}/durability-checks", DurabilityChecks, "initiative-durability-check")
nouns.add(f"{INITIATIVE}/baselines", InitiativeBaselines, "initiative-baseline")
nouns.add("baselines", Baselines, "baseline")
nouns.add("measurement-files", MeasurementFiles, "measurement-file")
nouns.add("ledger-entries", LedgerEntries, "ledger-entry")
nouns.add(f"{INITIATIVE}/ledger-entries", InitiativeLedger, "initiative-ledger-entry")
nouns.add(f"{INITIATIVE}/value", InitiativeWorth, "initiative-value")
nouns.add(f"{INITIATIVE}/compared-metrics", ComparedMetrics, "initiative-compared-metric")
nouns.add(f"{INCIDENT}/costs", CostsOfIncident, "incident-cost")
nouns.add("catalogue-metrics", CatalogueMetrics, "catalogue-metric")
nouns.add("cost-files", CostFiles, "cost-file")
nouns.add("cost-centres", CostCentres, "cost-centre")
nouns.add("sharing-rules", SharingRules, "sharing-rule")
nouns.add("shared-costs", SharedCosts, "shared-cost")
nouns.add("exchange-rates", ExchangeRates, "exchange-rate")
nouns.add("yearly-rates", YearlyRates, "yearly-rate")
nouns.add("closed-months", ClosedMonths, "closed-month")
nouns.add("adoption-readings", AdoptionReadings, "adoption-reading")
nouns.add("adoption-files", AdoptionFiles, "adoption-file")
nouns.add("workflows/<int:workflow>/adoption", WorkflowAdoption, "workflow-adoption")
nouns.add("dashboard", DashboardFigures, "dashboard")
nouns.add("board-packs", BoardPacks, "board-pack")
nouns.add("pack-subscriptions", PackSubscriptions, "pack-subscription")
urlpatterns = nouns.urls
