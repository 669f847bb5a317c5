"""The page of the library's policies, made of what they say of themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from admission.model.document import Document, mapping, sequence
from admission.policy.load import BINDING, POLICY
from admission.policy.spec import name_of

_HEAD = """\
# The library

Policies for Argo Workflows, ready to use: `argo-admission lint --policies builtin FILE`, or apply a folder's two files
to a cluster. Each folder has the policy, a binding to begin with, and cases that say what is allowed and what is not
(`argo-admission test policies/`). This page is generated from them.

| Policy | What it wants | Severity | Bound with |
| --- | --- | --- | --- |
"""


def catalogue(documents: Iterable[Document]) -> str:
    """The page, as Markdown; *documents* are policies and bindings."""
    given = list(documents)
    policies = sorted((one for one in given if one["kind"] == POLICY), key=lambda one: (_category(one), name_of(one)))
    bindings = {one["spec"]["policyName"]: one["spec"] for one in given if one["kind"] == BINDING}
    rows = "".join(_row(policy, bindings.get(name_of(policy), {})) for policy in policies)
    return _HEAD + rows + "".join(_sections(policies))


def _category(policy: Document) -> str:
    return str(policy["spec"].get("category", "other"))


def _row(policy: Document, binding: Document) -> str:
    name, spec = name_of(policy), policy["spec"]
    actions = ", ".join(sequence(binding.get("validationActions"))) if "validations" in spec else "always changes"
    return f"| [`{name}`]({name}/policy.yaml) | {spec['title']} | {spec.get('severity', 'Medium')} | {actions} |\n"


def _sections(policies: Iterable[Document]) -> Iterator[str]:
    for category, members in groupby(policies, _category):
        yield f"\n## {category}\n"
        for policy in members:
            yield f"\n### {name_of(policy)}\n\n{policy['spec']['title']} {policy['spec']['rationale']}\n"
            yield "".join(_params(policy))


def _params(policy: Document) -> Iterator[str]:
    schema = mapping(policy["spec"].get("paramSchema"))
    names = [f"`{name}`" for name in mapping(schema.get("properties"))]
    if names:
        yield f"\nParams: {', '.join(names)}.\n"
