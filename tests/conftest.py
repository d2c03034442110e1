"""People and the ground that each test stands on. make_* live in tests/factories.py."""

import threading
import time

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import connection
from django.test import TransactionTestCase

from aiso.accounts.models import Role, User
from aiso.workdays import forget_calendar

from .factories import make_person
from .template_database import copy_template, restore_shipped

# Seconds that a request has to end after its test.
PATIENCE = 30


class Underway:
    """Requests that the live server has begun and not ended: it answers each in a thread of its own."""

    def __init__(self) -> None:
        self._threads: set[int] = set()
        request_started.connect(self._begin)
        request_finished.connect(self._end)

    def _begin(self, **about: object) -> None:
        if threading.current_thread() is not threading.main_thread():
            self._threads.add(threading.get_ident())

    def _end(self, **about: object) -> None:
        self._threads.discard(threading.get_ident())

    def __bool__(self) -> bool:
        living = {thread.ident for thread in threading.enumerate()}
        return bool(self._threads & living)


_underway = Underway()


def pytest_configure() -> None:
    """Argon2 is slow on purpose; a test that signs in with a password need not be. Nor need one whose changes commit:
    Django would truncate every table behind it.
    """
    TransactionTestCase._fixture_teardown = lambda self: restore_shipped()  # type: ignore[method-assign]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _empty_cache():
    """Rate limits and counts of one test do not reach the next."""
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _calendar_read_anew():
    forget_calendar()


@pytest.fixture(autouse=True, scope="session")
def _files_apart(tmp_path_factory):
    settings.MEDIA_ROOT = tmp_path_factory.getbasetemp() / "files"


@pytest.fixture(scope="session")
def django_db_keepdb():
    """The copy below is taken as it is; the servers are thrown away with it."""
    return True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, django_db_blocker):
    with django_db_blocker.unblock():
        name = connection.creation._get_test_db_name()
        copy_template(name)


@pytest.fixture
def transactional_db(transactional_db):
    """For tests whose changes commit, those with a live server too. Take this fixture rather than the mark: a page may
    still ask for something when its test is over.
    """
    yield
    _let_requests_end()


def _let_requests_end() -> None:
    """Emptying the tables under a request would be a deadlock. Other processes are over when they asked for nothing for
    a moment: between two queries they look idle.
    """
    busy = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND (state <> 'idle' OR state_change > clock_timestamp() - interval '300 milliseconds')"
    )
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(busy)
            if cursor.fetchone() == (0,) and not _underway:
                return
        time.sleep(0.05)


@pytest.fixture
def requester(db) -> User:
    return make_person("Rita Quest", Role.REQUESTER)


@pytest.fixture
def business_owner(db) -> User:
    return make_person("Boris Owen", Role.BUSINESS_OWNER)


@pytest.fixture
def technical_owner(db) -> User:
    return make_person("Tessa Owen", Role.TECHNICAL_OWNER)


@pytest.fixture
def risk_owner(db) -> User:
    return make_person("Rolf Owen", Role.RISK_OWNER)


@pytest.fixture
def legal_reviewer(db) -> User:
    return make_person("Lena Lex", Role.LEGAL_REVIEWER)


@pytest.fixture
def security_reviewer(db) -> User:
    return make_person("Sven Lock", Role.SECURITY_REVIEWER)


@pytest.fixture
def risk_reviewer(db) -> User:
    return make_person("Ria Weigh", Role.RISK_REVIEWER)


@pytest.fixture
def procurement_reviewer(db) -> User:
    return make_person("Paul Buyer", Role.PROCUREMENT_REVIEWER)


@pytest.fixture
def data_reviewer(db) -> User:
    return make_person("Dana Field", Role.DATA_REVIEWER)


@pytest.fixture
def reviewer(legal_reviewer: User) -> User:
    return legal_reviewer


@pytest.fixture
def finance_controller(db) -> User:
    return make_person("Fred Count", Role.FINANCE_CONTROLLER)


@pytest.fixture
def office_member(db) -> User:
    return make_person("Olga Member", Role.OFFICE_MEMBER)


@pytest.fixture
def office_lead(db) -> User:
    return make_person("Otto Lead", Role.OFFICE_LEAD)


@pytest.fixture
def executive(db) -> User:
    return make_person("Eva Chief", Role.EXECUTIVE)


@pytest.fixture
def auditor(db) -> User:
    return make_person("Aldo Ledger", Role.AUDITOR)


@pytest.fixture
def service_account(db) -> User:
    return make_person("Nightly Sync", Role.SERVICE_ACCOUNT, is_service_account=True)


@pytest.fixture
def stranger(db) -> User:
    """Signed in, without a role."""
    return make_person("Nobody Special")
