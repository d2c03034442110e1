"""Files of adoption readings: upload, check, land, and what was rejected."""

from portfolio.views.row_files import RowFilePages

from ..actions.land_adoption import UPLOADING, can_upload_adoption, land_adoption, planned_adoption, upload_adoption
from ..adoption_columns import ADOPTION_COLUMNS
from ..models import AdoptionFile

ADOPTION_FILES = RowFilePages(
    name="adoption",
    template="value/adoption",
    title="Import adoption readings",
    verb="record",
    done="recorded",
    model=AdoptionFile,
    columns=ADOPTION_COLUMNS,
    refusal=UPLOADING,
    may_upload=can_upload_adoption,
    upload=upload_adoption,
    planned=planned_adoption,
    land=land_adoption,
)
