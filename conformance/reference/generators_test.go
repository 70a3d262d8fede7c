package reference

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/stretchr/testify/require"
	"hawser.example/conformance/argocd"
	"sigs.k8s.io/controller-runtime/pkg/client"
	sigsyaml "sigs.k8s.io/yaml"
)

var (
	firstHead  = strings.Repeat("a", 40)
	secondHead = strings.Repeat("b", 40)
)

// The shipped repositories, and what else an organisation has: none of it is to have an Application.
func everything(t *testing.T) *organisation {
	o := newOrganisation(t,
		repository{name: here("example-app")}, repository{name: here("example-app-deployment")}, repository{name: here("example-app-infra"), paths: []string{}},
		repository{name: "gateway-api-addon"}, repository{name: "opentelemetry-addon"},
		repository{name: "argo-config"}, repository{name: ".github", paths: []string{"profile"}},
		repository{name: "another", paths: []string{"overlays", "overlays/production"}},
		repository{name: "archived-deployment", archived: true, paths: []string{"overlays", "overlays/production"}},
		repository{name: "Capitals_And.dots-deployment", paths: []string{"overlays", "overlays/production"}},
		repository{name: "unfinished-deployment", paths: []string{"base"}},
		repository{name: "deployment-notes", paths: []string{"overlays", "overlays/production"}},
		repository{name: "orphan-deployment", paths: []string{"overlays", "overlays/preview", "overlays/preview/deeper"}},
	)
	o.pulls[here("example-app")] = []pull{
		{number: 7, branch: "feat/basket", sha: firstHead, label: "preview"},
		{number: 8, branch: "feat-basket", sha: secondHead, label: "preview"},
		{number: 9, branch: "🚀", sha: secondHead, label: "preview"},
		{number: 10, branch: "docs", sha: secondHead, label: "documentation"},
	}
	return o
}

func TestTheSetsMakeExactlyTheApplicationsThatAreExpected(t *testing.T) {
	instance := newInstance(t, everything(t))

	require.Empty(t, reconcile(t, instance))

	made, err := instance.Applications(t.Context())
	require.NoError(t, err)
	wanted := []string{}
	for _, application := range expected(t) {
		wanted = append(wanted, told(t, application))
	}
	got := []string{}
	for _, application := range made {
		got = append(got, told(t, application))
	}
	require.Equal(t, strings.Join(wanted, "---\n"), strings.Join(got, "---\n"))
}

// As `addressed` and `ownName` of src/previews/name.ts have it, and test/previews/name.test.ts.
func TestAPreviewIsNamedAsHawserNamesIt(t *testing.T) {
	o := newOrganisation(t, repository{name: "a--b"}, repository{name: "a--b-deployment", paths: []string{"overlays", "overlays/preview"}})
	for index, branch := range []string{"feat-x", "🚀", "Main", "www", "sandbox", "main-2"} {
		o.pulls["a--b"] = append(o.pulls["a--b"], pull{number: index + 1, branch: branch, sha: firstHead, label: "preview"})
	}
	instance := newInstance(t, o)
	require.Empty(t, reconcile(t, instance))

	made, err := instance.Applications(t.Context())
	require.NoError(t, err)
	urls, names := []string{}, []string{}
	for _, application := range made {
		urls = append(urls, application.Annotations["github.com/environment-url"])
		names = append(names, application.Spec.Source.Kustomize.CommonAnnotations["github.com/preview-name"])
	}

	wanted := []string{"feat-x", "pr-2-a-b", "pr-3-a-b", "pr-4-a-b", "pr-5-a-b", "main-2"}
	for index, name := range wanted {
		wanted[index] = here("https://" + name + ".example-preview.dev")
	}
	require.ElementsMatch(t, wanted, urls)
	require.ElementsMatch(t, []string{"pr-1-a-b", "pr-2-a-b", "pr-3-a-b", "pr-4-a-b", "pr-5-a-b", "pr-6-a-b"}, names)
}

