"""Who starts the embedded servers, who shares them, and who stops them."""

import os
import signal

from .conftest import running, server_pid, wait_until

BOTH = {"postgres", "redis"}


def test_commands_share_the_servers_and_the_last_one_out_stops_them(start, var):
    first = start()
    pid = server_pid(var)
    second = start()

    assert server_pid(var) == pid
    assert first.end() == 0
    assert running(var) == BOTH
    assert second.end() == 0
    assert running(var) == set()


def test_a_command_started_by_a_command_uses_the_servers_too(start, var):
    first = start()
    second = start(DATABASE_URL=first.database_url, REDIS_URL=first.redis_url + "?db=3")

    first.kill()

    assert second.query("SELECT 1") == 1
    assert running(var) == BOTH


def test_a_forked_child_keeps_the_servers_after_its_parent_has_ended(start, var):
    parent = start("fork")
    parent.process.wait()

    assert parent.query("SELECT 1") == 1
    assert running(var) == BOTH
    parent.process.stdin.close()
    wait_until(lambda: not running(var))


def test_servers_stop_when_their_only_command_is_killed(start, var):
    start().kill()

    wait_until(lambda: not running(var))


def test_servers_stop_when_their_only_command_is_told_to_end(start, var):
    start().process.send_signal(signal.SIGTERM)

    wait_until(lambda: not running(var))


def test_interrupting_the_command_stops_it_and_then_the_servers(start, var):
    """Ctrl-C reaches a whole group of processes, and the servers are not in the command's."""
    command = start()

    assert os.getpgid(server_pid(var)) != os.getpgid(command.process.pid)
    command.process.send_signal(signal.SIGINT)
    command.process.wait()
    assert running(var) == set()


def test_what_was_written_is_there_again(start):
    first = start()
    first.query("CREATE TABLE kept AS SELECT 42 AS answer")
    first.redis().set("kept", "too")
    first.end()

    second = start()

    assert second.query("SELECT answer FROM kept") == 42
    assert second.redis().get("kept") == b"too"


def test_throwaway_servers_take_their_folder_with_them(start, var):
    start("throwaway").end()

    assert not var.exists()


def test_throwaway_servers_take_their_folder_with_them_when_killed(start, var):
    start("throwaway").kill()

    wait_until(lambda: not var.exists())
