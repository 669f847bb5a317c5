"""What names and patches with tags come to, where the values of their parameters are known."""

import pytest

from admission.policy.resource import PolicySet
from policy.making import binding, policy, review, workflow


def said(document, **allow):
    loaded = PolicySet.load([policy(allow=allow), binding()])
    assert () == loaded.problems
    found = loaded.validate(review(document)).findings
    return [(str(finding.path), "cannot be known" in finding.message) for finding in found]


def called(*values, given=None, **template):
    """A Workflow that runs one template with each of *values* as its parameter ``p``."""
    parameter = {"name": "p", **({"value": given} if given else {})}
    steps = [
        [{"name": f"s{n}", "template": "t", "arguments": {"parameters": [{"name": "p", "value": value}]}}]
        for n, value in enumerate(values)
    ]
    inner = {"name": "t", "inputs": {"parameters": [parameter]}, "container": {"image": "alpine"}, **template}
    return workflow(entrypoint="main", templates=[{"name": "main", "steps": steps}, inner])


TAG = "{{inputs.parameters.p}}"
IMAGE = "spec.templates[1].container.image"
PATCH = "spec.templates[1].podSpecPatch"


def test_images_by_their_values():
    """An image that every caller says is judged by what they say."""
    document = called("alpine:1", "alpine:2", container={"image": TAG})

    assert [] == said(document, images=["alpine"])
    assert [(IMAGE, False)] == said(document, images=["alpine:1"])


def test_what_only_the_run_knows():
    """An image that the run decides stays unknown."""
    document = called("alpine:1", "{{workflow.parameters.nothing}}", container={"image": TAG})

    assert (IMAGE, True) in said(document, images=["alpine"])


@pytest.mark.parametrize(
    ("template", "place", "allow"),
    [
        ({"serviceAccountName": TAG}, "serviceAccountName", {"serviceAccounts": ["a", "default"]}),
        ({"priorityClassName": TAG}, "priorityClassName", {"priorityClasses": ["a"]}),
    ],
)
def test_names_of_templates(template, place, allow):
    """So with the other names that a template has for its pod."""
    assert [] == said(called("a", **template), **allow)
    assert [(f"spec.templates[1].{place}", False)] == said(called("a", "b", **template), **allow)


CPU = 'containers: [{name: main, resources: {limits: {cpu: "' + TAG + '"}}}]'


def test_a_patch_of_limits_uses_nothing():
    """A patch that sets a limit by a parameter uses nothing that is granted."""
    everything = {"images": ["alpine"], "secrets": [], "volumeTypes": [], "serviceAccounts": ["default"]}

    assert [] == said(called("1", "2", podSpecPatch=CPU), **everything)


def test_what_a_patch_adds():
    """What a patch adds by the values of its parameters is used."""
    document = called("evil", podSpecPatch=f"containers: [{{name: main, image: {TAG}}}]")
    volume = called("evil", podSpecPatch=f"volumes: [{{name: x, secret: {{secretName: {TAG}}}}}]")

    assert [(PATCH, False)] == said(document, images=["alpine"])
    assert [] == said(document, images=["alpine", "evil"])
    assert [(PATCH, False)] == said(volume, secrets=["mine"])


def test_a_patch_of_which_nobody_knows():
    """Where a value could change what the patch is, all of it stays unknown."""
    patch = "{{=sprig.toJson(inputs.parameters)}}"

    assert (PATCH, True) in said(called("{{workflow.parameters.nothing}}", podSpecPatch=TAG), images=["alpine"])
    assert (PATCH, True) in said(called("a", podSpecPatch=patch), secrets=["mine"])
