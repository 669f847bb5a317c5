"""The chart as helm renders it: every set of values, what the schema refuses, and what must fit together."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import chart_readme
import chart_schema
import pytest
import yaml
from jsonschema import Draft7Validator
from rendering import CHART, GOLDEN, LABELS, OLDEST, SETS, Object, Refused, configuration, golden, one, render

from admission.config import parse, settings
from admission.policy import data

ROOT = CHART.parents[1]
SCHEMA = json.loads((CHART / "values.schema.json").read_text())
VALUES = yaml.safe_load((CHART / "values.yaml").read_text())


@pytest.mark.parametrize("values", SETS)
def test_golden(charts: dict[str, list[Object]], values: str) -> None:
    """What helm renders is what was reviewed (``python tests/chart/rendering.py`` writes it anew)."""
    file, text = golden(charts, values)

    assert file.read_text() == text


def test_every_golden_file_has_its_values() -> None:
    """No golden file is left of a set that is gone."""
    assert {file.stem for file in GOLDEN.iterdir()} == set(SETS)


def test_lint(helm: Path) -> None:
    """``helm lint`` finds nothing, for any set of values."""
    command = [str(helm), "lint", "--strict", "--quiet", str(CHART)]
    for file in SETS.values():
        done = subprocess.run([*command, "--values", str(file)], capture_output=True, text=True, check=False)

        assert done.returncode == 0, done.stdout + done.stderr


def test_the_oldest_kubernetes(helm: Path) -> None:
    """The chart refuses what has no matchConditions, and takes what has."""
    with pytest.raises(Refused, match="kubeVersion"):
        render(helm, version="1.29.9")

    assert render(helm, version=OLDEST)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["replicaCount=3"], "additional properties 'replicaCount' not allowed"),
        (["replicas=two"], "got string, want integer"),
        (["image.digest=latest"], "does not match pattern"),
        (["webhooks.validate.failurePolicy=Maybe"], "must be one of"),
        (["webhooks.mutate.timeoutSeconds=31"], "maximum"),
        (["webhooks.validate.namespaceSelector.matchLabel.a=b"], "additional properties 'matchLabel' not allowed"),
        (["configuration.controller.users=null"], "missing property 'users'"),
        (["configuration.controller.users={}"], "minLength: got 0"),
        (["configuration.controller.users={system:serviceaccount:argo:argo-server}"], "which acts for people"),
        (["certificates.source=secret"], "none is named"),
        (["metrics.serviceMonitor.enabled=true", "metrics.podMonitor.enabled=true"], "twice"),
        (["metrics.serviceMonitor.enabled=true", "metrics.enabled=false"], "needs the Service"),
        (["ports.webhook=8081"], "two different ones"),
        (["autoscaling.enabled=true", "autoscaling.minReplicas=9"], "more than maxReplicas"),
        (["configuration.ports.webhook=9443"], "additional properties 'webhook' not allowed"),
        (["configuration.webhooks.name=x"], "additional properties 'name' not allowed"),
        (["configuration.tls.key=x"], "additional properties 'key' not allowed"),
        (["configuration.policies.paths={builtin/basline}"], "does not match pattern"),
        (["configuration.catalog.requird={}"], "additional properties 'requird' not allowed"),
        (["configuration.limits.seconds=soon"], "got string, want number"),
        (["configuration.exemptSubjects[0].kind=Robot"], "must be one of"),
    ],
    ids=lambda each: each[0].split("=")[0] if isinstance(each, list) else "",
)
def test_wrong_values(helm: Path, flags: list[str], message: str) -> None:
    """A value that is not known, or does not fit, is refused before anything is installed."""
    with pytest.raises(Refused, match=re.escape(message)):
        render(helm, *(word for flag in flags for word in ("--set", flag)))


def test_the_schema_has_every_value() -> None:
    """Each value is in the schema, and each property of the schema but for the configuration's is a value."""
    described = {name for name in _properties(SCHEMA) if not name.startswith("configuration.")}

    assert described == {name for name in _keys(VALUES, SCHEMA) if not name.startswith("configuration.")}
    assert list(Draft7Validator(SCHEMA).iter_errors(VALUES)) == []


def test_the_schema_knows_the_configuration() -> None:
    """What the schema says of the configuration is what ``serve`` takes (``make chart-readme`` writes it anew)."""
    file = CHART / "values.schema.json"

    assert file.read_text() == chart_schema.written(file.read_text(), chart_schema.CONFIGURATION.read_text())


def test_the_readme_has_every_value() -> None:
    """The README has every value as it is, with a description (``make chart-readme`` writes it anew)."""
    readme, values = (CHART / "README.md").read_text(), (CHART / "values.yaml").read_text()

    assert readme == chart_readme.written(readme, values)
    assert chart_readme.undescribed(values) == []


@pytest.mark.parametrize("values", SETS)
def test_configuration(charts: dict[str, list[Object]], values: str) -> None:
    """The configuration that the chart writes is one that ``serve`` takes."""
    text = configuration(charts[values])

    assert settings(parse(text, "configuration.yaml"))


