package reference

import (
	"context"
	"strings"
	"testing"

	"github.com/argoproj/argo-cd/v3/applicationset/services"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/stretchr/testify/require"
	"hawser.example/conformance/argocd"
	kubefake "k8s.io/client-go/kubernetes/fake"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

var (
	sets     = []string{"applications", "previews", "addons"}
	projects = []string{"bootstrap/project", "apps/projects/applications", "apps/projects/previews", "apps/projects/addons"}
	clusters = []string{"production", "sandbox"}
)

const webhookSecret = "the-secret-of-the-webhook"

// newInstance is Argo CD with the shipped sets and projects, and this organisation as its GitHub.
func newInstance(t *testing.T, o *organisation) *argocd.Instance {
	settings, secret := argocd.Settings(webhookSecret)
	kubernetes := kubefake.NewClientset(settings, secret, argocd.GitHubApp("github-app", "1", "2", privateKey(t)))
	for _, name := range clusters {
		require.NoError(t, kubernetes.Tracker().Add(argocd.Cluster(name)))
	}
	objects := []client.Object{}
	for _, name := range sets {
		objects = append(objects, o.asks(shippedSet(t, name)))
	}
	for _, name := range projects {
		project := &v1alpha1.AppProject{}
		read(t, "argo-config", name+".yaml", project)
		objects = append(objects, project)
	}
	instance, err := argocd.New(t.Context(), argocd.Options{Kubernetes: kubernetes, Objects: objects, Repositories: repositoryServer{organisation: o}})
	require.NoError(t, err)
	return instance
}

func shippedSet(t *testing.T, name string) *v1alpha1.ApplicationSet {
	shipped := &v1alpha1.ApplicationSet{}
	read(t, "argo-config", "apps/"+name+".yaml", shipped)
	require.Equal(t, name, shipped.Name)
	return shipped
}

// asks has a set's generators list this GitHub. Nothing else of it is changed.
func (o *organisation) asks(shipped *v1alpha1.ApplicationSet) *v1alpha1.ApplicationSet {
	for _, generator := range shipped.Spec.Generators {
		for _, nested := range generator.Matrix.Generators {
			if nested.SCMProvider != nil {
				nested.SCMProvider.Github.API = o.url + "/"
			}
			if nested.PullRequest != nil {
				nested.PullRequest.Github.API = o.url + "/"
			}
		}
	}
	return shipped
}

type repositoryServer struct {
	services.Repos
	organisation *organisation
}

func (r repositoryServer) GetDirectories(_ context.Context, url, revision, _ string, _ bool, _ *v1alpha1.SourceIntegrity) ([]string, error) {
	require.Equal(r.organisation.t, "main", revision)
	name := strings.TrimSuffix(strings.TrimPrefix(url, "https://github.com/"+r.organisation.login+"/"), ".git")
	require.Equal(r.organisation.t, r.organisation.clone(name), url)
	return r.organisation.directories(name), nil
}

// reconcile has every set of the instance make its Applications, and answers what each says is wrong.
func reconcile(t *testing.T, instance *argocd.Instance) map[string]string {
	said := map[string]string{}
	for _, name := range sets {
		message, err := instance.Reconcile(t.Context(), name)
		require.NoError(t, err)
		if message != "" {
			said[name] = message
		}
	}
	return said
}
