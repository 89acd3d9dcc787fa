"""Whatever a component forks is found and stopped with it."""

import os
import subprocess
import sys
import time

from ouidire import processes

FAMILY = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], process_group=0)
print(child.pid, flush=True)
if sys.argv[1] == "stay":
    time.sleep(60)
"""


def family(mode):
    """A session leader with a child in a process group of its own, as Airflow's tasks are."""
    leader = subprocess.Popen(
        [sys.executable, "-c", FAMILY, mode], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    ticks = processes.start_ticks(leader.pid)
    with leader.stdout:
        return leader, ticks, int(leader.stdout.readline())


def test_a_session_is_killed_whole():
    leader, ticks, child = family("stay")
    assert set(processes.session_members(leader.pid, ticks)) == {leader.pid, child}
    assert processes.kill_session(leader.pid, ticks) == 2
    leader.wait()
    assert processes.start_ticks(child) is None


def test_orphans_of_a_dead_leader_are_killed():
    leader, ticks, child = family("leave")
    leader.wait()
    assert processes.session_members(leader.pid, ticks) == [child]
    assert processes.kill_session(leader.pid, ticks) == 1
    assert processes.start_ticks(child) is None


def test_a_later_process_with_the_same_pid_is_left_alone():
    leader, ticks, _ = family("stay")
    try:
        assert processes.kill_session(leader.pid, ticks + 1) == 0
        assert not processes.is_same(leader.pid, ticks + 1)
        assert processes.is_same(leader.pid, ticks)
    finally:
        processes.kill_session(leader.pid, ticks)
        leader.wait()


def test_a_port_in_use_is_told():
    port = processes.free_port()
    assert processes.is_port_free(port)
    server = subprocess.Popen(
        [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 20
        while processes.is_port_free(port) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not processes.is_port_free(port)
    finally:
        server.kill()
        server.wait()


def test_the_end_of_a_log(tmp_path):
    log = tmp_path / "a.log"
    log.write_text("\n".join(map(str, range(100))), encoding="utf-8")
    assert processes.tail(log, 2) == "98\n99"
    assert processes.tail(tmp_path / "none.log") == "(no such file)"


def test_ourselves():
    assert processes.is_same(os.getpid(), processes.start_ticks(os.getpid()))
    assert processes.start_ticks(2**22 + 1) is None