def test_the_configuration_says_what_the_values_say(charts: dict[str, list[Object]]) -> None:
    """Numbers stay numbers, names of the release are filled in, selectors arrive."""
    written = parse(configuration(charts["everything-else"]), "configuration.yaml")
    webhooks = parse(configuration(charts["webhooks"]), "configuration.yaml")["webhooks"]

    assert written["limits"]["bodyBytes"] == 7340032
    assert written["ports"] | {"host": "::", "healthHost": "::"} == written["ports"]
    assert written["tls"]["selfManaged"]["hosts"][0] == "argo-admission.platform.svc"
    assert webhooks["mutate"]["namespaceSelector"] == {"matchLabels": {"tier": "production"}}
    assert webhooks["policies"]["matchConditions"] == [{"name": "always", "expression": "true"}]
    assert webhooks["exemptNamespaces"] == ["sandbox", "legacy"]
    assert webhooks["owner"] == {"kind": "ClusterRole", "name": "argo-admission.platform"}


def test_the_crds_are_ours(charts: dict[str, list[Object]]) -> None:
    """The CRDs of the chart are the files of ``crds/``, and stay when the release goes."""
    found = {each["metadata"]["name"]: each for each in charts["default"] if each["kind"] == "CustomResourceDefinition"}
    for definition in data.crds().values():
        mine = found.pop(definition["metadata"]["name"])

        assert mine["spec"] == definition["spec"]
        assert mine["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}
    assert not found


@pytest.mark.parametrize("values", SETS)
def test_no_webhook_configuration_is_rendered(charts: dict[str, list[Object]], values: str) -> None:
    """They are made by the leader once it can be called: no install locks anybody out."""
    assert not [each["kind"] for each in charts[values] if each["kind"].endswith("WebhookConfiguration")]


@pytest.mark.parametrize("values", SETS)
def test_every_object_has_our_labels(charts: dict[str, list[Object]], values: str) -> None:
    """Whoever looks for the objects of the release finds all of them."""
    for each in charts[values]:
        labels = each["metadata"]["labels"]

        assert not [name for name in LABELS if name not in labels], each["metadata"]["name"]


def test_every_alert_has_its_place_in_the_runbook(charts: dict[str, list[Object]]) -> None:
    """``runbook_url`` leads to a heading that is there, and the runbook has no alert that is gone."""
    [group] = one(charts["pod-monitor"], "PrometheusRule")["spec"]["groups"]
    anchors = {each["annotations"]["runbook_url"].partition("#")[2] for each in group["rules"]}
    headings = re.findall(r"^### (ArgoAdmission\w+)$", (ROOT / "docs" / "runbook.md").read_text(), re.MULTILINE)

    # A single replica is not expected to be two.
    assert anchors | {"argoadmissionnotredundant"} == {heading.lower() for heading in headings}


def test_releases_share_nothing(helm: Path) -> None:
    """Two releases of one name in two namespaces, or of two names in one, have no object in common."""
    flags = ["--set", "crds.install=false", "--namespace"]
    names = [
        {(each["kind"], each["metadata"].get("namespace"), each["metadata"]["name"]) for each in objects}
        for objects in (
            render(helm, *flags, "a", release="argo-admission"),
            render(helm, *flags, "b", release="argo-admission"),
            render(helm, *flags, "a", release="other"),
        )
    ]

    assert sum(map(len, names)) == len(set().union(*names))


def test_names_fit(helm: Path) -> None:
    """The longest names that helm takes give names that Kubernetes takes."""
    objects = render(helm, "--namespace", "n" * 63, release="r" * 53)

    assert all(len(each["metadata"]["name"]) <= (253 if "." in each["metadata"]["name"] else 63) for each in objects)
    assert len(configuration(objects)) > 0


def test_the_service_finds_only_replicas(charts: dict[str, list[Object]]) -> None:
    """The pods of hooks are none of those that the webhook's calls go to, and all are held by the network policy."""
    objects = charts["default"]
    calls = one(objects, "Service", "argo-admission")["spec"]["selector"]
    network = one(objects, "NetworkPolicy")["spec"]["podSelector"]["matchLabels"]
    hooks = [each["spec"]["template"]["metadata"]["labels"] for each in objects if each["kind"] == "Job"]
    hooks.append(one(objects, "Pod")["metadata"]["labels"])
    replica = one(objects, "Deployment")["spec"]["template"]["metadata"]["labels"]

    assert calls.items() <= replica.items()
    assert not [labels for labels in hooks if calls.items() <= labels.items()]
    assert all(network.items() <= labels.items() for labels in [replica, *hooks])


def test_an_upgrade_never_runs_short(charts: dict[str, list[Object]]) -> None:
    """A new pod is ready before an old one goes, and a node is emptied one replica at a time."""
    strategy = one(charts["default"], "Deployment")["spec"]["strategy"]["rollingUpdate"]

    assert strategy == {"maxSurge": 1, "maxUnavailable": 0}
    assert one(charts["default"], "PodDisruptionBudget")["spec"]["maxUnavailable"] == 1


def _properties(schema: Object, prefix: str = "") -> set[str]:
    found: set[str] = set()
    for name, part in schema.get("properties", {}).items():
        found |= {f"{prefix}{name}", *_properties(part, f"{prefix}{name}.")}
    return found


def _keys(values: Object, schema: Object, prefix: str = "") -> set[str]:
    """The values, as deep as the schema goes; where a default is empty, what the schema says of its parts."""
    found: set[str] = set()
    for name, value in values.items():
        part = schema.get("properties", {}).get(name, {})
        found.add(f"{prefix}{name}")
        if isinstance(value, dict) and "properties" in part:
            found |= _keys(value, part, f"{prefix}{name}.") if value else _properties(part, f"{prefix}{name}.")
    return found
