package reference

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	sigsyaml "sigs.k8s.io/yaml"
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
		"HTTPRoute example-app-pr-7/example-app-previews-pr-7",
		"HTTPRoute example-app-sandbox/example-app-mesh-pr-7",
		"ReferenceGrant example-app-pr-7/example-app-pr-7",
	}, "\n")), "\n"), found)
}

func TestAPreviewsRoutesHangOnWhatIsSharedAndLeadToThePreview(t *testing.T) {
	resources := builtOK(t, copied(t, deployment), "overlays/preview", asPreview(t, "feat-basket"))
	previews, mesh := one(t, resources, "HTTPRoute", "example-app-previews-pr-7"), one(t, resources, "HTTPRoute", "example-app-mesh-pr-7")

	rules := `rules: [{
		matches: [{
			path: {type: PathPrefix, value: /},
			headers: [{name: baggage, type: RegularExpression,
				value: '^(?:.*,)?\s*preview\s*=(?:\s*feat-basket\s*|\s*pr-7-example-app\s*)(?:;[^,]*)?(?:,.*)?$'}]
		}],
		backendRefs: [{name: example-app-pr-7, namespace: example-app-pr-7, port: 80}]
	}]`
	require.YAMLEq(t, here(`{
		parentRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: previews, namespace: gateway}],
		hostnames: ['*.example-preview.dev'],`+rules+`}`), inYAML(t, previews, "spec"))
	require.YAMLEq(t, here(`{
		parentRefs: [{group: '', kind: Service, name: example-app, namespace: example-app-sandbox}],`+rules+`}`), inYAML(t, mesh, "spec"))
}

// exactly is the repository where the overlay takes the component for a mesh without expressions: one line of it is another.
func exactly(t *testing.T) string {
	repository := copied(t, deployment)
	edit(t, repository, "overlays/preview/kustomization.yaml", "components/routes-preview\n", "components/routes-preview-exact\n")
	return repository
}

func TestWithoutExpressionsEachNameOfAPreviewHasAMatchOfItsOwn(t *testing.T) {
	byExpression := builtOK(t, copied(t, deployment), "overlays/preview", asPreview(t, "feat-basket"))
	resources := builtOK(t, exactly(t), "overlays/preview", asPreview(t, "feat-basket"))

	require.Len(t, resources, len(byExpression))
	for _, other := range byExpression {
		resource := one(t, resources, other.GetKind(), other.GetName())
		require.Empty(t, faultsOf(t, resource), "%s %s", resource.GetKind(), resource.GetName())
		if resource.GetKind() != "HTTPRoute" {
			require.Equal(t, other, resource)
			continue
		}
		rules, _, _ := unstructured.NestedSlice(resource.Object, "spec", "rules")
		wanted := here(`[
			{path: {type: PathPrefix, value: /}, headers: [{name: baggage, type: Exact, value: preview=feat-basket}]},
			{path: {type: PathPrefix, value: /}, headers: [{name: baggage, type: Exact, value: preview=pr-7-example-app}]}]`)
		require.Len(t, rules, 1)
		require.YAMLEq(t, wanted, inYAML(t, &unstructured.Unstructured{Object: rules[0].(map[string]any)}, "matches"))

		// All else is as it is with the expression.
		theirs, _, _ := unstructured.NestedSlice(other.Object, "spec", "rules")
		rules[0].(map[string]any)["matches"] = theirs[0].(map[string]any)["matches"]
		require.NoError(t, unstructured.SetNestedSlice(resource.Object, rules, "spec", "rules"))
		unstructured.RemoveNestedField(resource.Object, "metadata", "annotations", "github.com/preview-match")
		require.Equal(t, other, resource)
	}
}

