"""What is asked of the spec of a workflow (argo-validation 4.1 and 4.2), and of a schedule (8)."""

from __future__ import annotations

from admission.argo.checks import names
from admission.argo.checks.templates import pod_resources
from admission.argo.checks.wrong import Wrongs, below
from admission.argo.languages import LanguageError, cron, selectors
from admission.model.document import Document, mapping, name_of, sequence, text

GC_STRATEGIES = ("OnPodCompletion", "OnPodSuccess", "OnWorkflowCompletion", "OnWorkflowSuccess")
CONCURRENCY = ("Allow", "Forbid", "Replace")


def spec(document: Document, newest: bool) -> Wrongs:
    """What is asked of a workflow spec."""
    yield from below(
        ("templates",), names.listed("tmpl-name", sequence(document.get("templates")), names.field_problem)
    )
    for hook, called in mapping(document.get("hooks")).items():
        if hook != "exit" and not text(mapping(called).get("expression")):
            yield "hooks-wf-expression", ("hooks", hook), "say when the hook runs: expression"
    collection = mapping(document.get("podGC"))
    strategy = text(collection.get("strategy"))
    if strategy and strategy not in GC_STRATEGIES:
        yield "podgc-strategy", ("podGC", "strategy"), f"{strategy!r} is none of {', '.join(GC_STRATEGIES)}"
    for place, message in selectors.problems(mapping(collection.get("labelSelector"))):
        yield "podgc-selector", ("podGC", "labelSelector", *place), message
    if newest:
        yield from below(("podResources",), pod_resources(document.get("podResources")))
        for index, plugin in enumerate(sequence(document.get("executorPlugins"))):
            yield from below(("executorPlugins", index), _plugin(mapping(plugin)))


def _plugin(plugin: Document) -> Wrongs:
    container = mapping(mapping(mapping(plugin.get("spec")).get("sidecar")).get("container"))
    resources = mapping(container.get("resources"))
    place = ("spec", "sidecar", "container")
    for is_there, where, what in (
        (name_of(plugin), (), "name the plugin in its metadata"),
        (sequence(container.get("ports")), place, "give the container of the plugin a port"),
        (resources.get("requests") is not None, place, "give the container of the plugin resources.requests"),
        (resources.get("limits") is not None, place, "give the container of the plugin resources.limits"),
        (container.get("securityContext") is not None, place, "give the container of the plugin a securityContext"),
    ):
        if not is_there:
            yield "executor-plugins", where, what
            return


def schedule(document: Document) -> Wrongs:
    """What is asked of the spec of a CronWorkflow."""
    schedules = sequence(document.get("schedules"))
    if not schedules:
        yield "cron-schedule-required", (), "say when it runs: schedules"
    for index, each in enumerate(schedules):
        try:
            cron.parse(text(each))
        except LanguageError as error:
            yield "cron-schedule-syntax", ("schedules", index), str(error)
    zone, policy = text(document.get("timezone")), text(document.get("concurrencyPolicy"))
    if zone and not cron.is_zone(zone):
        yield "cron-timezone", ("timezone",), f"there is no time zone {zone!r}: use a name such as Europe/Berlin"
    if policy and policy not in CONCURRENCY:
        yield "cron-concurrency", ("concurrencyPolicy",), f"{policy!r} is none of {', '.join(CONCURRENCY)}"
    deadline = document.get("startingDeadlineSeconds")
    if isinstance(deadline, int | float) and deadline < 0:
        yield "cron-deadline", ("startingDeadlineSeconds",), "give seconds that are not negative"
