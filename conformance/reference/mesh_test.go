package reference

import (
	"strings"
	"testing"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/stretchr/testify/require"
	"hawser.example/conformance/argocd"
	kubefake "k8s.io/client-go/kubernetes/fake"
	"sigs.k8s.io/controller-runtime/pkg/client"
	sigsyaml "sigs.k8s.io/yaml"
)

// Of this set nothing is on GitHub, so it has an instance of its own.
func TestTheMeshIsOneOfEachChartInEachCluster(t *testing.T) {
	settings, secret := argocd.Settings(webhookSecret)
	kubernetes := kubefake.NewClientset(settings, secret)
	for _, name := range clusters {
		require.NoError(t, kubernetes.Tracker().Add(argocd.Cluster(name)))
	}
	mesh, project := shippedSet(t, "mesh"), &v1alpha1.AppProject{}
	read(t, "argo-config", "apps/projects/mesh.yaml", project)
	instance, err := argocd.New(t.Context(), argocd.Options{Kubernetes: kubernetes, Objects: []client.Object{mesh, project}, Repositories: repositoryServer{}})
	require.NoError(t, err)

	said, err := instance.Reconcile(t.Context(), "mesh")
	require.NoError(t, err)
	require.Empty(t, said)

	made, err := instance.Applications(t.Context())
	require.NoError(t, err)
	found, versions := []string{}, map[string]bool{}
	for _, application := range made {
		require.Empty(t, refusals(t, instance, application.Spec), application.Name)
		require.NoError(t, sigsyaml.Unmarshal([]byte(application.Spec.Source.Helm.Values), &map[string]any{}), application.Name)
		versions[application.Spec.Source.TargetRevision] = true
		found = append(found, strings.Join([]string{application.Name, application.Spec.Source.Chart, application.Spec.Destination.Name, application.Spec.Destination.Namespace}, " "))
	}
	require.Equal(t, []string{
		"istio-base-production base production istio-system", "istio-base-sandbox base sandbox istio-system",
		"istio-cni-production cni production istio-system", "istio-cni-sandbox cni sandbox istio-system",
		"istio-istiod-production istiod production istio-system", "istio-istiod-sandbox istiod sandbox istio-system",
	}, found)
	require.Len(t, versions, 1, "parts of one Istio")
}

// A namespace that the mesh shall see says so, and that its pods may do no more than they must.
func TestNamespacesOfApplicationsAreTheMeshs(t *testing.T) {
	for _, name := range []string{"applications", "previews"} {
		require.Equal(t, map[string]string{
			"istio-injection": "enabled", "gateway-access": "edge", "pod-security.kubernetes.io/enforce": "restricted",
		}, shippedSet(t, name).Spec.Template.Spec.SyncPolicy.ManagedNamespaceMetadata.Labels)
	}
}
