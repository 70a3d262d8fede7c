package reference

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync/syncwaves"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

const deployment = "example-app-deployment"

// optionsOf is what the ApplicationSets set for an application's build.
func optionsOf(t *testing.T, name string) *v1alpha1.ApplicationSourceKustomize {
	for _, application := range expected(t) {
		if application.Name == here(name) {
			return application.Spec.Source.Kustomize
		}
	}
	require.Fail(t, "no set makes "+here(name))
	return nil
}

// asPreview is the same for pull request 7, were its branch's slug another.
func asPreview(t *testing.T, slug string) *v1alpha1.ApplicationSourceKustomize {
	options := optionsOf(t, "example-app-pr-7")
	require.Contains(t, options.CommonAnnotations, "github.com/branch-slug")
	options.CommonAnnotations["github.com/branch-slug"] = slug
	return options
}

func builtOK(t *testing.T, repository, folder string, options *v1alpha1.ApplicationSourceKustomize) []*unstructured.Unstructured {
	resources, err := built(t, repository, folder, options)
	require.NoError(t, err)
	return resources
}

func TestAPreviewHasANumberInEveryNameAndAllButOneRouteInItsOwnNamespace(t *testing.T) {
	found := []string{}
	for _, resource := range builtOK(t, copied(t, deployment), "overlays/preview", asPreview(t, "feat-basket")) {
		require.Empty(t, faultsOf(t, resource), "%s %s", resource.GetKind(), resource.GetName())
		// A ConfigMap's name ends with the hash of what it holds.
		name := regexp.MustCompile(`-[a-z0-9]{10}$`).ReplaceAllString(resource.GetName(), "-HASH")
		found = append(found, fmt.Sprintf("%s %s/%s", resource.GetKind(), resource.GetNamespace(), name))
	}

	require.ElementsMatch(t, strings.Split(here(strings.Join([]string{
		"Namespace /example-app-pr-7",
		"ServiceAccount example-app-pr-7/example-app-pr-7",
		"ConfigMap example-app-pr-7/example-app-pr-7-HASH",
		"Service example-app-pr-7/example-app-pr-7",
		"Deployment example-app-pr-7/example-app-pr-7",
		"HTTPRoute example-app-pr-7/example-app-edge-pr-7",
		"HTTPRoute example-app-sandbox/example-app-mesh-pr-7",
		"ReferenceGrant example-app-pr-7/example-app-pr-7",
	}, "\n")), "\n"), found)
}

func TestAPreviewsRoutesHangOnWhatIsSharedAndLeadToThePreview(t *testing.T) {
	resources := builtOK(t, copied(t, deployment), "overlays/preview", asPreview(t, "feat-basket"))
	edge, mesh := one(t, resources, "HTTPRoute", "example-app-edge-pr-7"), one(t, resources, "HTTPRoute", "example-app-mesh-pr-7")

	rules := `rules: [{
		matches: [{
			path: {type: PathPrefix, value: /},
			headers: [{name: baggage, type: RegularExpression,
				value: '^(?:.*,)?\s*preview\s*=(?:\s*feat-basket\s*|\s*pr-7-example-app\s*)(?:;[^,]*)?(?:,.*)?$'}]
		}],
		backendRefs: [{name: example-app-pr-7, namespace: example-app-pr-7, port: 80}]
	}]`
	require.YAMLEq(t, here(`{
		parentRefs: [
			{group: gateway.networking.k8s.io, kind: Gateway, name: edge, namespace: gateway},
			{group: gateway.networking.k8s.io, kind: Gateway, name: previews, namespace: gateway}],
		hostnames: [example-app.sandbox.example.com, '*.example-preview.dev'],`+rules+`}`), inYAML(t, edge, "spec"))
	require.YAMLEq(t, here(`{
		parentRefs: [{group: '', kind: Service, name: example-app, namespace: example-app-sandbox}],`+rules+`}`), inYAML(t, mesh, "spec"))
}

func inYAML(t *testing.T, resource *unstructured.Unstructured, field string) string {
	text, err := json.Marshal(resource.Object[field])
	require.NoError(t, err)
	return string(text)
}

func TestOfAShippedPreviewsRoutesNothingIsWrong(t *testing.T) {
	require.Empty(t, routeFaults(t, copied(t, deployment)))
}

