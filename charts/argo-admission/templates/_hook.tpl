{{/* What a hook has besides its kind: metadata of (list $ suffix events weight), and the account that its Pod runs as. */}}
{{- define "argo-admission.hookAnnotations" -}}
helm.sh/hook: {{ index . 0 }}
helm.sh/hook-weight: {{ index . 1 | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end -}}

{{- define "argo-admission.hookMetadata" -}}
{{- include "argo-admission.metadata" (list (index . 0) (index . 1)) }}
annotations:
  {{- include "argo-admission.hookAnnotations" (list (index . 2) (index . 3)) | nindent 2 }}
{{- end -}}

{{- define "argo-admission.hookClusterMetadata" -}}
{{- include "argo-admission.clusterMetadata" (list (index . 0) (index . 1)) }}
annotations:
  {{- include "argo-admission.hookAnnotations" (list (index . 2) (index . 3)) | nindent 2 }}
{{- end -}}

{{/* The account of a hook with its two roles' bindings: (list $ suffix events). */}}
{{- define "argo-admission.hookAccount" -}}
{{- $root := index . 0 -}}
{{- $suffix := index . 1 -}}
{{- $events := index . 2 -}}
{{- $account := printf "%s%s" (include "argo-admission.fullname" $root) $suffix -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "argo-admission.hookMetadata" (list $root $suffix $events "-10") | nindent 2 }}
automountServiceAccountToken: false
{{- if $root.Values.rbac.create }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  {{- include "argo-admission.hookClusterMetadata" (list $root $suffix $events "-9") | nindent 2 }}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {{ include "argo-admission.clusterName" $root }}{{ $suffix }}}
subjects:
- {kind: ServiceAccount, name: {{ $account }}, namespace: {{ $root.Release.Namespace }}}
{{- end }}
{{- end -}}

{{/* The Pod of a hook: (list $ suffix name arguments). */}}
{{- define "argo-admission.hookPod" -}}
{{- $root := index . 0 -}}
restartPolicy: Never
serviceAccountName: {{ include "argo-admission.fullname" $root }}{{ index . 1 }}
{{ include "argo-admission.pod" $root }}
containers:
- name: {{ index . 2 }}
  {{- include "argo-admission.container" $root | nindent 2 }}
  args:
  {{- index . 3 | toYaml | nindent 2 }}
  env:
  {{- include "argo-admission.env" $root | nindent 2 }}
  {{- with $root.Values.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
  {{- with $root.Values.hooks.resources }}
  resources:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  volumeMounts:
  {{- include "argo-admission.mounts" $root | nindent 2 }}
volumes:
{{ include "argo-admission.volumes" $root }}
{{- end -}}

{{/* The labels of the Pod of a hook: of the release, but none of the webhook. */}}
{{- define "argo-admission.hookPodLabels" -}}
{{ include "argo-admission.releaseLabels" (index . 0) }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}
