"""
Requests through the real API server while certificates are rolled and replicas come and go.

``make soak`` does it for minutes; ``test_soak.py`` for seconds.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from release import NAME, Release, release, workflow
from waiting import until

from admission.cli.demo.plane import ControlPlane
from admission.cluster.client import Client, Refused
from admission.errors import ClusterError

WORKFLOWS = "/apis/argoproj.io/v1alpha1/namespaces/default/workflows?dryRun=All"

#: What is counted beside calls.
ROLLED = "authorities rolled"

#: Times of the Lease for whom leaders are killed every few seconds.
HASTY = {"leaseSeconds": 3, "renewSeconds": 2}

#: Seconds for which somebody whose call found nobody tries again, as controllers do.
PATIENCE = 30.0


@dataclass
class People:
    """Whoever creates Workflows, good and bad ones in turn, so many a second; *wrong* is what must not be."""

    plane: ControlPlane
    rate: float
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    _ending: threading.Event = field(default_factory=threading.Event)

    def work(self, threads: int) -> list[threading.Thread]:
        # One for all: kubeconfigs cannot be read by several threads at once, as the official package keeps their
        # certificates in files that it shares before they are written.
        client = Client.connect(str(self.plane.kubeconfig))
        made = [threading.Thread(target=self._work, args=(client, number, threads)) for number in range(threads)]
        for each in made:
            each.start()
        return made

    def stop(self) -> None:
        self._ending.set()

    def _work(self, client: Client, number: int, threads: int) -> None:
        every, bad = threads / self.rate, number % 2 == 0
        following = time.monotonic() + every * number / threads
        while not self._ending.wait(max(following - time.monotonic(), 0)):
            following = max(following + every, time.monotonic() - 1)
            bad = not bad
            self._one(client, bad)

    def _one(self, client: Client, bad: bool) -> None:
        started, document = time.monotonic(), workflow("soak-", bad=bad)
        while True:
            answer = self._asked(client, document)
            if answer != "nobody there":
                break
            self.counts["calls that found nobody, tried again"] += 1
            if time.monotonic() - started > PATIENCE:
                self.wrong.append("nobody answered")
                return
            time.sleep(0.1)
        self.seconds.append(time.monotonic() - started)
        self.counts[f"{'bad' if bad else 'good'}, {answer}"] += 1
        if answer != ("denied" if bad else "let in"):
            self.wrong.append(f"{'bad' if bad else 'good'} object: {answer}")

    def _asked(self, client: Client, document: dict[str, object]) -> str:
        try:
            client.create(WORKFLOWS, document)
        except Refused as error:
            if "failed calling webhook" in str(error):
                return "nobody there"
            return "denied" if error.code == 422 else f"refused: {error}"
        except ClusterError as error:
            return f"refused: {error}"
        return "let in"


@contextmanager
def people(plane: ControlPlane, rate: float, threads: int = 8) -> Iterator[People]:
    """People at work."""
    made = People(plane, rate)
    working = made.work(threads)
    try:
        yield made
    finally:
        made.stop()
        for each in working:
            each.join(PATIENCE + 5)


def roll(ours: Release, asked: str, seconds: float = 180) -> None:
    """Have the authority rolled, and wait until the old one is gone."""
    kubectl = ours.plane.kubectl
    kubectl("annotate", "secret", NAME, "-n", ours.namespace, "--overwrite", f"argo-admission.io/rotate={asked}")

    def done() -> bool:
        found = json.loads(kubectl("get", "secret", NAME, "-n", ours.namespace, "-o", "json").stdout)
        finished = found["metadata"]["annotations"].get("argo-admission.io/rotated") == asked
        return finished and not {"going.crt", "coming.crt"} & found["data"].keys()

    until(done, seconds)


def replace(ours: Release, sign: signal.Signals) -> None:
    """End the older replica, as gracefully as *sign* says, and start another."""
    if sign is signal.SIGTERM:
        # As a rolling update: the new one is ready before the old one goes.
        ours.until_ready(ours.start())
        ours.stop(ours.replicas[0], sign)
    else:
        ours.stop(ours.replicas[0], sign)
        ours.until_ready(ours.start())


def soak(ours: Release, rate: float, rolls: int, replacements: int, kills: int, say: bool = False) -> People:
    """All of it at once; what happened to those who worked meanwhile."""
    with people(ours.plane, rate) as working:
        rolling = threading.Thread(target=_roll_again_and_again, args=(ours, working, rolls))
        rolling.start()
        for number in range(max(replacements, kills)):
            for sign in (
                *([signal.SIGTERM] if number < replacements else []),
                *([signal.SIGKILL] if number < kills else []),
            ):
                replace(ours, sign)
                if say:
                    memory = ", ".join(f"{replica.resident:.0f} MiB" for replica in ours.replicas)
                    print(
                        f"{sign.name} {number + 1}: {dict(working.counts)} wrong: {working.wrong[:3]}; {memory}",
                        flush=True,
                    )
        rolling.join()
    if working.counts[ROLLED] != rolls:
        working.wrong.append(f"only {working.counts[ROLLED]} of {rolls} times the authority was rolled")
    return working


def _roll_again_and_again(ours: Release, working: People, rolls: int) -> None:
    for number in range(rolls):
        roll(ours, f"{number}")
        working.counts[ROLLED] += 1


def main() -> int:
    """The long one."""
    parser = argparse.ArgumentParser(description="Roll certificates and replace replicas while people work.")
    parser.add_argument("--rate", type=float, default=50, help="Workflows a second")
    parser.add_argument("--rolls", type=int, default=20, help="how often the authority is rolled")
    parser.add_argument("--replacements", type=int, default=10, help="how many replicas are replaced gracefully")
    parser.add_argument("--kills", type=int, default=60, help="how many replicas are killed with SIGKILL")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    sections = {"limits": {"drainSeconds": 3}, "leaderElection": HASTY}
    with ControlPlane(folder / "plane") as plane, release(plane, folder, "soak", **sections) as ours:
        ours.start()
        ours.start()
        ours.until_ready()
        ours.until_asked()
        started = time.monotonic()
        working = soak(ours, given.rate, given.rolls, given.replacements, given.kills, say=True)
        took, times = time.monotonic() - started, sorted(working.seconds)
        print(f"{len(times)} Workflows in {took:.0f} s ({len(times) / took:.1f} a second): {dict(working.counts)}")
        median, most = times[len(times) // 2], times[int(len(times) * 0.99)]
        print(f"seconds for one: median {median:.3f}, 99 % {most:.3f}, most {times[-1]:.3f}")
        print(f"wrong: {working.wrong or 'nothing'}")
        return 1 if working.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
