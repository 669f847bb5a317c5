"""The page of the library's policies, made of what they say of themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from admission.model.document import Document, mapping, name_of, sequence
from admission.policy.load import BINDING, POLICY

_HEAD = """\
# The library

Policies for Argo Workflows, ready to use, in bundles: `argo-admission lint --policies builtin FILE`, or
`builtin/<bundle>` for one of them, here and in the configuration of `serve`; or apply a folder's two files to a
cluster. Each folder has the policy, its bindings, and cases that say what is allowed and what is not (`argo-admission
test policies/`). This page is generated from them.

Nothing is denied or changed on the first day: policies warn. In namespaces with the label
`argo-admission.io/<bundle>: enforce` those of that bundle deny, and defaults are written; only who may change
Namespaces can do or undo that. (ClusterWorkflowTemplates are in no namespace: of them policies warn, and deny the
Workflows that are made of them.)

    kubectl label namespace team-a argo-admission.io/baseline=enforce

"""


_TAIL = """
## Writing one

A policy says what is wanted, a binding where, for whom and how strictly; whoever knows ValidatingAdmissionPolicy knows
most of it. `kubectl explain wfpol.spec` describes every field, `argo-admission test` runs the cases beside a policy.

* `object` is the target: a Workflow as it would run, with references followed and defaults merged; each of its
  templates; each Pod that it would become, Argo's own containers and every patch included; or each Container of these
  that an author wrote or patched. `workflow`, and where there is one `template`, `pod` and `container`, are what it is
  in. `request`, `oldObject`, `namespaceObject`, `authorizer`, `params`, `variables` and, with `foreach`, `each` are
  there too.
* A field that is null is not there. A value with `{{…}}` in it is known only when the workflow runs, unless its
  parameters have few values and all are known: a validation that reads one is unknown, and `onUnknown` decides. With
  `foreach` that is asked of each element by itself.
* CEL has its standard functions and macros, and Kubernetes' libraries. `image(text)` reads an image reference:
  `{valid, registry, repository, tag, digest}`. An expression has at most 10,240 characters, three loops within one
  another and 9,999 iterations.
* `allow` names what the subjects of the bindings may use; grants add up as in RBAC, and once any binding in a namespace
  names a dimension, whoever is not granted is denied there. `authorize` asks Kubernetes' own RBAC; where
  there is no cluster, SubjectAccessReviews with their `status` say what RBAC says: in a case, beside what is reviewed.
* `signatures` names the keys by which templates must be signed: the template itself, or all that a Workflow reaches, of
  certain service accounts if it says which (`argo-admission sign`, docs/templates.md).
* `mutations` fill in a `default`, or `set` something over what is there.
* A WorkflowPolicyException, with a reason and an end, takes out a finding; in namespaces that the configuration names.
* What a policy says that cannot be used is said at `kubectl apply` and by the command line.
* `argo-admission test --coverage --mutate` says which part of a policy no case would miss, and which mistake in it no
  case would notice. `argo-admission export` makes ValidatingAdmissionPolicies of what the API server can evaluate
  itself.
"""


#: What stands before the policies of a bundle; the order of the page. Categories of others follow.
BUNDLES = {
    "baseline": "What no namespace should do without: nobody gets out of a container, or past the platform.",
    "restricted": "As little as possible for each container. Goes with `baseline`, which it does not repeat.",
    "tenancy": "What belongs to one team stays with it.",
    "rbac": "What Kubernetes' own RBAC says of whoever asks, for clusters that grant the verb `use`. Nothing is asked "
    "before a namespace wants it: the label `argo-admission.io/rbac: warn` has policies warn there, `enforce` deny.",
    "cost": "What nobody needs ends, and what everybody needs is shared.",
    "reliability": "Workflows that still work in a bad night.",
    "supply-chain": "Known programs, from known places.",
    "v4-migration": "What Argo 4.0 has removed, and ignores without a word.",
}


def catalogue(documents: Iterable[Document]) -> str:
    """The page, as Markdown; *documents* are policies and bindings."""
    given = list(documents)
    policies = sorted((one for one in given if one["kind"] == POLICY), key=_order)
    bindings = [one["spec"] for one in given if one["kind"] == BINDING]
    groups = [(category, list(members)) for category, members in groupby(policies, _category)]
    overview = "".join(_overview(category, members) for category, members in groups)
    return _HEAD + overview + "".join(_sections(groups, bindings)) + _TAIL


def _category(policy: Document) -> str:
    return str(policy["spec"].get("category", "other"))


def _order(policy: Document) -> tuple[int, str, str]:
    category = _category(policy)
    place = list(BUNDLES).index(category) if category in BUNDLES else len(BUNDLES)
    return place, category, name_of(policy)


def _overview(category: str, members: list[Document]) -> str:
    names = ", ".join(f"[{name_of(policy)}](#{name_of(policy)})" for policy in members)
    return f"* **{category}**: {names}\n"


def _row(policy: Document, bindings: list[Document]) -> str:
    name, spec = name_of(policy), policy["spec"]
    bound = "; ".join(_bound(spec, binding) for binding in bindings if binding["policyName"] == name)
    return f"| [`{name}`]({name}/policy.yaml) | {spec['title']} | {spec.get('severity', 'Medium')} | {bound} |\n"


def _bound(spec: Document, binding: Document) -> str:
    """What a binding does, and where."""
    says = spec.keys() & {"validations", "allow", "authorize"}
    action = ", ".join(sequence(binding.get("validationActions"))) if says else "changes"
    selector = mapping(mapping(binding.get("matchResources")).get("namespaceSelector"))
    labels = [f"`{key}: {value}`" for key, value in mapping(selector.get("matchLabels")).items()]
    return f"{action} where {', '.join(labels)}" if labels else action


_TABLE = "| Policy | What it wants | Severity | Bound with |\n| --- | --- | --- | --- |\n"


def _sections(groups: Iterable[tuple[str, list[Document]]], bindings: list[Document]) -> Iterator[str]:
    for category, members in groups:
        about = f"{BUNDLES[category]}\n\n" if category in BUNDLES else ""
        yield f"\n## {category}\n\n{about}{_TABLE}"
        yield from (_row(policy, bindings) for policy in members)
        for policy in members:
            yield f"\n### {name_of(policy)}\n\n{policy['spec']['title']} {policy['spec']['rationale']}\n"
            yield "".join(_params(policy))


def _params(policy: Document) -> Iterator[str]:
    schema = mapping(policy["spec"].get("paramSchema"))
    names = [f"`{name}`" for name in mapping(schema.get("properties"))]
    if names:
        yield f"\nParams: {', '.join(names)}.\n"
