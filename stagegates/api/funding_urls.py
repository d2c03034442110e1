from aiso.api.routing import Nouns

# Importing it makes known to paths what stands in addresses.
from portfolio import references  # noqa: F401
from portfolio.api.below import INITIATIVE

from .expansions import Expansions, ExpansionsOfInitiative
from .funding import Envelopes, FundingEntries, FundingOfInitiative, Tranches
from .funding_requests import FundingRequests, FundingRequestsOfInitiative
from .spending_files import SpendingFiles

nouns = Nouns()
nouns.add("envelopes", Envelopes, "envelope")
nouns.add("tranches", Tranches, "tranche")
nouns.add("funding-entries", FundingEntries, "funding-entry")
nouns.add("spending-files", SpendingFiles, "spending-file")
nouns.add("funding-requests", FundingRequests, "funding-request")
nouns.add(f"{INITIATIVE}/funding", FundingOfInitiative, "initiative-funding")
nouns.add(f"{INITIATIVE}/funding-requests", FundingRequestsOfInitiative, "initiative-funding-request")
nouns.add("expansions", Expansions, "expansion")
nouns.add(f"{INITIATIVE}/expansions", ExpansionsOfInitiative, "initiative-expansion")
urlpatterns = nouns.urls
