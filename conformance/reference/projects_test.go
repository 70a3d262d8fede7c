package reference

import (
	"strings"
	"testing"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/util/argo"
	"github.com/argoproj/argo-cd/v3/util/rbac"
	"github.com/stretchr/testify/require"
	"hawser.example/conformance/argocd"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	kubefake "k8s.io/client-go/kubernetes/fake"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

func projectOf(t *testing.T, instance *argocd.Instance, name string) *v1alpha1.AppProject {
	project := &v1alpha1.AppProject{}
	require.NoError(t, instance.Get(t.Context(), client.ObjectKey{Namespace: argocd.Namespace, Name: name}, project))
	return project
}

// refusals is what Argo CD says of an Application before it does anything for it.
func refusals(t *testing.T, instance *argocd.Instance, spec v1alpha1.ApplicationSpec) []string {
	conditions, err := argo.ValidatePermissions(t.Context(), &spec, projectOf(t, instance, spec.Project), instance.DB)
	require.NoError(t, err)
	said := []string{}
	for _, condition := range conditions {
		said = append(said, condition.Message)
	}
	return said
}

func TestEveryApplicationThatTheSetsMakeIsPermittedByItsProject(t *testing.T) {
	instance := newInstance(t, everything(t))
	reconcile(t, instance)
	made, err := instance.Applications(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, made)
	for _, application := range made {
		require.Empty(t, refusals(t, instance, application.Spec), application.Name)
	}
	for _, path := range []string{"bootstrap/apps.yaml", "apps/argocd.yaml"} {
		application := &v1alpha1.Application{}
		read(t, "argo-config", path, application)
		require.Empty(t, refusals(t, instance, application.Spec), path)
	}
}

func TestAProjectRefusesWhatIsNotIts(t *testing.T) {
	instance := newInstance(t, everything(t))
	for name, test := range map[string]struct{ project, repository, cluster, namespace, refused string }{
		"a preview in production's cluster":           {"previews", "example-app-deployment", "production", "example-app-pr-7", "destination"},
		"a preview in production's namespace":         {"previews", "example-app-deployment", "sandbox", "example-app-production", "destination"},
		"a preview in a namespace of the system":      {"previews", "example-app-deployment", "sandbox", "kube-system", "destination"},
		"a preview of an application's own manifests": {"previews", "example-app", "sandbox", "example-app-pr-7", "repo"},
		"a preview of an add-on":                      {"previews", "gateway-api-addon", "sandbox", "example-app-pr-7", "repo"},
		"sandbox's namespace in production's cluster": {"applications", "example-app-deployment", "production", "example-app-sandbox", "destination"},
		"production's in sandbox's cluster":           {"applications", "example-app-deployment", "sandbox", "example-app-production", "destination"},
		"an application in Argo CD's namespace":       {"applications", "example-app-deployment", "production", "argocd", "destination"},
		"an application that calls itself an add-on":  {"addons", "example-app-deployment", "production", "gateway", "repo"},
		"an add-on in an application's namespace":     {"addons", "gateway-api-addon", "production", "example-app-production", "destination"},
		"this repository in another namespace":        {"argo-config", "argo-config", "in-cluster", "kube-system", "destination"},
		"another repository in this one's":            {"argo-config", "example-app-deployment", "in-cluster", "argocd", "repo"},
	} {
		t.Run(name, func(t *testing.T) {
			spec := v1alpha1.ApplicationSpec{
				Project:     test.project,
				Source:      &v1alpha1.ApplicationSource{RepoURL: here("https://github.com/example-org/" + test.repository + ".git"), Path: "overlays/preview"},
				Destination: v1alpha1.ApplicationDestination{Name: test.cluster, Namespace: here(test.namespace)},
			}
			said := refusals(t, instance, spec)
			require.Len(t, said, 1, said)
			require.Contains(t, said[0], map[string]string{
				"repo": "is not permitted in project", "destination": "do not match any of the allowed destinations in project",
			}[test.refused])
		})
	}
}

func TestAProjectTakesNoRepositoryOfAnotherOrganisation(t *testing.T) {
	instance := newInstance(t, everything(t))
	for _, name := range []string{"argo-config", "applications", "previews", "addons"} {
		for _, url := range []string{
			"https://github.com/somebody/example-app-deployment", "https://github.com/somebody/gateway-api-addon",
			here("https://github.com/example-org/deeper/example-app-deployment"), here("https://evil.example/github.com/example-org/example-app-deployment"),
		} {
			require.False(t, projectOf(t, instance, name).IsSourcePermitted(v1alpha1.ApplicationSource{RepoURL: url}), "%s %s", name, url)
		}
	}
}

// As the controller asks before it applies a resource.
func TestAProjectAllowsTheseKindsAndNoOther(t *testing.T) {
	instance := newInstance(t, everything(t))
	type resource struct{ group, kind, name, namespace string }
	for name, test := range map[string]struct {
		project, cluster string
		resource         resource
		allowed          bool
	}{
		"a preview's Deployment":            {"previews", "sandbox", resource{"apps", "Deployment", "a", "example-app-pr-7"}, true},
		"a preview's mesh route":            {"previews", "sandbox", resource{"gateway.networking.k8s.io", "HTTPRoute", "a", "example-app-sandbox"}, true},
		"a preview's namespace":             {"previews", "sandbox", resource{"", "Namespace", "example-app-pr-7", ""}, true},
		"sandbox's namespace, of a preview": {"previews", "sandbox", resource{"", "Namespace", "example-app-sandbox", ""}, false},
		"a preview's Secret":                {"previews", "sandbox", resource{"", "Secret", "a", "example-app-pr-7"}, false},
		"a preview's role":                  {"previews", "sandbox", resource{"rbac.authorization.k8s.io", "Role", "a", "example-app-pr-7"}, false},
		"a preview's cluster role":          {"previews", "sandbox", resource{"rbac.authorization.k8s.io", "ClusterRole", "a", ""}, false},
		"a preview's job":                   {"previews", "sandbox", resource{"batch", "CronJob", "a", "example-app-pr-7"}, false},
		"a preview's volume":                {"previews", "sandbox", resource{"", "PersistentVolumeClaim", "a", "example-app-pr-7"}, false},
		"a preview's Application":           {"previews", "sandbox", resource{"argoproj.io", "Application", "a", "example-app-pr-7"}, false},
		"an application's Deployment":       {"applications", "production", resource{"apps", "Deployment", "a", "example-app-production"}, true},
		"an application's Secret":           {"applications", "production", resource{"", "Secret", "a", "example-app-production"}, false},
		"an application's role":             {"applications", "production", resource{"rbac.authorization.k8s.io", "RoleBinding", "a", "example-app-production"}, false},
		"an application's definition":       {"applications", "production", resource{"apiextensions.k8s.io", "CustomResourceDefinition", "a", ""}, false},
		"an add-on's definition":            {"addons", "production", resource{"apiextensions.k8s.io", "CustomResourceDefinition", "a", ""}, true},
		"an add-on's namespace":             {"addons", "production", resource{"", "Namespace", "gateway", ""}, true},
		"the system's namespace":            {"addons", "production", resource{"", "Namespace", "kube-system", ""}, false},
		"an add-on's Secret":                {"addons", "production", resource{"", "Secret", "a", "gateway"}, false},
		"a set of this repository":          {"argo-config", "in-cluster", resource{"argoproj.io", "ApplicationSet", "a", "argocd"}, true},
		"a Deployment of this repository":   {"argo-config", "in-cluster", resource{"apps", "Deployment", "a", "argocd"}, false},
		"a cluster's credentials, of this":  {"argo-config", "in-cluster", resource{"", "Secret", "a", "argocd"}, false},
		"a cluster role of this repository": {"argo-config", "in-cluster", resource{"rbac.authorization.k8s.io", "ClusterRole", "a", ""}, false},
	} {
		t.Run(name, func(t *testing.T) {
			cluster, err := instance.Destination(t.Context(), v1alpha1.ApplicationDestination{Name: test.cluster})
			require.NoError(t, err)
			allowed, err := projectOf(t, instance, test.project).IsResourcePermitted(
				schema.GroupKind{Group: test.resource.group, Kind: test.resource.kind}, test.resource.name, here(test.resource.namespace),
				cluster, nil)
			require.NoError(t, err)
			require.Equal(t, test.allowed, allowed)
		})
	}
}

func TestNoProjectSaysEverything(t *testing.T) {
	instance := newInstance(t, everything(t))
	for _, name := range []string{"argo-config", "applications", "previews", "addons"} {
		spec := projectOf(t, instance, name).Spec
		for _, destination := range spec.Destinations {
			require.NotEqual(t, "*", destination.Name, name)
			require.NotEqual(t, "*", destination.Server, name)
			require.NotEqual(t, "*", destination.Namespace, name)
		}
		for _, each := range spec.SourceRepos {
			require.True(t, strings.HasPrefix(each, here("https://github.com/example-org/")), each)
		}
		for _, each := range spec.NamespaceResourceWhitelist {
			require.NotContains(t, each.Group+each.Kind, "*", name)
		}
		for _, each := range spec.ClusterResourceWhitelist {
			require.NotContains(t, each.Group+each.Kind, "*", name)
		}
		// None at all would be every one of them.
		require.NotEmpty(t, spec.NamespaceResourceWhitelist, name)
	}
}

// Argo CD's own enforcer, with the shipped policies of projects and of the account that Hawser calls as.
func TestWhoMayDoWhat(t *testing.T) {
	instance := newInstance(t, everything(t))
	enforcer := rbac.NewEnforcer(kubefake.NewClientset(), argocd.Namespace, "argocd-rbac-cm", nil)
	require.NoError(t, enforcer.SetUserPolicy(shippedConfigMap(t, "refresh/argocd-rbac-cm.yaml").Data["policy.hawser.csv"]))
	policies := func(name string) string { return projectOf(t, instance, name).ProjectPoliciesString() }
	developers := here("example-org") + ":developers"
	for _, test := range []struct {
		who, action, project, application string
		allowed                           bool
	}{
		{"hawser", "get", "argo-config", "apps", true},
		{"hawser", "action/argoproj.io/ApplicationSet/refresh", "argo-config", "apps", true},
		{"hawser", "sync", "argo-config", "apps", false},
		{"hawser", "update", "argo-config", "apps", false},
		{"hawser", "action/argoproj.io/ApplicationSet/other", "argo-config", "apps", false},
		{"hawser", "get", "applications", "example-app-production", false},
		{developers, "get", "applications", "example-app-production", true},
		{developers, "sync", "applications", "example-app-production", false},
		{developers, "sync", "applications", "example-app-sandbox", true},
		{developers, "delete", "applications", "example-app-sandbox", false},
		{developers, "get", "previews", "example-app-pr-7", true},
		{developers, "sync", "previews", "example-app-pr-7", true},
		{developers, "delete", "previews", "example-app-pr-7", false},
		{developers, "get", "addons", "gateway-api-addon-production", false},
		{developers, "get", "argo-config", "apps", false},
	} {
		allowed := enforcer.EnforceRuntimePolicy(test.project, policies(test.project), test.who, "applications", test.action,
			test.project+"/"+here(test.application))
		require.Equal(t, test.allowed, allowed, "%s %s %s", test.who, test.action, test.application)
	}
}

func unstructuredOf(t *testing.T, object runtime.Object) *unstructured.Unstructured {
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	require.NoError(t, err)
	return &unstructured.Unstructured{Object: fields}
}
