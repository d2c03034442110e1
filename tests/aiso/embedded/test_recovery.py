"""What a crash leaves behind is no obstacle to the next start."""

import os
import signal

import psycopg
import pytest
import redis

from .conftest import server_pid, wait_until


def test_a_killed_postgres_is_back_with_the_next_command(start, var):
    survivor = start()
    survivor.query("CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(server_pid(var), signal.SIGKILL)

    assert start().query("SELECT answer FROM kept") == 42
    assert survivor.query("SELECT answer FROM kept") == 42


def test_a_killed_redis_is_back_with_the_next_command(start):
    survivor = start()
    survivor.redis().set("kept", "too")
    os.kill(survivor.redis().info("server")["process_id"], signal.SIGKILL)

    assert start().redis().get("kept") == b"too"
    assert survivor.redis().get("kept") == b"too"


def test_a_dead_server_whose_number_belongs_to_another_process_now_is_no_obstacle(start, var):
    start().end()
    (var / "servers/postgres/postmaster.pid").write_text(f"{os.getppid()}\n")
    (var / "servers/sock/.s.PGSQL.5432.lock").write_text(f"{os.getppid()}\n")

    assert start().query("SELECT 1") == 1


def test_a_set_up_that_was_interrupted_is_begun_anew(start, var):
    (var / "servers/postgres").rename(var / "servers/postgres.new")
    (var / "servers/postgres.new/postgresql.conf").unlink()

    assert start().query("SELECT 1") == 1


def test_killing_everything_at_once_loses_nothing_that_was_committed(start, var):
    command = start()
    command.query("CREATE TABLE kept AS SELECT 42 AS answer")
    for pid in (server_pid(var), command.redis().info("server")["process_id"], command.process.pid):
        os.kill(pid, signal.SIGKILL)
    command.process.wait()

    assert start().query("SELECT answer FROM kept") == 42


def test_servers_are_gone_when_stopped(start):
    command = start()
    command.end()

    with pytest.raises(psycopg.OperationalError):
        command.query("SELECT 1")
    with pytest.raises(redis.ConnectionError):
        command.redis().ping()
    wait_until(lambda: command.process.poll() == 0)
