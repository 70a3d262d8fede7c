// Package applicationsets stands up what of Argo CD's ApplicationSet controller hears webhooks: its own handler, over a
// Kubernetes API and an organisation on GitHub that are fakes.
package applicationsets

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/argoproj/argo-cd/v3/applicationset/generators"
	"github.com/argoproj/argo-cd/v3/applicationset/services/scm_provider"
	"github.com/argoproj/argo-cd/v3/applicationset/webhook"
	"github.com/argoproj/argo-cd/v3/common"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/util/settings"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
	kubefake "k8s.io/client-go/kubernetes/fake"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
)

const namespace = "argocd"

//go:embed sets.yaml
var sets []byte

// Controller is an http.Handler as the controller has it at /api/webhook.
type Controller struct{ http.HandlerFunc }

// New takes the secret as Argo CD has it, and where the sets' GitHub is (none: github.com). Each set that is marked for a
// refresh is told, in the order of the events: one worker handles them.
func New(ctx context.Context, secret, api string, marked func(set string)) (*Controller, error) {
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return nil, err
	}
	objects, err := shippedSets(api)
	if err != nil {
		return nil, err
	}
	kubernetes := fake.NewClientBuilder().WithScheme(scheme).WithObjects(objects...).
		WithInterceptorFuncs(interceptor.Funcs{Patch: telling(marked)}).Build()
	manager := settings.NewSettingsManager(ctx, argocdWith(secret), namespace)
	handler, err := webhook.NewWebhookHandler(1, manager, kubernetes, generatorsOf(kubernetes))
	if err != nil {
		return nil, err
	}
	return &Controller{handler.Handler}, nil
}

func shippedSets(api string) ([]client.Object, error) {
	objects := []client.Object{}
	documents := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(sets), 4096)
	for {
		set := &v1alpha1.ApplicationSet{}
		if err := documents.Decode(set); errors.Is(err, io.EOF) {
			return objects, nil
		} else if err != nil {
			return nil, fmt.Errorf("sets.yaml: %w", err)
		}
		set.Namespace = namespace
		for _, generator := range set.Spec.Generators {
			if generator.PullRequest != nil && generator.PullRequest.Github.API == "" {
				generator.PullRequest.Github.API = api
			}
			if generator.Matrix != nil {
				generator.Matrix.Generators[1].PullRequest.Github.API = api
			}
		}
		objects = append(objects, set)
	}
}

// The real controller takes the mark away when it has reconciled the set.
func telling(marked func(set string)) func(context.Context, client.WithWatch, client.Object, client.Patch, ...client.PatchOption) error {
	return func(ctx context.Context, c client.WithWatch, object client.Object, patch client.Patch, options ...client.PatchOption) error {
		if err := c.Patch(ctx, object, patch, options...); err != nil {
			return err
		}
		set, isSet := object.(*v1alpha1.ApplicationSet)
		if !isSet || !set.RefreshRequired() {
			return nil
		}
		reconciled := set.DeepCopy()
		delete(reconciled.Annotations, common.AnnotationApplicationSetRefresh)
		if err := c.Update(ctx, reconciled); err != nil {
			return err
		}
		marked(set.Name)
		return nil
	}
}

func argocdWith(secret string) *kubefake.Clientset {
	labels := map[string]string{"app.kubernetes.io/part-of": "argocd"}
	return kubefake.NewClientset(
		&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: common.ArgoCDConfigMapName, Namespace: namespace, Labels: labels}},
		&corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Name: common.ArgoCDSecretName, Namespace: namespace, Labels: labels},
			Data:       map[string][]byte{"server.secretkey": []byte("a-key"), "webhook.github.secret": []byte(secret)},
		},
	)
}

// All that the sets ask for: the handler runs the first one of a matrix to see what the second one is about.
func generatorsOf(kubernetes client.Client) map[string]generators.Generator {
	organisation := &scm_provider.MockProvider{Repos: []*scm_provider.Repository{
		{Organization: "acme", Repository: "shop", URL: "https://github.com/acme/shop.git", Branch: "main"},
		{Organization: "acme", Repository: "mobile", URL: "https://github.com/acme/mobile.git", Branch: "main"},
	}}
	config := generators.NewSCMConfig("", nil, true, false, nil, false)
	terminal := map[string]generators.Generator{
		"List":        generators.NewListGenerator(),
		"SCMProvider": generators.NewTestSCMProviderGenerator(organisation),
		"PullRequest": generators.NewPullRequestGenerator(kubernetes, config),
	}
	all := map[string]generators.Generator{"Matrix": generators.NewMatrixGenerator(terminal)}
	for name, generator := range terminal {
		all[name] = generator
	}
	return all
}
