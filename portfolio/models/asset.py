"""The register of assets: models, data sets, AI agents and service accounts that initiatives run on."""

import pghistory
from django.db import models

from .lists import ListQuerySet, NamedEntry
from .tools import Supplier, Tool


class AssetQuerySet(ListQuerySet["Asset"]):
    """Which assets there are is no secret inside the company; which initiatives use them is seen with those."""


@pghistory.track()
class Asset(NamedEntry):
    """A part of a system that can fail by itself, and that several initiatives may share."""

    class Kind(models.TextChoices):
        MODEL = "model", "Model"
        DATA_SET = "data_set", "Data set"
        AI_AGENT = "ai_agent", "AI agent"
        SERVICE_ACCOUNT = "service_account", "Service account"

    kind = models.CharField(max_length=20, choices=Kind)
    description = models.TextField(blank=True, help_text="What it is, where it runs, and which version.")
    tool = models.ForeignKey(
        Tool, models.PROTECT, null=True, blank=True, related_name="assets", help_text="The tool that it is a part of."
    )
    supplier = models.ForeignKey(
        Supplier, models.PROTECT, null=True, blank=True, related_name="assets", help_text="Whom it comes from."
    )
    initiatives = models.ManyToManyField("portfolio.Initiative", related_name="assets", blank=True)

    objects = AssetQuerySet.as_manager()  # type: ignore[misc]

    def get_absolute_url(self) -> str:
        return f"/assets/{self.pk}/"
