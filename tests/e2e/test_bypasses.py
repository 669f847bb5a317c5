"""
Ways around that Argo's own restrictions have had, and likely others: denied at ``kubectl apply`` by the library.

One manifest for each published advisory that concerns what a Workflow says (GHSA-3wf5-g532-rcrr, GHSA-3775-99mw-8rp4,
GHSA-48p8-g2fx-3wwm, CVE-2026-40886, CVE-2025-62156), and for patches in other letters, with directives, with tags.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator

import pytest
from talking import NAMESPACE, Cluster, manifest
from waiting import until

from admission.model.document import Document
from admission.policy import data

pytestmark = pytest.mark.cluster

ENFORCED = ("baseline", "restricted", "tenancy")

HARDENED: Document = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "runAsUser": 1000,
    "seccompProfile": {"type": "RuntimeDefault"},
}
CONTAINER: Document = {"image": "alpine:3.20", "command": ["true"], "securityContext": HARDENED}
MAIN: Document = {"name": "main", "container": CONTAINER}
BASE: Document = {
    "entrypoint": "main",
    "serviceAccountName": "workflow",
    "automountServiceAccountToken": False,
    "executor": {"serviceAccountName": "executor"},
}
REFERENCE: Document = {"workflowTemplateRef": {"name": "hardened"}}
COLLECTED: Document = {
    **MAIN,
    "outputs": {"artifacts": [{"name": "a", "path": "/tmp/a", "artifactGC": {"strategy": "OnWorkflowDeletion"}}]},
}


def own(*templates: Document, **spec: object) -> Document:
    return {**BASE, "templates": list(templates or (MAIN,)), **spec}


def patch(**spec: object) -> str:
    return json.dumps(spec)


def of_main(**security: object) -> str:
    return patch(containers=[{"name": "main", "securityContext": security}])


#: By what it does: a spec, and what must be among the reasons.
WAYS: dict[str, tuple[Document, str]] = {
    "a patch over a hardened template": ({**REFERENCE, "podSpecPatch": of_main(privileged=True)}, "privileged"),
    "the network of the node beside a reference": ({**REFERENCE, "hostNetwork": True}, "no-host-network"),
    "another user beside a reference": ({**REFERENCE, "securityContext": {"runAsUser": 0}}, "pod-security-restricted"),
    "another account beside a reference": ({**REFERENCE, "serviceAccountName": "default"}, "service-account"),
    "a patch of artifactGC": (
        own(COLLECTED, artifactGC={"strategy": "OnWorkflowDeletion", "podSpecPatch": patch(hostNetwork=True)}),
        "pod-security-baseline",
    ),
    "an annotation that brings the controller down": (
        own(podMetadata={"annotations": {"workflows.argoproj.io/pod-gc-strategy": "broken"}}),
        "reserved-pod-metadata",
    ),
    "the same on a template": (
        own({**MAIN, "metadata": {"annotations": {"workflows.argoproj.io/pod-gc-strategy": "broken"}}}),
        "reserved-metadata",
    ),
    "an archive over the system": (
        own({**MAIN, "inputs": {"artifacts": [{"name": "a", "path": "/etc", "raw": {"data": "x"}}]}}),
        "artifact-paths",
    ),
    "other letters": (own(podSpecPatch=patch(HostNetwork=True)), "pod-security-baseline"),
    "other letters below": (
        own(podSpecPatch=patch(Containers=[{"name": "main", "SecurityContext": {"Privileged": True}}])),
        "no-privileged-containers",
    ),
    "a directive that replaces": (
        own(podSpecPatch=of_main(**{"$patch": "replace", "privileged": True})),
        "no-privileged-containers",
    ),
    "a directive that deletes": (own(podSpecPatch=of_main(**{"$patch": "delete"})), "hardened-containers"),
    "a patch by a parameter": (
        own(podSpecPatch="{{workflow.parameters.patch}}", arguments={"parameters": [{"name": "patch", "value": "{}"}]}),
        "no-dangerous-workflow-patches",
    ),
    "a value by a parameter": (
        own(
            podSpecPatch='{"hostNetwork": {{workflow.parameters.on}}}',
            arguments={"parameters": [{"name": "on", "value": "true"}]},
        ),
        "pod-security-baseline",
    ),
    "a patch by an expression": (
        own(
            {**MAIN, "podSpecPatch": "{{=inputs.parameters.p}}", "inputs": {"parameters": [{"name": "p"}]}},
            arguments={"parameters": [{"name": "p", "value": "{}"}]},
        ),
        "no-dangerous-patches",
    ),
    "a patch of a template": (own({**MAIN, "podSpecPatch": patch(hostPID=True)}), "pod-security-baseline"),
    "a patch of templateDefaults": (
        own(templateDefaults={"podSpecPatch": patch(hostIPC=True)}),
        "pod-security-baseline",
    ),
    "a template within a step": (
        own(
            {
                "name": "main",
                "steps": [
                    [{"name": "a", "inline": {"container": {**CONTAINER, "securityContext": {"privileged": True}}}}]
                ],
            }
        ),
        "no-privileged-containers",
    ),
}

SOUND: dict[str, Document] = {"a hardened Workflow": own(), "a hardened template": REFERENCE}


@pytest.fixture(scope="module")
def enforcing(cluster: Cluster) -> Iterator[Cluster]:
    """A namespace in which the library denies, and a controller whose own containers are hardened."""
    policies = [each for bundle in ENFORCED for each in data.library(bundle)]
    config = manifest("ConfigMap", "workflow-controller-configmap", {}, {"namespace": "argo"})
    options = {"executor": json.dumps({"securityContext": HARDENED})}
    controller = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": config["metadata"], "data": options}
    cluster.plane.kubectl("create", "namespace", "argo", check=False)
    cluster.plane.apply(controller)
    assert not cluster.apply(*policies, manifest("WorkflowTemplate", "hardened", own())).returncode
    labels = [f"argo-admission.io/{bundle}=enforce" for bundle in ENFORCED]
    cluster.must("label", "namespace", NAMESPACE, *labels)
    until(lambda: "no-host-network" in create(cluster, {**REFERENCE, "hostNetwork": True}).stderr)
    cluster.delete("workflow", "way")
    yield cluster
    cluster.must("label", "namespace", NAMESPACE, *(f"argo-admission.io/{bundle}-" for bundle in ENFORCED))
    cluster.must("delete", "workflowpolicies,workflowpolicybindings", "--all")
    cluster.delete("workflowtemplate", "hardened")
    cluster.plane.kubectl("delete", "configmap", "-n", "argo", "workflow-controller-configmap")


def create(cluster: Cluster, spec: Document) -> subprocess.CompletedProcess[str]:
    labels = {"labels": {"owner": "team-a", "cost-centre": "42"}}
    return cluster.apply(manifest("Workflow", "way", spec, labels))


@pytest.mark.parametrize("name", WAYS)
def test_denied(enforcing: Cluster, name: str) -> None:
    """What would get around the restrictions is denied, with the policy that says why."""
    spec, reason = WAYS[name]
    done = create(enforcing, spec)
    stored = enforcing.has("workflow", "way")
    enforcing.delete("workflow", "way")

    assert (True, False) == (bool(done.returncode), stored)
    assert f"policy/{reason}" in done.stderr or reason in done.stderr


@pytest.mark.parametrize("name", SOUND)
def test_what_is_sound_is_admitted(enforcing: Cluster, name: str) -> None:
    """The same Workflow without a way around is let through: what is denied above is denied for that."""
    done = create(enforcing, SOUND[name])
    enforcing.delete("workflow", "way")

    assert 0 == done.returncode, done.stderr