func expected(t *testing.T) (applications []v1alpha1.Application) {
	text, err := os.ReadFile("testdata/applications.yaml")
	require.NoError(t, err)
	for _, document := range documents(t, []byte(here(string(text)))) {
		application := v1alpha1.Application{}
		require.NoError(t, sigsyaml.UnmarshalStrict(document, &application))
		applications = append(applications, application)
	}
	// Other names have another order.
	slices.SortFunc(applications, func(a, b v1alpha1.Application) int { return strings.Compare(a.Name, b.Name) })
	return applications
}

// told is all of an Application that differs from the others of its set.
func told(t *testing.T, application v1alpha1.Application) string {
	application.Spec.SyncPolicy = nil
	text, err := sigsyaml.Marshal(map[string]any{
		"metadata": map[string]any{
			"name": application.Name, "labels": application.Labels, "annotations": application.Annotations, "finalizers": application.Finalizers,
		},
		"spec": application.Spec,
	})
	require.NoError(t, err)
	return string(text)
}

func namesOf(t *testing.T, instance *argocd.Instance) []string {
	made, err := instance.Applications(t.Context())
	require.NoError(t, err)
	names := []string{}
	for _, application := range made {
		if application.DeletionTimestamp == nil {
			names = append(names, application.Name)
		}
	}
	return names
}

func TestASyncNeverTakesOverWhatIsAnothers(t *testing.T) {
	for _, name := range sets {
		policy := shippedSet(t, name).Spec.Template.Spec.SyncPolicy
		require.Contains(t, policy.SyncOptions, "FailOnSharedResource=true", name)
		// Or a sync that changes one workload tells of that one's images alone.
		require.NotContains(t, policy.SyncOptions, "ApplyOutOfSyncOnly=true", name)
	}
}

func TestAPreviewGoesWithItsLabelAndAnotherHeadIsAnotherImage(t *testing.T) {
	o := everything(t)
	instance := newInstance(t, o)
	reconcile(t, instance)
	o.pulls[here("example-app")] = []pull{
		{number: 7, branch: "feat/basket", sha: secondHead, label: "preview"},
		{number: 8, branch: "feat-basket", sha: secondHead, label: "keep-preview"},
	}

	require.Empty(t, reconcile(t, instance))

	require.Contains(t, namesOf(t, instance), here("example-app-pr-7"))
	require.NotContains(t, namesOf(t, instance), here("example-app-pr-8"))
	changed := &v1alpha1.Application{}
	require.NoError(t, instance.Get(t.Context(), client.ObjectKey{Namespace: argocd.Namespace, Name: here("example-app-pr-7")}, changed))
	require.Equal(t, secondHead, changed.Annotations["github.com/sha"])
	require.Equal(t, here("ghcr.io/example-org/example-app:")+secondHead, string(changed.Spec.Source.Kustomize.Images[0]))
}

func TestWhatGitHubNoLongerListsIsNotDeletedButForPreviews(t *testing.T) {
	o := everything(t)
	instance := newInstance(t, o)
	reconcile(t, instance)
	before := namesOf(t, instance)
	o.repositories = []repository{}

	require.Empty(t, reconcile(t, instance))

	after := namesOf(t, instance)
	for _, name := range before {
		if strings.Contains(name, "-pr-") {
			require.NotContains(t, after, name)
		} else {
			require.Contains(t, after, name)
		}
	}
}

func TestNothingIsDeletedWhileGitHubIsDown(t *testing.T) {
	o := everything(t)
	instance := newInstance(t, o)
	reconcile(t, instance)
	before := namesOf(t, instance)
	o.down = true

	said := reconcile(t, instance)

	require.Len(t, said, len(sets), "every set says so")
	require.Equal(t, before, namesOf(t, instance))
}

// In one filter, name and path would cost a call for every repository of the organisation, at each look.
func TestGitHubIsAskedAboutRepositoriesOfTheRightNameAlone(t *testing.T) {
	for _, name := range sets {
		o := everything(t)
		_, err := newInstance(t, o).Reconcile(t.Context(), name)
		require.NoError(t, err)
		for _, call := range o.asked() {
			about, isOfOne := strings.CutPrefix(call, "/repos/"+o.login+"/")
			if isOfOne && !strings.HasSuffix(call, "/pulls") {
				require.Regexp(t, `^[a-z-]+-(deployment|addon)/`, about, "%s asks %s", name, call)
			}
		}
	}
}
