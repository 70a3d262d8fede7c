package reference

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/stretchr/testify/require"
	"hawser.example/conformance/argocd"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// What is no namespace's, of all that the set holds.
var ofTheCluster = map[string]bool{
	"Namespace": true, "CustomResourceDefinition": true, "ClusterRole": true, "ClusterRoleBinding": true, "GatewayClass": true,
	"ValidatingAdmissionPolicy": true, "ValidatingAdmissionPolicyBinding": true,
	"MutatingWebhookConfiguration": true, "ValidatingWebhookConfiguration": true,
}

// forbidden is what Argo CD would refuse to apply of what an Application brings.
func forbidden(t *testing.T, instance *argocd.Instance, application *v1alpha1.Application, resources []*unstructured.Unstructured) []string {
	project := projectOf(t, instance, application.Spec.Project)
	cluster, err := instance.Destination(t.Context(), application.Spec.Destination)
	require.NoError(t, err)
	found := []string{}
	for _, resource := range resources {
		namespace := resource.GetNamespace()
		if namespace == "" && !ofTheCluster[resource.GetKind()] {
			namespace = application.Spec.Destination.Namespace
		}
		allowed, err := project.IsResourcePermitted(resource.GroupVersionKind().GroupKind(), resource.GetName(), namespace, cluster, nil)
		require.NoError(t, err)
		if !allowed {
			found = append(found, resource.GetKind()+" "+namespace+"/"+resource.GetName())
		}
	}
	return found
}

// From the set over the overlay to the project: the Application that the generator makes, what Argo CD builds for it, and whether
// it may apply that.
func TestWhatAnApplicationBringsItsProjectPermits(t *testing.T) {
	instance := newInstance(t, everything(t))
	reconcile(t, instance)
	made, err := instance.Applications(t.Context())
	require.NoError(t, err)
	judged := 0
	for _, application := range made {
		url := application.Spec.Source.RepoURL
		name := strings.TrimSuffix(url[strings.LastIndex(url, "/")+1:], ".git")
		if _, err := os.Stat(filepath.Join(set, name)); err != nil {
			continue
		}
		judged++
		t.Run(application.Name, func(t *testing.T) {
			directory := filepath.Join(t.TempDir(), name)
			require.NoError(t, os.CopyFS(directory, os.DirFS(filepath.Join(set, name))))
			withoutTheNet(t, directory)
			resources, err := built(t, directory, application.Spec.Source.Path, application.Spec.Source.Kustomize)
			require.NoError(t, err)
			require.Empty(t, forbidden(t, instance, &application, resources))
		})
	}
	require.GreaterOrEqual(t, judged, 9, "production, sandbox, three previews, two add-ons in two clusters")
}

// And the app of apps, of its own folder.
func TestWhatThisRepositoryBringsIsRightAndPermitted(t *testing.T) {
	instance := newInstance(t, everything(t))
	directory := copied(t, "argo-config")
	for _, path := range []string{"bootstrap/apps.yaml", "apps/argocd.yaml"} {
		application := &v1alpha1.Application{}
		read(t, "argo-config", path, application)

		resources, err := built(t, directory, application.Spec.Source.Path, nil)

		require.NoError(t, err)
		require.NotEmpty(t, resources)
		require.Empty(t, forbidden(t, instance, application, resources))
		for _, resource := range resources {
			require.Equal(t, argocd.Namespace, resource.GetNamespace(), resource.GetName())
			require.Empty(t, faultsOf(t, resource), "%s %s", resource.GetKind(), resource.GetName())
		}
	}
}

func TestAFieldThatArgoCDDoesNotKnowIsFoundAlsoInAMatrix(t *testing.T) {
	directory := copied(t, "argo-config")
	edit(t, directory, "apps/previews.yaml", "excludeArchivedRepos", "excludeArchived")

	resources, err := built(t, directory, "apps", nil)

	require.NoError(t, err)
	require.Contains(t, strings.Join(faultsOf(t, one(t, resources, "ApplicationSet", "previews")), "\n"), "excludeArchived")
}
