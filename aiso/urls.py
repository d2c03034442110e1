"""All addresses. Each app names its own; LoginRequiredMiddleware's rule is in aiso/web/middleware.py."""

from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", include("aiso.web.urls")),
    path("", include("aiso.accounts.urls")),
    path("", include("aiso.events.urls")),
    path("", include("portfolio.urls")),
    # Only the office changes an address, since a file's owners are found by it.
    path("accounts/email/", RedirectView.as_view(pattern_name="accounts:profile")),
    path("accounts/", include("allauth.urls")),
]

handler400 = "aiso.web.views.bad_request"
handler403 = "aiso.web.views.permission_denied"
handler404 = "aiso.web.views.page_not_found"
handler500 = "aiso.web.views.server_error"
