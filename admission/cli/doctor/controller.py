"""Do we know the workflow controller that is there: who it is, whose Workflows it runs, and how it merges?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from admission.argo.controller import decode_config, template_referencing
from admission.argo.labels import INSTANCE
from admission.cli.doctor.check import Check, Patient, fail, listed, ok, warn
from admission.cluster.client import Client
from admission.cluster.kinds import RESOURCES
from admission.model.document import Document, labels_of, mapping, name_of, sequence, text
from admission.policy.resource import PolicySet

_DEPLOYMENTS = "/apis/apps/v1/namespaces/{}/deployments"


def controller_accounts(client: Client, namespace: str) -> dict[str, str]:
    """The user names of the workflow controllers in *namespace*, with the names of their Deployments."""
    return _accounts(client, namespace, "workflow-controller")


def _accounts(client: Client, namespace: str, program: str) -> dict[str, str]:
    found = {}
    for each in map(mapping, sequence(client.get(_DEPLOYMENTS.format(namespace)).get("items"))):
        pod = mapping(mapping(mapping(each.get("spec")).get("template")).get("spec"))
        if any(_runs(mapping(container), program) for container in sequence(pod.get("containers"))):
            account = text(pod.get("serviceAccountName")) or "default"
            found[f"system:serviceaccount:{namespace}:{account}"] = name_of(each)
    return found


def _runs(container: Document, program: str) -> bool:
    """Whether a container is Argo's *program*, by its command or, without one, by its image."""
    command = [text(part).rpartition("/")[2] for part in sequence(container.get("command"))]
    image = text(container.get("image")).partition("@")[0].rpartition("/")[2].partition(":")[0]
    return command[:1] == [program] or (not command and image in (program, program.replace("workflow-", "argo")))


def users(patient: Patient) -> Iterator[Check]:
    """``controller.users`` are those of the running controllers, and never argo-server's."""
    where, configured = text(patient.section("controller")["namespace"]), set(patient.section("controller")["users"])
    running = controller_accounts(patient.client, where)
    servers = _accounts(patient.client, where, "argo")
    if servers and (confused := configured & servers.keys() - running.keys()):
        advice = "take it out: whoever uses the server could do what only the controller may"
        yield fail("controller-users", f"controller.users names argo-server: {listed(confused)}", advice)
    if not running:
        advice = "set controller.namespace to where it runs"
        yield warn("controller-users", f"no workflow controller was found in the namespace {where}", advice)
        return
    missing, others = running.keys() - configured, configured - running.keys()
    if missing:
        advice = "name it in controller.users: its updates are judged like those of users, and may be denied"
        yield fail("controller-users", f"{listed(missing)} runs a controller and is not in controller.users", advice)
    if others - servers.keys():
        advice = "is it a controller in another namespace? If not, take it out: nothing it updates is judged"
        yield warn("controller-users", f"no controller in {where} runs as {listed(others - servers.keys())}", advice)
    if not missing and not others:
        yield ok("controller-users", f"the controller runs as {listed(running)}, as configured")


def instances(patient: Patient) -> Iterator[Check]:
    """Every instanceID that is used is covered by the release."""
    covered = set(patient.section("controller")["instanceIDs"])
    used: dict[str, int] = {}
    for kind in ("Workflow", "CronWorkflow"):
        for each in patient.items(RESOURCES[kind].collection):
            label = text(labels_of(each).get(INSTANCE))
            used[label] = used.get(label, 0) + 1
    own = text(_configuration(patient).get("instanceID"))
    if own not in covered:
        advice = "name it in controller.instanceIDs: nothing of it is judged"
        yield fail("instance-ids", f"the controller has the instanceID {own!r}, which is not covered", advice)
    if uncovered := used.keys() - covered:
        shown = ", ".join(f"{each or '(none)'} ({used[each]} objects)" for each in sorted(uncovered))
        advice = "name them in controller.instanceIDs, or see that another release covers them"
        yield warn("instance-ids", f"objects of instanceIDs that this release does not judge: {shown}", advice)
    elif own in covered:
        yield ok("instance-ids", "every instanceID that is used is covered")


