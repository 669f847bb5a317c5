"""
``authorize``: Kubernetes' own RBAC decides who may use what.

May whoever asks *use* this service account, template, Secret or priority class? May the service account that the
Workflow names do what the manifest of a resource template does? Questions are values; the shell asks them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from admission.model.catalog import DISCOVERY, UNAVAILABLE, Access, AccessQuestion, Lookup
from admission.model.document import Document, mapping, sequence, text
from admission.policy.access import question_of, service_account
from admission.policy.input import ReviewInput
from admission.policy.program import Bound
from admission.policy.targets import Found
from admission.policy.uses import Act, Use
from admission.policy.uses.use import OPEN
from admission.policy.uses.workflow import DEFAULT_ACCOUNT
from admission.policy.validate import Outcome, Result

#: The verb without which nobody may use a thing.
USE = "use"

#: By dimension: the group and resource that are asked about, whether they are namespaced, and their kind for people.
_RESOURCES: dict[str, tuple[str, str, bool, str]] = {
    "serviceAccounts": ("", "serviceaccounts", True, "service account"),
    "workflowTemplates": ("argoproj.io", "workflowtemplates", True, "WorkflowTemplate"),
    "clusterWorkflowTemplates": ("argoproj.io", "clusterworkflowtemplates", False, "ClusterWorkflowTemplate"),
    "secrets": ("", "secrets", True, "Secret"),
    "priorityClasses": ("scheduling.k8s.io", "priorityclasses", False, "priority class"),
}

#: By action of a resource template: the verbs that its kubectl needs (argo-workflows runs ``kubectl <action> -f``).
_VERBS: dict[str, tuple[str, ...]] = {
    "create": ("create",),
    "apply": ("get", "create", "patch"),
    "replace": ("get", "update"),
    "patch": ("patch",),
    "delete": ("delete",),
    "get": ("get",),
}


def judge(bound: Bound, used: Iterable[Use], review: ReviewInput) -> Iterator[tuple[Outcome, Found]]:
    """What of *used* RBAC does not allow, as far as the policy of *bound* asks for it."""
    asked = bound[0].policy.authorize
    for use in used:
        if use.dimension not in asked:
            continue
        outcome = _unknown(use, use.why) if use.why else _act(use, review) if use.act else _use(use, review)
        if outcome is not None:
            yield replace(outcome, placed=use.placed), use.found


def _unknown(use: Use, why: str) -> Outcome:
    kind = _RESOURCES[use.dimension][3] if use.dimension in _RESOURCES else "manifest"
    message = (
        f"RBAC was not asked about the {kind} {str(use)!r}" if str(use) else f"RBAC was not asked about the {kind}"
    )
    return Outcome(Result.UNKNOWN, message, granting=True, why=f"cannot be known yet: {why}")


def _use(use: Use, review: ReviewInput) -> Outcome | None:
    """Whether whoever asks may use *use*."""
    asker = review.asker
    if asker is None:
        return _unknown(use, review.unknown_asker)
    group, resource, namespaced, kind = _RESOURCES[use.dimension]
    namespace = review.request.namespace if namespaced else ""
    question = question_of(asker, USE, group, resource, namespace, use.name)
    where = f" in {namespace}" if namespace else ""
    message = f"{asker.username} may not use the {kind} {use.name!r}: RBAC grants no verb `use` on {resource}{where}"
    return _answered(use, [question], message, review)


def _act(use: Use, review: ReviewInput) -> Outcome | None:
    """Whether the service account of a resource template may do what its manifest does."""
    act, account = use.act or Act("", "", "", ""), _account(use.found.template, mapping(review.workflow.get("spec")))
    namespace = review.request.namespace
    if OPEN in account:
        return _unknown(use, "the service account is known only when the workflow runs")
    if not namespace:
        return _unknown(use, "the namespace is that of whoever uses the template")
    if act.action not in _VERBS:
        return _unknown(use, f"what kubectl needs for {act.action!r}")
    resource = _resource(act, review)
    if isinstance(resource, str):
        return _unknown(use, resource)
    where = (act.namespace or namespace) if resource["namespaced"] is True else ""
    user = service_account(namespace, account)
    questions = [
        question_of(user, verb, act.group, text(resource["name"]), where, "" if verb == "create" else act.name)
        for verb in _VERBS[act.action]
    ]
    plural = f"{resource['name']}.{act.group}" if act.group else resource["name"]
    message = f"the service account {namespace}/{account} may not {act.action} {plural}" + (
        f" in {where}" if where else ""
    )
    return _answered(use, questions, message, review)


def _account(template: Document, spec: Document) -> str:
    """The service account as which kubectl runs: an executor's own comes before that of the pod."""
    executors = (mapping(each.get("executor")) for each in (template, spec))
    names = (text(each.get("serviceAccountName")) for each in (*executors, template, spec))
    return next(filter(None, names), DEFAULT_ACCOUNT)


def _resource(act: Act, review: ReviewInput) -> Document | str:
    """What the API server calls the objects of that kind, by discovery; or why nobody knows."""
    version = f"{act.group}/{act.version}" if act.group else act.version
    if not act.version:
        return "the manifest names no apiVersion"
    found = review.catalog.get(Lookup(DISCOVERY, "", version))
    if not isinstance(found, dict):
        return f"which kinds {version} has" if found is UNAVAILABLE else f"the cluster has no {version}"
    for each in map(mapping, sequence(found.get("resources"))):
        if each.get("kind") == act.kind and "/" not in text(each.get("name")) and text(each.get("name")):
            return {"name": text(each["name"]), "namespaced": each.get("namespaced")}
    return f"the cluster has no kind {act.kind} in {version}"


def _answered(use: Use, questions: list[AccessQuestion], message: str, review: ReviewInput) -> Outcome | None:
    # All are asked, even after one that is denied: there is one round for them.
    answers = [review.catalog.access(question) for question in questions]
    if Access.DENIED in answers:
        return Outcome(Result.VIOLATED, message, granting=True)
    return None if all(answer is Access.ALLOWED for answer in answers) else _unknown(use, "nobody could ask RBAC")
