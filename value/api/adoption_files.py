from portfolio.api.row_files import RowFiles

from ..views.adoption_files import ADOPTION_FILES


class AdoptionFiles(RowFiles):
    """Files of adoption readings, with the columns Workflow, Week, Target users, Active users, Source and, if you like,
    Repeat users, Opt-outs, Satisfaction, Answers, Reason of the correction.
    """

    tag = "Adoption"
    files = ADOPTION_FILES