// A Gateway that takes no expressions may stand before a mesh that does.
func TestOneSideOfAPreviewMayBeAskedExactlyAndTheOtherByTheExpression(t *testing.T) {
	repository := exactly(t)
	edit(t, repository, "components/routes-preview-exact/kustomization.yaml", "{ kind: HTTPRoute }", "{ kind: HTTPRoute, name: example-app-previews }")

	resources := builtOK(t, repository, "overlays/preview", asPreview(t, "feat-basket"))

	for name, kind := range map[string]gatewayv1.HeaderMatchType{
		"example-app-previews-pr-7": gatewayv1.HeaderMatchExact, "example-app-mesh-pr-7": gatewayv1.HeaderMatchRegularExpression,
	} {
		require.Equal(t, kind, *typed(t, one(t, resources, "HTTPRoute", name)).Spec.Rules[0].Matches[0].Headers[0].Type)
	}
	require.Empty(t, linted(t, repository))
}

func inYAML(t *testing.T, resource *unstructured.Unstructured, field string) string {
	text, err := json.Marshal(resource.Object[field])
	require.NoError(t, err)
	return string(text)
}

func TestOfAShippedPreviewsRoutesNothingIsWrong(t *testing.T) {
	require.Empty(t, linted(t, copied(t, deployment)))
	require.Empty(t, linted(t, exactly(t)))
}

