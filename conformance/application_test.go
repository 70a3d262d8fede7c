package conformance

import (
	"encoding/json"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/argoproj/notifications-engine/pkg/api"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// application is one as the informer holds it: integers are int64.
type application map[string]any

// change is one thing that differs from the Application in testdata.
type change func(application)

// place is where on GitHub an application belongs, and the commit that it deploys.
type place struct{ owner, environment, sha string }

func (p place) repository() string { return p.owner + "/shop" }

// newApplication is synced and healthy, and named after its environment, so that each case has an application of its own.
func newApplication(t *testing.T, at place, changes ...change) application {
	text, err := os.ReadFile("testdata/application.yaml")
	require.NoError(t, err)
	app := parse(t, []byte(strings.ReplaceAll(string(text), "APP_SHA", at.sha)))
	set("metadata.name", at.environment)(app)
	set("metadata.uid", "uid-of-"+at.environment)(app)
	annotate(map[string]string{"owner": at.owner, "repo": "shop", "environment": at.environment})(app)
	for _, change := range changes {
		change(app)
	}
	return app
}

func parse(t *testing.T, text []byte) application {
	asJSON, err := yaml.YAMLToJSON(text)
	require.NoError(t, err)
	object := &unstructured.Unstructured{}
	require.NoError(t, object.UnmarshalJSON(asJSON))
	return object.Object
}

func set(path string, value any) change {
	return func(app application) {
		if err := unstructured.SetNestedField(app, value, strings.Split(path, ".")...); err != nil {
			panic(err)
		}
	}
}

func unset(paths ...string) change {
	return func(app application) {
		for _, path := range paths {
			unstructured.RemoveNestedField(app, strings.Split(path, ".")...)
		}
	}
}

func annotate(annotations map[string]string) change {
	return func(app application) {
		all := (&unstructured.Unstructured{Object: app}).GetAnnotations()
		if all == nil {
			all = map[string]string{}
		}
		for name, value := range annotations {
			all["github.com/"+name] = value
		}
		(&unstructured.Unstructured{Object: app}).SetAnnotations(all)
	}
}

func several(changes ...change) change {
	return func(app application) {
		for _, change := range changes {
			change(app)
		}
	}
}

const operationState = "status.operationState"

// phase is an operation's, with what Argo CD says and leaves out in it.
func phase(name string) change {
	messages := map[string]string{
		"Running":     "waiting for healthy state of apps/Deployment/shop",
		"Terminating": "operation is terminating, waiting for apps/Deployment/shop",
		"Failed":      "one or more objects failed to apply",
		"Error":       "ComparisonError: failed to generate manifests",
	}
	changes := []change{set(operationState+".phase", name)}
	if message, ok := messages[name]; ok {
		changes = append(changes, set(operationState+".message", message))
	}
	if name == "Running" || name == "Terminating" {
		changes = append(changes, unset(operationState+".finishedAt"), set("status.sync.status", "OutOfSync"))
	}
	return several(changes...)
}

// health is newer than the operation.
func health(status string) change { return set("status.health.status", status) }

// olderHealth was so before the operation began.
func olderHealth(status string) change {
	return several(health(status), set("status.health.lastTransitionTime", "2026-08-22T09:00:00Z"))
}

func message(text string) change { return set(operationState+".message", text) }

func operationAt(time string) change { return set(operationState+".startedAt", time) }

var deleted = set("metadata.deletionTimestamp", "2026-08-23T08:00:00Z")

// firstRunning is written before anything is applied.
var firstRunning = several(
	phase("Running"), health("Missing"),
	unset(operationState+".syncResult", operationState+".message", "status.summary", "status.conditions", "status.health.lastTransitionTime"),
	func(app application) {
		operation, _, _ := unstructured.NestedMap(app, strings.Split(operationState+".operation", ".")...)
		set("operation", operation)(app)
	},
)

// retried waits for its next attempt, and is Running all the while.
var retried = several(
	phase("Running"), health("Progressing"), set(operationState+".retryCount", int64(2)),
	set(operationState+".finishedAt", "2026-08-22T10:00:10Z"),
	message("one or more tasks failed. Retrying attempt #3 at 10:01AM."),
)

// word is what an application says in one moment: everything that holds is sent, once for each trigger.
func say(t *testing.T, engine api.API, recorder *recorder, app application) []exchange {
	before := maps.Clone(app)
	exchanges := recorder.during(func() {
		for range fired(t, engine, app) {
			require.NoError(t, send(engine, app))
		}
	})
	require.Equal(t, before, app, "the informer's own object stays as it is")
	for number, each := range exchanges {
		requireTaken(t, each)
		if number > 0 {
			requireRepeated(t, each, exchanges[0])
		}
	}
	return exchanges
}

type answer struct {
	Event     string
	Duplicate bool
	Ignored   string
	Error     string
	Path      string
}

func (e exchange) answer(t *testing.T) (said answer) {
	require.NoError(t, json.Unmarshal([]byte(e.Answer), &said), e.Answer)
	return said
}

// requireTaken: committed, or understood and ignored for a reason.
func requireTaken(t *testing.T, e exchange) {
	said := e.answer(t)
	taken := (e.Status == 202 && said.Event != "") || (e.Status == 200 && (said.Duplicate || said.Ignored != ""))
	require.True(t, taken, "%d %s\n%s", e.Status, e.Answer, e.Body)
}

// requireRepeated: two triggers tell the same facts, and Hawser knows it.
func requireRepeated(t *testing.T, e, first exchange) {
	require.Equal(t, string(first.Body), string(e.Body))
	require.Equal(t, 200, e.Status, e.Answer)
	require.Equal(t, first.answer(t).Event, e.answer(t).Event)
	require.Equal(t, first.answer(t).Ignored, e.answer(t).Ignored)
}
