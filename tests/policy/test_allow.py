"""Grants: what is used and not allowed, how grants add up, and what is unknown."""

import pytest

from admission.model.catalog import FrozenCatalog
from admission.model.path import Path
from admission.policy.input import Reference
from admission.policy.resource import PolicySet
from policy.making import binding, exception, policy, review, workflow


def granting(name="wanted", **allow):
    return [policy(name, allow=allow), binding(name)]


def said(documents, given):
    loaded = PolicySet.load(documents, exception_namespaces=["exceptions"])
    assert () == loaded.problems
    return [(str(finding.path), finding.message) for finding in loaded.validate(given).findings]


def paths(documents, given):
    return [path for path, _ in said(documents, given)]


def spec(**fields):
    """A Workflow of one template and these fields of its spec."""
    return workflow({"image": "alpine:3.20"}, **fields)


def template(**fields):
    """A Workflow of one template."""
    return workflow(templates=[{"name": "t0", **fields}])


T0 = "spec.templates[0]"

#: Dimension, what is granted, a Workflow, and the places where something else is used.
USES = [
    ("serviceAccounts", ["team-*"], spec(serviceAccountName="team-a"), []),
    ("serviceAccounts", ["team-*"], spec(serviceAccountName="root"), ["spec.serviceAccountName"]),
    ("serviceAccounts", ["team-*"], spec(), [T0]),
    ("serviceAccounts", ["default"], spec(), []),
    ("serviceAccounts", [], template(container={}, serviceAccountName="x"), [f"{T0}.serviceAccountName"]),
    (
        "serviceAccounts",
        ["a"],
        spec(serviceAccountName="a", executor={"serviceAccountName": "b"}),
        ["spec.executor.serviceAccountName"],
    ),
    (
        "serviceAccounts",
        ["a"],
        spec(serviceAccountName="a", artifactGC={"serviceAccountName": "b"}),
        ["spec.artifactGC.serviceAccountName"],
    ),
    (
        "serviceAccounts",
        ["a"],
        spec(serviceAccountName="a", podSpecPatch="serviceAccountName: b"),
        ["spec.podSpecPatch"],
    ),
    (
        "serviceAccounts",
        ["a"],
        spec(ServiceAccountName="a", podSpecPatch='{"ServiceAccount": "b"}'),
        ["spec.podSpecPatch", T0],
    ),
    ("images", ["alpine"], spec(), []),
    ("images", ["docker.io/library/*:3.*"], spec(), []),
    ("images", ["registry.corp/**"], spec(), [f"{T0}.container.image"]),
    ("images", ["**"], spec(), []),
    (
        "images",
        ["alpine"],
        template(container={"image": "alpine"}, sidecars=[{"name": "s", "image": "evil"}]),
        [f"{T0}.sidecars[0].image"],
    ),
    ("images", ["alpine"], spec(podSpecPatch="containers: [{name: main, image: evil}]"), ["spec.podSpecPatch"]),
    (
        "images",
        ["alpine"],
        spec(volumes=[{"name": "v", "image": {"reference": "evil"}}]),
        ["spec.volumes[0].image.reference"],
    ),
    ("templateTypes", ["container"], spec(), []),
    ("templateTypes", ["container"], template(http={"url": "http://a"}), [f"{T0}.http"]),
    (
        "templateTypes",
        ["steps", "container"],
        template(steps=[[{"name": "s", "inline": {"script": {}}}]]),
        [f"{T0}.steps[0][0].inline.script"],
    ),
    (
        "secrets",
        ["mine"],
        template(container={"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]}),
        [f"{T0}.container.env[0].valueFrom.secretKeyRef.name"],
    ),
    ("secrets", ["mine"], spec(imagePullSecrets=[{"name": "mine"}, {"name": "s"}]), ["spec.imagePullSecrets"]),
    (
        "secrets",
        ["mine"],
        spec(volumes=[{"name": "v", "projected": {"sources": [{"secret": {"name": "s"}}]}}]),
        ["spec.volumes[0].projected.sources[0].secret.name"],
    ),
    (
        "secrets",
        [],
        template(
            container={}, outputs={"artifacts": [{"name": "a", "s3": {"accessKeySecret": {"name": "s", "key": "k"}}}]}
        ),
        [f"{T0}.outputs.artifacts[0].s3.accessKeySecret.name"],
    ),
    (
        "secrets",
        [],
        template(
            http={"url": "x", "headers": [{"name": "a", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]}
        ),
        [f"{T0}.http.headers[0].valueFrom.secretKeyRef.name"],
    ),
    (
        "configMaps",
        ["mine"],
        spec(volumes=[{"name": "v", "configMap": {"name": "c"}}]),
        ["spec.volumes[0].configMap.name"],
    ),
    (
        "configMaps",
        ["mine"],
        template(container={}, memoize={"key": "k", "maxAge": "1h", "cache": {"configMap": {"name": "c"}}}),
        [f"{T0}.memoize.cache.configMap"],
    ),
    (
        "configMaps",
        ["artifact-repositories"],
        spec(artifactRepositoryRef={"key": "x"}),
        [],
    ),
    (
        "persistentVolumeClaims",
        [],
        spec(volumes=[{"name": "v", "persistentVolumeClaim": {"claimName": "c"}}]),
        ["spec.volumes[0].persistentVolumeClaim.claimName"],
    ),
    ("volumeTypes", ["emptyDir"], spec(volumes=[{"name": "v"}, {"name": "w", "emptyDir": {}}]), []),
    (
        "volumeTypes",
        ["emptyDir"],
        spec(volumes=[{"name": "v", "hostPath": {"path": "/"}}]),
        ["spec.volumes[0].hostPath"],
    ),
    (
        "volumeTypes",
        ["emptyDir"],
        spec(podSpecPatch="volumes: [{name: v, HostPath: {path: /}}]"),
        ["spec.podSpecPatch"],
    ),
    (
        "volumeTypes",
        ["emptyDir"],
        spec(volumeClaimTemplates=[{"metadata": {"name": "v"}}]),
        ["spec.volumeClaimTemplates"],
    ),
    ("priorityClasses", ["low"], spec(podPriorityClassName="high"), ["spec.podPriorityClassName"]),
    ("priorityClasses", ["low"], template(container={}, priorityClassName="low"), []),
    ("nodeSelectors", {"disk": ["ssd"]}, spec(nodeSelector={"disk": "ssd"}), []),
    ("nodeSelectors", {"disk": ["ssd"]}, spec(nodeSelector={"disk": "hdd"}), ["spec.nodeSelector"]),
    ("nodeSelectors", {"disk": ["*"]}, spec(nodeSelector={"gpu": "yes"}), ["spec.nodeSelector"]),
    ("nodeSelectors", {"disk": ["*"]}, spec(podSpecPatch="nodeName: control-plane"), ["spec.podSpecPatch"]),
    ("hosts", ["*.corp"], template(http={"url": "https://api.corp:8443/{{inputs.parameters.path}}"}), []),
    ("hosts", ["*.corp"], template(http={"url": "http://user@169.254.169.254/api.corp"}), [f"{T0}.http.url"]),
    ("hosts", ["*.corp"], template(http={"url": "http://API.CORP"}), []),
    ("hosts", ["*.corp"], template(http={"url": "http://evil\\.api.corp"}), [f"{T0}.http.url"]),
    ("hosts", ["*.corp"], template(http={"url": "http://api.corp{{inputs.parameters.x}}"}), [f"{T0}.http.url"]),
    ("plugins", ["hello"], template(plugin={"hello": {}}), []),
    ("plugins", ["hello"], template(plugin={"bye": {}}), [f"{T0}.plugin"]),
    ("plugins", [], spec(executorPlugins=[{"metadata": {"name": "x"}, "spec": {}}]), ["spec.executorPlugins"]),
]


@pytest.mark.parametrize(
    ("dimension", "granted", "document", "expected"), USES, ids=[f"{case[0]}-{n}" for n, case in enumerate(USES)]
)
def test_uses(dimension, granted, document, expected):
    """Whatever is used and not granted is found at its place, wherever a Workflow can say it."""
    assert expected == paths(granting(**{dimension: granted}), review(document))


JOB = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: 'a-{{workflow.name}}'}"
MANIFESTS = [
    ({"action": "create", "manifest": JOB}, []),
    ({"action": "delete", "manifest": JOB}, ["the resource action 'delete Job.batch' is not among those"]),
    ({"action": "create", "manifest": "kind: Secret"}, ["'create Secret' is not"]),
    ({"action": "create", "manifest": f"{JOB}\n---\nkind: Pod"}, ["'create Pod' is not"]),
    ({"action": "create", "manifest": "kind: List\nitems: [{kind: Pod}]"}, ["'create Pod' is not"]),
    ({"action": "create", "manifest": JOB.replace("Job", "{{inputs.parameters.x}}")}, ["is known only when"]),
    ({"action": "create", "manifest": JOB + "{{inputs.parameters.x}}"}, ["is known only when"]),
    ({"action": "{{inputs.parameters.x}}", "manifest": JOB}, ["is known only when"]),
    ({"action": "create", "manifest": JOB, "flags": ["--as=root"]}, ["flags may change"]),
    ({"action": "create", "manifestFrom": {"artifact": {"name": "a"}}}, ["comes from an artifact"]),
    ({"action": "create", "manifest": "}"}, ["is known only when"]),
    ({"action": "get"}, ["is known only when"]),
]


@pytest.mark.parametrize(("resource", "expected"), MANIFESTS)
def test_manifests(resource, expected):
    """What resource templates do is granted by group, kind and action; what may be anything is not known."""
    documents = granting(manifests=[{"group": "batch", "kind": "Job", "actions": ["create"]}])

    found = said(documents, review(template(resource=resource)))

    assert len(expected) == len(found)
    assert all(part in message for part, (_, message) in zip(expected, found, strict=True))


def limited(**limits):
    return {"resources": {"limits": limits}, "image": "a"}


def steps(*groups, **more):
    """A Workflow of steps, each group a list of containers by name with their repetitions."""
    templates = [{"name": "t0", "steps": list(groups), **more.pop("own", {})}]
    templates += [
        {"name": "small", "container": limited(cpu="1", memory="1Gi")},
        {"name": "large", "container": limited(cpu="4", memory="4Gi"), "retryStrategy": {"limit": 2}},
        {"name": "boundless", "container": {"image": "a"}},
        {"name": "again", "steps": [[{"name": "x", "template": "again"}, {"name": "y", "template": "small"}]]},
        {"name": "daemon", "daemon": True, "container": limited(cpu="1", memory="1Gi")},
    ]
    return workflow(templates=templates, **more)


def step(name, **more):
    return {"name": "s", "template": name, **more}


def tasks(*given):
    document = steps([step("small")])
    document["spec"]["templates"][0] = {"name": "t0", "dag": {"tasks": list(given)}}
    return document


MORE = "containers: [{name: main, resources: {limits: {cpu: 100}}}]"
OPEN = "containers: [{name: main, resources: {limits: {cpu: '{{pod.name}}'}}}]"

LIMITED = [
    ({"cpu": "5"}, steps([step("small"), step("large")], [step("large")]), []),
    ({"cpu": "4.9"}, steps([step("small"), step("large")]), ["cpu may come to 5; 4.9 is allowed here"]),
    ({"cpu": "4"}, steps([step("small", withItems=[1, 2, 3, 4])]), []),
    ({"cpu": "3"}, steps([step("small", withItems=[1, 2, 3, 4])]), ["cpu may come to 4; 3 is"]),
    ({"cpu": "3"}, steps([step("small", withItems=[1, 2, 3, 4])], parallelism=3), []),
    ({"cpu": "3"}, steps([step("small", withItems=[1, 2, 3, 4])], own={"parallelism": 3}), []),
    ({"cpu": "3"}, steps([step("small", withSequence={"start": "1", "end": "3"})]), []),
    ({"cpu": "3"}, steps([step("small", withSequence={"count": "4"})]), ["cpu may come to 4"]),
    ({"cpu": "3"}, steps([step("small", withParam="{{x}}")]), ["how many items withParam gives: cpu may exceed 3"]),
    ({"cpu": "3"}, steps([step("again")]), ["how often 'again' calls itself"]),
    ({"cpu": "3"}, steps([step("boundless")]), ["cpu has no bound; 3 is allowed here"]),
    ({"memory": "4Gi"}, steps([step("large")]), []),
    ({"memory": "1Gi"}, steps([step("large")]), ["memory may come to 4Gi; 1Gi is"]),
    ({"pods": 4}, steps([step("small"), step("large")]), []),
    ({"pods": 3}, steps([step("small"), step("large")]), ["pods may come to 4; 3 is"]),
    ({"parallelism": 2}, steps([step("small"), step("large")]), []),
    ({"parallelism": 1}, steps([step("small"), step("large")]), ["parallelism may come to 2; 1 is"]),
    ({"parallelism": 1}, steps([step("small"), step("large")], parallelism=1), []),
    ({"parallelism": 1}, steps([step("small", withParam="{{x}}")], parallelism=1), []),
    ({"parallelism": 1}, steps([step("small", withParam="{{x}}")]), ["parallelism has no bound"]),
    ({"activeDeadlineSeconds": 60}, steps(activeDeadlineSeconds=60), []),
    ({"activeDeadlineSeconds": 60}, steps(activeDeadlineSeconds=61), ["activeDeadlineSeconds may come to 61"]),
    ({"activeDeadlineSeconds": 60}, steps(), ["activeDeadlineSeconds has no bound"]),
    ({"cpu": "1"}, tasks(step("small") | {"name": "a"}, step("small") | {"name": "b", "dependencies": ["a"]}), []),
    ({"cpu": "1"}, tasks(step("small") | {"name": "a"}, step("small") | {"name": "b", "depends": "a.Failed"}), []),
    ({"cpu": "1"}, tasks(step("small") | {"name": "a"}, step("small") | {"name": "b"}), ["cpu may come to 2"]),
    (
        {"cpu": "1"},
        tasks(step("daemon") | {"name": "a"}, step("small") | {"name": "b", "depends": "a.Daemoned"}),
        ["cpu may come to 2"],
    ),
    ({"cpu": "1"}, steps([step("small")], onExit="large"), ["cpu may come to 4"]),
    ({"cpu": "1"}, steps([step("small")], podSpecPatch=MORE), ["cpu may come to 100"]),
    ({"cpu": "1"}, steps([step("small")], podSpecPatch=OPEN), ["the limit of cpu"]),
    ({"cpu": "1"}, steps([step("small")], podSpecPatch="containers: [{name: wait, tty: true}]"), ["cpu has no bound"]),
    ({"cpu": "1"}, steps([step("boundless")], templateDefaults={"container": limited(cpu="1")}), []),
    ({"cpu": "1"}, steps([{"name": "s", "templateRef": {"name": "{{x}}", "template": "t"}}]), ["what template s runs"]),
    ({"pods": 3}, steps([step("small")], retryStrategy={"limit": 1}), ["pods may come to 4"]),
    ({"pods": 3}, steps([step("small")], retryStrategy={}), ["pods has no bound"]),
    ({"pods": 3}, steps([step("again")]), ["how often 'again' calls itself"]),
]


@pytest.mark.parametrize(("limits", "document", "expected"), LIMITED)
def test_limits(limits, document, expected):
    """A Workflow uses no more than the limit allows, whatever way it goes; what has no bound is too much."""
    found = said(granting(limits=limits), review(document))

    assert len(expected) == len(found)
    assert all(part in message for part, (_, message) in zip(expected, found, strict=True))


def bound_to(name, kind="Group", **more):
    return {"subjects": [{"kind": kind, "name": name}], **more}


def test_grants_add_up():
    """Lists of all bindings of whoever asks come together, and of numbers the largest counts."""
    documents = [
        policy("a", allow={"serviceAccounts": ["one"], "limits": {"activeDeadlineSeconds": 10}}),
        policy("b", allow={"serviceAccounts": ["two"], "limits": {"activeDeadlineSeconds": 20}}),
        binding("a"),
        binding("b", **bound_to("science")),
    ]

    def found(account, groups=()):
        return paths(documents, review(spec(serviceAccountName=account, activeDeadlineSeconds=15), groups=groups))

    assert ["spec.activeDeadlineSeconds"] == found("one")
    assert ["spec.serviceAccountName", "spec.activeDeadlineSeconds"] == found("two")
    assert [] == found("two", ["science"])
    assert [] == found("one", ["science"])


def test_a_dimension_is_governed_by_whichever_binding_names_it():
    """Once any binding in a namespace names a dimension, whoever is not granted is denied there, and only there."""
    documents = [
        policy(allow={"secrets": ["mine"]}),
        binding(**bound_to("science", matchResources={"namespaces": ["team"]})),
    ]
    given = spec(imagePullSecrets=[{"name": "mine"}])

    assert [] == paths(documents, review(given, groups=["science"]))
    assert ["spec.imagePullSecrets"] == paths(documents, review(given))
    assert [] == paths(documents, review(given, namespace="other"))
    assert [] == paths(documents, review(spec(serviceAccountName="root")))


def test_what_does_not_concern_grants_nothing():
    """A binding about other objects governs, but grants nothing to this one."""
    documents = [
        policy(allow={"serviceAccounts": ["*"]}),
        binding(matchResources={"objectSelector": {"matchLabels": {"app": "x"}}}),
    ]

    assert [T0] == paths(documents, review(spec()))


def test_whoever_cannot_be_known_is_granted_nothing():
    """Where nobody knows whether a binding concerns the request it governs and grants nothing."""
    selector = {"namespaceSelector": {"matchLabels": {"tier": "x"}}}
    documents = [policy(allow={"serviceAccounts": ["*"]}), binding(matchResources=selector)]

    assert [T0] == paths(documents, review(spec(), catalog=FrozenCatalog.of(unavailable=["Namespace"])))


@pytest.mark.parametrize(
    ("who", "groups", "expected"),
    [
        ("anna", (), False),
        ("bob", (), True),
        ("carl", ("science",), False),
        ("dora", ("science", "interns"), True),
        ("system:serviceaccount:ci:deploy", (), False),
        ("system:serviceaccount:cd:deploy", (), True),
        ("system:serviceaccount:ci:", (), True),
        ("xsystem:serviceaccount:ci:deploy", (), True),
        ("system:anonymous", ("system:unauthenticated",), True),
    ],
)
def test_subjects(who, groups, expected):
    """Users, groups and service accounts are granted by their names, and excluded by these."""
    subjects = [
        {"kind": "User", "name": "anna"},
        {"kind": "Group", "name": "sci*"},
        {"kind": "ServiceAccount", "namespace": "ci", "name": "*?"},
    ]
    exclude = [{"kind": "Group", "name": "interns"}]
    documents = [policy(allow={"serviceAccounts": ["*"]}), binding(subjects=subjects, excludeSubjects=exclude)]

    assert expected == bool(paths(documents, review(spec(), user=who, groups=groups)))


def test_unknown():
    """What nobody knows yet is denied unless the policy says otherwise, and allowed where everything is."""
    given = review(spec(serviceAccountName="{{workflow.parameters.account}}"))

    def actions(*globs, **more):
        documents = [policy(allow={"serviceAccounts": list(globs)}, **more), binding()]
        return [finding.action.value for finding in PolicySet.load(documents).validate(given).findings]

    assert ["Deny"] == actions("team-*")
    assert ["Warn"] == actions("team-*", onUnknown="Warn")
    assert [] == actions("team-*", onUnknown="Allow")
    assert [] == actions("*")


def test_the_strictest_binding_denies():
    """A dimension that several bindings govern is denied as the strictest of them says, in its policy's name."""
    documents = [*granting("a", secrets=["x"]), *granting("b", secrets=["y"])]
    documents[1]["spec"]["validationActions"] = ["Warn"]

    (finding,) = PolicySet.load(documents).validate(review(spec(imagePullSecrets=[{"name": "s"}]))).findings

    assert ("policy/b", "Deny") == (finding.source, finding.action.value)


def test_exceptions_need_grants():
    """An exception removes what grants say only if it says so."""
    documents = granting(serviceAccounts=["team-*"])

    assert [T0] == paths([*documents, exception()], review(spec()))
    assert [] == paths([*documents, exception(grants=True)], review(spec()))
    assert [T0] == paths([*documents, exception(grants=True, templates=["other"])], review(spec()))


def test_references():
    """The templates that were followed must be granted, too; whoever writes them out asks about these alone."""
    documents = granting(workflowTemplates=["builds-*"], clusterWorkflowTemplates=[], serviceAccounts=[])
    made = [("WorkflowTemplate", "builds-a"), ("WorkflowTemplate", "other"), ("ClusterWorkflowTemplate", "builds-b")]
    references = tuple(
        Reference(kind, name, Path(("spec", "workflowTemplateRef", number))) for number, (kind, name) in enumerate(made)
    )
    given = review(spec(), references=references)

    found = [str(finding.path) for finding in PolicySet.load(documents).references(given).findings]

    assert ["spec.workflowTemplateRef[1]", "spec.workflowTemplateRef[2]"] == found
    assert [T0, *found] == paths(documents, given)


def test_places_of_references():
    """The place of a reference is in what the author wrote already, that of everything else in the Workflow."""
    reference = Reference("WorkflowTemplate", "other", Path(("spec", "workflowSpec", "workflowTemplateRef", "name")))
    given = review(
        spec(),
        references=(reference,),
        place=lambda path: Path(("spec", "workflowSpec")).join(path.after(Path(("spec",)))),
    )

    assert ["spec.workflowSpec.templates[0]", "spec.workflowSpec.workflowTemplateRef.name"] == paths(
        granting(workflowTemplates=[], serviceAccounts=[]), given
    )


def test_a_reference_that_stays():
    """A reference that could not be followed is judged by its name; one that the run decides is unknown."""
    reference = {"name": "{{inputs.parameters.which}}", "template": "x"}
    given = template(steps=[[{"name": "a", "templateRef": reference}, step("x", templateRef={"name": "b"})]])
    place = f"{T0}.steps[0]"

    assert [f"{place}[0].templateRef.name", f"{place}[1].templateRef.name"] == paths(
        granting(workflowTemplates=["c"]), review(given)
    )
