from django.urls import path

from portfolio import references  # noqa: F401 - paths name its converter

from .views import measurements

app_name = "value"
BELOW = "initiatives/<reference:pk>/measurements/"
urlpatterns = [
    path(BELOW, measurements.initiative_measurements, name="initiative_measurements"),
    path(f"{BELOW}<int:metric>/new/", measurements.measurement_record, name="measurement_record"),
    path("measurements/", measurements.measurement_list, name="measurement_list"),
    path("measurements/export/", measurements.measurement_export, name="measurement_export"),
    path("measurements/<int:pk>/", measurements.measurement_detail, name="measurement_detail"),
    path("measurements/<int:pk>/correct/", measurements.measurement_correct, name="measurement_correct"),
    path("measurements/<int:pk>/confirm/", measurements.measurement_confirm, name="measurement_confirm"),
    path("measurements/<int:pk>/reject/", measurements.measurement_reject, name="measurement_reject"),
]