// Each of these is built without a complaint, and routes wrongly.
func TestAMistakeInTheRoutesIsFound(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(t *testing.T, repository string)
		fault string
	}{
		"without names.yaml": {func(t *testing.T, repository string) {
			edit(t, repository, "components/routes-preview/kustomization.yaml", "configurations:\n  - names.yaml\n", "")
		}, "example-app-edge-pr-7 leads to example-app, which is no Service of the preview"},
		"a mesh route that stays with the preview": {func(t *testing.T, repository string) {
			edit(t, repository, "overlays/preview/replacements.yaml", "fieldPaths: [metadata.namespace]", `fieldPaths: ["metadata.annotations.nothing"]
      options: { create: true }`)
		}, "example-app-mesh-pr-7 is in example-app-pr-7, and its Service in example-app-sandbox"},
		"a path that only the stable route knows": {func(t *testing.T, repository string) {
			edit(t, repository, "components/routes-stable/edge.yaml", "        - path: { type: PathPrefix, value: / }\n",
				"        - path: { type: PathPrefix, value: / }\n        - path: { type: PathPrefix, value: /api }\n")
		}, "example-app-edge-pr-7 doesn't match what example-app-edge does"},
		"a match without the header": {func(t *testing.T, repository string) {
			edit(t, repository, "components/routes-preview/mesh.yaml", "      backendRefs:\n",
				"        - path: { type: PathPrefix, value: /api }\n      backendRefs:\n")
		}, "example-app-mesh-pr-7 has a match with 0 headers more than the stable one"},
		"a host that only one of them has": {func(t *testing.T, repository string) {
			edit(t, repository, "overlays/preview/kustomization.yaml", `, "*.example-preview.dev"]`, "]")
		}, "example-app-edge-pr-7 has other hosts than example-app-edge"},
		"routes that come with the rest": {func(t *testing.T, repository string) {
			edit(t, repository, "components/routes-preview/edge.yaml", `argocd.argoproj.io/sync-wave: "1"`, `example.com/wave: "1"`)
		}, "example-app-edge-pr-7 doesn't come after the Deployment"},
	} {
		t.Run(name, func(t *testing.T) {
			repository := copied(t, deployment)
			test.spoil(t, repository)

			require.Contains(t, routeFaults(t, repository), here(test.fault))
		})
	}
}

// That mistake can't be built: the replacements miss the header.
func TestAPreviewWithTheStableRoutesIsNotBuilt(t *testing.T) {
	repository := copied(t, deployment)
	edit(t, repository, "overlays/preview/kustomization.yaml", "components/routes-preview", "components/routes-stable")

	_, err := built(t, repository, "overlays/preview", asPreview(t, "feat-basket"))

	require.ErrorContains(t, err, "unable to find field")
}

// routeFaults compares a preview's routes with the shared environment's.
func routeFaults(t *testing.T, repository string) []string {
	stable := builtOK(t, repository, "overlays/sandbox", nil)
	preview := builtOK(t, repository, "overlays/preview", asPreview(t, "feat-basket"))
	services := map[string]bool{}
	last := 0
	for _, resource := range preview {
		switch resource.GetKind() {
		case "Service":
			services[resource.GetName()] = true
		case "Deployment":
			last = max(last, syncwaves.Wave(resource))
		}
	}
	faults := []string{}
	say := func(format string, values ...any) { faults = append(faults, fmt.Sprintf(format, values...)) }
	for _, resource := range preview {
		if resource.GetKind() != "HTTPRoute" {
			continue
		}
		name := resource.GetName()
		route := typed(t, resource)
		shared := one(t, stable, "HTTPRoute", strings.TrimSuffix(name, "-pr-7"))
		theirs := typed(t, shared)
		if syncwaves.Wave(resource) <= last {
			say("%s doesn't come after the Deployment", name)
		}
		for _, parent := range route.Spec.ParentRefs {
			if *parent.Kind == "Service" && string(*parent.Namespace) != route.Namespace {
				say("%s is in %s, and its Service in %s", name, route.Namespace, *parent.Namespace)
			}
		}
		if fmt.Sprint(route.Spec.Hostnames) != fmt.Sprint(theirs.Spec.Hostnames) {
			say("%s has other hosts than %s", name, theirs.Name)
		}
		for _, rule := range route.Spec.Rules {
			for _, backend := range rule.BackendRefs {
				if !services[string(backend.Name)] {
					say("%s leads to %s, which is no Service of the preview", name, backend.Name)
				}
			}
		}
		stables, previews := matchesOf(t, theirs), matchesOf(t, route)
		for match, headers := range previews {
			if headers != stables[match]+1 {
				say("%s has a match with %d headers more than the stable one", name, headers-stables[match])
			}
		}
		for match := range stables {
			if _, ok := previews[match]; !ok {
				say("%s doesn't match what %s does", name, theirs.Name)
			}
		}
	}
	return faults
}

func typed(t *testing.T, resource *unstructured.Unstructured) (route gatewayv1.HTTPRoute) {
	text, err := json.Marshal(resource.Object)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &route))
	return route
}

