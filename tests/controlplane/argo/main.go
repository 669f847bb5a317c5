// Command argocontroller is Argo's own workflow controller without the ports
// that the stock program opens on every interface, and without leader election.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/argoproj/argo-workflows/v4/pkg/client/clientset/versioned"
	"github.com/argoproj/argo-workflows/v4/util/logging"
	"github.com/argoproj/argo-workflows/v4/workflow/controller"
)

var (
	kubeconfig = flag.String("kubeconfig", "", "the cluster and who we are to it")
	namespace  = flag.String("namespace", "argo", "the namespace of the ConfigMap")
	managed    = flag.String("managed-namespace", "", "the namespace whose Workflows are run; default all")
	configMap  = flag.String("configmap", "workflow-controller-configmap", "the ConfigMap; it has the instanceID")
	image      = flag.String("executor-image", "quay.io/argoproj/argoexec:v4.0.2", "the executor of the Pods")
	workers    = flag.Int("workers", 4, "Workflows that are worked on at once")
)

func main() {
	flag.Parse()
	// Nothing is left behind by a parent that was killed: it holds the other end of this.
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
	logger := logging.NewSlogLoggerCustom(logging.Info, logging.Text, os.Stderr)
	ctx, stop := signal.NotifyContext(logging.WithLogger(context.Background(), logger), os.Interrupt, syscall.SIGTERM)
	defer stop()
	wfc, err := connect(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "argocontroller:", err)
		os.Exit(1)
	}
	wfc.Run(ctx, *workers, 1, 1, 1, 1)
}

func connect(ctx context.Context) (*controller.WorkflowController, error) {
	cluster, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		return nil, err
	}
	cluster.QPS, cluster.Burst = 100, 200
	kube, err := kubernetes.NewForConfig(cluster)
	if err != nil {
		return nil, err
	}
	argo, err := versioned.NewForConfig(cluster)
	if err != nil {
		return nil, err
	}
	return controller.NewWorkflowController(ctx, cluster, kube, argo, *namespace, *managed, *image, "", "text", *configMap, false)
}
