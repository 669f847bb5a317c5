"""Policies with their bindings, as documents of ``admissionregistration.k8s.io/v1``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from admission.model.document import Document
from admission.model.finding import Action
from admission.policy.export.matching import conditions, kinds, resources, rules
from admission.policy.export.mutating import mutation
from admission.policy.export.targets import Targets
from admission.policy.export.text import NO_PODS, Unexportable, literal, named
from admission.policy.export.validating import Unknowns, Writer
from admission.policy.load import LoadedBinding
from admission.policy.program import Program
from admission.policy.resource import PolicySet
from admission.policy.spec import Binding, FailurePolicy, OnUnknown, Target

API_VERSION = "admissionregistration.k8s.io/v1"

#: What stands before the names of all that is exported.
PREFIX = "argo-admission."

LIMITS = "argo-admission.io/limits"
MANAGED = {"app.kubernetes.io/managed-by": "argo-admission"}

_OF_VALIDATIONS = (
    "The API server follows no references (workflowTemplateRef, templateRef) and merges no defaults (templateDefaults, "
    "those of the controller): an object is judged by what stands in it; of a Workflow that has no templates but a "
    "reference, nothing that is asked of each template is asked. It puts no parameters in: {{…}} is always unknown. It "
    "knows no WorkflowPolicyException. What a CronWorkflow starts is judged as the controller's."
)
_OF_MUTATIONS = (
    "A Workflow that refers to a WorkflowTemplate, or has templateDefaults, is not changed, so that the choice of "
    "their author stays; defaults of the controller lose to what is written here."
)

#: Parts of a policy that stay ours, and why.
_OURS = {
    "allow": "grants add up over bindings, and are judged with references followed",
    "authorize": "it is asked about what a Workflow uses with its references followed",
    "signatures": "the API server can verify none",
}

#: A Workflow whose values may come from elsewhere: a default would go over them.
_COMPLETE = {
    "name": "complete",
    "expression": "!has(object.spec.workflowTemplateRef) && !has(object.spec.templateDefaults)",
}


@dataclass(frozen=True)
class Omitted:
    """What is not exported, and why. *part* is a place in the policy; empty for all of it."""

    policy: str
    part: str
    reason: str


@dataclass(frozen=True)
class Exported:
    """Documents for ``kubectl apply``, and what could not be made one of."""

    objects: tuple[Document, ...]
    omitted: tuple[Omitted, ...]


def exported(policies: PolicySet) -> Exported:
    """All of *policies* that the API server can evaluate itself."""
    collector = _Collector()
    for loaded in policies.bindings.values():
        collector.add(loaded)
    bound = {loaded.binding.policy_name for loaded in policies.bindings.values() if loaded.binding}
    for name in sorted(policies.policies.keys() - bound):
        collector.omit(name, "", "it is not bound")
    return Exported(tuple(collector.objects()), tuple(dict.fromkeys(collector.omitted)))


class _Collector:
    """Collects policies, those that are the same under several bindings once, and bindings."""

    def __init__(self) -> None:
        self._policies: list[Document] = []
        self._bindings: list[Document] = []
        self.omitted: list[Omitted] = []

    def objects(self) -> Iterator[Document]:
        yield from self._policies
        yield from self._bindings

    def omit(self, policy: str, part: str, reason: str) -> None:
        self.omitted.append(Omitted(policy, part, reason))

    def add(self, loaded: LoadedBinding) -> None:
        if loaded.binding is None or loaded.bound is None:
            name = loaded.binding.policy_name if loaded.binding else ""
            reason = "its policy cannot be used" if not name.startswith("lint/") else "a rule is no policy"
            self.omit(name, "", reason)
            return
        program, binding = loaded.bound
        try:
            if binding.param_ref is not None:
                raise Unexportable("its params come from a ConfigMap")
            self._add(program, binding)
        except Unexportable as error:
            self.omit(program.policy.name, "", str(error))

    def _add(self, program: Program, binding: Binding) -> None:
        name = program.policy.name
        for part, reason in _OURS.items():
            if getattr(program.policy, part) not in (None, frozenset()):
                self.omit(name, part, reason)
        for index, annotation in enumerate(program.annotations):
            self.omit(name, f"auditAnnotations[{index}]", f"the annotation {annotation.name} has no place to stand")
        if program.checks and binding.action is not None:
            self._add_validations(program, binding, binding.action)
        if program.changes:
            self._add_mutations(program, binding)

    def _add_validations(self, program: Program, binding: Binding, action: Action) -> None:
        if program.policy.target is Target.POD:
            raise Unexportable(NO_PODS)
        on_unknown = program.policy.on_unknown or OnUnknown.WARN
        deny = on_unknown is OnUnknown.DENY or (on_unknown is OnUnknown.WARN and action is not Action.DENY)
        made = self._validating(program, binding, Unknowns(deny=deny))
        self._bind("ValidatingAdmissionPolicy", made, binding, action)
        if on_unknown is OnUnknown.WARN and action is Action.DENY:
            made = self._validating(program, binding, Unknowns(only=True), ".unknown")
            self._bind("ValidatingAdmissionPolicy", made, binding, Action.WARN, ".unknown")

    def _validating(self, program: Program, binding: Binding, unknowns: Unknowns, suffix: str = "") -> str:
        """The name of the policy that judges; empty where there is nothing to judge."""
        policy = program.policy
        names = kinds(policy)
        targets = Targets.beside((item.name for item in policy.variables), cron="CronWorkflow" in names)
        writer = Writer.of(program, targets)
        validations = []
        for index, check in enumerate(program.checks):
            try:
                validations.append(writer.validation(check, unknowns))
            except Unexportable as error:
                self.omit(policy.name, f"validations[{index}]", str(error))
        judged = [validation for validation in validations if validation is not None]
        if not judged:
            return ""
        if policy.target is not Target.WORKFLOW and not unknowns.only:
            judged.append(writer.too_deep())
        spec = {
            "failurePolicy": policy.failure_policy.value,
            "matchConstraints": rules(names, policy.operations),
            "matchConditions": list(conditions(program, binding)),
            "variables": _variables(targets, binding, writer.variables(), judged),
            "validations": judged,
        }
        return self._policy("ValidatingAdmissionPolicy", policy.name + suffix, binding, spec, _OF_VALIDATIONS)

    def _add_mutations(self, program: Program, binding: Binding) -> None:
        policy = program.policy
        if "Workflow" not in policy.kinds or "CREATE" not in policy.operations:
            return
        targets = Targets.beside((), pointers=True, cron=False)
        mutations = []
        for index, change in enumerate(program.changes):
            try:
                mutations.append(mutation(change, targets))
            except Unexportable as error:
                self.omit(policy.name, f"mutations[{index}]", str(error))
        if not mutations:
            return
        creation = replace(program, policy=replace(policy, operations=frozenset({"CREATE"})))
        spec = {
            "failurePolicy": FailurePolicy.IGNORE.value,
            "reinvocationPolicy": "IfNeeded",
            "matchConstraints": rules(["Workflow"], ["CREATE"]),
            "matchConditions": [*conditions(creation, binding), _COMPLETE],
            "variables": _variables(targets, binding, [], mutations),
            "mutations": mutations,
        }
        made = self._policy("MutatingAdmissionPolicy", policy.name, binding, spec, _OF_MUTATIONS)
        self._bind("MutatingAdmissionPolicy", made, binding, None)

    def _policy(self, kind: str, name: str, binding: Binding, spec: Document, limits: str) -> str:
        """The name of a policy of that *spec*: of one that is there, or of a new one."""
        spec = {key: value for key, value in spec.items() if value != []}
        same = (one["metadata"]["name"] for one in self._policies if one["kind"] == kind and one["spec"] == spec)
        if found := next(same, ""):
            return found
        taken = {one["metadata"]["name"] for one in self._policies if one["kind"] == kind}
        full = f"{PREFIX}{name}" if f"{PREFIX}{name}" not in taken else f"{PREFIX}{name}.{binding.name}"
        metadata = {"name": full, "labels": MANAGED, "annotations": {LIMITS: limits}}
        self._policies.append({"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": spec})
        return full

    def _bind(self, kind: str, policy: str, binding: Binding, action: Action | None, suffix: str = "") -> None:
        if not policy:
            return
        spec: Document = {"policyName": policy}
        if action is not None:
            spec["validationActions"] = [action.value]
        if found := resources(binding):
            spec["matchResources"] = found
        metadata = {"name": f"{PREFIX}{binding.name}{suffix}", "labels": MANAGED}
        self._bindings.append({"apiVersion": API_VERSION, "kind": f"{kind}Binding", "metadata": metadata, "spec": spec})


def _variables(targets: Targets, binding: Binding, own: list[Document], parts: list[Document]) -> list[Document]:
    """The variables that *parts* need: ours, then the policy's own."""
    texts = [text for part in parts for text in _expressions(part)]
    used = [item for index, item in enumerate(own) if _is_used(item, own[index + 1 :], texts)]
    everything = " ".join([*texts, *(item["expression"] for item in used)])
    params = {"name": targets.names["params"], "expression": literal(dict(binding.params))}
    given = [params] if targets["params"] in named(everything) else []
    return [*given, *targets.needed(everything), *used]


def _expressions(part: Document) -> Iterator[str]:
    yield from (part[key] for key in ("expression", "messageExpression") if key in part)
    if "jsonPatch" in part:
        yield part["jsonPatch"]["expression"]


def _is_used(item: Document, later: list[Document], texts: list[str]) -> bool:
    name = f"variables.{item['name']}"
    return any(name in named(text) for text in [*texts, *(other["expression"] for other in later)])
