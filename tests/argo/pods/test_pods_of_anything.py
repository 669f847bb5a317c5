"""Whatever a Workflow is like, it is projected, always alike, and not changed."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

import pytest

from admission.argo.peak import peak_of
from admission.argo.pods import EffectivePod, effective_pods
from admission.model.catalog import FrozenCatalog
from admission.model.document import Document
from admission.model.path import Path

SEEDS = range(60)

#: What stands where something else belongs.
STRANGE = [
    None,
    "",
    "x",
    3,
    -1,
    True,
    1.5,
    [],
    {},
    ["x"],
    {"a": None},
    [None],
    "{{x",
    "{{=",
    "{{item}}",
    "{{steps.a.id}}",
]


def made(random: Random) -> Document:
    """A Workflow with everything in it that the projection looks at."""
    inputs = {"parameters": [{"name": "p", "default": "d"}, {"name": "q", "enum": ["1", "2"]}]}
    leaves: list[Document] = [
        {"name": "c", "inputs": inputs, "container": {"image": "{{inputs.parameters.p}}", "args": ["{{item}}"]}},
        {"name": "s", "script": {"image": "a", "source": "x {{inputs.parameters.q}}"}, "inputs": inputs},
        {"name": "set", "containerSet": {"containers": [{"name": "a", "image": "b"}], "volumeMounts": []}},
        {"name": "r", "resource": {"action": "get", "manifest": "x"}, "podSpecPatch": "{hostNetwork: true}"},
        {"name": "h", "http": {"url": "http://x"}},
        {
            "name": "d",
            "data": {"source": {"artifactPaths": {"name": "x", "s3": {"bucket": "b"}}}, "transformation": []},
        },
    ]
    tasks = [_task(random, index) for index in range(4)]
    main = {"name": "main", "dag": {"tasks": tasks}} if random.random() < 0.5 else {"name": "main", "steps": [tasks]}
    spec = {
        "entrypoint": "main",
        "onExit": "c",
        "templates": [main, *leaves],
        "templateDefaults": {"container": {"env": [{"name": "A", "value": "b"}]}},
        "podSpecPatch": "containers: [{name: main, tty: true}]",
        "artifactGC": {"strategy": "OnWorkflowDeletion"},
        "volumes": [{"name": "v", "emptyDir": {}}],
    }
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {"name": "w"}, "spec": spec}


def _task(random: Random, index: int) -> Document:
    callee = random.choice(["c", "s", "set", "r", "h", "d", "main"])
    loop = random.choice([{}, {"withItems": [1, "two", {"p": 3}]}, {"withParam": "{{workflow.name}}"}])
    value = random.choice(["{{item}}", "{{tasks.t0.outputs.result}}", "x", "{{=1 + 1}}"])
    return {
        "name": f"t{index}",
        "template": callee,
        "arguments": {"parameters": [{"name": "p", "value": value}]},
        **loop,
    }


def broken(random: Random, document: Document) -> Document:
    """*document* with something strange somewhere in it."""
    result = copy.deepcopy(document)
    places = list(_places(result["spec"] if random.random() < 0.9 else result))
    holder, key = random.choice(places)
    holder[key] = copy.deepcopy(random.choice(STRANGE))
    return result


def _places(value: Any) -> list[tuple[Any, Any]]:
    items = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    return [place for key, each in items for place in ((value, key), *_places(each))]


def projected(document: Document) -> tuple[EffectivePod, ...]:
    return effective_pods(document, FrozenCatalog(), namespace="ns", argo_version="4.1")


@pytest.mark.parametrize("seed", SEEDS)
def test_anything(seed: int) -> None:
    """No Workflow, however broken, ends in an exception; the same gives the same, and stays as it is."""
    random = Random(seed)
    for document in (whole := made(random), *(broken(random, whole) for _ in range(5))):
        before = json.dumps(document)
        first, second = projected(document), projected(json.loads(before))

        assert first == second
        assert before == json.dumps(document)
        peak_of(document, FrozenCatalog(), namespace="ns", argo_version="4.1")


@pytest.mark.parametrize("seed", SEEDS)
def test_origins_are_there(seed: int) -> None:
    """Every origin is a place in the Workflow, and every unknown path one in the pod."""
    document = made(Random(seed))
    for pod in projected(document):
        for origin in (pod.origin, *pod.containers.values()):
            assert origin.path.get(document) is not None
        for path in pod.unknown:
            assert path.get(pod.pod) is not None
        lists = {
            Path(("spec", name, i))
            for name in ("containers", "initContainers")
            for i, _ in enumerate(pod.pod["spec"].get(name, []))
        }
        assert lists == set(pod.containers)
