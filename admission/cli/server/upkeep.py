"""What a process does beside answering, by its configuration: certificates, leading, and what the leader writes."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path as File
from typing import Protocol

from admission.cli.server.authorities import Authorities, OfFiles, OfOurs
from admission.cluster.client import Client
from admission.cluster.duties import Duties
from admission.cluster.lease import Alone, Election, Terms, identity
from admission.cluster.registrar import Owner, Registrar, served
from admission.cluster.rotation import Kept, Times
from admission.cluster.sightings import Sightings
from admission.cluster.stores import Folder, Secret
from admission.cluster.webhooks import MUTATING, VALIDATING, Caller, Entry, Webhooks
from admission.errors import ConfigurationError
from admission.model.document import Document, mapping, text
from admission.serve.tls import Source

#: Where a pod finds the namespace that it runs in.
_NAMESPACE = File("/var/run/secrets/kubernetes.io/serviceaccount/namespace")

#: What differs from pod to pod, and comes by the downward API.
POD_NAME, POD_NAMESPACE = "POD_NAME", "POD_NAMESPACE"

#: Days that an authority of ours lasts. Nobody but us can roll it where the caBundle is not ours to write.
_SECRET_DAYS, _FOLDER_DAYS = 365, 3650


class Leadership(Protocol):
    """Which replica leads."""

    @property
    def leads(self) -> bool: ...
    @property
    def changes(self) -> int: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...


@dataclass(frozen=True)
class Upkeep:
    """All of it: *source* is what is served with, *sightings* what replicas tell each other, the rest what runs."""

    source: Source
    leadership: Leadership
    duties: Duties
    sightings: Sightings
    registrar: Registrar | None = None

    def start(self) -> None:
        self.leadership.start()
        self.duties.start()

    def stop(self) -> None:
        self.duties.stop()
        self.leadership.stop()


def upkeep(configuration: Document, ready: Callable[[], bool]) -> Upkeep:
    """What *configuration*, a complete one, asks for; *ready* says whether requests can be judged."""
    tls, webhooks = configuration["tls"], configuration["webhooks"]
    client = client_of(configuration) if _needs_cluster(configuration) else None
    registrar = Registrar(client, owner_of(webhooks)) if client and webhooks["manage"] else None
    authorities = _authorities(configuration, client, registrar)
    sightings = Sightings(configuration["controller"]["users"])
    duties: dict[str, Callable[[], None]] = {}
    if "selfManaged" in tls:
        announced = partial(registrar.announced, webhooks["name"]) if registrar else lambda bundle: True
        duties["certificates"] = partial(authorities.keep, announced)
    if client is not None and registrar is not None:
        answers = partial(_answers, webhooks, client, ready)
        register = partial(_register, configuration, registrar, authorities, sightings, answers)
        duties["webhook configurations"] = register
    leadership = _leadership(configuration, client, sightings)
    kept = Duties(leadership, duties, _seconds(configuration))
    return Upkeep(authorities.pair, leadership, kept, sightings, registrar)


def client_of(configuration: Document) -> Client:
    """A client of the API server that *configuration* names."""
    return Client.connect(configuration["cluster"].get("kubeconfig"), configuration["cluster"].get("context"))


def owner_of(webhooks: Document) -> Owner | None:
    """The object that the webhook configurations go with."""
    return Owner(webhooks["owner"]["kind"], webhooks["owner"]["name"]) if "owner" in webhooks else None


def webhooks_of(configuration: Document, bundle: bytes, seen: bool) -> dict[str, Document]:
    """The webhook configurations as they should be, by kind; *seen*: a user of the controller has been."""
    section = configuration["webhooks"]
    if "url" in section:
        caller = Caller(ca_bundle=bundle, url=section["url"])
    else:
        service = section["service"]
        caller = Caller(ca_bundle=bundle, namespace=own(service), name=service["name"], port=service["port"])
    made = Webhooks(
        caller=caller,
        name=section["name"],
        labels=section["labels"],
        annotations=section["annotations"],
        controller_users=configuration["controller"]["users"],
        controller_seen=seen,
        exempt_namespaces=section["exemptNamespaces"],
        mutate=_entry(section["mutate"]),
        validate=_entry(section["validate"]),
        delete=_entry(section["delete"]),
        policies=_entry(section["policies"]),
    )
    return {MUTATING: made.mutating(), VALIDATING: made.validating()}


def own(section: Mapping[str, object]) -> str:
    """The namespace that *section* of a configuration names; by default that of our pod."""
    if named := text(section.get("namespace")) or os.environ.get(POD_NAMESPACE):
        return named
    try:
        return _NAMESPACE.read_text().strip()
    except OSError:
        raise ConfigurationError(
            f"which namespace is ours? Outside of a pod {POD_NAMESPACE} says it, or `namespace` in the configuration"
        ) from None


def pod_name() -> str:
    """The name of our pod; outside of one that of the machine."""
    return os.environ.get(POD_NAME) or os.uname().nodename


def hosts_of(configuration: Document) -> tuple[str, ...]:
    """The names by which the API server calls us."""
    if hosts := configuration["tls"]["selfManaged"].get("hosts"):
        return tuple(hosts)
    service = configuration["webhooks"]["service"]
    name = f"{service['name']}.{own(service)}.svc"
    return name, f"{name}.cluster.local"


def _needs_cluster(configuration: Document) -> bool:
    secret = "secret" in mapping(configuration["tls"].get("selfManaged"))
    return secret or configuration["webhooks"]["manage"] or configuration["leaderElection"]["enabled"]


def _leadership(configuration: Document, client: Client | None, sightings: Sightings) -> Leadership:
    section = configuration["leaderElection"]
    if not section["enabled"]:
        return Alone()
    assert client is not None, "whoever asks for a Lease has a client"
    terms = Terms(
        namespace=own(section),
        name=section["name"],
        identity=identity(pod_name()),
        lease=section["leaseSeconds"],
        renew=section["renewSeconds"],
        retry=section["retrySeconds"],
    )
    return Election(client, terms, sightings.noted)


def _authorities(configuration: Document, client: Client | None, registrar: Registrar | None) -> Authorities:
    tls, name = configuration["tls"], configuration["webhooks"]["name"]
    if "selfManaged" not in tls:
        return OfFiles(tls, partial(registrar.trusted, name) if registrar else None)
    section = tls["selfManaged"]
    if "folder" in section:
        return OfOurs(Kept(Folder(File(section["folder"])), hosts_of(configuration), _times(section, _FOLDER_DAYS)))
    assert client is not None, "whoever keeps a Secret has a client"
    store = Secret(client, own(section["secret"]), section["secret"]["name"])
    return OfOurs(Kept(store, hosts_of(configuration), _times(section, _SECRET_DAYS)))


def _times(section: Document, authority_days: float) -> Times:
    return Times(
        authority=timedelta(days=section.get("authorityDays", authority_days)),
        leaf=timedelta(days=section["certificateDays"]),
        renew=timedelta(days=section["renewDays"]),
        settle=timedelta(seconds=section["settleSeconds"]),
    )


def _register(
    configuration: Document,
    registrar: Registrar,
    authorities: Authorities,
    sightings: Sightings,
    answers: Callable[[], bool],
) -> None:
    """The leader's duty for the webhook configurations."""
    bundle = authorities.bundle(registrar.bundle(configuration["webhooks"]["name"]))
    registrar.keep(webhooks_of(configuration, bundle, sightings.any), answers)


def _answers(webhooks: Document, client: Client, ready: Callable[[], bool]) -> bool:
    """Whether the API server would find somebody who answers."""
    service = webhooks.get("service")
    return ready() and (service is None or served(client, own(service), service["name"]))


def _entry(section: Document) -> Entry:
    return Entry(
        failure_policy=section["failurePolicy"],
        seconds=section["timeoutSeconds"],
        namespace_selector=section["namespaceSelector"],
        object_selector=section["objectSelector"],
        match_conditions=section["matchConditions"],
    )


def _seconds(configuration: Document) -> float:
    """How often duties are done: often enough for the quickest of them."""
    settle = mapping(configuration["tls"].get("selfManaged")).get("settleSeconds", float("inf"))
    return float(min(configuration["webhooks"]["intervalSeconds"], max(settle, 0.1)))
