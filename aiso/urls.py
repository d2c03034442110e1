"""All addresses. Each app names its own; LoginRequiredMiddleware's rule is in aiso/web/middleware.py."""

from allauth.socialaccount.views import login_error
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView

# One name for all of the API, whichever app a noun comes from.
api = (
    [
        path("", include("aiso.api.urls")),
        path("", include("aiso.accounts.api.urls")),
        path("", include("aiso.configuration.api")),
        path("", include("aiso.events.api")),
        path("", include("portfolio.api.urls")),
        path("", include("forums.api.urls")),
        path("", include("standards.api.urls")),
        path("", include("stagegates.api.urls")),
        path("", include("stagegates.api.decision_urls")),
        path("", include("stagegates.api.funding_urls")),
        path("", include("stagegates.api.closing_urls")),
        path("", include("value.api.urls")),
    ],
    "api",
)

urlpatterns = [
    path("api/v1/", include(api)),
    path("", include("aiso.web.urls")),
    path("", include("aiso.accounts.urls")),
    path("", include("aiso.events.urls")),
    path("", include("aiso.configuration.urls")),
    path("", include("portfolio.urls")),
    path("", include("forums.urls")),
    path("", include("standards.urls")),
    path("", include("stagegates.urls")),
    path("", include("value.urls")),
    # Only the office changes an address, since a file's owners are found by it.
    path("accounts/email/", RedirectView.as_view(pattern_name="accounts:profile")),
    # Whoever failed to sign in is not signed in.
    path("accounts/3rdparty/login/error/", login_not_required(login_error), name="socialaccount_login_error"),
    path("accounts/", include("allauth.urls")),
]

handler400 = "aiso.web.views.bad_request"
handler403 = "aiso.web.views.permission_denied"
handler404 = "aiso.web.views.page_not_found"
handler500 = "aiso.web.views.server_error"
