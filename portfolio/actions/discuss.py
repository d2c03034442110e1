"""Comments, links and files on an initiative."""

import re
from uuid import uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import ProtectedError

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.models import Notification
from aiso.events.outbox import publish

from ..models import Attachment, Comment, Initiative, Link
from ..permissions import can_comment, can_edit
from .edit_initiative import touch

# @ and an e-mail address, or the part before its @ where only one person has that.
MENTION = re.compile(r"(?<![\w@.])@([\w.+-]+(?:@[\w-]+(?:\.[\w-]+)+)?)")
# Bytes. Larger evidence belongs where files are kept, with a link from here.
LARGEST_FILE = 25 * 1024 * 1024
# Endings that run when opened. Everything is served as a download, whatever its ending.
REFUSED_ENDINGS = (
    ".exe",
    ".bat",
    ".cmd",
    ".com",
    ".msi",
    ".scr",
    ".ps1",
    ".vbs",
    ".js",
    ".jar",
    ".hta",
    ".lnk",
)


@transaction.atomic
def add_comment(initiative: Initiative, *, actor: User, text: str) -> Comment:
    """Add a remark, and tell those it mentions who may see the initiative."""
    if not can_comment(actor):
        raise PermissionDenied("Auditors read the discussion and do not join it.")
    if not text.strip():
        raise DomainError("Write something first.", field="text")
    comment = Comment.objects.create(initiative=initiative, author=actor, text=text.strip())
    comment.mentions.set(mentioned(text, initiative))
    touch([initiative.pk])
    publish("comment.added", actor=actor, initiative=initiative, comment=comment)
    return comment


@transaction.atomic
def edit_comment(comment: Comment, *, actor: User, text: str) -> Comment:
    """Correct one's own remark; the earlier wording stays in history."""
    comment = _own_comment(comment, actor)
    if not text.strip():
        raise DomainError("Write something, or withdraw the comment.", field="text")
    comment.text, comment.edited_at = text.strip(), clock.now()
    comment.save(update_fields=["text", "edited_at"])
    comment.mentions.set(mentioned(text, comment.initiative))
    publish("comment.edited", actor=actor, initiative=comment.initiative, comment=comment)
    return comment


@transaction.atomic
def withdraw_comment(comment: Comment, *, actor: User) -> None:
    """Take one's own remark back. That there was one stays visible."""
    comment = _own_comment(comment, actor)
    comment.withdrawn_at = clock.now()
    comment.save(update_fields=["withdrawn_at"])
    # Whoever was mentioned and has not looked yet would find nothing.
    Notification.objects.unread().filter(event__payload__comment=comment.pk).delete()
    publish("comment.withdrawn", actor=actor, initiative=comment.initiative, comment=comment)


@transaction.atomic
def add_link(initiative: Initiative, *, actor: User, name: str, address: str) -> Link:
    """Attach a web address. Raises ValidationError for one that is not http or https."""
    _may_attach(initiative, actor)
    if not address.lower().startswith(("http://", "https://")):
        raise ValidationError({"address": "Give an address that begins with https://."})
    link = Link(initiative=initiative, name=name.strip() or address[:200], address=address)
    link.full_clean()
    link.save()
    touch([initiative.pk])
    publish("link.added", actor=actor, initiative=initiative, link=link)
    return link


@transaction.atomic
def remove_link(link: Link, *, actor: User) -> None:
    _may_attach(link.initiative, actor)
    publish("link.removed", actor=actor, initiative=link.initiative, link=link)
    touch([link.initiative_id])
    link.delete()


@transaction.atomic
def attach_file(initiative: Initiative, *, actor: User, file: "UploadedFile[bytes]") -> Attachment:
    """Attach a file of up to LARGEST_FILE bytes. Raises DomainError for larger, empty or runnable ones."""
    _may_attach(initiative, actor)
    name = (file.name or "file")[-255:]
    if not file.size:
        raise DomainError("This file is empty.", field="file")
    if file.size > LARGEST_FILE:
        raise DomainError(
            f"Files up to {LARGEST_FILE // 1024**2} MB; put a larger one elsewhere and link it.", field="file"
        )
    if name.lower().rstrip(" .").endswith(REFUSED_ENDINGS):
        raise DomainError("Programs cannot be attached.", field="file")
    file.name = uuid4().hex
    attachment = Attachment.objects.create(
        initiative=initiative, name=name, file=file, size=file.size, uploaded_by=actor
    )
    touch([initiative.pk])
    publish("attachment.added", actor=actor, initiative=initiative, attachment=attachment)
    return attachment


@transaction.atomic
def remove_attachment(attachment: Attachment, *, actor: User) -> None:
    """Take a file off the initiative, and off the disk once that is certain.

    Raises DomainError for one that an app above refers to, such as evidence for a gate.
    """
    _may_attach(attachment.initiative, actor)
    publish("attachment.removed", actor=actor, initiative=attachment.initiative, attachment=attachment)
    touch([attachment.initiative_id])
    storage, path = attachment.file.storage, str(attachment.file.name)
    try:
        attachment.delete()
    except ProtectedError as error:
        raise DomainError("This file is evidence for a gate and stays.") from error
    transaction.on_commit(lambda: storage.delete(path))


def mentioned(text: str, initiative: Initiative) -> list[User]:
    """The people that a text names with @ who may see the initiative."""
    people = (_person_called(name) for name in {match.rstrip(".").lower() for match in MENTION.findall(text)})
    visible = Initiative.objects.filter(pk=initiative.pk)
    return [person for person in people if person and visible.visible_to(person).exists()]


def _person_called(name: str) -> User | None:
    people = User.objects.active().people()
    found = people.filter(email=name) if "@" in name else people.filter(email__startswith=f"{name}@")
    return found.first() if found.count() == 1 else None


def _own_comment(comment: Comment, actor: User) -> Comment:
    locked = Comment.objects.select_for_update(of=["self"]).select_related("initiative").get(pk=comment.pk)
    if locked.author_id != actor.pk or not can_comment(actor):
        raise PermissionDenied("Only its author changes a comment.")
    if locked.withdrawn_at:
        raise DomainError("This comment was withdrawn.")
    return locked


def _may_attach(initiative: Initiative, actor: User) -> None:
    if not can_edit(actor, initiative):
        raise PermissionDenied("Its owners and the office attach files and links.")
