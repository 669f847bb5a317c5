"""What lint, review, expand and test have in common: from options and objects to a Snapshot, and to a Verdict."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

from admission.cli import policy_files
from admission.cli.files import contents, manifests
from admission.cli.options import Options
from admission.errors import ConfigurationError
from admission.model.catalog import CLUSTER_SCOPED, AnyAnswer, FrozenCatalog, Question
from admission.model.document import Document, mapping, sequence, text
from admission.model.finding import Action, Finding
from admission.model.patch import apply
from admission.model.review import GroupVersionKind, Phase, Request, User, Verdict
from admission.model.settings import Profile, Settings
from admission.model.source import Repeated

if TYPE_CHECKING:
    from admission.cli.live import Cluster
    from admission.cluster.client import Client
    from admission.snapshot import Snapshot

ARGO = "argoproj.io"

#: Where a command has what answers for its cluster (``click.Context.meta``), and how often one verdict asks.
_ANSWER, _ROUNDS = "admission.answer", 6

#: Requests that no API server made have this one.
NOBODYS_UID = "00000000-0000-0000-0000-000000000000"


def snapshot(options: Options, given: Iterable[Document] = (), *, profile: Profile | None = None) -> Snapshot:
    """The catalog, with *given* in it, the policies and the settings that *options* name."""
    from admission.snapshot import Snapshot

    configured = configuration(options)
    cluster = live(options)
    templates = manifests((*_paths(configured, "catalog"), *options.templates))
    policies = policy_files.documents((*_paths(configured, "policies"), *options.policies))
    return Snapshot(
        catalog=catalog_of(cluster, [*templates, *given], options.namespace, controller(options, configured)),
        policies=policy_files.usable(
            policies, mapping(configured.get("policies")).get("exceptionNamespaces", ()), cluster.policies
        ),
        settings=settings(configured, options, profile),
        # As at a webhook that is at work, and whose configuration does not lack who its controller is.
        controller_seen=not configured or bool(mapping(configured["controller"])["users"]),
    )


def configuration(options: Options) -> Document:
    """What ``--config`` says, with all its defaults; empty without it."""
    if options.config is None:
        return {}
    from admission.config import parse

    return parse(contents(options.config), options.config)


def settings(configured: Document, options: Options, profile: Profile | None) -> Settings:
    """The settings of the engine; what the command line says goes before what is configured."""
    # Nobody has said which Workflows are another release's to judge.
    base = Settings(instance_ids=None)
    if configured:
        from admission.config import settings as of

        base = of(configured)
    return replace(base, profile=profile or base.profile, argo_version=options.argo_version or base.argo_version)


def defaults(options: Options, profile: Profile | None = None) -> Document:
    """What *options* say for cases that do not say it themselves (``opts`` of interfaces.md 3.1)."""
    chosen = settings(configuration(options), options, profile)
    said: Document = {
        "profile": chosen.profile.value,
        "argo_version": chosen.argo_version,
        "namespace": options.namespace,
    }
    if options.controller_config is None:
        return said
    return {**said, "controller_config": mapping(_config_map(options.controller_config).get("data"))}


def _paths(configured: Document, part: str) -> list[str]:
    """The files and folders that the configuration names for its *part*."""
    return sequence(mapping(configured.get(part)).get("paths"))


def live(options: Options, users: bool = False) -> Cluster:
    """What the current context of kubeconfig has, with ``--cluster``; with *users* also who uses templates."""
    from admission.cli.live import Cluster, read

    if not options.cluster:
        return Cluster()
    from admission.cluster.client import Client

    client = Client.connect()
    found = read(client, users)
    _ask(client)
    for kind in sorted(found.unavailable):
        print(f"argo-admission: the cluster does not let us read {kind}, or has none", file=sys.stderr)
    return found


def _ask(client: Client) -> None:
    """Have the verdicts of this command ask the cluster what its catalog lacks: RBAC, and what is not read at once."""
    from admission.cluster.lookup import Live

    context = click.get_current_context()
    asking = Live(client)
    context.meta[_ANSWER] = asking.answer
    context.call_on_close(asking.close)


def catalog_of(cluster: Cluster, given: Iterable[Document], namespace: str, controller: Document) -> FrozenCatalog:
    """The objects of *cluster* and *given*, of which the latter count where both have one."""
    documents = [*cluster.catalog, *given]
    return FrozenCatalog.of(documents, namespace=namespace, unavailable=cluster.unavailable, controller=controller)


def with_objects(snapshot: Snapshot, documents: Iterable[Document], namespace: str) -> Snapshot:
    """*snapshot* with *documents* in its catalog; *namespace* is for those that name none."""
    catalog = snapshot.catalog
    assert isinstance(catalog, FrozenCatalog), "a catalog from files is frozen"
    found = FrozenCatalog.of(documents, namespace=namespace)
    objects, reviews = MappingProxyType({**catalog.objects, **found.objects}), (*catalog.reviews, *found.reviews)
    return replace(snapshot, catalog=replace(catalog, objects=objects, reviews=reviews))


def controller(options: Options, configured: Document) -> Document:
    """The decoded options of the controller: from ``--controller-config``, or as the cluster has them; or none."""
    if options.controller_config is None:
        return _controller_there(mapping(configured.get("controller"))) if options.cluster else {}
    return _decoded(_config_map(options.controller_config), options.controller_config)


def _config_map(file: str) -> Document:
    found = manifests([file])
    if len(found) != 1 or text(found[0].get("kind")) != "ConfigMap":
        raise ConfigurationError(f"{file}: not one ConfigMap")
    return found[0]


def _controller_there(section: Document) -> Document:
    """The same from the ConfigMap that the *section* of the configuration names, with the defaults that it has."""
    from admission.cluster.client import Client, Refused

    namespace, name = section.get("namespace", "argo"), section.get("configMap", "workflow-controller-configmap")
    if not name:
        return {}
    try:
        found = Client.connect().get(f"/api/v1/namespaces/{namespace}/configmaps/{name}")
    except Refused as error:
        if error.code not in (403, 404):
            raise
        if error.code == 403:
            print(f"argo-admission: the controller's configuration is not known: {error}", file=sys.stderr)
        return {}
    return _decoded(found, f"{namespace}/{name}")


def _decoded(config_map: Document, name: str) -> Document:
    from admission.argo.controller import decode_config

    try:
        return decode_config(mapping(config_map.get("data")))
    except ConfigurationError as error:
        raise ConfigurationError(f"{name}: {error}") from error


def findings(document: Document, snapshot: Snapshot, options: Options) -> tuple[Finding, ...]:
    """What ``/validate`` finds in *document* when it is created; with ``--mutate`` after what ``/mutate`` does."""
    if options.mutate:
        document = mutated(document, snapshot, options.namespace)
    found = verdict(creation(document, options.namespace), snapshot, Phase.VALIDATE).findings
    # Who asks and what was there before is unknown here: only the webhook can say something of that.
    return tuple(finding for finding in found if not finding.source.startswith("update/"))


def mutated(document: Document, snapshot: Snapshot, namespace: str) -> Document:
    """*document* as ``/mutate`` would have it stored."""
    made: Document = apply(verdict(creation(document, namespace), snapshot, Phase.MUTATE).patch, document)
    return made


def verdict(request: Request, snapshot: Snapshot, phase: Phase) -> Verdict:
    """The engine's verdict. Without a cluster the catalog is all that there is, so that nothing is asked back."""
    from admission.engine import review

    context = click.get_current_context(silent=True)
    known: dict[Question, AnyAnswer] = {}
    if context is not None and (answer := context.meta.get(_ANSWER)) is not None:
        for _ in range(_ROUNDS):
            found = review(replace(request, answers=known), replace(snapshot, live=True), phase)
            if isinstance(found, Verdict):
                return found
            known.update(answer(found.questions))
    found = review(replace(request, answers=known), snapshot, phase)
    assert isinstance(found, Verdict), "only a live catalog asks back"
    return found


