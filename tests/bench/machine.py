# SPDX-License-Identifier: GPL-3.0-or-later
"""The two sides as processes that do not disturb each other, and the machine they run on."""

import json
import os
import resource
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BUSY = 0.1  # other programs' share of the machine above which a wall clock is not trusted

# Keeps freed memory in the process; else PyTorch's large tensors come from the kernel page by page,
# at each evaluation anew, which costs it 3 to 16 %.
TUNED = {"MALLOC_MMAP_THRESHOLD_": str(1 << 32), "MALLOC_TRIM_THRESHOLD_": str(1 << 32),
         "MALLOC_TOP_PAD_": str(1 << 26)}


def processor():
    """The processor's name, how many of it there are and what it knows."""
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        facts = dict(line.strip().split("\t:", 1) if "\t:" in line else (line, "") for line in f)
    facts = {key.strip(): value.strip() for key, value in facts.items()}
    flags = facts.get("flags", "").split()
    knows = next((name for flag, name in (("avx512f", "AVX-512"), ("avx2", "AVX2"))
                  if flag in flags), os.uname().machine)
    name = facts.get("model name", os.uname().machine)
    if "model name" in facts and "cpu family" in facts:
        name += f" (family {facts['cpu family']}, model {facts['model']})"
    return f"{name}, {knows}, {os.cpu_count()} processors"


def _busy_seconds():
    with open("/proc/stat", encoding="utf-8") as f:
        user, nice, system, _, _, irq, softirq, steal = map(int, f.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def _children_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class OtherLoad:
    """with OtherLoad() as load: …; load.own = processor seconds; load.share() afterwards."""

    def __enter__(self):
        self.busy, self.start, self.own = _busy_seconds(), time.perf_counter(), 0.0
        return self

    def __exit__(self, *_):
        self.busy = _busy_seconds() - self.busy
        self.seconds = time.perf_counter() - self.start

    def share(self):
        return max(0.0, self.busy - self.own) / (self.seconds * os.cpu_count())


class Torch:
    """A worker process for one number of threads, stopped whenever it is not asked something.

    The environment sets the threads: torch.set_num_threads(1) leaves OpenBLAS two on two processors,
    and the second one's waiting nearly doubles the processor time.
    """

    def __init__(self, kit, threads, tuned=True):
        environment = {**os.environ, **(TUNED if tuned else {}), "OMP_NUM_THREADS": str(threads),
                       "OPENBLAS_NUM_THREADS": str(threads)}
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "torch_worker.py"), kit], env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.version = json.loads(self.process.stdout.readline())["torch"]
        os.kill(self.process.pid, signal.SIGSTOP)

    def ask(self, **request):
        os.kill(self.process.pid, signal.SIGCONT)
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        finally:
            os.kill(self.process.pid, signal.SIGSTOP)
        if not line:
            raise SystemExit("The PyTorch process ended.")
        return json.loads(line)

    def _spent(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="utf-8") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def measure(self, **request):
        before = self._spent()
        with OtherLoad() as load:
            found = self.ask(do="measure", **request)
        load.own = self._spent() - before
        return found["seconds"], found["cpu_seconds"], load.share()

    def close(self):
        self.process.kill()
        self.process.communicate()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Ours:
    """The gimp-diffusion command, a process for each measurement."""

    def __init__(self, cli):
        self.cli = cli

    def bench(self, *words):
        """The JSON of a bench and the load that other programs were meanwhile."""
        before = _children_seconds()
        with OtherLoad() as load:
            done = subprocess.run([self.cli, "bench", *map(str, words)], check=True,
                                  stdout=subprocess.PIPE, text=True)
        load.own = _children_seconds() - before
        return json.loads(done.stdout), load.share()

    def run(self, *words):
        subprocess.run([self.cli, *map(str, words)], check=True)

    def cost(self, *words):
        """Processor seconds and the largest resident memory in bytes of a command."""
        process = subprocess.Popen([self.cli, *map(str, words)])
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"gimp-diffusion {' '.join(map(str, words))} failed")
        return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


class Patience:
    """For wall clocks: waits until other programs leave the machine alone, but not for ever."""

    def __init__(self, seconds):
        self.seconds = seconds

    def wait(self):
        """Returns whether the machine is idle."""
        while True:
            start = time.perf_counter()
            with OtherLoad() as load:
                time.sleep(0.3)
            if load.share() <= BUSY:
                return True
            if self.seconds <= 0:
                return False
            self.seconds -= time.perf_counter() - start

    def measure(self, function, threads, tries=3):
        """function() returns (…, share of others); what a busy machine gave is taken in the end."""
        if threads == 1:  # processor time counts
            return function()
        for _ in range(tries):
            idle = self.wait()
            found = function()
            if not idle or found[-1] <= BUSY:
                break
        return found
