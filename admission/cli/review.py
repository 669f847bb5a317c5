"""``argo-admission review``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import click
import orjson

from admission.cli import changes, check
from admission.cli.files import STDIN, Given, Unread, load
from admission.cli.options import Options, shared
from admission.cli.output import coloured, end, status
from admission.cli.reported import located, report
from admission.errors import ConfigurationError
from admission.model.document import Document, text
from admission.model.patch import apply
from admission.model.review import Phase, Request, User, Verdict, decode, encode
from admission.policy.resource import PolicySet
from admission.report import Judged, Report, render
from admission.report.text import GREEN, RED, painted
from admission.snapshot import Snapshot

_OPERATIONS = ("CREATE", "UPDATE", "DELETE")


@dataclass(frozen=True)
class Answers:
    """What both endpoints answer: ``/validate`` is asked about the object as ``/mutate`` has changed it."""

    request: Request
    mutating: Verdict
    validating: Verdict
    stored: Document

    @property
    def together(self) -> Verdict:
        """What the user gets: a denial of ``/mutate`` is the end of it."""
        if not self.mutating.allowed:
            return self.mutating
        notes = (*self.mutating.notes, *self.validating.notes)
        return replace(self.validating, patch=self.mutating.patch, notes=notes)


@click.command()
@click.argument("file", default="-", metavar="[FILE]")
@click.option("--operation", type=click.Choice(_OPERATIONS), help="Of a manifest  [default: CREATE, with --old UPDATE]")
@click.option("--old", metavar="FILE", help="The object as it is now, for an UPDATE")
@click.option("--as", "user", default="", metavar="USER", help="Who asks")
@click.option("--as-group", "groups", multiple=True, metavar="G", help="A group of who asks (repeatable)")
@click.option("--dry-run", is_flag=True, help="Nothing will be stored")
@click.option("--phase", type=click.Choice([phase.value for phase in Phase]), help="Answer as this endpoint alone does")
@shared("mutate")
def review(
    file: str,
    operation: str | None,
    old: str | None,
    user: str,
    groups: tuple[str, ...],
    dry_run: bool,
    phase: str | None,
    options: Options,
) -> None:
    """
    Say what the webhook would answer.

    FILE is an AdmissionReview (JSON or YAML), or any manifest; of several objects the first is asked about, the others
    are in the catalog.
    """
    given, *others = _objects(file)
    request = _request(given, options.namespace, operation, old)
    asking = User(user, groups) if user or groups else request.user
    request = replace(request, user=asking, dry_run=dry_run or request.dry_run)
    snapshot = check.snapshot(options, [other.document for other in others])
    if phase is not None:
        verdict = check.verdict(request, snapshot, Phase(phase))
        click.echo(encode(request, verdict))
        end(status(verdict.findings, options.fail_on))
    answers = answered(request, snapshot)
    click.echo(written(answers, given, snapshot.policies, options), nl=False, color=coloured())
    end(status(answers.together.findings, options.fail_on))


def answered(request: Request, snapshot: Snapshot) -> Answers:
    """What ``/mutate`` and then ``/validate`` answer."""
    mutating = check.verdict(request, snapshot, Phase.MUTATE)
    stored: Document = apply(mutating.patch, request.object) if request.object is not None else {}
    changed = replace(request, raw_object=stored) if mutating.patch else request
    return Answers(request, mutating, check.verdict(changed, snapshot, Phase.VALIDATE), stored)


def asked(request: Request, operation: str, old: Document | None) -> Request:
    """*request* as one of this operation; the object of a DELETE is the old one."""
    if operation == "DELETE":
        return replace(request, operation=operation, raw_object=None, raw_old_object=request.object)
    if operation == "UPDATE" and old is None:
        raise ConfigurationError("an UPDATE needs the object as it is now: give it with --old FILE")
    return replace(request, operation=operation, raw_old_object=old)


def written(answers: Answers, given: Given, policies: PolicySet, options: Options) -> str:
    """The answers in the chosen format."""
    verdict = answers.together
    if options.output == "json":
        review = orjson.loads(encode(answers.request, verdict))
        return orjson.dumps(review, option=orjson.OPT_INDENT_2).decode() + "\n"
    found = _report(answers, given, policies)
    if options.output != "text":
        return render(found, options.output)
    return "\n".join(_paragraphs(answers, found, coloured()))


def _report(answers: Answers, given: Given, policies: PolicySet) -> Report:
    request, findings = answers.request, answers.together.findings
    subject, seen = request.subject, _seen(given, request)
    judged = Judged(
        file=given.file,
        document=given.source.index,
        api_version=text(subject.get("apiVersion")),
        kind=request.kind.kind,
        namespace=request.namespace,
        name=request.name or check.name(subject),
        allowed=answers.together.allowed,
        item=str(seen.place),
    )
    return report((judged,), located(seen, findings), policies)


def _seen(given: Given, request: Request) -> Given:
    """*given* with the place of the object in it: in an AdmissionReview it stands further down."""
    if not _is_review(given.document):
        return given
    return replace(given, place=given.place / "request" / ("object" if request.object is not None else "oldObject"))


def _paragraphs(answers: Answers, report: Report, colour: bool) -> Iterator[str]:
    request, verdict = answers.request, answers.together
    word = painted("allowed", GREEN, colour) if verdict.allowed else painted("denied", RED, colour)
    (judged,) = report.objects
    name = "/".join(part for part in (judged.namespace, judged.name) if part)
    by = f" by {request.user.username}" if request.user.username else ""
    yield f"{word}: {request.operation} of {request.kind.kind} {name}{by}\n"
    if verdict.notes:
        yield "".join(f"note: {note}\n" for note in verdict.notes)
    if report.findings:
        yield render(report, "text", colour=colour)
    if verdict.patch:
        yield changes.shown(request.object, answers.stored, colour=colour)


def _objects(file: str) -> list[Given]:
    """The objects of *file*; ``ConfigurationError`` where one cannot be read, or there is none."""
    loaded = list(load([file]))
    for each in loaded:
        if isinstance(each, Unread):
            raise ConfigurationError(f"{each.file}:{each.error.line}:{each.error.column}: {each.error}")
    found = [each for each in loaded if isinstance(each, Given)]
    if not found:
        raise ConfigurationError(f"{'standard input' if file == STDIN else file}: there is nothing in it")
    return found


def _request(given: Given, namespace: str, operation: str | None, old: str | None) -> Request:
    """What is asked: an AdmissionReview says so itself, of a manifest *operation* and *old*, a file, do."""
    if _is_review(given.document):
        if operation or old:
            raise click.UsageError("an AdmissionReview says what is asked: --operation and --old are for manifests")
        return replace(decode(orjson.dumps(given.document)), now=datetime.now(UTC))
    if not given.kind:
        raise ConfigurationError(f"{given.file}: not a manifest: it has no kind")
    before = _objects(old)[0].document if old else None
    return asked(check.creation(given.document, namespace), operation or ("UPDATE" if old else "CREATE"), before)


def _is_review(document: Document) -> bool:
    return document.get("kind") == "AdmissionReview"
