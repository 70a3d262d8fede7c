package reference

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/yaml"
	sigsyaml "sigs.k8s.io/yaml"
)

const shipped = "../../gitops"

// Where the repositories are, side by side: the shipped ones, or those that `init` has written for another organisation.
// REFERENCE_NAMES then says, as JSON, what has become of the names in the shipped ones.
var (
	set     = named(os.Getenv("REFERENCE_SET"), shipped)
	renamed = renaming()
)

func named(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

// renaming goes by the longest name first, as `init` does: one may be a part of another.
func renaming() *strings.Replacer {
	names := map[string]string{}
	if text := os.Getenv("REFERENCE_NAMES"); text != "" {
		if err := json.Unmarshal([]byte(text), &names); err != nil {
			panic(err)
		}
	}
	pairs := []string{}
	for len(names) > 0 {
		longest := ""
		for name := range names {
			if len(name) > len(longest) {
				longest = name
			}
		}
		pairs = append(pairs, longest, names[longest])
		delete(names, longest)
	}
	return strings.NewReplacer(pairs...)
}

// here is what a text that speaks of the shipped set says of this one.
func here(text string) string { return renamed.Replace(text) }

// fileOf is a file of a repository of the set, both named as they are shipped.
func fileOf(repository, path string) string { return filepath.Join(set, here(repository), path) }

func textOf(t *testing.T, repository, path string) []byte {
	text, err := os.ReadFile(fileOf(repository, path))
	require.NoError(t, err)
	return text
}

// read takes a file's one object, and no field that its type doesn't have.
func read(t *testing.T, repository, path string, into any) {
	objects := documents(t, textOf(t, repository, path))
	require.Len(t, objects, 1, path)
	require.NoError(t, sigsyaml.UnmarshalStrict(objects[0], into), path)
}

func documents(t *testing.T, text []byte) [][]byte {
	reader := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	objects := [][]byte{}
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return objects
		}
		require.NoError(t, err)
		if len(bytes.TrimSpace(document)) > 0 {
			objects = append(objects, document)
		}
	}
}
