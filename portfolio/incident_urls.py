"""The addresses of incidents, assets and templates."""

from django.urls import path

from . import references  # noqa: F401 - paths name its converters
from .views import assets, incident_records, incidents, initiative_incidents, message_templates

ONE = "incidents/<incident:pk>/"
ACTION = f"{ONE}actions/<int:action>/"
BELOW = "initiatives/<reference:pk>/incidents/"
urlpatterns = [
    path("incidents/", incidents.incident_list, name="incident_list"),
    path("incidents/export/", incidents.incident_export, name="incident_export"),
    path("incidents/new/", incidents.incident_begin, name="incident_begin"),
    path(BELOW, initiative_incidents.initiative_incidents, name="initiative_incidents"),
    path(f"{BELOW}new/", incidents.incident_report, name="incident_report"),
    path(ONE, incidents.incident_detail, name="incident_detail"),
    path(f"{ONE}edit/", incidents.incident_edit, name="incident_edit"),
    path(f"{ONE}<incident_deed:deed>/", incidents.incident_deed, name="incident_deed"),
    path(f"{ONE}initiatives/new/", incident_records.incident_join, name="incident_join"),
    path(f"{ONE}initiatives/<reference:initiative>/", incident_records.incident_share, name="incident_share"),
    path(f"{ONE}escalation/new/", incident_records.escalation_add, name="escalation_add"),
    path(f"{ONE}escalation/<int:step>/told/", incident_records.escalation_told, name="escalation_told"),
    path(f"{ONE}escalation/<int:step>/remove/", incident_records.escalation_remove, name="escalation_remove"),
    path(f"{ONE}message/", incident_records.incident_message, name="incident_message"),
    path(f"{ONE}review/", incident_records.incident_review, name="incident_review"),
    path(f"{ONE}review/conclude/", incident_records.incident_conclude, name="incident_conclude"),
    path(f"{ONE}actions/new/", incident_records.incident_action_give, name="incident_action_give"),
    path(f"{ACTION}done/", incident_records.incident_action_done, name="incident_action_done"),
    path(f"{ACTION}drop/", incident_records.incident_action_drop, name="incident_action_drop"),
    path("assets/", assets.asset_list, name="asset_list"),
    path("assets/export/", assets.asset_export, name="asset_export"),
    path("assets/new/", assets.asset_add, name="asset_add"),
    path("assets/<int:pk>/", assets.asset_detail, name="asset_detail"),
    path("assets/<int:pk>/edit/", assets.asset_edit, name="asset_edit"),
    path("assets/<int:pk>/retire/", assets.asset_retire, name="asset_retire"),
    path("assets/<int:pk>/uses/", assets.asset_use, name="asset_use"),
    path("assets/<int:pk>/uses/<reference:initiative>/remove/", assets.asset_unuse, name="asset_unuse"),
    path("administration/message-templates/", message_templates.template_list, name="template_list"),
    path("administration/message-templates/new/", message_templates.template_add, name="template_add"),
    path("administration/message-templates/<int:pk>/", message_templates.template_edit, name="template_edit"),
]