def creation(document: Document, namespace: str, user: User | None = None) -> Request:
    """The request that creates *document*; *namespace* is for one that names none."""
    from admission.argo.kinds import KINDS

    group, _, version = text(document.get("apiVersion")).rpartition("/")
    kind, metadata = text(document.get("kind")), mapping(document.get("metadata"))
    known = KINDS.get(kind) if is_argos(document) else None
    cluster_scoped = kind in CLUSTER_SCOPED or (known is not None and not known.namespaced)
    return Request(
        uid=NOBODYS_UID,
        operation="CREATE",
        kind=GroupVersionKind(ARGO if known else group, version, kind),
        resource=known.plural if known else "",
        namespace="" if cluster_scoped else text(metadata.get("namespace")) or namespace,
        name=text(metadata.get("name")),
        user=user or User(),
        raw_object=document,
        now=datetime.now(UTC),
    )


def name(document: Document) -> str:
    """``metadata.name``, else ``metadata.generateName``."""
    metadata = mapping(document.get("metadata"))
    return text(metadata.get("name")) or text(metadata.get("generateName"))


def is_argos(document: Document) -> bool:
    """Whether *document* is one of Argo's eight kinds; a missing apiVersion does not hide it."""
    from admission.argo.kinds import KINDS

    group = text(document.get("apiVersion")).rpartition("/")[0]
    return text(document.get("kind")) in KINDS and group in ("", ARGO)


def duplicates(repeated: Iterable[Repeated], profile: Profile) -> Iterator[Finding]:
    """The repeated keys as findings: Argo itself does not mind them."""
    if profile is Profile.ARGO:
        return
    for key in repeated:
        (line, column), (last, _) = key.first, key.last
        message = f"stands twice: the value in line {last} counts, that in line {line}, column {column} does not"
        yield Finding("schema/duplicate-key", key.path, message, Action.DENY)
