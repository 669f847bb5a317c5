"""
The pods of Argo's own controller, where the corpus lies beside the checkout.

Every pod of the controller has to be among ours, with its containers, mounts, volumes and account. Every field of pods
is compared on a real cluster: ``tests/e2e/test_pods.py``.
"""

from __future__ import annotations

from typing import Any

import pytest
from corpus import CORPUS, lines

from admission.argo.controller import decode_config
from admission.argo.peak import peak_of
from admission.argo.pods import EffectivePod, effective_pods
from admission.model.catalog import FrozenCatalog
from admission.model.document import Document

PODS = "pods.jsonl.gz"


def cases() -> list[dict[str, Any]]:
    return list(lines(PODS))


def projected(case: dict[str, Any]) -> tuple[EffectivePod, ...]:
    given = [*case["context"], *case["docs"]]
    catalog = FrozenCatalog.of(given, controller=decode_config(case["opts"].get("controller_config", {})))
    return effective_pods(case["docs"][0], catalog, namespace="default", argo_version="4.0")


def shape(pod: Document) -> tuple[Any, ...]:
    """What of a pod says at once whether it is the same."""
    spec = pod["spec"]
    return (
        [(each["name"], sorted(m["mountPath"] for m in each.get("volumeMounts", []))) for each in spec["containers"]],
        [
            (each["name"], sorted(m["mountPath"] for m in each.get("volumeMounts", [])))
            for each in spec.get("initContainers", [])
        ],
        sorted(each["name"] for each in spec.get("volumes", [])),
        spec.get("serviceAccountName") or "",
        sorted(pod["metadata"].get("annotations", {})),
    )


if (CORPUS / PODS).exists():

    @pytest.mark.corpus
    def test_every_pod_of_the_controller_is_among_ours() -> None:
        """Each pod that the controller makes is projected, with its containers, mounts, volumes and account."""
        for case in cases():
            ours = projected(case)
            for real in case["pods"]:
                same = [pod for pod in ours if (pod.purpose, pod.template) == (real["purpose"], real["template"])]

                assert any(pod.reachable for pod in same), case["id"]
                assert shape(real["pod"]) in [shape(pod.pod) for pod in same], (case["id"], real["template"])

    @pytest.mark.corpus
    def test_never_fewer_pods_than_the_controller_makes() -> None:
        """What the controller makes at once, before anything has ended, is never more than the peak."""
        for case in cases():
            given = [*case["context"], *case["docs"]]
            catalog = FrozenCatalog.of(given, controller=decode_config(case["opts"].get("controller_config", {})))
            peak = peak_of(case["docs"][0], catalog, namespace="default", argo_version="4.0")

            assert sum(pod["count"] for pod in case["pods"]) <= peak.parallel_pods, case["id"]
