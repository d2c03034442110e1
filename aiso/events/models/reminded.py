from django.db import models

from .event import Event


class Reminded(models.Model):
    """That somebody was told of one step towards or past a deadline, so that nobody is told of it again."""

    source = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    step = models.CharField(max_length=60)
    event = models.ForeignKey(Event, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "key", "step"], name="reminded_once_a_step")]

    def __str__(self) -> str:
        return f"{self.source} {self.key}, {self.step}"
