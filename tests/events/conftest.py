"""A mail server to talk to: real sockets, no real mail."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from aiso.accounts.models import User
from aiso.events.models import Event, Notification
from aiso.events.telling import tell

SMTP = "django.core.mail.backends.smtp.EmailBackend"


class PostOffice(socketserver.ThreadingTCPServer):
    """An SMTP server that keeps what it takes. `answers` says otherwise for a command or an address."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        self.letters: list[EmailMessage] = []
        self.answers: dict[str, str] = {}
        self.connections = 0
        super().__init__(("127.0.0.1", port), Conversation)

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Conversation(socketserver.StreamRequestHandler):
    server: PostOffice

    def handle(self) -> None:
        self.server.connections += 1
        self.say("220 ready")
        while line := self.rfile.readline().decode().strip():
            word = line.split(":")[0].upper().removesuffix(" FROM").removesuffix(" TO").split()[0]
            named = next((answer for key, answer in self.server.answers.items() if key.lower() in line.lower()), "")
            if named == "hang up":
                return
            if word == "DATA" and not named:
                self.take()
            else:
                self.say(named or {"QUIT": "221 bye"}.get(word, "250 ok"))

    def take(self) -> None:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.server.letters.append(message_from_bytes(b"".join(lines), policy=policy.default))
        self.say("250 taken")

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


def mailers_at(port: int) -> dict[str, Any]:
    return {"default": {"BACKEND": SMTP, "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": 5}}}


@pytest.fixture
def post_office(settings) -> Iterator[PostOffice]:
    with PostOffice() as office:
        threading.Thread(target=office.serve_forever, args=[0.05], daemon=True).start()
        settings.MAILERS = mailers_at(office.port)
        yield office
        office.shutdown()


@pytest.fixture
def told(requester: User, office_lead: User) -> Callable[..., Notification]:
    """Tell somebody something, by default the requester of a request."""

    def tells(person: User = requester, *, kind: str = "request", text: str = "Please answer", **named: Any) -> Any:
        about = named.pop("about", {})
        event = Event.objects.create(name="review.asked", actor=office_lead, payload=about)
        (notification,) = tell([person], event=event, kind=kind, text=text, path="/profile/", **named)
        return notification

    return tells
