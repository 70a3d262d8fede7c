package conformance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/argoproj/argo-cd/v3/applicationset/generators"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
)

// named is a branch, and what Hawser makes of it and of its commit. Lacking: it says that it does not know.
type named struct {
	Branch, Slug, Sha, Short string
	Lacking                  bool
	// What the facts say of it, where they do.
	Known *string
}

// Hawser's side: cli/conformance.ts has asked src/routing, and wrote it down.
func namedByHawser(t *testing.T) []named {
	text, err := os.ReadFile(os.Getenv("HAWSER_SLUGS"))
	require.NoError(t, err)
	names := []named{}
	require.NoError(t, json.Unmarshal(text, &names))
	require.Greater(t, len(names), 10_000+0xf000)
	return names
}

// Argo CD's side: its generator lists these pull requests from a GitHub that is a fake, and hands out its parameters.
func generated(t *testing.T, names []named) []map[string]any {
	const page = 1_000
	github := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		number, _ := strconv.Atoi(request.URL.Query().Get("page"))
		first := max(number-1, 0) * page
		last := min(first+page, len(names))
		if last < len(names) {
			w.Header().Set("Link", fmt.Sprintf(`<http://%s%s?page=%d>; rel="next"`, request.Host, request.URL.Path, first/page+2))
		}
		pulls := []map[string]any{}
		for index, name := range names[first:last] {
			pulls = append(pulls, map[string]any{
				"number": first + index, "title": "A title", "user": map[string]any{"login": "ada"},
				"head": map[string]any{"ref": name.Branch, "sha": name.Sha}, "base": map[string]any{"ref": name.Branch},
			})
		}
		_ = json.NewEncoder(w).Encode(pulls)
	}))
	t.Cleanup(github.Close)
	config := generators.NewSCMConfig("", []string{github.URL}, true, false, nil, false)
	generator := generators.NewPullRequestGenerator(fake.NewClientBuilder().Build(), config)
	params, err := generator.GenerateParams(&v1alpha1.ApplicationSetGenerator{PullRequest: &v1alpha1.PullRequestGenerator{
		Github: &v1alpha1.PullRequestGeneratorGithub{API: github.URL, Owner: "acme", Repo: "shop"},
	}}, &v1alpha1.ApplicationSet{}, nil)
	require.NoError(t, err)
	require.Len(t, params, len(names))
	return params
}

// Every vector, 10,000 names made up, and each character of the first 65,536 between two letters.
func TestASlugIsWhatArgoCDsPullRequestGeneratorMakesOfTheBranch(t *testing.T) {
	names := namedByHawser(t)
	lacking, underscores := 0, 0
	for index, params := range generated(t, names) {
		name, theirs := names[index], params["branch_slug"].(string)
		require.Equal(t, name.Branch, params["branch"])
		require.Equal(t, theirs, params["target_branch_slug"])
		if name.Known != nil {
			require.Equal(t, *name.Known, theirs, "the facts are wrong about %q", name.Branch)
		}
		switch {
		case name.Lacking:
			lacking++
			require.Empty(t, name.Slug, "of %q, a guess", name.Branch)
		case strings.Contains(theirs, "_"):
			// No label holds it: nothing that is named after it can be reached.
			underscores++
			require.Empty(t, name.Slug, "of %q", name.Branch)
		default:
			require.Equal(t, theirs, name.Slug, "of %q", name.Branch)
		}
	}
	t.Logf("%d names; %d of them Hawser does not know, %d are no label", len(names), lacking, underscores)
	require.Less(t, lacking, len(names)/2)
}

func TestAShortShaIsWhatArgoCDsPullRequestGeneratorMakesOfTheCommit(t *testing.T) {
	names := namedByHawser(t)[:1_000]
	for index, params := range generated(t, names) {
		require.Equal(t, names[index].Short, params["head_short_sha_7"])
		require.Equal(t, names[index].Sha[:8], params["head_short_sha"])
	}
}
