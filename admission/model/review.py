"""
What the API server sends and what it gets back: AdmissionReview, ``admission.k8s.io/v1``.

``decode`` reads the envelope alone; ``object`` and ``oldObject`` are decoded when somebody looks at them.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import Any

import msgspec
import orjson

from admission.errors import MalformedReview
from admission.model.catalog import AnyAnswer, Question
from admission.model.document import Document, mapping, text
from admission.model.finding import Action, Finding
from admission.model.patch import Patch
from admission.model.warnings import within_limits
from admission.model.written import Written

API_VERSION = "admission.k8s.io/v1"

#: Findings of these sources are about what the manifest says; a denial by them alone is 422 (interfaces.md 4).
_ABOUT_THE_MANIFEST = ("lint/", "schema/", "parse")

#: Findings that the audit annotation names; the API server cuts audit events that are too large.
_AUDITED = 50


class Phase(Enum):
    """Which endpoint was called."""

    MUTATE = "mutate"
    VALIDATE = "validate"


@dataclass(frozen=True, slots=True)
class GroupVersionKind:
    """The type of an object."""

    group: str
    version: str
    kind: str


@dataclass(frozen=True, slots=True)
class User:
    """Who asks (``userInfo``)."""

    username: str = ""
    groups: tuple[str, ...] = ()
    uid: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, kw_only=True)
class Request:
    """
    One admission request.

    *raw_object* and *raw_old_object* are JSON as it came, or documents; read them as ``object`` and ``old_object``,
    which are None where there is none. *answers* is what the cluster said to an earlier ``Needs``. *now* is the time,
    with its zone; None where nobody knows it: then everything that expires has expired.
    """

    uid: str
    operation: str
    kind: GroupVersionKind
    resource: str = ""
    sub_resource: str = ""
    namespace: str = ""
    name: str = ""
    user: User = field(default_factory=User)
    dry_run: bool = False
    raw_object: bytes | Document | None = None
    raw_old_object: bytes | Document | None = None
    answers: Mapping[Question, AnyAnswer] = field(default_factory=dict, hash=False)
    now: datetime | None = None

    @cached_property
    def object(self) -> Document | None:
        return _document(self.raw_object)

    @cached_property
    def old_object(self) -> Document | None:
        return _document(self.raw_old_object)

    @cached_property
    def _specs(self) -> dict[int, Written]:
        return {}

    def spec(self, document: Document) -> Written:
        """The spec of *document*, an object of this request or what was made of it: of each there is one."""
        value = document.get("spec")
        return self._specs.setdefault(id(value), Written(value))

    @property
    def subject(self) -> Document:
        """What the request is about: the object, or what a DELETE removes."""
        return self.object or self.old_object or {}


@dataclass(frozen=True, slots=True)
class Needs:
    """What must be looked up in the cluster before a request can be decided."""

    questions: frozenset[Question]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """
    Our decision on one request.

    *notes* are warnings that are no findings: what a mutation did or could not do. *annotations* go to the audit log.
    *asked* are the policies that had something to decide: they are counted, and no part of what is decided.
    """

    findings: tuple[Finding, ...] = ()
    patch: Patch = ()
    notes: tuple[str, ...] = ()
    annotations: Mapping[str, str] = field(default_factory=dict)
    asked: frozenset[str] = field(default=frozenset(), compare=False)

    @property
    def denials(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.action is Action.DENY)

    @property
    def allowed(self) -> bool:
        return not self.denials

    @property
    def warnings(self) -> tuple[str, ...]:
        """The notes, and a line for each finding that warns."""
        warned = (line(finding) for finding in self.findings if finding.action is Action.WARN)
        return tuple(dict.fromkeys((*self.notes, *warned)))

    @property
    def message(self) -> str:
        """Every finding that denies, one a line; the first line says how many. Empty where it is allowed."""
        denials = self.denials
        if not denials:
            return ""
        count = "1 finding" if len(denials) == 1 else f"{len(denials)} findings"
        return "\n".join([f"{count}:", *(f"* {line(finding)}" for finding in denials)])


ALLOWED = Verdict()


def line(finding: Finding) -> str:
    """A finding as one line for a person: ``spec.entrypoint: … [lint/…]``."""
    place = f"{finding.path}: " if finding.path else ""
    return f"{place}{_in_one_line(finding.message)} [{finding.source}]"


def _in_one_line(message: str) -> str:
    return " ".join(message.split()) if "\n" in message or "\r" in message else message


def decode(body: bytes) -> Request:
    """The request in *body*, the JSON of an AdmissionReview; ``MalformedReview`` where it is none."""
    try:
        review = _READER.decode(body)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise MalformedReview(f"not an AdmissionReview: {error}") from error
    if review.apiVersion != API_VERSION or review.kind != "AdmissionReview":
        raise MalformedReview(f"not an AdmissionReview of {API_VERSION}: {review.apiVersion!r}, {review.kind!r}")
    if not review.request.uid:
        raise MalformedReview("not an AdmissionReview: request.uid is empty")
    return _request(review.request)


def encode(request: Request, verdict: Verdict) -> bytes:
    """The AdmissionReview that answers *request* with *verdict*, as JSON."""
    response: Document = {"uid": request.uid, "allowed": verdict.allowed}
    if verdict.allowed and verdict.patch:
        operations = orjson.dumps([operation.as_json() for operation in verdict.patch])
        response |= {"patchType": "JSONPatch", "patch": base64.b64encode(operations).decode()}
    if not verdict.allowed:
        response["status"] = _status(request, verdict)
    return _answer(response, verdict.warnings, _audited(verdict))


def failure(uid: str, phase: Phase, code: int, message: str) -> bytes:
    """The AdmissionReview of a failure of ours: ``/validate`` denies with *code*, ``/mutate`` only warns."""
    if phase is Phase.MUTATE:
        return _answer({"uid": uid, "allowed": True}, (f"argo-admission changed nothing: {message}",), {})
    status = {"status": "Failure", "code": code, "reason": _REASONS[code], "message": message}
    return _answer({"uid": uid, "allowed": False, "status": status}, (), {})


def uid_of(body: bytes) -> str:
    """The uid of the request in *body*, for the answer to one that could not be reviewed; empty where there is none."""
    try:
        return decode(body).uid
    except MalformedReview:
        return ""


class _Kind(msgspec.Struct):
    group: str = ""
    version: str = ""
    kind: str = ""


class _Resource(msgspec.Struct):
    resource: str = ""


class _User(msgspec.Struct):
    username: str = ""
    uid: str = ""
    groups: list[str] | None = None
    extra: dict[str, Any] | None = None


class _Request(msgspec.Struct):
    uid: str
    kind: _Kind
    operation: str
    resource: _Resource = msgspec.field(default_factory=_Resource)
    subResource: str | None = None
    name: str | None = None
    namespace: str | None = None
    userInfo: _User = msgspec.field(default_factory=_User)
    object: msgspec.Raw = msgspec.Raw(b"null")
    oldObject: msgspec.Raw = msgspec.Raw(b"null")
    dryRun: bool | None = None


class _Review(msgspec.Struct):
    apiVersion: str
    kind: str
    request: _Request


_READER = msgspec.json.Decoder(_Review)

_REASONS = {403: "Forbidden", 422: "Invalid", 500: "InternalError", 504: "Timeout"}


def _request(wire: _Request) -> Request:
    user = wire.userInfo
    return Request(
        uid=wire.uid,
        operation=wire.operation,
        kind=GroupVersionKind(wire.kind.group, wire.kind.version, wire.kind.kind),
        resource=wire.resource.resource,
        sub_resource=wire.subResource or "",
        namespace=wire.namespace or "",
        name=wire.name or "",
        user=User(user.username, tuple(user.groups or ()), user.uid, user.extra or {}),
        dry_run=bool(wire.dryRun),
        raw_object=bytes(wire.object),
        raw_old_object=bytes(wire.oldObject),
    )


def _document(raw: bytes | Document | None) -> Document | None:
    if not isinstance(raw, bytes):
        return raw
    try:
        document = orjson.loads(raw)
    except ValueError as error:
        raise MalformedReview(f"not an AdmissionReview: {error}") from error
    if document is None or isinstance(document, dict):
        return document
    raise MalformedReview("not an AdmissionReview: object and oldObject are JSON objects")


def _status(request: Request, verdict: Verdict) -> Document:
    denials = verdict.denials
    invalid = all(finding.source.startswith(_ABOUT_THE_MANIFEST) for finding in denials)
    code = 422 if invalid else 403
    causes = [
        {
            "reason": finding.reason or ("FieldValueInvalid" if invalid else "FieldValueForbidden"),
            "field": str(finding.path),
            "message": f"{_in_one_line(finding.message)} [{finding.source}]",
        }
        for finding in denials
    ]
    metadata = mapping(request.subject.get("metadata"))
    name = request.name or text(metadata.get("name")) or text(metadata.get("generateName"))
    details = {"group": request.kind.group, "kind": request.kind.kind, "name": name, "causes": causes}
    return {
        "status": "Failure",
        "code": code,
        "reason": _REASONS[code],
        "message": verdict.message,
        "details": details,
    }


def _audited(verdict: Verdict) -> Document:
    if not verdict.findings:
        return dict(verdict.annotations)
    named = [f"{finding.action.value} {finding.source} {finding.path}" for finding in verdict.findings[:_AUDITED]]
    if len(verdict.findings) > _AUDITED:
        named.append(f"and {len(verdict.findings) - _AUDITED} more")
    return {**verdict.annotations, "findings": orjson.dumps(named).decode()}


def _answer(response: Document, warnings: tuple[str, ...], annotations: Mapping[str, str]) -> bytes:
    if warnings:
        response["warnings"] = within_limits(warnings)
    if annotations:
        response["auditAnnotations"] = annotations
    return orjson.dumps({"apiVersion": API_VERSION, "kind": "AdmissionReview", "response": response})
