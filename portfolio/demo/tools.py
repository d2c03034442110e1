"""Invented tools and suppliers of the demonstration, with what legal, procurement and security say of each."""

from dataclasses import dataclass
from datetime import timedelta

from aiso import clock
from aiso.accounts.models import User

from ..actions.keep_tools import add_supplier, add_tool, clear_tool
from ..models import Clearance, Supplier, Tool

APPROVED, REFUSED, IN_REVIEW = Clearance.Status.APPROVED, Clearance.Status.REFUSED, Clearance.Status.IN_REVIEW
# Who records what each function says.
CLEARERS = {
    Clearance.Function.LEGAL: "legal-reviewer",
    Clearance.Function.PROCUREMENT: "procurement-reviewer",
    Clearance.Function.SECURITY: "security-reviewer",
}
SUPPLIERS = (
    ("Northlight Models", "https://northlight.example/", "accounts@northlight.example", "Frame contract until 2028."),
    ("Kestrel Cloud", "https://kestrel.example/", "Our account manager, extension 4410", ""),
    ("Alderbrook Software", "https://alderbrook.example/", "support@alderbrook.example", "Price list of each January."),
    ("Verity Speech", "https://verity.example/", "", "Bought by Kestrel Cloud this spring; contract carries over."),
    ("Run by ourselves", "", "Platform engineering", "Open-source products on our own machines."),
)


@dataclass(frozen=True)
class Said:
    """What a function says: since and until in days from today, `until` none for open-ended."""

    status: Clearance.Status
    since: int
    until: int | None = None
    note: str = ""


def _approved(since: int, until: int | None = None, note: str = "") -> Said:
    return Said(APPROVED, since, until, note)


# Name, supplier, what for, and what legal, procurement and security say; none was not asked.
TOOLS: tuple[tuple[str, str, str, tuple[Said | None, Said | None, Said | None]], ...] = (
    (
        "Language model gateway",
        "Northlight Models",
        "Text models for drafting and summaries; nothing leaves the region.",
        (_approved(-200, 540), _approved(-190, 700), _approved(-180, 300, "Only through the gateway, with logging.")),
    ),
    (
        "Document search",
        "Kestrel Cloud",
        "Search over internal documents, with the rights of who asks.",
        (_approved(-320, 410), _approved(-330), _approved(-300, 65)),
    ),
    (
        "Translation service",
        "Kestrel Cloud",
        "Letters and forms into twelve languages.",
        (_approved(-400, 330), _approved(-380, 350), _approved(-342, 23)),
    ),
    (
        "Code assistant",
        "Alderbrook Software",
        "Suggestions while writing code; no customer data.",
        (_approved(-150, 580), _approved(-140, 225), _approved(-120, 245)),
    ),
    (
        "Speech to text",
        "Verity Speech",
        "Transcripts of calls and meetings.",
        (_approved(-390, -25), _approved(-380, 350), _approved(-370, 360)),
    ),
    (
        "Form reader",
        "Alderbrook Software",
        "Reads scanned forms into fields.",
        (_approved(-90), _approved(-80, 285), Said(IN_REVIEW, -12, note="Waits for the penetration test.")),
    ),
    (
        "Image recognition",
        "Kestrel Cloud",
        "Finds and counts things in pictures.",
        (_approved(-210, 155), _approved(-205, 160), _approved(-200, 165)),
    ),
    (
        "Meeting notes plug-in",
        "Verity Speech",
        "Minutes from recorded meetings.",
        (Said(REFUSED, -45, note="Recordings are kept outside the region."), _approved(-60, 305), None),
    ),
    (
        "Forecasting workbench",
        "Run by ourselves",
        "Time series of demand, stock and staff.",
        (_approved(-500), _approved(-500), _approved(-95, 270)),
    ),
    (
        "Entity resolution",
        "Alderbrook Software",
        "Says which records are about the same person or company.",
        (Said(IN_REVIEW, -20), Said(IN_REVIEW, -30), None),
    ),
    (
        "Open model server",
        "Run by ourselves",
        "Open-weight models on our own machines.",
        (_approved(-130), _approved(-130), _approved(-120, 45)),
    ),
    ("Chat widget", "Northlight Models", "Answers on the public website.", (None, _approved(-15, 350), None)),
    ("Anomaly detection", "Kestrel Cloud", "Unusual payments and sensor readings.", (None, None, None)),
    (
        "Face matching",
        "Verity Speech",
        "Compares faces with documents.",
        (
            Said(REFUSED, -160, note="No legal basis for biometric matching."),
            None,
            Said(REFUSED, -150, note="Templates are not encrypted."),
        ),
    ),
)
# What the simplest initiatives use: approved now, and for a while.
SOUND = ("Language model gateway", "Document search", "Code assistant", "Forecasting workbench")


def stock_tools(people: dict[str, User]) -> dict[str, Tool]:
    """Enter suppliers and tools through the actions; returns the tools by name."""
    buyer = people["procurement-reviewer"]
    suppliers = {
        name: add_supplier(actor=buyer, name=name, website=website, contact=contact, notes=notes)
        for name, website, contact, notes in SUPPLIERS
    }
    return {name: _stocked(people, suppliers[of], name, about, said) for name, of, about, said in TOOLS}


def _stocked(people: dict[str, User], supplier: Supplier, name: str, about: str, said: tuple[Said | None, ...]) -> Tool:
    tool = add_tool(actor=people["procurement-reviewer"], name=name, supplier=supplier, description=about)
    for (function, clearer), each in zip(CLEARERS.items(), said, strict=True):
        if each is not None:
            _record(tool, people[clearer], function, each)
    return tool


def _record(tool: Tool, clearer: User, function: Clearance.Function, said: Said) -> None:
    today = clock.today()
    clear_tool(
        tool,
        actor=clearer,
        function=function,
        status=said.status,
        decided_on=today + timedelta(days=said.since),
        expires_on=None if said.until is None else today + timedelta(days=said.until),
        note=said.note,
    )
