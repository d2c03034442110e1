"""Who asks: a token in the header, or the session of the browser, which needs its CSRF token for changes."""

from datetime import timedelta

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from aiso import clock
from aiso.accounts.models import ApiToken, User
from aiso.accounts.models.token import digest_of

SCHEME = "bearer"
# The last use of a token is noted to the hour: each request would otherwise be a write.
NOTED_EVERY = timedelta(hours=1)


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer aiso_…`"""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME:
            return None
        token = _token_of(secret.strip())
        _note_use(token)
        return token.person, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="AI Scaling Office"'


def _token_of(secret: str) -> ApiToken:
    token = ApiToken.objects.select_related("person").filter(digest=digest_of(secret)).first()
    if token is None:
        raise AuthenticationFailed("This token is not known.")
    if token.revoked_at or not token.person.is_active:
        raise AuthenticationFailed("This token was revoked.")
    if token.is_expired:
        raise AuthenticationFailed("This token has expired; make a new one.")
    return token


def _note_use(token: ApiToken) -> None:
    now = clock.now()
    if token.last_used_at is None or now - token.last_used_at > NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
