"""A guarded process ends with the process that started it."""

import subprocess
import sys

import psutil

from simulators.common import guard

# Starts a guarded command, prints its pid, and ends without ending it.
PARENT = """
import os, subprocess, sys
child = subprocess.Popen(
    [sys.executable, sys.argv[1], str(os.getpid()), "sleep", "60"],
    stdout=subprocess.PIPE,
)
print(child.pid, flush=True)
sys.stdin.read()
os._exit(1)
"""


def test_a_guarded_command_ends_with_the_process_that_started_it() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, guard.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as parent:
        assert parent.stdin
        assert parent.stdout
        child = psutil.Process(int(parent.stdout.readline()))
        while child.name() != "sleep":  # until then the tie may not be made
            pass
        parent.stdin.close()
        parent.wait(10)
        gone, _ = psutil.wait_procs([child], timeout=10)
        assert gone or child.status() == psutil.STATUS_ZOMBIE
