from django.conf import settings
from django.db import models

from aiso import clock


class KeptAnswer(models.Model):
    """What a request with an Idempotency-Key was answered, for when it comes again."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, help_text="Of address and body: the key stands for this request alone.")
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True, help_text="JSON as it was sent.")
    kept_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="key_once_a_person")]

    def __str__(self) -> str:
        return self.key
