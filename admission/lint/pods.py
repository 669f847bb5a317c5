"""What templates say of their pods, and what Kubernetes refuses of it."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

from admission.argo.graph import Node
from admission.argo.workflow import Workflow
from admission.lint.labels import key_problem, value_problem
from admission.lint.reading import entries, literal, shown
from admission.model.document import Document, mapping, sequence, text
from admission.model.path import Path

#: A place, and what is wrong there.
Problems = Iterator[tuple[Path, str]]

DNS_POLICIES = ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None")
EFFECTS = ("", "NoSchedule", "PreferNoSchedule", "NoExecute")


def containers_of(node: Node) -> Iterator[tuple[Path, Document]]:
    """The containers that a template declares."""
    return Workflow.containers(node.path, node.document)


def mounts_of(node: Node) -> Iterator[tuple[Path, Document]]:
    """The mounts whose volumes Argo looks up: of a containerSet those of the set, not those of its containers."""
    template, path = node.document, node.path
    for name in ("container", "script", "containerSet"):
        body = template.get(name)
        if isinstance(body, dict) and body.get("volumeMounts"):
            yield from entries(path.join((name, "volumeMounts")), body["volumeMounts"])
    for name in ("sidecars", "initContainers"):
        for place, container in entries(path / name, template.get(name)) if template.get(name) else ():
            yield from entries(place / "volumeMounts", container.get("volumeMounts"))


def dns_problems(path: Path, spec: Document) -> Problems:
    """What is wrong with the DNS policy of a workflow spec."""
    policy = literal(spec.get("dnsPolicy"))
    if policy is not None and policy not in DNS_POLICIES:
        yield path / "dnsPolicy", f"{shown(policy)} is no policy: use one of {', '.join(DNS_POLICIES)}"
    if policy == "None" and not sequence(mapping(spec.get("dnsConfig")).get("nameservers")):
        yield path / "dnsPolicy", "with None, dnsConfig must have nameservers"


def host_problems(path: Path, spec: Document) -> Problems:
    """What is wrong with the names of hosts that a workflow spec adds."""
    for place, alias in entries(path / "hostAliases", spec.get("hostAliases")):
        address = literal(alias.get("ip"))
        if address is not None and not _is_address(address):
            yield place / "ip", f"{shown(address)} is no address"


def _is_address(written: str) -> bool:
    try:
        return bool(ip_address(written))
    except ValueError:
        return False


def user_problems(path: Path, holder: Document) -> Problems:
    """What is wrong with the security context of *holder*."""
    context, place = mapping(holder.get("securityContext")), path / "securityContext"
    user = context.get("runAsUser")
    if context.get("runAsNonRoot") is True and isinstance(user, int) and user == 0:
        yield place / "runAsUser", "0 is root, and runAsNonRoot keeps that from starting"
    if context.get("privileged") is True and context.get("allowPrivilegeEscalation") is False:
        yield place / "allowPrivilegeEscalation", "a privileged container cannot do without: remove one of them"


#: The fields that scheduling_problems and user_problems look at.
OF_PODS = ("nodeSelector", "tolerations", "affinity", "securityContext")


def scheduling_problems(path: Path, document: Document) -> Problems:
    """What is wrong with where the pods of a workflow spec or template may run."""
    if document.get("affinity"):
        yield from _of_affinity(path / "affinity", mapping(document["affinity"]))
    for key, value in mapping(document.get("nodeSelector")).items():
        problem = key_problem(key) or (value_problem(value) if isinstance(value, str) else "")
        if problem:
            yield path / "nodeSelector" / key, problem
    for place, toleration in entries(path / "tolerations", document.get("tolerations")):
        if problem := _of_toleration(toleration):
            yield place, problem


OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")


def _of_affinity(path: Path, affinity: Document) -> Problems:
    """What is wrong with the terms of nodes in an affinity."""
    required = ("nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
    for place, term in entries(path.join(required), Path(required).get(affinity)):
        for where, expression in entries(place / "matchExpressions", term.get("matchExpressions")):
            operator, values = literal(expression.get("operator")), sequence(expression.get("values"))
            if operator is not None and operator not in OPERATORS:
                yield where / "operator", f"{shown(operator)} is no operator: use one of {', '.join(OPERATORS)}"
            elif operator in ("In", "NotIn") and not values:
                yield where, f"with {operator} there are values"
            elif operator in ("Exists", "DoesNotExist") and values:
                yield where / "values", f"with {operator} there are no values"


def _of_toleration(toleration: Document) -> str:
    operator, effect = literal(toleration.get("operator")), literal(toleration.get("effect"))
    if operator not in (None, "", "Exists", "Equal", "Lt", "Gt"):
        return f"{shown(operator)} is no operator of a toleration: use Exists or Equal"
    if operator == "Exists" and toleration.get("value"):
        return "with the operator Exists there is no value"
    if not toleration.get("key") and operator != "Exists":
        return "without a key the operator is Exists"
    if effect is not None and effect not in EFFECTS:
        return f"{shown(effect)} is no effect: use NoSchedule, PreferNoSchedule or NoExecute"
    if toleration.get("tolerationSeconds") is not None and effect != "NoExecute":
        return "tolerationSeconds are for the effect NoExecute"
    return ""


def container_problems(path: Path, container: Document) -> Problems:
    """What is wrong with the ports, variables, security context and pull policy of a container."""
    if container.get("securityContext"):
        yield from user_problems(path, container)
    seen: set[str] = set()
    for place, port in entries(path / "ports", container.get("ports")) if container.get("ports") else ():
        number, name = port.get("containerPort"), text(port.get("name"))
        if isinstance(number, int) and not 1 <= number <= 65535:
            yield place / "containerPort", f"{number} is no port: use 1 to 65535"
        if name and name in seen:
            yield place / "name", f"{shown(name)} is already the name of a port of this container"
        seen.add(name)
    for index, variable in enumerate(sequence(container.get("env"))):
        if not isinstance(variable, dict):
            continue
        if not variable.get("name"):
            yield path / "env" / index, "give the variable a name"
        elif variable.get("valueFrom") and variable.get("value"):
            yield path / "env" / index, "the variable has value and valueFrom: keep one"
    policy = literal(container["imagePullPolicy"]) if "imagePullPolicy" in container else None
    if policy not in (None, "", "Always", "IfNotPresent", "Never"):
        yield path / "imagePullPolicy", f"{shown(policy)} is no pull policy: use Always, IfNotPresent or Never"
