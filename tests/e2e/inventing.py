"""Workflows made up by chance, of everything that shapes pods and how many there are; the same ones each time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import Any

from equivalence.playing import FAILING

from admission.model.document import Document

_LEAVES = ("a", "b", "c")

_SECURITY = (
    {"runAsUser": 5},
    {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    {"readOnlyRootFilesystem": True, "seccompProfile": {"type": "RuntimeDefault"}},
)

_RESOURCES = ({"limits": {"cpu": "1"}}, {"requests": {"memory": "1Gi"}, "limits": {"memory": "2048Mi", "cpu": 2}})

_PATCHES = (
    '{"enableServiceLinks": false, "containers": [{"name": "main", "tty": true}]}',
    "containers: [{name: main, env: [{name: P, value: '{{workflow.name}}'}]}, {name: wait, tty: true}]",
    "tolerations: [{key: patched}]\nhostNetwork: true",
    '{"volumes": [{"name": "patched", "emptyDir": {}}], "terminationGracePeriodSeconds": 3}',
)


def invented(seeds: Iterable[int]) -> dict[str, Document]:
    """The specs of Workflows by name."""
    return {f"invented-{seed}": _spec(Random(seed)) for seed in seeds}


def wild(seeds: Iterable[int]) -> dict[str, Document]:
    """The specs of Workflows by name that fail, end and limit themselves wherever they can."""
    return {f"wild-{seed}": _wild(Random(f"wild-{seed}")) for seed in seeds}


def _wild(random: Random) -> Document:
    leaves = {"good": {"image": "x"}, "bad": {"image": FAILING}, "again": {"image": FAILING}}
    templates = [{"name": name, "container": {**each, "command": ["run"]}} for name, each in leaves.items()]
    templates[2]["retryStrategy"] = {"limit": 1, **_some(random, 0.5, backoff=lambda random: {"duration": "1s"})}
    callees = ("good", "good", "good", "bad", "again")
    for name in ("deep", "part", "main"):
        templates.append(_wild_template(name, random, callees))
        callees = (*callees, name, name, name)
    # A hook or exit handler of the Workflow in which one is held up ends the whole controller; so does a hook of a
    # Workflow that is tried again.
    templates.append({"name": "two", "steps": [[{"name": name, "template": "good"} for name in ("x", "y")]]})
    hook = {"running": {"template": "good", "expression": 'workflow.status == "Running"'}}
    own = random.choice([{"hooks": hook}, {"retryStrategy": {"limit": 1}}, {}, {}])
    limit = _some(random, parallelism=lambda random: random.randint(3, 5), chance=0.15)
    return {"entrypoint": "main", "templates": templates, "onExit": random.choice(["good", "two"]), **own, **limit}


def _wild_template(name: str, random: Random, callees: tuple[str, ...]) -> Document:
    has_steps = random.random() < 0.5
    calls = [_wild_call(f"s{index}", random, callees, has_steps) for index in range(random.randint(2, 4))]
    more = _some(
        random,
        parallelism=lambda random: random.randint(1, 3),
        failFast=lambda random: True,
        retryStrategy=lambda random: {"limit": 1, "retryPolicy": random.choice(["Always", "OnFailure"])},
    )
    more |= _some(random, parallelism=lambda random: random.randint(1, 3))
    if has_steps:
        cut = random.randint(0, len(calls) - 1)
        return {"name": name, "steps": [group for group in (calls[:cut], calls[cut:]) if group], **more}
    tasks = [_after(each, calls[:at], random, "Failed", "Errored") for at, each in enumerate(calls)]
    return {"name": name, "dag": {"tasks": tasks}, **more}


def _wild_call(name: str, random: Random, callees: tuple[str, ...], has_steps: bool) -> Document:
    loop = _some(random, withSequence=lambda random: {"count": str(random.randint(1, 3))})
    exits = _some(random, exit=lambda random: {"template": random.choice(callees)}, chance=0.4)
    status = f"{'steps' if has_steps else 'tasks'}.{name}.status"
    # What a hook of one of several steps may read has no name that an expression can say.
    beside = {} if loop and has_steps else _some(random, some=_wild_hook(status, callees), chance=0.2)
    hooks = {**exits, **beside}
    goes_on = _some(random, continueOn=lambda random: {"failed": True, "error": True}, chance=0.6) if has_steps else {}
    return {"name": name, "template": random.choice(callees), **loop, **({"hooks": hooks} if hooks else {}), **goes_on}


def _wild_hook(status: str, callees: tuple[str, ...]) -> Callable[[Random], Document]:
    def made(random: Random) -> Document:
        expression = f'{status} != "{random.choice(["", "Pending"])}"'
        return {"template": random.choice(callees), "expression": expression}

    return made


def _spec(random: Random) -> Document:
    parts = [_arranged("part", random, _LEAVES), _arranged("other", random, _LEAVES)]
    main = _arranged("main", random, (*_LEAVES, "part", "part", "other"))
    more = _some(
        random,
        parallelism=lambda random: random.randint(1, 4),
        onExit=lambda random: random.choice(["a", "part"]),
        podSpecPatch=lambda random: random.choice(_PATCHES),
        podMetadata=lambda random: {"labels": {"of": "workflow"}, "annotations": {"note": "{{workflow.name}}"}},
        tolerations=lambda random: [{"key": "workflow", "operator": "Exists"}],
        nodeSelector=lambda random: {"on": "workflow"},
        securityContext=lambda random: {"runAsUser": 7, "runAsNonRoot": True},
        serviceAccountName=lambda random: "robot",
        automountServiceAccountToken=lambda random: True,
        templateDefaults=lambda random: {"container": {"env": [{"name": "D", "value": "d"}], "image": "default"}},
        hostAliases=lambda random: [{"ip": "10.0.0.1", "hostnames": ["x"]}],
        imagePullSecrets=lambda random: [{"name": "pull"}],
    )
    if any("hooks" in call for call in _calls(parts[0])):
        # An exit handler that is held up within that of the Workflow ends the whole controller.
        more = {**more, "onExit": "a"} if "onExit" in more else more
    return {
        "entrypoint": "main",
        "volumes": [{"name": "shared", "emptyDir": {}}],
        "templates": [main, *parts, *(_leaf(name, random) for name in _LEAVES)],
        **more,
    }


def _calls(template: Document) -> list[Document]:
    groups = [template["dag"]["tasks"]] if "dag" in template else template["steps"]
    return [call for group in groups for call in group]


def _arranged(name: str, random: Random, callees: tuple[str, ...]) -> Document:
    """A template of steps or tasks."""
    calls = [_call(f"s{index}", random, callees) for index in range(random.randint(1, 5))]
    limit = _some(random, parallelism=lambda random: random.randint(1, 3))
    if random.random() < 0.5:
        cut = random.randint(0, len(calls) - 1)
        return {"name": name, "steps": [group for group in (calls[:cut], calls[cut:]) if group], **limit}
    tasks = [_after(each, calls[:index], random) for index, each in enumerate(calls)]
    return {"name": name, "dag": {"tasks": tasks}, **limit}


def _after(task: Document, earlier: list[Document], random: Random, *also: str) -> Document:
    """*task*, which waits for some of the *earlier* ones, and runs *also* when these have ended so."""
    names = [each["name"] for each in earlier if random.random() < 0.4]
    conditions = [" || ".join([name, *(f"{name}.{result}" for result in also or ("Failed",))]) for name in names]
    return {**task, "depends": " && ".join(f"({each})" for each in conditions)} if names else task


def _call(name: str, random: Random, callees: tuple[str, ...]) -> Document:
    loops: tuple[Document, ...] = (
        {"withItems": ["x", "y", "z"][: random.randint(1, 3)]},
        {"withSequence": {"count": str(random.randint(1, 4))}},
        {"withParam": '["p", "q"]'},
    )
    loop = random.choice(loops) if random.random() < 0.3 else {}
    value = "{{item}}" if loop else random.choice(["one", "{{workflow.name}}"])
    hooks = _some(random, hooks=lambda random: {"exit": {"template": random.choice("ab")}}, chance=0.1)
    arguments = {"parameters": [{"name": "p", "value": value}]}
    return {"name": name, "template": random.choice(callees), "arguments": arguments, **loop, **hooks}


def _leaf(name: str, random: Random) -> Document:
    """A template that becomes a pod."""
    more = _some(
        random,
        metadata=lambda random: {"labels": {"of": name, "p": "{{inputs.parameters.p}}"}},
        nodeSelector=lambda random: {"on": name},
        tolerations=lambda random: [{"key": name, "operator": "Exists", "effect": "NoSchedule"}],
        securityContext=lambda random: {"fsGroup": 9},
        podSpecPatch=lambda random: random.choice(_PATCHES),
        sidecars=lambda random: [_beside(random, "beside", mirrorVolumeMounts=random.random() < 0.5)],
        initContainers=lambda random: [_beside(random, "before")],
        volumes=lambda random: [{"name": "own", "configMap": {"name": "x", "optional": True}}],
        serviceAccountName=lambda random: "robot",
        outputs=lambda random: {"parameters": [{"name": "o", "valueFrom": {"path": "/tmp/o", "default": "x"}}]},
        archiveLocation=lambda random: {"archiveLogs": random.random() < 0.5},
        retryStrategy=lambda random: {"limit": 1},
        priorityClassName=lambda random: "system-cluster-critical",
        activeDeadlineSeconds=lambda random: 1000,
    )
    inputs = {"parameters": [{"name": "p", "default": "d"}], **_some(random, artifacts=_artifacts)}
    return {"name": name, "inputs": inputs, **_work(random), **more}


def _artifacts(random: Random) -> list[Document]:
    return [{"name": "in", "path": random.choice(["/in", "/shared/in"]), "raw": {"data": "x"}}]


def _work(random: Random) -> Document:
    kind = random.choice(["container", "container", "script", "containerSet"])
    if kind == "containerSet":
        mounts = _some(random, volumeMounts=lambda random: [{"name": "shared", "mountPath": "/shared"}])
        return {kind: {"containers": [_beside(random, "main"), _beside(random, "two")], **mounts}}
    more = {"source": "print(1)"} if kind == "script" else {"args": ["{{inputs.parameters.p}}"]}
    failing = {"image": FAILING} if random.random() < 0.1 else {}
    return {kind: {**_container(random), **more, **failing}}


def _beside(random: Random, name: str, **more: Any) -> Document:
    """A container beside the main one; the volumes that it alone mounts Argo forgets."""
    made = _container(random, name=name, **more)
    return {key: each for key, each in made.items() if key not in ("volumeMounts", "readinessProbe")}


def _container(random: Random, **more: Any) -> Document:
    some = _some(
        random,
        env=lambda random: [{"name": "E", "value": "{{inputs.parameters.p}}"}, {"name": "F", "value": "f"}],
        envFrom=lambda random: [{"secretRef": {"name": "x", "optional": True}}],
        resources=lambda random: random.choice(_RESOURCES),
        securityContext=lambda random: random.choice(_SECURITY),
        volumeMounts=lambda random: [{"name": "shared", "mountPath": "/shared"}],
        imagePullPolicy=lambda random: "Never",
        workingDir=lambda random: "/work",
        ports=lambda random: [{"containerPort": 80}],
        readinessProbe=lambda random: {"httpGet": {"path": "/", "port": 80}},
    )
    return {"image": random.choice(["x", "x:1", "x:latest"]), "command": ["run"], **some, **more}


def _some(random: Random, chance: float = 0.25, **fields: Callable[[Random], Any]) -> Document:
    """Some of *fields*."""
    return {name: make(random) for name, make in fields.items() if random.random() < chance}
