from django.urls import include, path

app_name = "stagegates"
urlpatterns = [
    path("", include("stagegates.capacity_urls")),
    path("", include("stagegates.matrix_urls")),
    path("", include("stagegates.sign_off_urls")),
    path("", include("stagegates.review_urls")),
    path("", include("stagegates.decision_urls")),
    path("", include("stagegates.closing_urls")),
    path("", include("stagegates.funding_urls")),
]
