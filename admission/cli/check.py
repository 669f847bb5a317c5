"""What lint, review, expand and test have in common: from options and objects to a Snapshot."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path as File
from types import MappingProxyType
from typing import TYPE_CHECKING

from admission.cli.files import manifests
from admission.cli.options import Options
from admission.errors import ConfigurationError
from admission.model.catalog import CLUSTER_SCOPED, FrozenCatalog
from admission.model.document import Document, mapping, sequence, text
from admission.model.finding import Action, Finding
from admission.model.patch import apply
from admission.model.review import GroupVersionKind, Phase, Request, User, Verdict
from admission.model.settings import Profile, Settings
from admission.model.source import Repeated

if TYPE_CHECKING:
    from admission.cli.live import Cluster
    from admission.policy.resource import PolicySet
    from admission.snapshot import Snapshot

#: Our kinds, by which a policy is told from what else is in its folder.
_POLICY_KINDS = frozenset({"WorkflowPolicy", "WorkflowPolicyBinding", "WorkflowPolicyException"})
_OUR_GROUP = "argo-admission.io/"

#: What is named in place of a path for the library that comes with us; ``builtin/<bundle>`` is a part of it.
BUILTIN = "builtin"

ARGO = "argoproj.io"

#: Requests that no API server made have this one.
NOBODYS_UID = "00000000-0000-0000-0000-000000000000"


def snapshot(options: Options, given: Iterable[Document] = (), *, profile: Profile | None = None) -> Snapshot:
    """The catalog, with *given* in it, the policies and the settings that *options* name."""
    from admission.snapshot import Snapshot

    configured = configuration(options)
    cluster = live(options)
    templates = manifests((*_paths(configured, "catalog"), *options.templates))
    policies = policy_documents((*_paths(configured, "policies"), *options.policies))
    return Snapshot(
        catalog=catalog_of(cluster, [*templates, *given], options.namespace, controller(options)),
        policies=usable(
            [*cluster.policies, *policies], mapping(configured.get("policies")).get("exceptionNamespaces", ())
        ),
        settings=settings(configured, options, profile),
    )


def configuration(options: Options) -> Document:
    """What ``--config`` says, with all its defaults; empty without it."""
    if options.config is None:
        return {}
    from admission.config import load

    return load(options.config)


def settings(configured: Document, options: Options, profile: Profile | None) -> Settings:
    """The settings of the engine; what the command line says goes before what is configured."""
    base = Settings()
    if configured:
        from admission.config import settings as of

        base = of(configured)
    return replace(base, profile=profile or base.profile, argo_version=options.argo_version or base.argo_version)


def defaults(options: Options, profile: Profile | None = None) -> Document:
    """What *options* say for cases that do not say it themselves (``opts`` of interfaces.md 3.1)."""
    chosen = settings(configuration(options), options, profile)
    return {
        "profile": chosen.profile.value,
        "argo_version": chosen.argo_version,
        "namespace": options.namespace,
    }


def _paths(configured: Document, part: str) -> list[str]:
    """The files and folders that the configuration names for its *part*."""
    return sequence(mapping(configured.get(part)).get("paths"))


def live(options: Options, users: bool = False) -> Cluster:
    """What the current context of kubeconfig has, with ``--cluster``; with *users* also who uses templates."""
    from admission.cli.live import Cluster, read

    if not options.cluster:
        return Cluster()
    from admission.cluster.client import Client

    found = read(Client.connect(), users)
    for kind in sorted(found.unavailable):
        print(f"argo-admission: the cluster does not let us read {kind}, or has none", file=sys.stderr)
    return found


def catalog_of(cluster: Cluster, given: Iterable[Document], namespace: str, controller: Document) -> FrozenCatalog:
    """The objects of *cluster* and *given*, of which the latter count where both have one."""
    documents = [*cluster.catalog, *given]
    return FrozenCatalog.of(documents, namespace=namespace, unavailable=cluster.unavailable, controller=controller)


def with_objects(snapshot: Snapshot, documents: Iterable[Document]) -> Snapshot:
    """*snapshot* with *documents* in its catalog, which has come from files."""
    catalog = snapshot.catalog
    assert isinstance(catalog, FrozenCatalog), "a catalog from files is frozen"
    objects = MappingProxyType({**catalog.objects, **FrozenCatalog.of(documents).objects})
    return replace(snapshot, catalog=replace(catalog, objects=objects))


def controller(options: Options) -> Document:
    """The decoded options of the controller; empty without ``--controller-config``."""
    if options.controller_config is None:
        return {}
    from admission.argo.controller import decode_config

    found = manifests([options.controller_config])
    if len(found) != 1 or text(found[0].get("kind")) != "ConfigMap":
        raise ConfigurationError(f"{options.controller_config}: not one ConfigMap")
    return decode_config(mapping(found[0].get("data")))


def usable(documents: Iterable[Document], exception_namespaces: Iterable[str] = ()) -> PolicySet:
    """
    The policies among *documents*; ``ConfigurationError`` where one of them cannot be used.

    *exception_namespaces*: where exceptions count.
    """
    from admission.lint.rules import ALL
    from admission.policy.resource import PolicySet

    given = list(documents)
    if not given:
        return PolicySet()
    rules = frozenset(rule.id for rule in ALL)
    found = PolicySet.load(given, rule_ids=rules, exception_namespaces=exception_namespaces)
    refuse_problems(found)
    for document in given:
        for path, message in found.remarks(document):
            print(f"{text(document.get('kind'))} {name(document)}: {path}: {message}", file=sys.stderr)
    return found


def refuse_problems(policies: PolicySet) -> None:
    """``ConfigurationError`` with all the problems of *policies*, where there are any."""
    if policies.problems:
        lines = (f"{each.kind} {each.name}: {each.path}: {each.message}" for each in policies.problems)
        raise ConfigurationError("policies that cannot be used:\n  " + "\n  ".join(lines))


def policy_documents(paths: Iterable[str]) -> Iterator[Document]:
    """The policies, bindings and exceptions in *paths*."""
    for path in paths:
        if is_builtin(path):
            from admission.policy.data import library

            yield from library(_bundle(path))
            continue
        # A folder of policies has their cases in it, too: Workflows, which are no policies.
        found = [document for document in manifests([path]) if is_policy(document)]
        if not found:
            raise ConfigurationError(f"{path}: no policy, binding or exception in it")
        yield from found


def is_builtin(path: str) -> bool:
    """Whether *path* is the library that comes with us, or a bundle of it."""
    return path.partition("/")[0] == BUILTIN


def places(path: str) -> tuple[File, ...]:
    """*path* as files and folders: of the library those of its policies."""
    from admission.policy.data import library_folders

    return library_folders(_bundle(path)) if is_builtin(path) else (File(path),)


def _bundle(path: str) -> str:
    """The bundle of the library that *path* names; empty for all of it."""
    return path.removeprefix(BUILTIN).lstrip("/")


def is_policy(document: Document) -> bool:
    """Whether *document* is of one of our three kinds."""
    return text(document.get("kind")) in _POLICY_KINDS and text(document.get("apiVersion")).startswith(_OUR_GROUP)


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
    """The engine's verdict. A catalog of files is all that there is, so that nothing is asked back."""
    from admission.engine import review

    found = review(request, snapshot, phase)
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