def merging(patient: Patient) -> Iterator[Check]:
    """What our mutations write does not collide with how the controller merges."""
    configuration = _configuration(patient)
    mode, policies = template_referencing(configuration), loaded(patient)
    if mode and policies.mutates and patient.section("expansion")["mode"] == "inline":
        advice = "references are not written out in this mode; defaults then reach only what loses to templates"
        yield warn(
            "template-referencing", f"the controller's templateReferencing is {mode}, and policies mutate", advice
        )
    else:
        yield ok("template-referencing", f"templateReferencing is {mode or 'not restricted'}")
    limits = sorted(_bound_limits(policies))
    if limits and not mapping(mapping(configuration.get("executor")).get("resources")).get("limits"):
        advice = "set executor.resources in the controller's ConfigMap: nobody else can limit its own containers"
        yield warn("executor-resources", f"{listed(limits)} set limits, and executor.resources has none", advice)
    else:
        yield ok("executor-resources", "containers of the controller's own are as limited as others")


def _bound_limits(policies: PolicySet) -> set[str]:
    """The policies that are bound and give containers limits."""
    found = set()
    for loaded in policies.bindings.values():
        for mutation in loaded.bound[0].policy.mutations if loaded.bound else ():
            if mutation.fragment and mapping(mutation.fragment.get("resources")).get("limits"):
                found.add(loaded.bound[0].policy.name if loaded.bound else "")
    return found


def policies(patient: Patient) -> Iterator[Check]:
    """Policies, bindings and exceptions can be used as they are written."""
    found = loaded(patient)
    for problem in found.problems:
        advice = "its status has the same; what was good before stays in force only as long as a replica remembers it"
        yield fail("policies", f"{problem.kind} {problem.name}: {problem.path}: {problem.message}", advice)
    bound = {each.bound[1].policy_name for each in found.bindings.values() if each.bound}
    if loose := found.policies.keys() - bound:
        yield warn("policies", f"nothing binds {listed(loose)}", "a policy without a binding concerns nothing")
    if not found.problems:
        yield ok("policies", f"{len(found.policies)} policies and {len(found.bindings)} bindings can be used")


def kinds(patient: Patient) -> Iterator[Check]:
    """The kinds of Argo and our own are installed, and the API server is new enough."""
    version = patient.client.get("/version")
    minor = int("".join(filter(str.isdigit, text(version.get("minor")))) or 0)
    if (text(version.get("major")), minor) < ("1", 30):
        advice = "matchConditions, which keep the controller from depending on us, are there from 1.30"
        yield fail("kubernetes", f"Kubernetes is {version.get('gitVersion')}", advice)
    else:
        yield ok("kubernetes", f"Kubernetes is {version.get('gitVersion')}")
    for group, advice in (("argoproj.io", "install Argo Workflows"), ("argo-admission.io", "install our CRDs")):
        found = patient.get(f"/apis/{group}/v1alpha1")
        there = {text(mapping(each).get("kind")) for each in sequence(mapping(found).get("resources"))}
        wanted = [kind for kind, resource in RESOURCES.items() if f"/{group}/" in resource.base]
        if missing := set(wanted) - there:
            yield fail("kinds", f"the API server does not know {listed(missing)} of {group}", advice)
        else:
            yield ok("kinds", f"all kinds of {group} are there")


def loaded(patient: Patient) -> PolicySet:
    """The policies of the cluster and of the configuration's files, compiled."""
    from admission.cli.policy_files import documents
    from admission.lint.rules import ALL

    files = documents(patient.section("policies")["paths"])
    return PolicySet.load([*files, *_ours(patient)], rule_ids=frozenset(rule.id for rule in ALL))


def _ours(patient: Patient) -> Iterable[Document]:
    for kind in ("WorkflowPolicy", "WorkflowPolicyBinding", "WorkflowPolicyException"):
        resource = RESOURCES[kind]
        for each in patient.items(resource.collection):
            yield {"apiVersion": "argo-admission.io/v1alpha1", "kind": kind, **each}


def _configuration(patient: Patient) -> Document:
    section = patient.section("controller")
    path = f"/api/v1/namespaces/{section['namespace']}/configmaps/{section['configMap']}"
    found = patient.get(path) if section["configMap"] else None
    data = {key: text(value) for key, value in mapping(mapping(found).get("data")).items()}
    return decode_config(data)
