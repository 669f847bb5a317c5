{{/* What the pods of the webhook and of the hooks have in common. */}}
{{- define "argo-admission.pod" -}}
automountServiceAccountToken: true
enableServiceLinks: false
{{- with concat .Values.global.imagePullSecrets .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.podSecurityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Image, security context and mounts of our containers. */}}
{{- define "argo-admission.container" -}}
image: {{ include "argo-admission.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- with .Values.securityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
terminationMessagePolicy: FallbackToLogsOnError
{{- end -}}

{{/* Where our containers find the names of their pod. */}}
{{- define "argo-admission.env" -}}
- name: POD_NAME
  valueFrom: {fieldRef: {fieldPath: metadata.name}}
- name: POD_NAMESPACE
  valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
{{- end -}}

{{- define "argo-admission.mounts" -}}
- name: configuration
  mountPath: /etc/argo-admission
  readOnly: true
- name: tmp
  mountPath: /tmp
{{- end -}}

{{- define "argo-admission.volumes" -}}
- name: configuration
  configMap: {name: {{ include "argo-admission.fullname" . }}}
- name: tmp
  emptyDir: {sizeLimit: 64Mi}
{{- end -}}

{{/* By default replicas stand on different nodes, as far as it goes. */}}
{{- define "argo-admission.affinity" -}}
{{- $term := dict "topologyKey" "kubernetes.io/hostname" "labelSelector" (dict "matchLabels" (include "argo-admission.selectorLabels" . | fromYaml)) -}}
{{- if .Values.affinity -}}
{{ toYaml .Values.affinity }}
{{- else if eq .Values.podAntiAffinity "hard" -}}
podAntiAffinity:
  requiredDuringSchedulingIgnoredDuringExecution:
    {{- list $term | toYaml | nindent 4 }}
{{- else if eq .Values.podAntiAffinity "soft" -}}
podAntiAffinity:
  preferredDuringSchedulingIgnoredDuringExecution:
    {{- list (dict "weight" 100 "podAffinityTerm" $term) | toYaml | nindent 4 }}
{{- end -}}
{{- end -}}

{{/* The constraints, each with a selector; only replicas of one ReplicaSet are counted, so that a rollout is spread as well. */}}
{{- define "argo-admission.spread" -}}
{{- $own := dict "labelSelector" (dict "matchLabels" (include "argo-admission.selectorLabels" . | fromYaml)) "matchLabelKeys" (list "pod-template-hash") -}}
{{- $all := list -}}
{{- range .Values.topologySpreadConstraints -}}
{{- $all = append $all (hasKey . "labelSelector" | ternary . (merge (deepCopy .) $own)) -}}
{{- end -}}
{{- if $all }}{{ toYaml $all }}{{ end -}}
{{- end -}}

{{/* With the network of the node the port of an old Pod is in the way of a new one. */}}
{{- define "argo-admission.strategy" -}}
{{- if .Values.strategy -}}
{{ toYaml .Values.strategy }}
{{- else -}}
type: RollingUpdate
rollingUpdate: {{ .Values.hostNetwork | ternary "{maxSurge: 0, maxUnavailable: 1}" "{maxSurge: 1, maxUnavailable: 0}" }}
{{- end -}}
{{- end -}}
