from aiso.api.routing import Nouns

# Importing it makes known to paths what stands in addresses.
from portfolio import references  # noqa: F401
from portfolio.api.below import INITIATIVE

from .capacity import Capacity, SpecialistRequests, SpecialistsOfInitiative

nouns = Nouns()
nouns.add("capacity", Capacity, "capacity")
nouns.add("specialist-requests", SpecialistRequests, "specialist-request")
nouns.add(f"{INITIATIVE}/specialists", SpecialistsOfInitiative, "initiative-specialist")
urlpatterns = nouns.urls
