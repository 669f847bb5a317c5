"""What makes a pod weaker."""

import pytest

from admission.policy.weaker import weakens

WEAK = [
    {"image": "x"},
    {"privileged": True},
    {"securityContext": {"allowPrivilegeEscalation": True}},
    {"spec": {"hostNetwork": True}},
    {"hostPID": True},
    {"hostIPC": True},
    {"volumes": [{"name": "a", "hostPath": {"path": "/"}}]},
    {"securityContext": {"runAsNonRoot": False}},
    {"securityContext": {"runAsNonRoot": None}},
    {"securityContext": None},
    {"runAsUser": 0},
    {"capabilities": {"add": ["NET_ADMIN"]}},
    {"capabilities": {"drop": ["NET_RAW"]}},
    {"ports": [{"hostPort": 80}]},
    {"seccompProfile": {"type": "Unconfined"}},
    {"podSpecPatch": "{}"},
]

STRONG = [
    {},
    {"privileged": False},
    {"securityContext": {"allowPrivilegeEscalation": False, "runAsNonRoot": True, "runAsUser": 1000}},
    {"hostNetwork": False},
    {"capabilities": {"drop": ["ALL"], "add": []}},
    {"seccompProfile": {"type": "RuntimeDefault"}},
    {"resources": {"limits": {"cpu": "1"}}},
    {"volumes": [{"name": "a", "emptyDir": {}}]},
]


@pytest.mark.parametrize("fragment", WEAK, ids=str)
def test_weaker(fragment):
    """What lowers the Pod Security level or changes an image is weaker, wherever it stands."""
    assert 1 == len(list(weakens(fragment)))


@pytest.mark.parametrize("fragment", STRONG, ids=str)
def test_not_weaker(fragment):
    """What hardens, or has nothing to do with it, is not weaker."""
    assert [] == list(weakens(fragment))
