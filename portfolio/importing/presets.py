"""Known files: their mapping and what else is known of them, so that nobody has to say it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .dates import FEDERAL_FISCAL_YEAR_START
from .wording import folded

KEEP_AS_NOTE = ""  # a column that is no standard one: its cells are kept in the notes
LEAVE_OUT = "-"  # a column that is kept in the record as imported, and nowhere else


@dataclass(frozen=True)
class Preset:
    """The mapping of one kind of file, by header, and the day whose state it tells."""

    key: str
    label: str
    source: str
    columns: dict[str, str]
    as_of: date | None = None
    fiscal_start: int = FEDERAL_FISCAL_YEAR_START
    younger: frozenset[str] = frozenset()  # columns that older files of the kind lack

    def fits(self, headers: Sequence[str]) -> bool:
        """Whether a file has all of these columns, whatever else it has."""
        found = {folded(header) for header in headers}
        return all(folded(header) in found for header in self.columns.keys() - self.younger)

    def mapping(self, headers: Sequence[str]) -> list[str]:
        """The standard column of each header; what the preset does not name is kept as a note."""
        known = {folded(header): column for header, column in self.columns.items()}
        return [known.get(folded(header), KEEP_AS_NOTE) for header in headers]


OMB_2024 = Preset(
    key="omb-2024",
    label="2024 federal agency AI use case inventory",
    source="OMB inventory 2024",
    as_of=date(2024, 12, 16),  # the day it was first published
    columns={
        "2_use_case_name": "use_case_name",
        "3_agency": "agency_name",
        "3_abr": "agency_abbreviation",
        "4_bureau": "agency_bureau",
        "8_topic_area": "topic_area",
        "10_commercial_ai": "commercial_ai",
        "11_purpose_benefits": "purpose_benefits",
        "12_outputs": "system_outputs",
        "16_dev_stage": "development_stage",
        "17_impact_type": "impact_type",
        "18_date_initiated": "date_initiated",
        "19_date_acq_dev_began": "date_development_began",
        "20_date_implemented": "operational_date",
        "21_date_retired": "date_retired",
        "22_dev_method": "contracting_usage",
        "23_contract_piids": "contract_ids",
        "24_hisp_support": "hisp_support",
        "25_hisp_name": "hisp_name",
        "26_public_service": "public_service",
        "27_public_info": "public_info",
        "28_iqa_compliance": "iqa_compliance",
        "29_contains_pii": "has_pii",
        "30_saop_review": "saop_review",
        "31_data_catalog": "data_catalog",
        "33_agency_data": "data_description",
        "34_data_docs": "data_docs",
        "35_demo_features": "demographic_features",
        "37_custom_code": "has_custom_code",
        "38_code_access": "code_access",
        "39_code_link": "code_url",
        "40_has_ato": "have_ato",
        "41_system_name": "system_name_ato",
        "42_dev_tools_wait": "dev_tools_wait",
        "43_infra_provisioned": "infra_provisioned",
        "45_compute_request": "compute_request",
        "47_timely_resources": "timely_resources",
        "49_existing_reuse": "existing_reuse",
        "50_internal_review": "internal_review",
        "51_extension_request": "extension_request",
        "52_impact_assessment": "hi_assessment_completed",
        "53_real_world_testing": "hi_testing_conducted",
        "54_key_risks": "hi_potential_impacts",
        "55_independent_eval": "hi_independent_review",
        "56_monitor_postdeploy": "hi_ongoing_monitoring",
        "57_autonomous_impact": "autonomous_impact",
        "59_ai_notice": "ai_notice",
        "61_adverse_impact": "adverse_impact",
        "62_disparity_mitigation": "disparity_mitigation",
        "63_stakeholder_consult": "hi_public_consultation",
        "65_appeal_process": "hi_appeal_process",
        "66_no_appeal_reason": "no_appeal_reason",
        "67_opt_out": "opt_out",
    },
)

REGISTER = Preset(
    key="register",
    label="Export of this register, all columns",
    source="Register export",
    younger=frozenset({"Outcome", "Next gate", "Review state"}),
    columns={
        "Reference": "reference",
        "Initiative": "use_case_name",
        "Unit": "agency_bureau",
        "Parent unit": "agency_name",
        "Stage": "development_stage",
        "Stage since": "stage_since",
        "Days": LEAVE_OUT,
        "Owners": LEAVE_OUT,
        "Business owner": LEAVE_OUT,
        "Technical owner": LEAVE_OUT,
        "Risk owner": LEAVE_OUT,
        "Business owner e-mail": "business_owner_email",
        "Technical owner e-mail": "technical_owner_email",
        "Risk owner e-mail": "risk_owner_email",
        "Risk": "risk_tier",
        "EU AI Act": "eu_ai_act_class",
        "Bucket": "bucket",
        "Workflow": "workflow",
        "Objective": "objective",
        "Use-case type": "use_case_type",
        "Jurisdictions": "jurisdictions",
        "Tools": "tools",
        "Tags": "tags",
        "Lane": LEAVE_OUT,
        "Why this lane": LEAVE_OUT,
        "Highest autonomy": LEAVE_OUT,
        "Money asked for": "requested_amount",
        "Data": "data_sensitivity",
        "Employees": "employee_effect",
        "Customer-facing": "customer_facing",
        "Rights-impacting": "is_rights_impacting",
        "Safety-impacting": "is_safety_impacting",
        "Source": "source",
        "External ID": "id",
        "Changed": LEAVE_OUT,
        "Priority": LEAVE_OUT,
        "Next gate": LEAVE_OUT,
        "Review state": LEAVE_OUT,
        "Summary": "summary",
        "Outcome": "benefits",
        "Value": "priority_value",
        "Feasibility": "priority_feasibility",
        "Data readiness": "priority_data_readiness",
        "Strategic fit": "priority_strategic_fit",
        "Governance complexity": "priority_governance_complexity",
        "Confidential": "confidential",
        "Notes": "notes",
    },
)

PRESETS = {preset.key: preset for preset in (OMB_2024, REGISTER)}


def preset_for(headers: Sequence[str]) -> Preset | None:
    """The preset whose columns a file has, if any."""
    return next((preset for preset in PRESETS.values() if preset.fits(headers)), None)
