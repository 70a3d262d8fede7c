package reference

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sirupsen/logrus"
	"github.com/stretchr/testify/require"
)

// Where tools are built that are needed as commands.
var tools string

func TestMain(m *testing.M) {
	// Argo CD tells each command that it runs, in two ways.
	logrus.SetLevel(logrus.FatalLevel)
	os.Setenv("ARGOCD_LOG_LEVEL", "fatal")
	var err error
	if tools, err = os.MkdirTemp("", "hawser-reference-"); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(tools)
	os.Exit(code)
}

// copied is a repository of the set, to be changed at will.
func copied(t *testing.T, repository string) string {
	directory := filepath.Join(t.TempDir(), here(repository))
	require.NoError(t, os.CopyFS(directory, os.DirFS(fileOf(repository, ""))))
	withoutTheNet(t, directory)
	return directory
}

// What a kustomization takes from GitHub; the module of that version holds the same files.
var remote = regexp.MustCompile(`https://github\.com/kubernetes-sigs/gateway-api//config/crd\?ref=(\S+)`)

func withoutTheNet(t *testing.T, directory string) {
	paths, err := filepath.Glob(filepath.Join(directory, "base/*/kustomization.yaml"))
	require.NoError(t, err)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		version := remote.FindSubmatch(text)
		if version == nil {
			continue
		}
		source := module(t, "sigs.k8s.io/gateway-api")
		require.Equal(t, string(version[1]), source[strings.LastIndex(source, "@")+1:])
		require.NoError(t, os.CopyFS(filepath.Join(filepath.Dir(path), "theirs"), os.DirFS(filepath.Join(source, "config/crd"))))
		require.NoError(t, os.WriteFile(path, remote.ReplaceAll(text, []byte("theirs")), 0o644))
	}
}

// edit changes a file of a copy; the old text must be there.
func edit(t *testing.T, directory, file, old, text string) {
	path := filepath.Join(directory, file)
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(before), here(old))
	require.NoError(t, os.WriteFile(path, []byte(strings.ReplaceAll(string(before), here(old), here(text))), 0o644))
}

// module is where the source of a Go module lies.
func module(t *testing.T, path string) string {
	directory, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", path).Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(directory))
}
