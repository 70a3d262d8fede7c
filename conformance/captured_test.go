package conformance

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// captured is an Application of Argo CD's own test data, and where in its module it stands.
type captured struct {
	where string
	app   application
}

// Argo CD's own test data and examples, read from its module: what its authors take an Application to be.
func TestArgoCDsOwnApplications(t *testing.T) {
	recorder := newRecorder(t)
	engine := newEngine(t, recorder.URL)
	sha := pushed(t, "captured/shop")
	all := argoCDsApplications(t)
	with := 0
	for number, each := range all {
		t.Run(each.where+": "+(&unstructured.Unstructured{Object: each.app}).GetName(), func(t *testing.T) {
			at := place{"captured", fmt.Sprint("application-", number), sha}
			adopt(each.app, at)
			if _, ok := nested(each.app, "status", "operationState", "phase"); ok {
				with++
			}

			exchanges := recorder.during(func() { require.NoError(t, send(engine, each.app)) })

			requireTaken(t, one(t, exchanges))
			say(t, engine, recorder, each.app)
			eventuallyEndsAs(t, at, stateOf(each.app))
		})
	}
	// Were the module laid out anew, less would be read, and nobody would see it.
	require.GreaterOrEqual(t, len(all), 15)
	require.GreaterOrEqual(t, with, 3, "with an operation")
}

// adopt adds what an API server gives every object, and what Hawser asks for. Names become different ones: many have one.
func adopt(app application, at place) {
	object := &unstructured.Unstructured{Object: app}
	object.SetName(at.environment)
	object.SetUID("")
	set("metadata.uid", "uid-of-"+at.environment)(app)
	if object.GetNamespace() == "" {
		object.SetNamespace(namespace)
	}
	if object.GetGeneration() == 0 {
		object.SetGeneration(1)
	}
	annotate(map[string]string{"owner": at.owner, "repo": "shop", "environment": at.environment, "sha": at.sha})(app)
}

// stateOf is the table of README.md for an application of which this is all that was ever heard.
func stateOf(app application) string {
	phase, operated := nested(app, "status", "operationState", "phase")
	health, _ := nested(app, "status", "health", "status")
	switch {
	case !operated:
		return ""
	case phase == "Failed":
		return "failure"
	case phase == "Error":
		return "error"
	case phase == "Succeeded" && health == "Healthy":
		return "success"
	case phase == "Succeeded" && health == "Degraded":
		return "failure"
	default:
		return "in_progress"
	}
}

func nested(app application, path ...string) (string, bool) {
	text, found, err := unstructured.NestedString(app, path...)
	return text, found && err == nil
}

func argoCDsApplications(t *testing.T) []captured {
	root := moduleOf(t, "github.com/argoproj/argo-cd/v3")
	var all []captured
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		goTest := strings.HasSuffix(path, "_test.go")
		if !goTest && filepath.Ext(path) != ".yaml" && filepath.Ext(path) != ".yml" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil || !bytes.Contains(text, []byte("kind: Application\n")) {
			return err
		}
		where, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		documents := []string{string(text)}
		if goTest {
			if documents, err = textsIn(path, text); err != nil {
				return err
			}
		}
		for _, document := range documents {
			all = append(all, applicationsIn(where, document)...)
		}
		return nil
	}))
	return all
}

func moduleOf(t *testing.T, path string) string {
	directory, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", path).Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(directory))
}

// applicationsIn reads the documents of a text that are Applications; what is not YAML, such as a template, holds none.
func applicationsIn(where, text string) []captured {
	var found []captured
	for _, document := range strings.Split(text, "\n---") {
		asJSON, err := yaml.YAMLToJSON([]byte(document))
		if err != nil {
			continue
		}
		object := &unstructured.Unstructured{}
		if object.UnmarshalJSON(asJSON) != nil || object.GetKind() != "Application" || object.GroupVersionKind().Group != "argoproj.io" {
			continue
		}
		found = append(found, captured{where, object.Object})
	}
	return found
}

// textsIn lists the texts written in a Go file, those put together with + as one.
func textsIn(path string, source []byte) ([]string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), path, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var texts []string
	ast.Inspect(file, func(node ast.Node) bool {
		expression, ok := node.(ast.Expr)
		if !ok {
			return true
		}
		text, ok := textOf(expression)
		if ok {
			texts = append(texts, text)
		}
		return !ok
	})
	return texts, nil
}

func textOf(expression ast.Expr) (string, bool) {
	switch expression := expression.(type) {
	case *ast.BasicLit:
		if expression.Kind != token.STRING {
			return "", false
		}
		text, err := strconv.Unquote(expression.Value)
		return text, err == nil
	case *ast.BinaryExpr:
		left, leftOK := textOf(expression.X)
		right, rightOK := textOf(expression.Y)
		// A constant of another package stands between two texts; it is a name, and any name will do.
		if !leftOK && !rightOK {
			return "", false
		}
		return orName(left, leftOK) + orName(right, rightOK), true
	default:
		return "", false
	}
}

func orName(text string, ok bool) string {
	if ok {
		return text
	}
	return "a-name"
}
