"""Questions to RBAC and discovery, and answers that are kept for a moment."""

from __future__ import annotations

from typing import Any

import pytest
from small_api import SmallApi, small_api

from admission.cluster.access import Kept
from admission.cluster.lookup import Live
from admission.model.catalog import DISCOVERY, MISSING, UNAVAILABLE, Access, AccessQuestion, Lookup

REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
QUESTION = AccessQuestion(
    "anna", ("science",), "use", "", "secrets", "team", "pull", uid="u1", extra=(("scopes", ("a", "b")),)
)


def test_kept_for_a_while() -> None:
    """An answer counts for as long as it is said, and then is as if it had never come."""
    now = [0.0]
    kept: Kept[str, int] = Kept(seconds=30, most=10, now=lambda: now[0])

    kept.put("a", 1)
    now[0] = 29.9
    assert 1 == kept.get("a")
    now[0] = 30.0
    assert kept.get("a") is None


def test_bounded() -> None:
    """There are never more than so many; the oldest go first."""
    kept: Kept[int, int] = Kept(seconds=30, most=3)

    for number in range(10):
        kept.put(number, number)

    assert [None, 7, 8, 9] == [kept.get(number) for number in (0, 7, 8, 9)]


def reviewing(api: SmallApi, **status: Any) -> list[dict[str, Any]]:
    """Have *api* answer reviews with *status*; the specs that it is asked about."""
    seen: list[dict[str, Any]] = []

    def answer(document: dict[str, Any]) -> dict[str, Any]:
        seen.append(document["spec"])
        return {**document, "status": status}

    api.reviews[REVIEWS] = answer
    return seen


def test_a_question_to_rbac() -> None:
    """The review says all that is known of the user, and of what is asked, and is asked once."""
    with small_api() as api:
        client = api.client()
        seen = reviewing(api, allowed=True)
        live = Live(client)

        assert [{QUESTION: Access.ALLOWED}] * 2 == [live.answer([QUESTION]) for _ in range(2)]
        assert [
            {
                "user": "anna",
                "groups": ["science"],
                "uid": "u1",
                "extra": {"scopes": ["a", "b"]},
                "resourceAttributes": {"verb": "use", "resource": "secrets", "namespace": "team", "name": "pull"},
            }
        ] == seen


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({"allowed": False}, Access.DENIED),
        ({"allowed": False, "denied": True}, Access.DENIED),
        ({"allowed": False, "evaluationError": "webhook is down"}, UNAVAILABLE),
        ({}, Access.DENIED),
        ({"allowed": "true"}, Access.DENIED),
    ],
)
def test_what_is_no_yes(status: dict[str, Any], expected: object) -> None:
    """Only a plain yes is one; an authorizer that failed has said nothing."""
    with small_api() as api:
        client = api.client()
        reviewing(api, **status)

        assert expected is Live(client).answer([QUESTION])[QUESTION]


def test_what_is_not_known_is_asked_again() -> None:
    """An answer that could not be had is never kept."""
    with small_api() as api:
        client = api.client()
        live = Live(client)
        api.down = True
        assert UNAVAILABLE is live.answer([QUESTION])[QUESTION]
        api.down = False
        reviewing(api, allowed=True)
        assert Access.ALLOWED is live.answer([QUESTION])[QUESTION]


def test_no_more_than_so_many() -> None:
    """Of too many questions some are not asked; they are unavailable, never a yes or a no."""
    questions = [AccessQuestion("anna", (), "use", "", "secrets", "team", str(number)) for number in range(10)]
    with small_api() as api:
        client = api.client()
        reviewing(api, allowed=True)
        answers = Live(client).answer(questions, most=4)

    assert 4 == list(answers.values()).count(Access.ALLOWED)
    assert 6 == list(answers.values()).count(UNAVAILABLE)


def test_discovery() -> None:
    """A version of the API is asked for by its path; what is none is not asked for."""
    listed = {"kind": "APIResourceList", "metadata": {}, "resources": [{"name": "jobs", "kind": "Job"}]}
    with small_api() as api:
        client = api.client()
        api.objects["/apis/batch/v1"] = listed
        lookups = [Lookup(DISCOVERY, "", name) for name in ("batch/v1", "no.such/v1", "../../v1", "v1/x")]
        found = Live(client).answer(lookups)

    assert ["jobs"] == [each["name"] for each in found[lookups[0]]["resources"]]  # type: ignore[index,call-overload]
    assert [MISSING] * 3 == [found[each] for each in lookups[1:]]


def test_params_are_kept_for_a_moment() -> None:
    """A ConfigMap of params is not asked for at every request; any other one is."""
    label = {"labels": {"argo-admission.io/params": ""}}
    with small_api() as api:
        client = api.client()
        for name, metadata in (("params", label), ("other", {})):
            path = f"/api/v1/namespaces/team/configmaps/{name}"
            api.objects[path] = {"kind": "ConfigMap", "metadata": {"name": name, "namespace": "team", **metadata}}
        live = Live(client)
        lookups = [Lookup("ConfigMap", "team", name) for name in ("params", "other")]
        for _ in range(3):
            live.answer(lookups)

    asked = [path.rpartition("/")[2] for _, path in api.calls]
    assert (1, 3) == (asked.count("params"), asked.count("other"))
