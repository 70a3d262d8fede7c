package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	argocontroller "github.com/argoproj/argo-cd/v3/notification_controller/controller"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/reposerver/apiclient"
	service "github.com/argoproj/argo-cd/v3/util/notification/argocd"
	utiltls "github.com/argoproj/argo-cd/v3/util/tls"
	"github.com/argoproj/notifications-engine/pkg/controller"
	"hawser.example/conformance/argocd"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	dynamicfake "k8s.io/client-go/dynamic/fake"
	kubefake "k8s.io/client-go/kubernetes/fake"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

// plane has the Applications twice, since the two controllers speak to the API in two ways: the instance those that its sets make,
// and `apps`, which the notifications controller watches, the same with their status.
type plane struct {
	mu       sync.Mutex
	ctx      context.Context
	instance *argocd.Instance
	apps     dynamic.ResourceInterface
	made     int
}

// Those that are made of what GitHub lists, each with the project of its name.
var sets = []string{"addons", "applications", "previews"}

func connect(ctx context.Context, at place) (*plane, error) {
	settings, secret := argocd.Settings(at.WebhookSecret)
	configMap, token, err := notifications(at)
	if err != nil {
		return nil, err
	}
	kubernetes := kubefake.NewClientset(settings, secret, configMap, token,
		argocd.Cluster("production"), argocd.Cluster("sandbox"), argocd.GitHubApp("github-app", at.App, at.Installation, at.PrivateKey))
	objects, err := shipped(at.Gitops, enterprise(at.GitHub))
	if err != nil {
		return nil, err
	}
	marks := make(chan string, 100)
	instance, err := argocd.New(ctx, argocd.Options{
		Kubernetes: kubernetes, Objects: objects, Repositories: onDisk{gitops: at.Gitops}, Marked: func(set string) { marks <- set },
	})
	if err != nil {
		return nil, err
	}
	resource := schema.GroupVersionResource{Group: "argoproj.io", Version: "v1alpha1", Resource: "applications"}
	projects := schema.GroupVersionResource{Group: "argoproj.io", Version: "v1alpha1", Resource: "appprojects"}
	api := dynamicfake.NewSimpleDynamicClientWithCustomListKinds(runtime.NewScheme(), map[schema.GroupVersionResource]string{
		resource: "ApplicationList", projects: "AppProjectList",
	})
	for _, object := range objects {
		if project, isProject := object.(*v1alpha1.AppProject); isProject {
			fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(project)
			if err != nil {
				return nil, err
			}
			if err := create(ctx, api.Resource(projects).Namespace(argocd.Namespace), "AppProject", fields); err != nil {
				return nil, err
			}
		}
	}
	if err := notify(ctx, kubernetes, api); err != nil {
		return nil, err
	}
	ready := &plane{ctx: ctx, instance: instance, apps: api.Resource(resource).Namespace(argocd.Namespace)}
	for _, set := range sets {
		if err := ready.reconcile(set); err != nil {
			return nil, err
		}
	}
	go func() {
		for set := range marks {
			tell(map[string]any{"marked": set})
			if err := ready.reconcile(set); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}
	}()
	return ready, nil
}

// shipped are the sets, which are asked to list this GitHub, and the projects.
func shipped(gitops, github string) ([]client.Object, error) {
	objects := []client.Object{}
	for _, name := range sets {
		set := &v1alpha1.ApplicationSet{}
		if err := read(filepath.Join(gitops, "argo-config/apps", name+".yaml"), set); err != nil {
			return nil, err
		}
		for _, nested := range set.Spec.Generators[0].Matrix.Generators {
			if nested.SCMProvider != nil {
				nested.SCMProvider.Github.API = github
			}
			if nested.PullRequest != nil {
				nested.PullRequest.Github.API = github
			}
		}
		objects = append(objects, set)
	}
	for _, name := range sets {
		project := &v1alpha1.AppProject{}
		if err := read(filepath.Join(gitops, "argo-config/apps/projects", name+".yaml"), project); err != nil {
			return nil, err
		}
		objects = append(objects, project)
	}
	return objects, nil
}

func notifications(at place) (*corev1.ConfigMap, *corev1.Secret, error) {
	configMap, secret := &corev1.ConfigMap{}, &corev1.Secret{}
	folder := filepath.Join(at.Gitops, "argo-config/argocd")
	if err := read(filepath.Join(folder, "notifications.yaml"), configMap); err != nil {
		return nil, nil, err
	}
	if err := read(filepath.Join(folder, "notifications-secret.example.yaml"), secret); err != nil {
		return nil, nil, err
	}
	// The address is given as the token is, which the engine itself puts in.
	configMap.Data["service.webhook.hawser"] = onThisMachine(configMap.Data["service.webhook.hawser"])
	secret.StringData = nil
	secret.Data = map[string][]byte{"hawser-token": []byte(at.Token), "hawser-url": []byte(at.Hawser)}
	return configMap, secret, nil
}

func notify(ctx context.Context, kubernetes *kubefake.Clientset, api *dynamicfake.FakeDynamicClient) error {
	// Nobody listens there: the shipped template asks the repository server for nothing.
	repositories := apiclient.NewRepoServerClientset("127.0.0.1:1", 1, utiltls.Configuration{})
	argocdService, err := service.NewArgoCDService(kubernetes, api, argocd.Namespace, repositories)
	if err != nil {
		return err
	}
	engine := argocontroller.NewController(kubernetes, api, argocdService, argocd.Namespace, nil, "",
		controller.NewMetricsRegistry("argocd"), "argocd-notifications-secret", "argocd-notifications-cm", false)
	if err := engine.Init(ctx); err != nil {
		return err
	}
	go engine.Run(ctx, 1)
	return nil
}

func read(file string, into any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := yaml.UnmarshalStrict(text, into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}
