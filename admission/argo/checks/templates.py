"""What is asked of a template each time it is referred to (argo-validation 3.3, steps 1 to 6)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from admission.argo.checks import locations, names
from admission.argo.checks.wrong import Wrongs, below
from admission.argo.validation.tables import tables
from admission.model.document import Document, mapping, sequence, text

RETRY_POLICIES = ("Always", "OnFailure", "OnError", "OnTransientError")
#: Types that run something: in a pod, or by an agent.
LEAF = ("container", "containerSet", "script", "resource", "data", "http", "plugin")
#: Types that an agent runs, which has no pod of theirs.
AGENT = ("http", "plugin")
INTEGER, LIMIT = re.compile(r"[+-]?0*[0-9]{1,19}"), 2**63


#: The fields that ``before_substitution`` looks at, beside inputs.
_STANDING = frozenset({"retryStrategy", "initContainers", "podResources"})


def before_substitution(template: Document, types: Sequence[str], newest: bool) -> Wrongs:
    """What is asked of the template as it stands; *types* are all that it has."""
    if len(types) == 1 and _STANDING.isdisjoint(template) and _are_plain(mapping(template.get("inputs"))):
        return iter(())
    return _before_substitution(template, types, newest)


def _are_plain(inputs: Document) -> bool:
    """Whether inputs are parameters alone, with names that are right."""
    return not inputs.get("artifacts") and names.are_right(sequence(inputs.get("parameters")))


def _before_substitution(template: Document, types: Sequence[str], newest: bool) -> Wrongs:
    if not types:
        yield "tmpl-type-unknown", (), f"say what the template is: one of {', '.join(tables().types)}"
    elif len(types) > 1:
        yield "tmpl-type-multiple", (types[1],), f"a template is one thing: this is {' and '.join(types)}"
    if "retryStrategy" in template:
        policy = text(mapping(template["retryStrategy"]).get("retryPolicy"))
        if policy and policy not in RETRY_POLICIES:
            yield "retry-policy", ("retryStrategy", "retryPolicy"), f"{policy!r} is none of {', '.join(RETRY_POLICIES)}"
    kind = types[0] if types else ""
    if template.get("inputs"):
        yield from _inputs(template, kind)
    for index, container in enumerate(sequence(template.get("initContainers"))) if "initContainers" in template else ():
        if not text(mapping(container).get("name")):
            yield "initcontainer-name", ("initContainers", index), "give the init container a name"
    if newest and "podResources" in template:
        yield from below(("podResources",), pod_resources(template["podResources"]))
        if kind in AGENT and isinstance(template["podResources"], dict):
            yield "podresources-agent", ("podResources",), "remove podResources: the template has no pod of its own"


def _inputs(template: Document, kind: str) -> Wrongs:
    inputs = mapping(template.get("inputs"))
    yield from names.arguments("input-names", inputs, ("inputs",))
    artifacts = inputs.get("artifacts")
    if not artifacts:
        return
    yield from below(("inputs", "artifacts"), locations.artifacts("input", artifacts, kind in LEAF))
    for index, entry in enumerate(sequence(artifacts)):
        place = ("inputs", "artifacts", index)
        if text(mapping(entry).get("from")):
            said = "remove from: what an input comes from is said by the arguments of the caller"
            yield "input-artifact-from", (*place, "from"), said
        yield from below(place, locations.location(mapping(entry)))


def pod_resources(resources: object) -> Wrongs:
    """Resources of a whole pod, of which there are few (4.1)."""
    for kind in ("limits", "requests"):
        for name in mapping(mapping(resources).get(kind)):
            if name not in ("cpu", "memory") and not str(name).startswith("hugepages-"):
                said = f"a whole pod has cpu, memory and hugepages-*, but no {name!r}: ask for it in a container"
                yield "podresources-names", (kind, name), said
    if sequence(mapping(resources).get("claims")):
        yield "podresources-claims", ("claims",), "remove claims: a whole pod has none"


#: The fields that ``after_substitution`` looks at.
_FILLED_IN = frozenset({"timeout", "pendingTimeout", "resourceClaims"})


def after_substitution(template: Document, kind: str, newest: bool) -> Wrongs:
    """What is asked of the template of that *kind* once its values are put in."""
    return iter(()) if _FILLED_IN.isdisjoint(template) else _after_substitution(template, kind, newest)


def _after_substitution(template: Document, kind: str, newest: bool) -> Wrongs:
    timeout = text(template.get("timeout"))
    if timeout and kind not in LEAF:
        yield "timeout-leaf", ("timeout",), f"remove timeout: a template of type {kind} runs nothing itself"
    elif timeout and INTEGER.fullmatch(timeout) and -LIMIT <= int(timeout) < LIMIT:
        yield "timeout-whole-number", ("timeout",), f"give the timeout a unit: {timeout}s"
    if newest and "pendingTimeout" in template and text(template["pendingTimeout"]) and kind not in LEAF:
        said = f"remove pendingTimeout: a template of type {kind} has no pod that could wait"
        yield "pending-timeout", ("pendingTimeout",), said
    if newest and sequence(template.get("resourceClaims")) and kind not in tables().pod_types:
        yield "resource-claims", ("resourceClaims",), f"remove resourceClaims: a template of type {kind} has no pod"
