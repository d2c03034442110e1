"""The mail of a month's pack: its PDF, and the address that ends the subscription."""

from django.core import signing
from django.urls import reverse

from aiso.events.enclosures import Enclosed, File
from aiso.events.models import Notification

from ..models import PackFile, PackSubscription

SALT = "pack-subscription"
MEDIA_TYPES = {
    PackFile.Kind.PDF: "application/pdf",
    PackFile.Kind.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    PackFile.Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# Bytes of a file that goes into a mail; many servers refuse ten million. A greater one is behind the link.
MOST = 5_000_000


def enclosed_pack(told: Notification) -> Enclosed | None:
    """For whoever still subscribes. Whether they may still see the pack was asked before."""
    running = PackSubscription.objects.filter(pk=told.about["pack_subscription"], ended_at=None)
    if not running.filter(person=told.person_id).exists():
        return None
    pdfs = PackFile.objects.filter(pack=told.about["pack"], kind=PackFile.Kind.PDF, size__lte=MOST)
    files = [
        File(each.name, bytes(each.content), MEDIA_TYPES[PackFile.Kind.PDF]) for each in pdfs.select_related("pack")
    ]
    return Enclosed(files, end_address(told.about["pack_subscription"]))


def end_address(subscription: int) -> str:
    """The path that ends a subscription by one click (RFC 8058), without signing in."""
    return reverse("value:pack_subscription_end", args=[signing.dumps(subscription, salt=SALT)])


def subscription_named_by(token: str) -> PackSubscription | None:
    """The subscription of such a path, ended or not; None for an address that nobody signed, or of one who left."""
    try:
        pk = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return (
        PackSubscription.objects.filter(pk=pk, person__is_active=True)
        .select_related("person", "unit", "bucket")
        .first()
    )