// Each of these is built without a complaint, and routes wrongly.
func TestAMistakeInTheRoutesIsFound(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(t *testing.T, repository string)
		fault string
	}{
		"without names.yaml": {func(t *testing.T, repository string) {
			edit(t, repository, "components/routes-preview/kustomization.yaml", "configurations:\n  - names.yaml\n", "")
		}, "HTTPRoute example-app-previews-pr-7: leads to example-app, and not to example-app-pr-7"},
		"a mesh route that stays with the preview": {func(t *testing.T, repository string) {
			edit(t, repository, "overlays/preview/replacements.yaml", "fieldPaths: [metadata.namespace]", `fieldPaths: ["metadata.annotations.nothing"]
      options: { create: true }`)
		}, "HTTPRoute example-app-mesh-pr-7: is in namespace example-app-pr-7, and its Service in example-app-sandbox"},
		"a path that only the stable route knows": {func(t *testing.T, repository string) {
			edit(t, repository, "components/way-in/previews.yaml", "        - path: { type: PathPrefix, value: / }\n",
				"        - path: { type: PathPrefix, value: / }\n        - path: { type: PathPrefix, value: /api }\n")
		}, "HTTPRoute example-app-previews-pr-7: has no match for /api, which is stable"},
		"a match without the header": {func(t *testing.T, repository string) {
			edit(t, repository, "components/routes-preview/mesh.yaml", "      backendRefs:\n",
				"        - path: { type: PathPrefix, value: /api }\n      backendRefs:\n")
		}, "HTTPRoute example-app-mesh-pr-7: takes /api without asking for a preview"},
		"a host that only one of them has": {func(t *testing.T, repository string) {
			edit(t, repository, "components/routes-preview/previews.yaml", `["*.example-preview.dev"]`, "[]")
		}, "HTTPRoute example-app-previews-pr-7: is for all hosts, and its stable route"},
		"baggage that anybody may bring": {func(t *testing.T, repository string) {
			edit(t, repository, "components/routes-stable/edge.yaml", "{ remove: [baggage] }", "{ remove: [x-other] }")
		}, "HTTPRoute example-app-edge: no preview hangs on Gateway gateway/edge, but its header baggage goes on to them"},
		"routes that come with the rest": {func(t *testing.T, repository string) {
			edit(t, repository, "components/routes-preview/previews.yaml", `argocd.argoproj.io/sync-wave: "1"`, `example.com/wave: "1"`)
		}, "HTTPRoute example-app-previews-pr-7: comes in sync wave 0, and what it leads to in 0"},
		"an exact match more, for the slug alone": {func(t *testing.T, repository string) {
			edit(t, repository, "overlays/preview/kustomization.yaml", "components/routes-preview\n", "components/routes-preview-exact\n")
			edit(t, repository, "components/way-in/previews.yaml", "        - path: { type: PathPrefix, value: / }\n",
				"        - path: { type: PathPrefix, value: / }\n        - path: { type: PathPrefix, value: /api }\n")
			edit(t, repository, "components/routes-preview-exact/exact.yaml", "  value:\n    - path", `  value:
    - path: { type: PathPrefix, value: /api }
      headers: [{ name: baggage, type: Exact, value: preview=SLUG }]
    - path`)
		}, "HTTPRoute example-app-previews-pr-7: takes /api for preview=feat-basket alone, and not for the name pr-<number>-<repository>"},
	} {
		t.Run(name, func(t *testing.T) {
			repository := copied(t, deployment)
			test.spoil(t, repository)

			require.Contains(t, linted(t, repository), here(test.fault))
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

// linted is what `hawser lint-routes` says of a preview's routes beside the shared environment's: nothing, or a line each.
func linted(t *testing.T, repository string) string {
	files := t.TempDir()
	command := exec.Command("node", "../../cli/hawser.ts", "lint-routes")
	for name, resources := range map[string][]*unstructured.Unstructured{
		"sandbox.yaml": builtOK(t, repository, "overlays/sandbox", nil),
		"preview.yaml": builtOK(t, repository, "overlays/preview", asPreview(t, "feat-basket")),
	} {
		documents := []string{}
		for _, resource := range resources {
			text, err := sigsyaml.Marshal(resource)
			require.NoError(t, err)
			documents = append(documents, string(text))
		}
		file := filepath.Join(files, name)
		require.NoError(t, os.WriteFile(file, []byte(strings.Join(documents, "---\n")), 0o644))
		command.Args = append(command.Args, file)
	}
	faults := strings.Builder{}
	command.Stderr = &faults
	// A fault's exit code is 1; one of the linter's own is told on the same stream.
	if err := command.Run(); err != nil {
		require.NotEmpty(t, faults.String(), err)
	}
	return faults.String()
}

// The demo of the mesh and the tests of the linter need no Go: they read what `npm run generate` has built.
func TestTheBuiltOverlaysAreThoseThatAreShipped(t *testing.T) {
	if set != shipped {
		return
	}
	binary, err := kustomize()
	require.NoError(t, err)
	for file, folder := range map[string]string{
		"production":    fileOf(deployment, "overlays/production"),
		"sandbox":       fileOf(deployment, "overlays/sandbox"),
		"preview":       fileOf(deployment, "overlays/preview"),
		"preview-exact": filepath.Join(exactly(t), "overlays/preview"),
	} {
		built, err := exec.Command(binary, "build", folder).Output()
		require.NoError(t, err)
		kept, err := os.ReadFile("../../local/mesh/built/" + file + ".yaml")
		require.NoError(t, err)
		require.Equal(t, string(built), string(kept), "npm run generate")
	}
}

func typed(t *testing.T, resource *unstructured.Unstructured) (route gatewayv1.HTTPRoute) {
	text, err := json.Marshal(resource.Object)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &route))
	return route
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
		for _, name := range []string{"example-app-previews-pr-7", "example-app-mesh-pr-7"} {
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

// Nobody who comes by what anybody reaches chooses where a request goes, neither here nor further on.
func TestAtTheGatewayThatAnybodyReachesNoPreviewCanBeAskedFor(t *testing.T) {
	for overlay, host := range map[string]string{"production": "example-app.example.com", "sandbox": "example-app.sandbox.example.com"} {
		edge := typed(t, one(t, builtOK(t, copied(t, deployment), "overlays/"+overlay, nil), "HTTPRoute", "example-app-edge"))

		require.Equal(t, []gatewayv1.Hostname{gatewayv1.Hostname(here(host))}, edge.Spec.Hostnames)
		for _, rule := range edge.Spec.Rules {
			require.Len(t, rule.Filters, 1)
			require.Equal(t, []string{"baggage"}, rule.Filters[0].RequestHeaderModifier.Remove)
		}
	}
	for _, resource := range builtOK(t, copied(t, deployment), "overlays/preview", asPreview(t, "feat-basket")) {
		if resource.GetKind() == "HTTPRoute" {
			require.NotEqual(t, "edge", string(typed(t, resource).Spec.ParentRefs[0].Name))
		}
	}
}
