"""What shows that a requirement is met."""

from typing import Self

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.text import Truncator

from aiso import clock
from aiso.accounts.models import User
from aiso.audit.models import no_truncate
from portfolio.models import Attachment, Initiative

# Characters of an answer that one line shows.
LINE_LENGTH = 160


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(initiative__in=Initiative.objects.visible_to(user))

    def current(self) -> Self:
        """The latest version for each requirement, unless it was withdrawn. It may have expired."""
        later = Evidence.objects.filter(
            initiative=OuterRef("initiative"), code=OuterRef("code"), version__gt=OuterRef("version")
        )
        return self.filter(~Exists(later), withdrawn_at=None)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class Evidence(models.Model):
    """One version of the evidence for one requirement of an initiative. It counts at every later gate until it expires.

    What is given is never edited: a better one is the next version.
    """

    class Kind(models.TextChoices):
        FILE = "file", "File"
        LINK = "link", "Link"
        STATEMENT = "statement", "Answer"

    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="evidence")
    code = models.CharField(max_length=200, help_text="The requirement’s code.")
    version = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=Kind)
    attachment = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="evidence")
    link = models.URLField(max_length=1000, blank=True)
    text = models.TextField(blank=True, help_text="The answer, or a note beside file or link.")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=clock.now)
    expires_on = models.DateField(null=True, blank=True, help_text="The last day on which it counts.")
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.TextField(blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "evidence"
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["initiative", "code", "version"], name="evidence_version_once"),
            models.CheckConstraint(
                condition=Q(kind="file", attachment__isnull=False)
                | (Q(kind="link") & ~Q(link=""))
                | (Q(kind="statement") & ~Q(text="")),
                name="evidence_is_there",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="never_edited",
                fields=["initiative", "code", "version", "kind", "attachment", "link", "text", "given_by", "given_at"],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.code}, version {self.version}"

    @property
    def told(self) -> str:
        """What it is, in one line: the file’s name, the address, or the answer."""
        if self.attachment is not None:
            return self.attachment.name
        return self.link or Truncator(self.text).chars(LINE_LENGTH)

    @property
    def has_expired(self) -> bool:
        return self.expires_on is not None and self.expires_on < clock.today()
