from aiso.api.routing import Nouns
from portfolio import references  # noqa: F401 - paths name its converter
from portfolio.api.below import INITIATIVE
from portfolio.api.below_incident import INCIDENT

from .catalogue import CatalogueMetrics, ClosedMonths, ComparedMetrics, ExchangeRates
from .cost_files import CostFiles
from .incident_costs import CostsOfIncident
from .ledger import InitiativeLedger, InitiativeWorth, LedgerEntries
from .measurements import InitiativeMeasurements, Measurements

nouns = Nouns()
nouns.add("measurements", Measurements, "measurement")
nouns.add(f"{INITIATIVE}/measurements", InitiativeMeasurements, "initiative-measurement")
nouns.add("ledger-entries", LedgerEntries, "ledger-entry")
nouns.add(f"{INITIATIVE}/ledger-entries", InitiativeLedger, "initiative-ledger-entry")
nouns.add(f"{INITIATIVE}/value", InitiativeWorth, "initiative-value")
nouns.add(f"{INITIATIVE}/compared-metrics", ComparedMetrics, "initiative-compared-metric")
nouns.add(f"{INCIDENT}/costs", CostsOfIncident, "incident-cost")
nouns.add("catalogue-metrics", CatalogueMetrics, "catalogue-metric")
nouns.add("cost-files", CostFiles, "cost-file")
nouns.add("exchange-rates", ExchangeRates, "exchange-rate")
nouns.add("closed-months", ClosedMonths, "closed-month")
urlpatterns = nouns.urls
