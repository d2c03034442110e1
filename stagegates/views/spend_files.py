"""Files of spending: upload, check, land, and what was rejected."""

from portfolio.views.row_files import RowFilePages

from ..actions.land_spending import land_spending, may_upload, overspending, planned_spending, upload_spending
from ..models import SpendFile
from ..permissions import SPENDING
from ..spending_columns import SPENDING_COLUMNS

SPEND_FILES = RowFilePages(
    name="spend",
    template="stagegates/spend",
    title="Import spending",
    verb="book",
    done="booked",
    model=SpendFile,
    columns=SPENDING_COLUMNS,
    refusal=SPENDING,
    may_upload=may_upload,
    upload=upload_spending,
    planned=planned_spending,
    land=land_spending,
    beside=lambda plan: {"overspending": overspending(plan)},
)
