#!/usr/bin/env python3
"""What whole runs of the release build cost, start to exit and in memory. Nothing here is a test.

    cargo build --release && benches/process.py
"""

import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TRUEUP = os.environ.get("TRUEUP", ROOT / "target/release/trueup")
GROUPS = ROOT / "examples/thirty-groups.yaml"


def run(folder, *arguments):
    """Milliseconds, and the peak of resident memory in MiB, which Linux tells in KiB."""
    begin = time.perf_counter()
    child = subprocess.Popen([TRUEUP, *arguments], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    took = time.perf_counter() - begin
    assert child.returncode == 0, f"{arguments} ended with {child.returncode}"
    return 1000 * took, usage.ru_maxrss / 1024


def report(what, aim, runs):
    milliseconds, mebibytes = zip(*runs)
    print(f"{what:45} {statistics.median(milliseconds):8.1f} ms {max(mebibytes):6.1f} MiB   {aim}")


def main():
    with tempfile.TemporaryDirectory() as folder:
        groups = ("--file", GROUPS, "--sandbox")
        validate = [run(folder, "validate", "--file", GROUPS) for _ in range(20)]
        report("validate, thirty groups", "aim: 20 ms", validate)
        run(folder, "sandbox", "reset")
        plan = [run(folder, "plan", *groups) for _ in range(5)]
        report("plan, thirty groups from nothing", "aim: 40 MiB", plan)
        report("apply, thirty groups from nothing", "", [run(folder, "apply", "--yes", *groups)])
        report("plan, thirty groups in sync", "aim: 40 MiB", [run(folder, "plan", *groups) for _ in range(5)])
        report("drift, thirty groups in sync", "", [run(folder, "drift", *groups) for _ in range(5)])


main()
