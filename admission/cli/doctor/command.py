"""The command, and the list of everything that is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
import orjson

from admission.cli.output import coloured, end
from admission.errors import ConfigurationError
from admission.report.text import DIM, GREEN, RED, YELLOW, painted

if TYPE_CHECKING:
    from admission.cli.doctor.check import Check, Look, Patient
    from admission.cluster.client import Client
    from admission.model.document import Document

#: The key under which a ConfigMap has the configuration.
_KEY = "configuration.yaml"

_COLOURS = {"ok": GREEN, "skip": DIM, "warn": YELLOW, "fail": RED}


@click.command()
@click.option("--config", metavar="FILE", help="The configuration of serve")
@click.option("--config-map", metavar="NS/NAME", help=f"The ConfigMap that has it, under {_KEY}")
@click.option("-n", "--namespace", metavar="NS", help="Where we are installed; default that of the ConfigMap")
@click.option("--fail-on", type=click.Choice(["fail", "warn"]), default="fail", help="What makes exit status 1")
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", help="The format; default text")
def doctor(config: str | None, config_map: str | None, namespace: str | None, fail_on: str, output: str) -> None:
    """Check a live installation against what it should be, and say what to do."""
    checks = list(examined(_patient(config, config_map, namespace)))
    click.echo(_json(checks) if output == "json" else _text(checks, coloured()), color=coloured())
    bad = {"fail", fail_on}
    end(1 if any(each.status.value in bad for each in checks) else 0)


def examined(patient: Patient) -> Iterator[Check]:
    """Everything that there is to say of *patient*; ``ClusterError`` where the cluster does not answer."""
    from admission.cli.doctor.check import fail, skip
    from admission.cluster.client import Refused

    for id, look in _looks().items():
        try:
            yield from look(patient)
        except Refused as error:
            if error.code not in (401, 403):
                raise
            yield skip(id, f"we may not look: {error}", "run the doctor as an administrator")
        except ConfigurationError as error:
            yield fail(id, f"it cannot be read: {error}", "who else reads it, such as Argo's controller, cannot either")


def _looks() -> dict[str, Look]:
    """What is looked at, in the order in which it matters."""
    from admission.cli.doctor import controller, serving, webhooks

    return {
        "kubernetes": controller.kinds,
        "webhooks": webhooks.registered,
        "owner": webhooks.owned,
        "endpoints": serving.endpoints,
        "certificate": webhooks.expiry,
        "ca-bundle": webhooks.believed,
        "leader": serving.leader,
        "permissions": serving.permissions,
        "controller-users": controller.users,
        "controller-seen": serving.seen,
        "instance-ids": controller.instances,
        "controller-config": controller.merging,
        "policies": controller.policies,
        "exemptions": serving.exemptions,
        "neighbours": webhooks.neighbours,
    }


def _patient(config: str | None, config_map: str | None, namespace: str | None) -> Patient:
    from admission.cli.doctor.check import Patient
    from admission.cluster.client import Client
    from admission.config import load

    if (config is None) == (config_map is None):
        raise click.UsageError("give --config or --config-map: what should the installation be?")
    if config_map is not None and not all(config_map.partition("/")):
        raise click.UsageError(f"--config-map is NAMESPACE/NAME, not {config_map!r}")
    if config is not None:
        configuration = load(config)
        cluster = configuration["cluster"]
        client = Client.connect(cluster.get("kubeconfig"), cluster.get("context"))
    else:
        client = Client.connect()
        configuration = _of_config_map(client, config_map or "")
    where = namespace or _namespace(configuration, config_map)
    return Patient(client, _with_namespace(configuration, where), where)


def _of_config_map(client: Client, config_map: str) -> Document:
    from admission.config import parse
    from admission.model.document import mapping, text

    namespace, _, name = config_map.partition("/")
    found = client.get(f"/api/v1/namespaces/{namespace}/configmaps/{name}")
    written = text(mapping(found.get("data")).get(_KEY))
    if not written:
        raise ConfigurationError(f"ConfigMap {config_map} has no {_KEY}")
    return parse(written.encode(), f"ConfigMap {config_map}")


def _namespace(configuration: Document, config_map: str | None) -> str:
    """The namespace of the installation, from whatever says it."""
    from admission.model.document import mapping, text

    tls = mapping(mapping(configuration["tls"].get("selfManaged")).get("secret"))
    sections = (mapping(configuration["webhooks"].get("service")), configuration["leaderElection"], tls)
    named = [text(each.get("namespace")) for each in sections]
    found = next(filter(None, [*named, (config_map or "").partition("/")[0]]), "")
    if not found:
        raise ConfigurationError("which namespace are we installed in? Say it with --namespace")
    return found


def _with_namespace(configuration: Document, namespace: str) -> Document:
    """*configuration* with our namespace where pods would have put it in."""
    webhooks = configuration["webhooks"]
    if "service" not in webhooks:
        return configuration
    service = {"namespace": namespace, **webhooks["service"]}
    return {**configuration, "webhooks": {**webhooks, "service": service}}


def _json(checks: list[Check]) -> str:
    items = [
        {"check": each.id, "status": each.status.value, "message": each.message, "advice": each.advice}
        for each in checks
    ]
    document = {"apiVersion": "argo-admission.io/v1alpha1", "kind": "DoctorReport", "checks": items}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


def _text(checks: list[Check], colour: bool) -> str:
    lines = []
    for each in checks:
        word = painted(f"{each.status.value:<4}", _COLOURS[each.status.value], colour)
        lines.append(f"{word}  {each.id}: {each.message}")
        if each.advice:
            lines.append(f"      → {each.advice}")
    failed = sum(each.status.value == "fail" for each in checks)
    warned = sum(each.status.value == "warn" for each in checks)
    lines.append(f"\n{len(checks)} looks: {failed} failed, {warned} to mind")
    return "\n".join(lines)
