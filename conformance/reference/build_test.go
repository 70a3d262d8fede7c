package reference

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/util/git"
	argokustomize "github.com/argoproj/argo-cd/v3/util/kustomize"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// kustomize is the command itself, built once.
var kustomize = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(tools, "kustomize")
	return binary, exec.Command("go", "build", "-o", binary, "sigs.k8s.io/kustomize/kustomize/v5").Run()
})

// built is what Argo CD makes of a folder with the options of an Application's source: its own code, which edits the folder's
// kustomization by the command as its repository server does, and builds it.
func built(t *testing.T, repository, folder string, options *v1alpha1.ApplicationSourceKustomize) ([]*unstructured.Unstructured, error) {
	binary, err := kustomize()
	require.NoError(t, err)
	app := argokustomize.NewKustomizeApp(repository, filepath.Join(repository, folder), git.NopCreds{}, "", binary, "", "")
	resources, _, _, err := app.Build(options, nil, &v1alpha1.Env{}, nil)
	return resources, err
}

// one is the only resource of a kind, or the one of that name.
func one(t *testing.T, resources []*unstructured.Unstructured, kind, name string) *unstructured.Unstructured {
	for _, resource := range resources {
		if resource.GetKind() == kind && resource.GetName() == here(name) {
			return resource
		}
	}
	require.Failf(t, "missing", "there is no %s %s", kind, here(name))
	return nil
}

// upstream are the Gateway API's own definitions and policies, which its authors answer for.
func upstream(t *testing.T) map[string]*unstructured.Unstructured {
	repository := t.TempDir()
	require.NoError(t, os.CopyFS(repository, os.DirFS(filepath.Join(module(t, "sigs.k8s.io/gateway-api"), "config/crd"))))
	resources, err := built(t, repository, "", nil)
	require.NoError(t, err)
	found := map[string]*unstructured.Unstructured{}
	for _, resource := range resources {
		found[nameOf(resource)] = resource
	}
	return found
}

func nameOf(resource *unstructured.Unstructured) string {
	return resource.GetKind() + " " + resource.GetNamespace() + "/" + resource.GetName()
}

func TestKustomizeIsTheOneThatThisArgoCDShips(t *testing.T) {
	binary, err := kustomize()
	require.NoError(t, err)
	versions, err := os.ReadFile(filepath.Join(module(t, "github.com/argoproj/argo-cd/v3"), "hack/tool-versions.sh"))
	require.NoError(t, err)
	theirs, _, _ := strings.Cut(strings.SplitAfter(string(versions), "kustomize5_version=")[1], "\n")
	said, err := exec.Command("go", "list", "-m", "-f", "{{.Version}}", "sigs.k8s.io/kustomize/kustomize/v5").Output()
	require.NoError(t, err)

	require.Equal(t, "v"+theirs, strings.TrimSpace(string(said)))
	require.FileExists(t, binary)
}

// Every folder that a user or Argo CD may build, as it stands.
func TestEveryOverlayBuildsAndEachResourceIsOneThatItsKindTakes(t *testing.T) {
	overlays, err := filepath.Glob(filepath.Join(set, "*", "overlays", "*"))
	require.NoError(t, err)
	require.NotEmpty(t, overlays)
	theirs := upstream(t)
	for _, overlay := range overlays {
		name, err := filepath.Rel(set, overlay)
		require.NoError(t, err)
		t.Run(name, func(t *testing.T) {
			parts := strings.SplitN(filepath.ToSlash(name), "/", 2)
			repository := filepath.Join(t.TempDir(), parts[0])
			require.NoError(t, os.CopyFS(repository, os.DirFS(filepath.Join(set, parts[0]))))
			withoutTheNet(t, repository)

			resources, err := built(t, repository, parts[1], nil)

			require.NoError(t, err)
			require.NotEmpty(t, resources)
			for _, resource := range resources {
				if own, ok := theirs[nameOf(resource)]; ok {
					require.Equal(t, own, resource)
					continue
				}
				require.Empty(t, faultsOf(t, resource), "%s %s", resource.GetKind(), resource.GetName())
			}
		})
	}
}
