package reference

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// collector is OpenTelemetry's, with the parts that the configuration names, built once.
var collector = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(tools, "collector")
	build := exec.Command("go", "build", "-o", binary, ".")
	build.Dir = "../collector"
	return binary, build.Run()
})

// takes is what the collector says of a configuration, with the variables that a cluster's overlay gives it.
func takes(t *testing.T, configuration string, variables map[string]string) string {
	binary, err := collector()
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "config.yaml")
	require.NoError(t, os.WriteFile(file, []byte(configuration), 0o644))
	validate := exec.Command(binary, "validate", "--config=file:"+file)
	for name, value := range variables {
		validate.Env = append(validate.Env, name+"="+value)
	}
	said, err := validate.CombinedOutput()
	if err != nil {
		require.NotEmpty(t, said)
	}
	return string(said)
}

// The ConfigMap whose name begins with this one: a hash of what it holds follows.
func configMap(t *testing.T, resources []*unstructured.Unstructured, name string) (found corev1.ConfigMap) {
	for _, resource := range resources {
		if resource.GetKind() == "ConfigMap" && strings.HasPrefix(resource.GetName(), name+"-") {
			require.NoError(t, runtime.DefaultUnstructuredConverter.FromUnstructured(resource.Object, &found))
		}
	}
	require.NotEmpty(t, found.Data, name)
	return found
}

func TestTheCollectorTakesItsConfigurationInEveryCluster(t *testing.T) {
	for _, cluster := range []string{"production", "sandbox"} {
		resources := builtOK(t, copied(t, "opentelemetry-addon"), "overlays/"+cluster, nil)
		configuration, variables := configMap(t, resources, "collector").Data["config.yaml"], configMap(t, resources, "cluster").Data

		require.Equal(t, cluster, variables["CLUSTER"])
		require.Empty(t, takes(t, configuration, variables))
		require.Contains(t, takes(t, configuration, map[string]string{"CLUSTER": cluster}), "endpoint")
		require.Contains(t, takes(t, strings.Replace(configuration, "batch: {}", "batches: {}", 1), variables), "batches")
	}
}

func TestTheCollectorsImageIsOfTheVersionThatHasTakenItsConfiguration(t *testing.T) {
	list := exec.Command("go", "list", "-m", "-f", "{{.Version}}", "go.opentelemetry.io/collector/otelcol")
	list.Dir = "../collector"
	version, err := list.Output()
	require.NoError(t, err)
	for _, cluster := range []string{"production", "sandbox"} {
		deployment := one(t, builtOK(t, copied(t, "opentelemetry-addon"), "overlays/"+cluster, nil), "Deployment", "collector")
		containers, _, err := unstructured.NestedSlice(deployment.Object, "spec", "template", "spec", "containers")
		require.NoError(t, err)
		image := containers[0].(map[string]any)["image"]
		require.Regexp(t, "^otel/opentelemetry-collector:"+strings.TrimSpace(string(version))[1:]+"@sha256:[0-9a-f]{64}$", image)
	}
}

// Applications send to the Service, by the name that their base holds.
func TestApplicationsKnowWhereTheCollectorIs(t *testing.T) {
	for overlay, cluster := range map[string]string{"production": "production", "sandbox": "sandbox", "preview": "sandbox"} {
		service := one(t, builtOK(t, copied(t, "opentelemetry-addon"), "overlays/"+cluster, nil), "Service", "collector")
		said := configMap(t, builtOK(t, copied(t, deployment), "overlays/"+overlay, nil), here("example-app")).Data

		require.Equal(t, "http://"+service.GetName()+"."+service.GetNamespace()+":4318", said["OTEL_EXPORTER_OTLP_ENDPOINT"])
	}
}

func gateway(t *testing.T, resources []*unstructured.Unstructured, name string) (found gatewayv1.Gateway) {
	require.NoError(t, runtime.DefaultUnstructuredConverter.FromUnstructured(one(t, resources, "Gateway", name).Object, &found))
	return found
}

// For each host of an application's routes there is a listener that takes it from the namespace the application is in.
func TestTheGatewaysTakeTheRoutesOfTheirCluster(t *testing.T) {
	sets := map[string]string{"production": "applications", "sandbox": "applications", "preview": "previews"}
	for overlay, set := range sets {
		cluster := map[string]string{"production": "production"}[overlay]
		if cluster == "" {
			cluster = "sandbox"
		}
		applicationSet := v1alpha1.ApplicationSet{}
		read(t, "argo-config", "apps/"+set+".yaml", &applicationSet)
		namespace := applicationSet.Spec.Template.Spec.SyncPolicy.ManagedNamespaceMetadata.Labels
		addon := builtOK(t, copied(t, "gateway-api-addon"), "overlays/"+cluster, nil)
		for _, resource := range builtOK(t, copied(t, deployment), "overlays/"+overlay, nil) {
			switch {
			case resource.GetKind() == "Namespace":
				require.Equal(t, namespace, resource.GetLabels(), "what Argo CD would make without it")
			case resource.GetKind() == "HTTPRoute":
				route := typed(t, resource)
				for _, host := range route.Spec.Hostnames {
					require.True(t, isTaken(t, route, host, namespace, addon), "%s: %s", overlay, host)
				}
			}
		}
	}
}

func isTaken(t *testing.T, route gatewayv1.HTTPRoute, host gatewayv1.Hostname, namespace map[string]string, addon []*unstructured.Unstructured) bool {
	for _, parent := range route.Spec.ParentRefs {
		gateway := gateway(t, addon, string(parent.Name))
		require.Equal(t, string(*parent.Namespace), gateway.Namespace)
		for _, listener := range gateway.Spec.Listeners {
			if listener.Hostname == nil || *listener.AllowedRoutes.Namespaces.From != gatewayv1.NamespacesFromSelector {
				continue
			}
			selector, err := metav1.LabelSelectorAsSelector(listener.AllowedRoutes.Namespaces.Selector)
			require.NoError(t, err)
			wildcard := strings.TrimPrefix(string(*listener.Hostname), "*")
			fits := *listener.Hostname == host || strings.HasSuffix(string(host), wildcard) && len(host) > len(wildcard)
			if fits && selector.Matches(labels.Set(namespace)) {
				return true
			}
		}
	}
	return false
}

// Who reaches a preview past the router could choose it by a header, and pass by whatever guards the zone.
func TestPreviewsHaveAWayInOfTheirOwnForTheRouterAlone(t *testing.T) {
	zone := here("example-preview.dev")
	for _, cluster := range []string{"production", "sandbox"} {
		for _, resource := range builtOK(t, copied(t, "gateway-api-addon"), "overlays/"+cluster, nil) {
			if resource.GetKind() != "Gateway" {
				continue
			}
			found := gateway(t, []*unstructured.Unstructured{resource}, resource.GetName())
			hasPreviews, hasOthers := false, false
			for _, listener := range found.Spec.Listeners {
				isPreviews := listener.Hostname != nil && strings.HasSuffix(string(*listener.Hostname), zone)
				hasPreviews, hasOthers = hasPreviews || isPreviews, hasOthers || !isPreviews
			}
			require.False(t, hasPreviews && (hasOthers || cluster == "production"), found.Name)
			if hasPreviews {
				validation := found.Spec.TLS.Frontend.Default.Validation
				require.Len(t, validation.CACertificateRefs, 1)
				require.NotEqual(t, gatewayv1.AllowInsecureFallback, validation.Mode)
			}
		}
	}
}
