# syntax=docker/dockerfile:1

# A release names it by digest: --build-arg PYTHON=docker.io/library/python:3.11-slim-bookworm@sha256:…
ARG PYTHON=docker.io/library/python:3.11.14-slim-bookworm

FROM ${PYTHON} AS build
WORKDIR /src
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_COMPILE=1
COPY requirements.lock requirements-build.lock ./
COPY scripts/lock.py scripts/
# Only wheels, only what the lock has by hash, and nothing that only developers need.
RUN python -m venv --without-pip /opt/argo-admission \
 && python scripts/lock.py < requirements.lock > runtime.lock \
 && python -m pip --python /opt/argo-admission/bin/python install --require-hashes --no-deps --only-binary :all: -r runtime.lock \
 && python -m pip install --require-hashes --no-deps --only-binary :all: -r requirements-build.lock
COPY pyproject.toml README.md LICENSE ./
COPY admission admission/
COPY policies policies/
COPY crds crds/
# What `argo-admission demo` builds its control plane from is part of the wheel.
COPY tests/controlplane/kubernetes tests/controlplane/kubernetes/
# The root is read-only where it runs, so that everything is compiled here; nothing is checked against sources again.
RUN python -m pip wheel --no-build-isolation --no-deps --wheel-dir dist . \
 && python -m pip --python /opt/argo-admission/bin/python install --no-index --no-deps dist/argo_admission-*.whl \
 && /opt/argo-admission/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/argo-admission/lib

FROM ${PYTHON}
LABEL org.opencontainers.image.title="argo-admission" \
      org.opencontainers.image.description="An admission webhook and policy service for Argo Workflows" \
      org.opencontainers.image.licenses="Apache-2.0"
# Nothing is installed in a running container.
RUN python -m pip uninstall --yes --quiet --root-user-action=ignore setuptools wheel pip
COPY --from=build /opt/argo-admission /opt/argo-admission
ENV PATH=/opt/argo-admission/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PYTHONSAFEPATH=1
WORKDIR /tmp
USER 65532:65532
EXPOSE 8443 8081
ENTRYPOINT ["argo-admission"]
CMD ["--help"]
