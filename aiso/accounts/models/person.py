from typing import Any, Self

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models.functions import Lower
from django.utils.functional import cached_property

from aiso import clock

from .role import Role
from .unit import BusinessUnit


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """The company's directory: everybody signed in."""
        return self if user.is_authenticated else self.none()

    def active(self) -> Self:
        return self.filter(is_active=True)

    def people(self) -> Self:
        """Named people only; a service account owns, signs and decides nothing (DESIGN §4)."""
        return self.filter(is_service_account=False)

    def matching(self, text: str) -> Self:
        """Those whose name or address contains each word of `text`."""
        found = self
        for word in text.split():
            found = found.filter(models.Q(name__icontains=word) | models.Q(email__icontains=word))
        return found


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user: User = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        found: User = self.get(email=(username or "").strip().lower())
        return found


@pghistory.track(exclude=["password", "last_login", "single_key_shortcuts", "invitation_sent_at"])
class User(AbstractBaseUser):
    """A person, or a service account. Deactivated when they leave, never deleted: history names them."""

    email = models.EmailField(
        "e-mail address", unique=True, error_messages={"unique": "Somebody has this address already."}
    )
    name = models.CharField(max_length=200)
    job_title = models.CharField(max_length=200, blank=True)
    unit = models.ForeignKey(BusinessUnit, models.PROTECT, null=True, blank=True, related_name="people")
    is_active = models.BooleanField("active", default=True)
    is_service_account = models.BooleanField("service account", default=False)
    deactivated_at = models.DateTimeField(null=True, blank=True, editable=False)
    invitation_sent_at = models.DateTimeField(null=True, editable=False)
    joined_at = models.DateTimeField(default=clock.now, editable=False)
    single_key_shortcuts = models.BooleanField("single-key shortcuts", default=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        ordering = ["name"]
        indexes = [models.Index(Lower("name"), "id", name="person_by_name")]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="person_email_once_in_any_case"),
            models.CheckConstraint(
                condition=models.Q(is_active=True, deactivated_at=None)
                | models.Q(is_active=False, deactivated_at__isnull=False),
                name="person_inactive_since_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @cached_property
    def role_units(self) -> dict[str, frozenset[int] | None]:
        """Each role held, with the units it reaches: None is everywhere, a limited role includes the units below."""
        limited: dict[str, set[int]] = {}
        reach: dict[str, frozenset[int] | None] = {}
        held: list[tuple[str, int | None]] = [*self.role_assignments.values_list("role", "unit_id")]
        for role, unit in held:
            if unit is None:
                reach[role] = None
            else:
                limited.setdefault(role, set()).add(unit)
        for role, units in limited.items():
            if role not in reach:
                reach[role] = frozenset(BusinessUnit.objects.and_below([*units]))
        return reach

    def has_role(self, *roles: Role, unit: int | None = None) -> bool:
        """Whether one of `roles` is held, and, given the id of a `unit`, reaches it."""
        if not self.is_active:
            return False
        held = [self.role_units[role] for role in roles if role in self.role_units]
        return any(reach is None or unit is None or unit in reach for reach in held)
