"""On what, and of which state of the project."""

import os
import platform
import subprocess
import time


def output_of(*words):
    try:
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
        return done.stdout.strip()
    except FileNotFoundError:
        return ""


def commit():
    text = output_of("git", "describe", "--always", "--dirty", "--abbrev=12")
    return text or "unknown (not a git checkout)"


def processor():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def memory_gigabytes():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def huge_pages():
    try:
        return open("/sys/kernel/mm/transparent_hugepage/enabled").read().strip()
    except FileNotFoundError:
        return "none"


def busy_ticks():
    user, nice, system = open("/proc/stat").readline().split()[1:4]
    return int(user) + int(nice) + int(system)


def busy_cores():
    """How many cores are busy at this moment, while nothing of ours is running."""
    before = busy_ticks()
    time.sleep(1)
    return (busy_ticks() - before) / os.sysconf("SC_CLK_TCK")


def describe():
    """Rows of a table."""
    busy = busy_cores()
    verdict = "" if busy < 0.2 else ": **not quiet, do not trust the figures**"
    return [("commit", commit()),
            ("processor", f"{processor()}, {os.cpu_count()} cores"),
            ("memory", f"{memory_gigabytes():.0f} GB; huge pages: {huge_pages()}"),
            ("system", f"{platform.system()} {platform.release()}"),
            ("MPI", output_of("mpirun", "--version").split("\n")[0]),
            ("compiler", output_of("c++", "--version").split("\n")[0]),
            ("cores busy with other work", f"{busy:.2f} just before{verdict}")]