// matchesOf has each match without its baggage header, and how many headers it has with it.
func matchesOf(t *testing.T, route gatewayv1.HTTPRoute) map[string]int {
	found := map[string]int{}
	for _, rule := range route.Spec.Rules {
		for _, match := range rule.Matches {
			headers := len(match.Headers)
			rest := match
			rest.Headers = nil
			for _, header := range match.Headers {
				if header.Name != "baggage" {
					rest.Headers = append(rest.Headers, header)
				}
			}
			text, err := json.Marshal(rest)
			require.NoError(t, err)
			found[string(text)] = headers
		}
	}
	return found
}

// Go's expressions are RE2, as Envoy's are. Istio and Linkerd take the whole value, Traefik whatever fits somewhere in it.
func TestAPreviewAnswersToItsSlugAndItsNameAndNothingElse(t *testing.T) {
	for slug, test := range map[string]struct{ answers, passes []string }{
		"feat-basket": {
			answers: []string{
				"preview=feat-basket", "preview=pr-7-example-app", "a=1,preview=feat-basket", "preview=feat-basket,b=2;p", "preview = feat-basket ; ttl=1 , b=2",
				"a=1;p=2 , preview=pr-7-example-app", "preview=feat-basket,preview=other",
			},
			passes: []string{
				"", "preview=", "preview=other", "preview=feat-basket-2", "preview=feat", "mypreview=feat-basket", "preview=feat-basket=1",
				"a=1;preview=feat-basket", "Preview=feat-basket", "preview=pr-7-example-app-2", "preview=pr-70-example-app", "feature=feat-basket", "a=preview=feat-basket",
			},
		},
		"feat":                  {answers: []string{"preview=feat"}, passes: []string{"preview=feat-basket", "preview=features"}},
		strings.Repeat("a", 50): {answers: []string{"preview=" + strings.Repeat("a", 50)}, passes: []string{"preview=" + strings.Repeat("a", 49)}},
	} {
		resources := builtOK(t, copied(t, deployment), "overlays/preview", asPreview(t, slug))
		for _, name := range []string{"example-app-edge-pr-7", "example-app-mesh-pr-7"} {
			value := typed(t, one(t, resources, "HTTPRoute", name)).Spec.Rules[0].Matches[0].Headers[0].Value
			somewhere, whole := regexp.MustCompile(value), regexp.MustCompile(`\A(?:`+value+`)\z`)
			for _, baggage := range test.answers {
				require.True(t, somewhere.MatchString(here(baggage)) && whole.MatchString(here(baggage)), "%s: %q", name, baggage)
			}
			for _, baggage := range test.passes {
				require.False(t, somewhere.MatchString(here(baggage)) || whole.MatchString(here(baggage)), "%s: %q", name, baggage)
			}
		}
	}
}

func TestAnImageIsPinnedByItsOverlayAlone(t *testing.T) {
	for name, test := range map[string]struct{ folder, pinned string }{
		"":                       {"base", `^ghcr\.io/example-org/example-app$`},
		"example-app-production": {"overlays/production", `^ghcr\.io/example-org/example-app:v\d+\.\d+\.\d+$`},
		"example-app-sandbox":    {"overlays/sandbox", `^ghcr\.io/example-org/example-app:[0-9a-f]{40}$`},
		"example-app-pr-7":       {"overlays/preview", `^ghcr\.io/example-org/example-app:a{40}$`},
	} {
		var options *v1alpha1.ApplicationSourceKustomize
		if name != "" {
			options = optionsOf(t, name)
		}
		images := []string{}
		for _, resource := range builtOK(t, copied(t, deployment), test.folder, options) {
			containers, _, err := unstructured.NestedSlice(resource.Object, "spec", "template", "spec", "containers")
			require.NoError(t, err)
			for _, container := range containers {
				images = append(images, container.(map[string]any)["image"].(string))
			}
		}
		require.Len(t, images, 1)
		require.Regexp(t, here(test.pinned), images[0])
	}
}

// Nobody outside chooses where a request of production goes, and no preview can be asked for at its hosts.
func TestProductionTakesNoBaggageFromOutside(t *testing.T) {
	edge := typed(t, one(t, builtOK(t, copied(t, deployment), "overlays/production", nil), "HTTPRoute", "example-app-edge"))

	require.Equal(t, []gatewayv1.Hostname{gatewayv1.Hostname(here("example-app.example.com"))}, edge.Spec.Hostnames)
	for _, rule := range edge.Spec.Rules {
		require.Len(t, rule.Filters, 1)
		require.Equal(t, []string{"baggage"}, rule.Filters[0].RequestHeaderModifier.Remove)
	}
}
