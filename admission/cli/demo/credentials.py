"""Who is who on the control plane: its authority, its users by client certificates, and kubeconfigs."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from admission.cluster.certificates import Certificate, authority, client, leaf
from admission.model.document import Document


@dataclass(frozen=True)
class Credentials:
    """An authority that signs for the API server at *server* and for its users; all files are in *folder*."""

    folder: Path
    server: str
    authority: Certificate = field(default_factory=lambda: authority("control plane"))

    def write(self) -> None:
        """The files that the programs of the control plane are started with."""
        self.folder.mkdir(parents=True, exist_ok=True)
        serving = leaf(self.authority, ["localhost", "127.0.0.1", "kubernetes.default.svc"])
        # An authority's key is as good as any other for signing the tokens of service accounts.
        tokens = authority("service accounts")
        self._secret("ca.crt", self.authority.certificate)
        self._secret("serving.crt", serving.certificate)
        self._secret("serving.key", serving.key)
        self._secret("tokens.crt", tokens.certificate)
        self._secret("tokens.key", tokens.key)
        self._write_caller()

    def file(self, name: str) -> str:
        return str(self.folder / name)

    def user(self, name: str, *groups: str) -> Path:
        """A kubeconfig of the user *name* in *groups*."""
        made = client(self.authority, name, groups)
        data = {"client-certificate-data": _text(made.certificate), "client-key-data": _text(made.key)}
        return self._kubeconfig("-".join((name, *groups)), data)

    def bearer(self, name: str, token: str) -> Path:
        """A kubeconfig of whoever *token* is; *name* is the file's."""
        return self._kubeconfig(name, {"token": token})

    def _write_caller(self) -> None:
        """What the API server shows to webhooks that ask who calls: by an authority of its own, ``callers.crt``."""
        callers = authority("callers of webhooks")
        made = client(callers, "kube-apiserver")
        user = {"client-certificate-data": _text(made.certificate), "client-key-data": _text(made.key)}
        document = {"apiVersion": "v1", "kind": "Config", "users": [{"name": "*", "user": user}]}
        file = self._secret("callers.kubeconfig", yaml.safe_dump(document).encode())
        group = "apiserver.config.k8s.io/v1"
        shown = {"apiVersion": group, "kind": "WebhookAdmissionConfiguration", "kubeConfigFile": str(file)}
        plugins = [{"name": f"{kind}AdmissionWebhook", "configuration": shown} for kind in ("Mutating", "Validating")]
        configuration = {"apiVersion": group, "kind": "AdmissionConfiguration", "plugins": plugins}
        self._secret("admission.yaml", yaml.safe_dump(configuration).encode())
        self._secret("callers.crt", callers.certificate)

    def _kubeconfig(self, name: str, user: Document) -> Path:
        cluster = {"server": self.server, "certificate-authority-data": _text(self.authority.certificate)}
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "argo-admission", "cluster": cluster}],
            "users": [{"name": "user", "user": user}],
            "contexts": [{"name": "argo-admission", "context": {"cluster": "argo-admission", "user": "user"}}],
            "current-context": "argo-admission",
        }
        safe = "".join(letter if letter.isalnum() or letter in "-." else "_" for letter in name)
        return self._secret(f"{safe}.kubeconfig", yaml.safe_dump(document).encode())

    def _secret(self, name: str, content: bytes) -> Path:
        file = self.folder / name
        file.touch(mode=0o600)
        file.write_bytes(content)
        return file


def _text(pem: bytes) -> str:
    return base64.b64encode(pem).decode()
