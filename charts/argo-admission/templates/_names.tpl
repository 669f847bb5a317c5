{{/* The chart's name in labels. */}}
{{- define "argo-admission.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* The name of everything in the namespace: that of the release, with the chart's where it is not in it. 40 letters leave room for what is put behind it. */}}
{{- define "argo-admission.fullname" -}}
{{- $name := include "argo-admission.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* The name of what has no namespace: with that of the release, so that two releases of one name never share anything. */}}
{{- define "argo-admission.clusterName" -}}
{{- printf "%s.%s" (include "argo-admission.fullname" .) .Release.Namespace -}}
{{- end -}}

{{- define "argo-admission.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "argo-admission.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "argo-admission.tlsSecretName" -}}
{{- default (printf "%s-tls" (include "argo-admission.fullname" .)) .Values.certificates.secretName -}}
{{- end -}}

{{/* By what the pods of the release are found, hooks included. */}}
{{- define "argo-admission.releaseLabels" -}}
app.kubernetes.io/name: {{ include "argo-admission.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* By what the replicas of the webhook are found: the pods of hooks must not get its calls. */}}
{{- define "argo-admission.selectorLabels" -}}
{{ include "argo-admission.releaseLabels" . }}
app.kubernetes.io/component: webhook
{{- end -}}

{{/* The labels of every object. */}}
{{- define "argo-admission.labels" -}}
{{- $own := include "argo-admission.releaseLabels" . | fromYaml -}}
{{- $_ := set $own "app.kubernetes.io/version" .Chart.AppVersion -}}
{{- $_ := set $own "app.kubernetes.io/part-of" "argo-admission" -}}
{{- $_ := set $own "app.kubernetes.io/managed-by" .Release.Service -}}
{{- $_ := set $own "helm.sh/chart" (printf "%s-%s" .Chart.Name (.Chart.Version | replace "+" "_")) -}}
{{- merge $own .Values.commonLabels | toYaml -}}
{{- end -}}

{{/* metadata of an object in the namespace: (list $ suffix). */}}
{{- define "argo-admission.metadata" -}}
{{- $root := index . 0 -}}
name: {{ include "argo-admission.fullname" $root }}{{ index . 1 }}
namespace: {{ $root.Release.Namespace }}
labels:
  {{- include "argo-admission.labels" $root | nindent 2 }}
{{- end -}}

{{/* metadata of an object without a namespace: (list $ suffix). */}}
{{- define "argo-admission.clusterMetadata" -}}
{{- $root := index . 0 -}}
name: {{ include "argo-admission.clusterName" $root }}{{ index . 1 }}
labels:
  {{- include "argo-admission.labels" $root | nindent 2 }}
{{- end -}}

{{- define "argo-admission.image" -}}
{{- $registry := default .Values.image.registry .Values.global.imageRegistry -}}
{{- $tag := default .Chart.AppVersion .Values.image.tag -}}
{{- if $registry }}{{ trimSuffix "/" $registry }}/{{ end -}}
{{- .Values.image.repository }}:{{ $tag -}}
{{- if .Values.image.digest }}@{{ .Values.image.digest }}{{ end -}}
{{- end -}}

{{/* Whether there can be more than one replica. */}}
{{- define "argo-admission.several" -}}
{{- if or (and .Values.autoscaling.enabled (gt (int .Values.autoscaling.maxReplicas) 1)) (and (not .Values.autoscaling.enabled) (gt (int .Values.replicas) 1)) }}true{{ end -}}
{{- end -}}
