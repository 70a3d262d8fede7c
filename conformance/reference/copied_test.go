package reference

import (
	"os"
	"os/exec"
	"path/filepath"
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
	return directory
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
