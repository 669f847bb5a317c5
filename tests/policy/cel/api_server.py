"""
What a real API server makes of expressions: each is the message of a ValidatingAdmissionPolicy, tried in a dry run.

``python tests/policy/cel/api_server.py`` asks anew, and writes ``api_server.jsonl``, which the tests compare with.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from admission.cluster.client import Client, Refused
from admission.model.document import Document

TABLE = Path(__file__).with_name("api_server.jsonl")

_POLICIES = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies"
_BINDINGS = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings"
_MAPS = "/api/v1/namespaces/default/configmaps"

#: What ``object.data`` has in it.
DATA = {"name": "main", "image": "quay.io/a/b:1.2", "list": "a,b,c", "number": "3"}

#: What stands for an expression that has no value, and for one that cannot be compiled.
FAILED, REFUSED = "failed", "refused"


def recorded() -> list[tuple[str, str]]:
    """Every expression with what the API server made of it."""
    return [tuple(json.loads(line)) for line in TABLE.read_text().splitlines()]  # type: ignore[misc]


def asked(client: Client, expressions: Iterable[str]) -> list[str]:
    """What the API server behind *client* makes of each: its value as text, ``failed`` or ``refused``."""
    given = list(expressions)
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda item: _applied(client, *item), enumerate(given)))
        _wait(client, len(given))
        said = pool.map(lambda item: _said(client, item[0]) if item[1] else REFUSED, enumerate(taken))
        answers = list(said)
        list(pool.map(lambda number: _removed(client, number), range(-1, len(given))))
    return answers


def _applied(client: Client, number: int, expression: str) -> bool:
    """Make a policy whose message is the value; whether it was taken."""
    validation = {"expression": "false", "messageExpression": f"'value:' + string({expression})", "message": FAILED}
    try:
        client.create(_POLICIES, _policy(number, validation))
    except Refused as error:
        if error.code != 422:
            raise
        return False
    client.create(_BINDINGS, _binding(number))
    return True


def _policy(number: int, validation: Document) -> Document:
    name = _name(number)
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps"]}
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": name},
        "spec": {
            "matchConstraints": {"resourceRules": [rule]},
            "matchConditions": [{"name": "its-own", "expression": f"object.metadata.name == '{name}'"}],
            "validations": [validation],
        },
    }


def _binding(number: int) -> Document:
    name = _name(number)
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": name},
        "spec": {"policyName": name, "validationActions": ["Deny"]},
    }


def _name(number: int) -> str:
    return f"expression-{number}" if number >= 0 else "expression-last"


def _wait(client: Client, count: int) -> None:
    """Until policies that were made before are in force: the last of all is."""
    validation = {"expression": "false", "messageExpression": "'value:yes'", "message": FAILED}
    client.create(_POLICIES, _policy(-1, validation))
    client.create(_BINDINGS, _binding(-1))
    ends = time.monotonic() + 60
    while _said(client, -1) != "yes" and time.monotonic() < ends:
        time.sleep(0.2)
    time.sleep(0.5)


def _said(client: Client, number: int) -> str:
    """What the policy says of an object of its name; for a moment after it was made it says nothing."""
    document = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": _name(number)}, "data": DATA}
    for _ in range(20 if number >= 0 else 1):
        try:
            client.create(f"{_MAPS}?dryRun=All", document)
        except Refused as error:
            message = str(error)
            return message.partition("denied request: ")[2].removeprefix("value:") or FAILED
        time.sleep(0.1)
    return ""


def _removed(client: Client, number: int) -> None:
    for path in (_BINDINGS, _POLICIES):
        try:
            client.delete(f"{path}/{_name(number)}")
        except Refused as error:
            if error.code != 404:
                raise


def _lines() -> Iterator[str]:
    from admission.cli.demo.plane import ControlPlane

    expressions = [expression for expression, _ in recorded()]
    with tempfile.TemporaryDirectory() as folder, ControlPlane(Path(folder)) as plane:
        answers = asked(Client.connect(str(plane.kubeconfig)), expressions)
    for expression, said in zip(expressions, answers, strict=True):
        yield json.dumps([expression, said], ensure_ascii=False)


if __name__ == "__main__":
    TABLE.write_text("".join(f"{line}\n" for line in list(_lines())))
