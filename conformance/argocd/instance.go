// Package argocd stands up what of Argo CD makes Applications: the ApplicationSet controller with its webhook, its
// generators and its reconciler, over a Kubernetes API that is a fake.
package argocd

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sort"

	"github.com/argoproj/argo-cd/v3/applicationset/controllers"
	"github.com/argoproj/argo-cd/v3/applicationset/generators"
	"github.com/argoproj/argo-cd/v3/applicationset/metrics"
	"github.com/argoproj/argo-cd/v3/applicationset/services"
	"github.com/argoproj/argo-cd/v3/applicationset/utils"
	"github.com/argoproj/argo-cd/v3/applicationset/webhook"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/util/argo"
	"github.com/argoproj/argo-cd/v3/util/db"
	"github.com/argoproj/argo-cd/v3/util/github_app"
	"github.com/argoproj/argo-cd/v3/util/settings"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/dynamic/fake"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/record"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	clientfake "sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
)

// Namespace is Argo CD's own.
const Namespace = "argocd"

// Options is what an administrator has given an instance.
type Options struct {
	// ConfigMaps and Secrets of Namespace: settings, clusters, credentials.
	Kubernetes kubernetes.Interface
	// ApplicationSets and AppProjects.
	Objects []client.Object
	// Stands in for the repository server.
	Repositories services.Repos
	// Hears of each set that the webhook marks for a refresh; may be nil.
	Marked func(set string)
}

// Instance has one Kubernetes API for its own objects, and another one for ConfigMaps and Secrets.
type Instance struct {
	client.Client
	DB         db.ArgoDB
	handler    *webhook.WebhookHandler
	reconciler *controllers.ApplicationSetReconciler
}

// New wires the parts as argo-cd's cmd/argocd-applicationset-controller does, with its defaults.
func New(ctx context.Context, options Options) (*Instance, error) {
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return nil, err
	}
	if err := corev1.AddToScheme(scheme); err != nil {
		return nil, err
	}
	c := clientfake.NewClientBuilder().WithScheme(scheme).WithObjects(options.Objects...).
		WithStatusSubresource(&v1alpha1.ApplicationSet{}).
		WithIndex(&v1alpha1.Application{}, ".metadata.controller", ownerOf).Build()
	manager := settings.NewSettingsManager(ctx, options.Kubernetes, Namespace)
	argoDB := db.NewDB(Namespace, manager, options.Kubernetes)
	clusters, err := settings.NewClusterInformer(options.Kubernetes, Namespace)
	if err != nil {
		return nil, err
	}
	go clusters.Run(ctx.Done())
	// Of an Application whose cluster it doesn't know, the controller takes the finalizer away.
	if !cache.WaitForCacheSync(ctx.Done(), clusters.HasSynced) {
		return nil, errors.New("the clusters were never listed")
	}
	scm := generators.NewSCMConfig("", nil, true, false, github_app.NewAuthCredentials(argoDB.(db.RepoCredsDB)), false)
	all := generators.GetGenerators(ctx, c, options.Kubernetes, Namespace, options.Repositories, fake.NewSimpleDynamicClient(scheme), scm, clusters)
	handler, err := webhook.NewWebhookHandler(1, manager, interceptor.NewClient(c, interceptor.Funcs{Patch: telling(options.Marked)}), all)
	if err != nil {
		return nil, err
	}
	return &Instance{c, argoDB, handler, &controllers.ApplicationSetReconciler{
		Client: c, Scheme: scheme, Renderer: &utils.Render{}, Recorder: record.NewFakeRecorder(1000), Generators: all, ArgoDB: argoDB,
		KubeClientset: options.Kubernetes, Policy: v1alpha1.ApplicationsSyncPolicySync, EnablePolicyOverride: true,
		ArgoCDNamespace: Namespace, Metrics: metrics.NewFakeAppsetMetrics(), ClusterInformer: clusters,
	}}, nil
}

// The handler patches a set to mark it, and does nothing else to any.
func telling(marked func(set string)) func(context.Context, client.WithWatch, client.Object, client.Patch, ...client.PatchOption) error {
	return func(ctx context.Context, c client.WithWatch, object client.Object, patch client.Patch, options ...client.PatchOption) error {
		err := c.Patch(ctx, object, patch, options...)
		if err == nil && marked != nil {
			marked(object.GetName())
		}
		return err
	}
}

// As the controller indexes them: the function itself is not exported.
func ownerOf(object client.Object) []string {
	owner := metav1.GetControllerOf(object)
	if owner == nil || owner.Kind != "ApplicationSet" {
		return nil
	}
	return []string{owner.Name}
}

// ServeHTTP is the webhook, at whatever path it is given.
func (i *Instance) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	i.handler.Handler(w, request)
}

// Reconcile makes a set's Applications as they ought to be now, and answers what the controller says of it: nothing, where all is well.
func (i *Instance) Reconcile(ctx context.Context, set string) (string, error) {
	key := client.ObjectKey{Namespace: Namespace, Name: set}
	if _, err := i.reconciler.Reconcile(ctx, ctrl.Request{NamespacedName: key}); err != nil {
		return "", err
	}
	reconciled := &v1alpha1.ApplicationSet{}
	if err := i.Get(ctx, key, reconciled); err != nil {
		return "", err
	}
	for _, condition := range reconciled.Status.Conditions {
		if condition.Type == v1alpha1.ApplicationSetConditionErrorOccurred && condition.Status == v1alpha1.ApplicationSetConditionStatusTrue {
			return condition.Message, nil
		}
	}
	return "", nil
}

// Marked lists the sets that the webhook has marked for a refresh.
func (i *Instance) Marked(ctx context.Context) ([]string, error) {
	sets := &v1alpha1.ApplicationSetList{}
	if err := i.List(ctx, sets); err != nil {
		return nil, err
	}
	marked := []string{}
	for _, set := range sets.Items {
		if set.RefreshRequired() {
			marked = append(marked, set.Name)
		}
	}
	sort.Strings(marked)
	return marked, nil
}

// Applications lists all there are, by name.
func (i *Instance) Applications(ctx context.Context) ([]v1alpha1.Application, error) {
	list := &v1alpha1.ApplicationList{}
	if err := i.List(ctx, list); err != nil {
		return nil, fmt.Errorf("applications: %w", err)
	}
	sort.Slice(list.Items, func(a, b int) bool { return list.Items[a].Name < list.Items[b].Name })
	return list.Items, nil
}

// Destination is the cluster that an Application goes to.
func (i *Instance) Destination(ctx context.Context, destination v1alpha1.ApplicationDestination) (*v1alpha1.Cluster, error) {
	return argo.GetDestinationCluster(ctx, destination, i.DB)
}
