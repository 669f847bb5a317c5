"""The show itself: the main job, with real programs and their real output."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from types import FrameType

import yaml
from rich.console import Console
from rich.rule import Rule
from rich.syntax import Syntax
from rich.text import Text

from admission.cli.changes import shown
from admission.cli.demo.kinds import definitions
from admission.cli.demo.plane import ControlPlane
from admission.cli.demo.progress import step
from admission.cli.demo.scenes import MANIFESTS, SCENES, Scene, furniture
from admission.cli.demo.webhook import Webhook
from admission.cli.output import coloured
from admission.model.document import Document

#: What the API server writes into every object; nobody asked for it.
_SERVERS = frozenset({"creationTimestamp", "generation", "managedFields", "resourceVersion", "uid"})


def run(*, once: bool) -> int:
    """Show everything, and leave the cluster up until Ctrl-C unless *once*; 1 where a scene is not as it should be."""
    signal.signal(signal.SIGTERM, _interrupted)
    try:
        with tempfile.TemporaryDirectory(prefix="argo-admission-demo-") as folder:
            return _shown(Path(folder), once=once)
    except KeyboardInterrupt:
        return 0


def _shown(folder: Path, *, once: bool) -> int:
    plane = ControlPlane(folder / "plane")
    try:
        with step("etcd, kube-apiserver and kube-controller-manager on this machine"):
            plane.start()
        with step("Argo's kinds and ours, policies and templates"):
            plane.apply(*definitions())
            plane.apply(*furniture())
        webhook = Webhook(plane, folder / "webhook")
        try:
            with step("argo-admission serve, registered with the API server"):
                webhook.start()
            show = Show(plane, Console(highlight=False, no_color=not coloured(), soft_wrap=True))
            good = [show.scene(number, scene) for number, scene in enumerate(SCENES, 1)]
            show.end(once=once)
            if not once:
                signal.pause()
        finally:
            webhook.stop()
    finally:
        plane.stop()
    return 0 if all(good) else 1


class Show:
    """What is written to the terminal."""

    def __init__(self, plane: ControlPlane, console: Console) -> None:
        self._plane, self._console = plane, console

    def scene(self, number: int, scene: Scene) -> bool:
        """Show *scene*; whether it went as it should."""
        manifest = (MANIFESTS / scene.file).read_text()
        self._console.print()
        self._console.print(Rule(Text(f"{number}. {scene.title}", "bold"), align="left", style="dim"))
        self._console.print(scene.story, style="dim", soft_wrap=False)
        self._console.print()
        self._indented(Syntax("", "yaml", theme="ansi_dark").highlight(manifest.rstrip()))
        done = self._apply(scene.file)
        good = (done.returncode == 0) is scene.allowed and all(part in done.stdout for part in scene.says)
        if good and scene.stored:
            good = self._stored(scene, yaml.safe_load(manifest))
        if not good:
            self._console.print("This is not what should have happened.", style="bold red")
        return good

    def end(self, *, once: bool) -> None:
        """Say what can be done now."""
        self._console.print()
        self._console.print(Rule(style="dim"))
        if once:
            self._console.print("That was it, and the cluster goes. Without --once it stays up until Ctrl-C.")
            return
        self._console.print("The cluster stays up until Ctrl-C. In another terminal:\n")
        commands = [
            f"export KUBECONFIG={self._plane.kubeconfig}",
            *([] if shutil.which("kubectl") else [f"export PATH={self._plane.programs}:$PATH"]),
            "kubectl get workflows,workflowpolicies,workflowpolicybindings -A",
            f"cd {MANIFESTS}",
        ]
        for line in commands:
            self._console.print(f"  {line}", style="bold")
        self._console.print("\nNo Argo controller runs here: Workflows are stored, and none is started.")
        self._console.print(f"Logs of the control plane: {self._plane.logs}", style="dim")

    def _apply(self, file: str) -> subprocess.CompletedProcess[str]:
        """Run kubectl for all to see."""
        command = ["kubectl", "apply", "-f", file]
        self._console.print()
        self._console.print(Text("$ ", "dim").append(" ".join(command), "bold"))
        done = subprocess.run(
            command,
            cwd=MANIFESTS,
            env=self._plane.environment(),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        for line in done.stdout.splitlines():
            style = "yellow" if line.startswith("Warning:") else "red" if done.returncode else "green"
            self._console.print(Text(line, style))
        return done

    def _stored(self, scene: Scene, manifest: Document) -> bool:
        """Show what was stored, and that a second apply changes nothing; whether it did not."""
        before = self._get(manifest)
        self._console.print("\nWhat was stored:\n", style="dim")
        difference = shown(_sorted(manifest), _readable(before), colour=coloured()).splitlines()[3:]
        self._indented(Text.from_ansi("\n".join(difference)))
        self._apply(scene.file)
        after = self._get(manifest)
        kept = ("resourceVersion", "generation")
        same = all(before["metadata"][key] == after["metadata"][key] for key in kept)
        versions = ", ".join(f"{key} {after['metadata'][key]}" for key in kept)
        self._console.print(f"{versions}: {'as before' if same else 'not as before'}", style="dim")
        return same

    def _indented(self, text: Text) -> None:
        for line in text.split("\n"):
            self._console.print(Text("  ").append_text(line), no_wrap=True, overflow="ellipsis", soft_wrap=False)

    def _get(self, manifest: Document) -> Document:
        kind, metadata = manifest["kind"], manifest["metadata"]
        found = self._plane.kubectl("get", kind, metadata["name"], "-n", metadata["namespace"], "-o", "json")
        document: Document = json.loads(found.stdout)
        return document


def _readable(document: Document) -> Document:
    """*document* without what the API server and kubectl write into every object."""
    metadata = {key: value for key, value in document["metadata"].items() if key not in _SERVERS}
    annotations = metadata.get("annotations", {})
    metadata["annotations"] = {key: value for key, value in annotations.items() if not key.startswith("kubectl.")}
    return {**document, "metadata": metadata}


def _sorted(document: Document) -> Document:
    """*document* with its keys in the order in which the API server gives them."""
    found: Document = json.loads(json.dumps(document, sort_keys=True))
    return found


def _interrupted(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
