{{/* The AdmissionConfiguration: what the values say, and what only the chart knows. */}}
{{- define "argo-admission.configuration" -}}
{{- $own := include "argo-admission.ownConfiguration" . | fromYaml -}}
{{- mergeOverwrite (deepCopy .Values.configuration) $own | toYaml -}}
{{- end -}}

{{- define "argo-admission.ownConfiguration" -}}
apiVersion: argo-admission.io/v1alpha1
kind: AdmissionConfiguration
ports:
  webhook: {{ .Values.ports.webhook }}
  health: {{ .Values.ports.health }}
tls:
  {{- include "argo-admission.tls" . | nindent 2 }}
leaderElection:
  enabled: true
  name: {{ include "argo-admission.fullname" . }}
  namespace: {{ .Release.Namespace }}
webhooks:
  manage: true
  name: {{ include "argo-admission.clusterName" . }}
  service: {namespace: {{ .Release.Namespace }}, name: {{ include "argo-admission.fullname" . }}, port: {{ .Values.service.port }}}
  owner: {kind: ClusterRole, name: {{ include "argo-admission.clusterName" . }}}
  labels:
    {{- include "argo-admission.releaseLabels" . | nindent 4 }}
  {{- toYaml .Values.webhooks | nindent 2 }}
{{- end -}}

{{- define "argo-admission.tls" -}}
{{- if eq .Values.certificates.source "self" -}}
selfManaged:
  secret: {namespace: {{ .Release.Namespace }}, name: {{ include "argo-admission.tlsSecretName" . }}}
  hosts:
    {{- include "argo-admission.hosts" . | nindent 4 }}
{{- else -}}
certificate: /etc/argo-admission-tls/tls.crt
key: /etc/argo-admission-tls/tls.key
ca: /etc/argo-admission-tls/ca.crt
{{- end }}
{{- if .Values.certificates.clientCAConfigMap }}
clientCA: /etc/argo-admission-client-ca/{{ .Values.certificates.clientCAKey }}
{{- end }}
{{- end -}}

{{/* The names by which the API server calls the Service. */}}
{{- define "argo-admission.hosts" -}}
{{- $service := printf "%s.%s.svc" (include "argo-admission.fullname" .) .Release.Namespace -}}
- {{ $service }}
- {{ $service }}.cluster.local
{{- end -}}
