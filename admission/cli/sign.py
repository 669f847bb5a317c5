"""``argo-admission sign`` and ``argo-admission verify``: who stands behind a template."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path as File
from typing import TYPE_CHECKING

import click

from admission.cli import check
from admission.cli.files import Given, Unread, contents, load
from admission.cli.options import Options, shared
from admission.cli.output import end, finish, status
from admission.cli.reported import judged, judged_there, located, located_there, unread
from admission.cli.yaml_text import dump_all
from admission.errors import ConfigurationError
from admission.model.document import Document, name_of, text
from admission.model.finding import Action, Finding
from admission.model.path import Path
from admission.report import Judged, Located, Report, render

if TYPE_CHECKING:
    from admission.trust.signatures import PrivateKey

#: What can be signed: what others refer to.
KINDS = ("WorkflowTemplate", "ClusterWorkflowTemplate")

#: Where the password of a key is, if it has one: it does not belong into the list of processes.
PASSWORD = "ARGO_ADMISSION_KEY_PASSWORD"


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--key", "keys", multiple=True, required=True, metavar="[NAME=]FILE", help="A private key (repeatable)")
@click.option("--in-place", is_flag=True, help="Write the files anew instead; comments in them are lost")
def sign(paths: tuple[str, ...], keys: tuple[str, ...], in_place: bool) -> None:
    """
    Sign the WorkflowTemplates and ClusterWorkflowTemplates of manifests, as YAML.

    Keys are Ed25519, or ECDSA over P-256, P-384 or P-521, in PEM; NAME is what verifiers call the key, by default that
    of its file. The password of a key is taken from ARGO_ADMISSION_KEY_PASSWORD. What is no template stays as it is.
    """
    signers = dict(_private(each) for each in keys)
    loaded = list(load(paths))
    if failures := [unread(each) for each in loaded if isinstance(each, Unread)]:
        click.echo(render(Report(findings=tuple(failures)), "text"), nl=False, err=True)
        end(status((each.finding for each in failures), Action.DENY))
    documents = [each for each in loaded if isinstance(each, Given)]
    if not any(each.kind in KINDS for each in documents):
        raise ConfigurationError("there is no template in what was given")
    made = [(each, _signed(each.document, signers)) for each in documents]
    if in_place:
        _write_back(made)
    else:
        click.echo(dump_all(document for _, document in made), nl=False)


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--key", "keys", multiple=True, required=True, metavar="[NAME=]FILE", help="A public key (repeatable)")
@click.option(
    "--needed", type=click.IntRange(1), default=1, show_default=True, metavar="N", help="How many keys must have signed"
)
@shared("templates", "policies", "argo_version", "mutate", "controller_config", "config")
def verify(paths: tuple[str, ...], keys: tuple[str, ...], needed: int, options: Options) -> None:
    """
    Say which templates are not signed by the given keys.

    With --cluster those of the current kubeconfig context are verified, too.
    """
    if not paths and not options.cluster:
        raise click.UsageError("give files or folders, - for standard input, or --cluster")
    known = dict(_public(each) for each in keys)
    found = verified(list(load(paths)), known, needed, options)
    if not found.objects and not found.findings and not options.cluster:
        # Nobody may take silence about the wrong file for a good signature.
        raise ConfigurationError("there is no template in what was given")
    finish(found, options)


def verified(loaded: Sequence[Given | Unread], keys: dict[str, str], needed: int, options: Options) -> Report:
    """The templates in *loaded*, and with ``--cluster`` those of the cluster, that are signed by too few of *keys*."""
    objects: list[Judged] = []
    findings: list[Located] = []
    for each in loaded:
        if isinstance(each, Unread):
            findings.append(unread(each))
        elif each.kind in KINDS:
            found = list(unsigned(each.document, keys, needed))
            objects.append(judged(each, found, options.namespace))
            findings += located(each, found)
    for document in check.live(options).catalog:
        if document["kind"] in KINDS:
            found = list(unsigned(document, keys, needed))
            objects.append(judged_there(document, found))
            findings += located_there(document, found)
    return Report(tuple(objects), tuple(findings))


def unsigned(document: Document, keys: dict[str, str], needed: int) -> Iterator[Finding]:
    """A finding where fewer than *needed* of *keys* have signed *document*."""
    from admission.trust.signatures import PLACE, is_signed, signers

    by = signers(document, keys)
    if len(by) >= needed:
        return
    if not is_signed(document):
        message = "is not signed"
    elif needed == 1:
        message = f"no signature of it is by {' or '.join(sorted(keys))}, or its spec, kind or name is another now"
    else:
        message = f"is signed by {len(by)} of {', '.join(sorted(keys))}; {needed} are needed"
    place = PLACE if is_signed(document) else Path(("metadata",))
    yield Finding("signatures", place, message, Action.DENY)


def _signed(document: Document, keys: dict[str, PrivateKey]) -> Document:
    from admission.trust import signatures

    if text(document.get("kind")) not in KINDS:
        return document
    if not name_of(document):
        raise ConfigurationError("a template without a name cannot be signed: its name is part of what is signed")
    return signatures.signed(document, [signatures.sign(document, key, name) for name, key in keys.items()])


def _write_back(made: Iterable[tuple[Given, Document]]) -> None:
    """Write each file anew that has a template in it."""
    by_file: dict[str, list[tuple[Given, Document]]] = {}
    for given, document in made:
        by_file.setdefault(given.file, []).append((given, document))
    for file, found in by_file.items():
        if all(given.document is document for given, document in found):
            continue
        if any(given.place for given, _ in found) or not File(file).is_file():
            raise ConfigurationError(f"{file}: only files with one object a document can be written back")
        File(file).write_text(dump_all(document for _, document in found), encoding="utf-8")
        click.echo(f"{file}: signed", err=True)


def _private(option: str) -> tuple[str, PrivateKey]:
    from admission.trust.signatures import private_key

    name, file = _named(option)
    password = os.environ.get(PASSWORD)
    pem = contents(file)
    with _said_of(file):
        return name, private_key(pem, password.encode() if password else None)


def _public(option: str) -> tuple[str, str]:
    from admission.trust.signatures import public_key

    name, file = _named(option)
    pem = contents(file).decode("ascii", "replace")
    with _said_of(file):
        public_key(pem)
    return name, pem


@contextmanager
def _said_of(file: str) -> Iterator[None]:
    """What is wrong with a key, with the file that it is in."""
    try:
        yield
    except ConfigurationError as error:
        raise ConfigurationError(f"{file}: {error}") from error


def _named(option: str) -> tuple[str, str]:
    """The name of a key, and its file."""
    name, separator, file = option.partition("=")
    return (name, file) if separator and name else (File(option).stem, option)
