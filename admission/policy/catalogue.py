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


_TAIL = """
## Writing one

A policy says what is wanted, a binding where, for whom and how strictly; whoever knows ValidatingAdmissionPolicy knows
most of it. `kubectl explain wfpol.spec` describes every field, `argo-admission test` runs the cases beside a policy.

* `object` is the target: a Workflow as it would run, with references followed and defaults merged, or each of its
  templates or containers. `workflow`, and where there is one `template` and `container`, are what it is in. `request`,
  `oldObject`, `namespaceObject`, `params`, `variables` and, with `foreach`, `each` are there too.
* A field that is null is not there. A value with `{{…}}` in it is known only when the workflow runs: a validation that
  reads one is unknown, and `onUnknown` decides. With `foreach` that is asked of each element by itself.
* CEL has its standard functions and macros, those of two variables but for `transformMap`, Kubernetes' strings and
  sets, and optionals. `image(text)` reads an image reference: `{valid, registry, repository, tag, digest}`.
* An expression has at most 10,240 characters, three loops within one another and 9,999 iterations.
* What a policy says that cannot be used is said at `kubectl apply` and by the command line. `allow`, `authorize`,
  exceptions, `paramRef` and the target `Pod` come with a later release and are refused until then.
"""


def catalogue(documents: Iterable[Document]) -> str:
    """The page, as Markdown; *documents* are policies and bindings."""
    given = list(documents)
    policies = sorted((one for one in given if one["kind"] == POLICY), key=lambda one: (_category(one), name_of(one)))
    bindings = {one["spec"]["policyName"]: one["spec"] for one in given if one["kind"] == BINDING}
    rows = "".join(_row(policy, bindings.get(name_of(policy), {})) for policy in policies)
    return _HEAD + rows + "".join(_sections(policies)) + _TAIL


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
