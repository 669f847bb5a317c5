"""The door of the engine that HTTP opens: from bytes to bytes, with what must be looked up on the way."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime

import orjson

from admission.cli.server.world import World
from admission.cluster.events import Event, Events
from admission.cluster.sightings import Sightings
from admission.engine import Reply, respond
from admission.errors import ClusterError
from admission.model.annotations import CHANGES, entries
from admission.model.catalog import AnyAnswer, Question
from admission.model.document import Document, mapping, text
from admission.model.review import Needs, Phase, Request, Verdict, failure, uid_of
from admission.model.settings import Settings
from admission.serve.app import Answered
from admission.serve.metrics import Metrics
from admission.serve.tracing import Tracer
from admission.snapshot import Snapshot

log = logging.getLogger("admission")

#: How often a review may ask for more before we give up: a template may refer to a template, and that to another.
_ROUNDS = 6

#: What a finding of a policy that cannot decide begins with.
_UNDECIDED = "cannot be decided"

#: When Python's collector looks for circles. Nearly all of the hundred thousand values of a request go without it, and
#: at its own pace it takes a tenth of the time.
COLLECTOR = (50_000, 10, 5)

#: Operations that exist; anything else is counted under one name.
_OPERATIONS = frozenset({"CREATE", "UPDATE", "DELETE", "CONNECT"})

#: A small Workflow, which is reviewed once before the first real one.
_WARM = orjson.dumps(
    {
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "request": {
            "uid": "warm",
            "operation": "CREATE",
            "namespace": "default",
            "kind": {"group": "argoproj.io", "version": "v1alpha1", "kind": "Workflow"},
            "object": {
                "apiVersion": "argoproj.io/v1alpha1",
                "kind": "Workflow",
                "metadata": {"generateName": "warm-"},
                "spec": {
                    "entrypoint": "main",
                    "templates": [
                        {"name": "main", "steps": [[{"name": "run", "template": "run"}]]},
                        {"name": "run", "container": {"image": "alpine", "command": ["{{workflow.name}}"]}},
                    ],
                },
            },
        },
    }
)


class Reviewer:
    """The door of the engine that HTTP opens: from bytes to bytes, with what must be looked up on the way."""

    def __init__(
        self,
        ours: World,
        settings: Settings,
        lookups: int,
        sightings: Sightings,
        metrics: Metrics,
        events: Events | None = None,
        tracer: Tracer | None = None,
    ) -> None:
        self._world, self._settings, self._lookups, self._sightings = ours, settings, lookups, sightings
        self._metrics, self._events, self._tracer = metrics, events, tracer
        self.warmed = False

    def decide(self, endpoint: str, body: bytes, deadline: float) -> Answered:
        """The answer to the AdmissionReview in *body*."""
        reply = self._reply(Phase(endpoint), body, deadline)
        # A dry run leaves nothing behind, not even what we know.
        if reply.by_controller and not reply.request.dry_run:
            self._sightings.saw(reply.request.user.username)
        verdict, request = reply.verdict, reply.request
        self._log(endpoint, reply)
        self._measure(verdict)
        self._tell(Phase(endpoint), request, verdict)
        return Answered(
            body=reply.body,
            kind=request.kind.kind if reply.known else "other",
            operation=request.operation if request.operation in _OPERATIONS else "other",
            verdict="denied" if not verdict.allowed else "changed" if verdict.patch else "allowed",
            code=200 if verdict.allowed else orjson.loads(reply.body)["response"]["status"]["code"],
            known=reply.known,
            uid=request.uid,
        )

    def failed(self, endpoint: str, body: bytes, code: int, message: str) -> bytes:
        """The AdmissionReview that tells of a failure of ours."""
        return failure(uid_of(body), Phase(endpoint), code, message)

    def unready(self) -> Sequence[str]:
        """Why nothing can be reviewed yet."""
        return () if self.warmed else ("the rules are not loaded yet",)

    def warm(self) -> None:
        """Review something once, so that nobody waits for what is loaded and compiled on first use."""
        try:
            for phase in Phase:
                respond(_WARM, Snapshot(settings=self._settings), phase)
        except Exception:
            log.exception("the first review failed")
        # What is here now stays: the collector need not look at it again and again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECTOR)
        self.warmed = True

    def _reply(self, phase: Phase, body: bytes, deadline: float) -> Reply:
        snapshot = replace(self._world.snapshot, controller_seen=self._sightings.any, measure=self._stage)
        answers, left = dict[Question, AnyAnswer](), self._lookups
        now = datetime.now(UTC)
        for _ in range(_ROUNDS):
            reply = respond(body, snapshot, phase, answers, now)
            if isinstance(reply, Reply):
                return reply
            assert isinstance(reply, Needs)
            with self._stage("look-ups"):
                answers.update(self._world.answer(reply.questions, left, deadline))
            left = max(left - len(reply.questions), 0)
        raise ClusterError(f"references lead on to others after {_ROUNDS} rounds of look-ups")

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        """Stands around a stage of a review."""
        with self._metrics.stage(name), nullcontext() if self._tracer is None else self._tracer.stage(name):
            yield

    def _measure(self, verdict: Verdict) -> None:
        for policy in verdict.asked:
            self._metrics.evaluated(policy)
        for finding in verdict.findings:
            error = finding.source.startswith("policy/") and finding.message.startswith(_UNDECIDED)
            self._metrics.found(finding.source, finding.action.value, error)

    def _tell(self, phase: Phase, request: Request, verdict: Verdict) -> None:
        """An event on what was denied or changed; of dry runs none, as nothing else is left behind of them."""
        if self._events is None or request.dry_run:
            return
        created = phase is Phase.VALIDATE and request.operation == "CREATE"
        changed = told_changes(request.object or {}) if created else ""
        if verdict.allowed and not changed:
            return
        metadata = mapping(request.subject.get("metadata"))
        self._events.publish(
            Event(
                api_version=f"{request.kind.group}/{request.kind.version}",
                kind=request.kind.kind,
                namespace=request.namespace,
                name=request.name or text(metadata.get("name")) or text(metadata.get("generateName")),
                uid=text(metadata.get("uid")),
                denied=not verdict.allowed,
                message=f"changed when it was created: {changed}" if verdict.allowed else verdict.message,
            )
        )

    def _log(self, endpoint: str, reply: Reply) -> None:
        """One line for what was denied or let through unseen; the rest only for debugging."""
        request, verdict = reply.request, reply.verdict
        exempt = any(
            subject.concerns(request.user.username, request.user.groups) for subject in self._settings.exempt_subjects
        )
        level = logging.WARNING if exempt else logging.INFO if not verdict.allowed else logging.DEBUG
        if not log.isEnabledFor(level):
            return
        what = "not reviewed, the user is exempt" if exempt else "allowed" if verdict.allowed else "denied"
        fields = {
            "uid": request.uid,
            "endpoint": endpoint,
            "operation": request.operation,
            "kind": request.kind.kind,
            "namespace": request.namespace,
            "object": request.name,
            "user": request.user.username,
            "dry_run": request.dry_run,
            "findings": sorted({finding.source for finding in verdict.findings}),
        }
        log.log(level, what, extra=fields)


def told_changes(document: Document) -> str:
    """What ``/mutate`` has noted of its changes in *document*, for people; empty where it has changed nothing."""
    return ", ".join(f"{text(each.get('path'))} ({text(each.get('reason'))})" for each in entries(document, CHANGES))
