package conformance

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/argoproj/argo-cd/v3/reposerver/apiclient"
	service "github.com/argoproj/argo-cd/v3/util/notification/argocd"
	"github.com/argoproj/argo-cd/v3/util/notification/settings"
	utiltls "github.com/argoproj/argo-cd/v3/util/tls"
	"github.com/argoproj/notifications-engine/pkg/api"
	"github.com/argoproj/notifications-engine/pkg/services"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	dynamicfake "k8s.io/client-go/dynamic/fake"
	kubefake "k8s.io/client-go/kubernetes/fake"
	"sigs.k8s.io/yaml"
)

const (
	shipped       = "../gitops/argo-config/argocd/"
	namespace     = "argocd"
	configMapName = "argocd-notifications-cm"
	secretName    = "argocd-notifications-secret"
	placeholder   = "https://hawser.example.com"
)

var (
	applications = schema.GroupVersionResource{Group: "argoproj.io", Version: "v1alpha1", Resource: "applications"}
	appProjects  = schema.GroupVersionResource{Group: "argoproj.io", Version: "v1alpha1", Resource: "appprojects"}
)

// configuration is what an administrator applies: the ConfigMap and the Secret.
type configuration struct {
	configMap *corev1.ConfigMap
	secret    *corev1.Secret
}

// shippedConfiguration reads the shipped files. The address is given as the token is: `$hawser-url`, which the engine
// itself replaces from the Secret.
func shippedConfiguration(t *testing.T, url string) configuration {
	c := configuration{&corev1.ConfigMap{}, &corev1.Secret{}}
	read(t, shipped+"notifications.yaml", c.configMap)
	read(t, shipped+"notifications-secret.example.yaml", c.secret)
	require.Equal(t, configMapName, c.configMap.Name)
	require.Equal(t, secretName, c.secret.Name)
	require.Equal(t, map[string]string{"hawser-token": "replace-me"}, c.secret.StringData)
	// An API server turns one into the other.
	c.secret.StringData = nil
	c.secret.Data = map[string][]byte{"hawser-token": []byte(hawserToken), "hawser-url": []byte(url)}
	c.edit(t, "service.webhook.hawser", placeholder, "$hawser-url")
	return c
}

func read(t *testing.T, file string, into any) {
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, yaml.UnmarshalStrict(text, into))
}

// edit replaces a text that must be there, so that a changed file does not quietly test nothing.
func (c configuration) edit(t *testing.T, key, old, text string) {
	require.Contains(t, c.configMap.Data[key], old)
	c.configMap.Data[key] = strings.Replace(c.configMap.Data[key], old, text, 1)
}

// argocd is Argo CD's side: its own service over API servers that are fakes.
type argocd struct {
	kubernetes *kubefake.Clientset
	dynamic    *dynamicfake.FakeDynamicClient
	service    service.Service
}

func newArgoCD(t *testing.T, c configuration) argocd {
	kubernetes := kubefake.NewClientset(c.configMap, c.secret)
	dynamic := dynamicfake.NewSimpleDynamicClientWithCustomListKinds(runtime.NewScheme(), map[schema.GroupVersionResource]string{
		applications: "ApplicationList", appProjects: "AppProjectList",
	}, project("default"), project("shop"))
	// Nobody listens there: the shipped template asks the repository server for nothing.
	repositories := apiclient.NewRepoServerClientset("127.0.0.1:1", 1, utiltls.Configuration{})
	s, err := service.NewArgoCDService(kubernetes, dynamic, namespace, repositories)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return argocd{kubernetes, dynamic, s}
}

func project(name string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject",
		"metadata": map[string]any{"name": name, "namespace": namespace},
	}}
}

// load does what the engine's factory does when a ConfigMap or Secret changes, and keeps the error, which that one logs.
func (c configuration) load(t *testing.T) (api.API, error) {
	config, err := api.ParseConfig(c.configMap, c.secret)
	if err != nil {
		return nil, err
	}
	factory := settings.GetFactorySettings(newArgoCD(t, c).service, secretName, configMapName, false)
	variables, err := factory.InitGetVars(config, c.configMap, c.secret)
	if err != nil {
		return nil, err
	}
	return api.NewAPI(*config, variables)
}

func newEngine(t *testing.T, url string) api.API {
	engine, err := shippedConfiguration(t, url).load(t)
	require.NoError(t, err)
	return engine
}

// fired lists the conditions that hold, as trigger[place].
func fired(t *testing.T, engine api.API, app map[string]any) []string {
	var names []string
	for _, trigger := range []string{"hawser-edge", "hawser-level", "hawser-deleted"} {
		results, err := engine.RunTrigger(trigger, app)
		require.NoError(t, err)
		for place, result := range results {
			if result.Triggered {
				require.Equal(t, []string{"hawser"}, result.Templates)
				names = append(names, fmt.Sprintf("%s[%d]", trigger, place))
			}
		}
	}
	return names
}

func send(engine api.API, app map[string]any) error {
	return engine.Send(app, []string{"hawser"}, services.Destination{Service: "hawser"})
}

var background = context.Background()

func TestTheEngineIsTheOneThatArgoCDPins(t *testing.T) {
	const engine = "github.com/argoproj/notifications-engine"
	pins, err := os.ReadFile(moduleOf(t, "github.com/argoproj/argo-cd/v3") + "/go.mod")
	require.NoError(t, err)

	version := strings.Split(moduleOf(t, engine), "@")[1]

	require.Contains(t, string(pins), engine+" "+version+"\n")
}
