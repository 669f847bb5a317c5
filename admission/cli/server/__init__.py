"""``argo-admission serve``: what follows the cluster, answers the API server, and keeps both going."""
