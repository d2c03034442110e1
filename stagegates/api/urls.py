from aiso.api.routing import Nouns

# Importing it makes known to paths what stands in addresses.
from portfolio import references  # noqa: F401
from portfolio.api.below import INITIATIVE

from .approved import ApprovedPlanOfInitiative
from .capacity import Capacity, SpecialistRequests, SpecialistsOfInitiative
from .checklists import ChecklistOfInitiative
from .draft_trials import DraftTrial
from .duties import DutiesOfInitiative
from .evidence import EvidenceFiles, EvidenceOfInitiative
from .functions import Functions
from .monitoring import Monitoring
from .reviews import RequirementsOfReview, Reviews, ReviewsOfInitiative
from .sign_offs import SignOffs

nouns = Nouns()
nouns.add("capacity", Capacity, "capacity")
nouns.add("specialist-requests", SpecialistRequests, "specialist-request")
nouns.add(f"{INITIATIVE}/specialists", SpecialistsOfInitiative, "initiative-specialist")
nouns.add(f"{INITIATIVE}/duties", DutiesOfInitiative, "duties")
nouns.add(f"{INITIATIVE}/approved-plan", ApprovedPlanOfInitiative, "approved-plan")
nouns.add("configuration/<slug:rules>/draft/try", DraftTrial, "draft-trial")
nouns.add("reviews", Reviews, "review")
nouns.add("reviews/<int:review>/requirements", RequirementsOfReview, "requirement")
nouns.add(f"{INITIATIVE}/reviews", ReviewsOfInitiative, "initiative-review")
nouns.add(f"{INITIATIVE}/checklist", ChecklistOfInitiative, "initiative-checklist")
nouns.add(f"{INITIATIVE}/evidence", EvidenceOfInitiative, "evidence")
nouns.add(f"{INITIATIVE}/evidence-files", EvidenceFiles, "evidence-file")
nouns.add("sign-offs", SignOffs, "sign-off")
nouns.add("functions", Functions, "function")
nouns.add(f"{INITIATIVE}/monitoring", Monitoring, "monitoring")
urlpatterns = nouns.urls
