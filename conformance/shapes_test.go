package conformance

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const (
	edge      = "hawser-edge[0]"
	running   = "hawser-level[0]"
	healthy   = "hawser-level[1]"
	unhealthy = "hawser-level[5]"
	failing   = "hawser-level[6]"
	erring    = "hawser-level[7]"
	deletion  = "hawser-deleted[0]"
)

// Applications of every shape: which of the shipped conditions hold for it, and where GitHub ends; "" is nowhere.
var shapes = []struct {
	name  string
	shape change
	fires []string
	state string
}{
	{"single-source", several(), []string{edge, healthy}, "success"},
	{"preview", annotate(map[string]string{"pr": "17"}), []string{edge, healthy}, "success"},
	{"no-status", unset("status"), nil, ""},
	{"empty-status", set("status", map[string]any{}), nil, ""},
	{"null-status", set("status", nil), nil, ""},
	{"null-operation-state", set(operationState, nil), nil, ""},
	{"null-sync-result", set(operationState+".syncResult", nil), []string{edge, healthy}, "success"},
	{"null-health", set("status.health", nil), []string{edge, unhealthy}, "in_progress"},
	{"null-source", set("spec.source", nil), []string{edge, healthy}, "success"},
	{"no-spec", unset("spec"), []string{edge, healthy}, "success"},
	{"nulls-in-lists", nullsInLists, []string{edge, healthy}, "success"},
	{"first-running", firstRunning, []string{edge, running}, "in_progress"},
	{"running", phase("Running"), []string{edge, running}, "in_progress"},
	{"retry-waiting", retried, []string{edge, running}, "in_progress"},
	{"blocked-by-window", several(phase("Running"), unset(operationState+".syncResult"), message("Sync operation blocked by sync window")), []string{edge, running}, "queued"},
	{"terminating", phase("Terminating"), []string{edge}, "in_progress"},
	{"multi-source", multiSource, []string{edge, healthy}, "success"},
	{"missing", health("Missing"), []string{edge, unhealthy}, "in_progress"},
	{"unknown", health("Unknown"), []string{edge, unhealthy}, "in_progress"},
	{"without-health", unset("status.health"), []string{edge, unhealthy}, "in_progress"},
	{"suspended", health("Suspended"), []string{edge, "hawser-level[4]"}, "in_progress"},
	{"degraded", health("Degraded"), []string{edge, "hawser-level[3]"}, "failure"},
	{"progressing", health("Progressing"), []string{edge, "hawser-level[2]"}, "in_progress"},
	{"difficult-messages", difficultMessages, []string{edge, failing}, "failure"},
	{"long-messages", several(phase("Failed"), message(strings.Repeat("日本語", 40_000))), []string{edge, failing}, "failure"},
	{"error-without-result", several(phase("Error"), unset(operationState+".syncResult")), []string{edge, erring}, "error"},
	{"deleted", deleted, []string{edge, healthy, deletion}, ""},
	{"deleted-without-status", several(deleted, unset("status")), []string{deletion}, ""},
	{"dry-run", set(operationState+".operation.sync.dryRun", true), []string{edge, healthy}, ""},
	{"partial-of-3000", partialOf3000, []string{edge, healthy}, ""},
	{"3000-resources", of3000, []string{edge, healthy}, "success"},
	{"another-namespace", set("metadata.namespace", "team-a"), []string{edge, healthy}, "success"},
	{"null-annotations", set("metadata.annotations", nil), nil, ""},
	{"foreign-annotations", set("metadata.annotations", map[string]any{"argocd.argoproj.io/refresh": "LEAK"}), nil, ""},
}

func TestApplicationsOfEveryShape(t *testing.T) {
	recorder := newRecorder(t)
	engine := newEngine(t, recorder.URL)
	sha := pushed(t, "shapes/shop")
	for _, example := range shapes {
		t.Run(example.name, func(t *testing.T) {
			at := place{"shapes", example.name, sha}
			app := newApplication(t, at, example.shape)

			require.Equal(t, example.fires, fired(t, engine, app))
			for _, exchange := range say(t, engine, recorder, app) {
				requireWhole(t, exchange, app)
			}
			eventuallyEndsAs(t, at, example.state)
		})
	}
}

// Nothing fires for these by itself, but whoever renders the template for them (`argocd admin notifications template
// notify`) must get a body that Hawser understands.
func TestWhatNoTriggerSendsIsUnderstoodAllTheSame(t *testing.T) {
	recorder := newRecorder(t)
	engine := newEngine(t, recorder.URL)
	sha := pushed(t, "shapes/shop")
	for _, example := range shapes {
		if example.fires != nil {
			continue
		}
		t.Run(example.name, func(t *testing.T) {
			app := newApplication(t, place{"shapes", "unsent-" + example.name, sha}, example.shape)

			exchanges := recorder.during(func() { require.NoError(t, send(engine, app)) })

			requireTaken(t, one(t, exchanges))
			requireWhole(t, exchanges[0], app)
		})
	}
}

// requireWhole: what left is valid, bounded, and holds nothing that Hawser does not need.
func requireWhole(t *testing.T, e exchange, app application) {
	require.Equal(t, "POST /argocd/notifications", e.Method+" "+e.Path)
	require.Equal(t, "Bearer "+hawserToken, e.Header.Get("Authorization"))
	require.Equal(t, "application/json", e.Header.Get("Content-Type"))
	require.True(t, utf8.Valid(e.Body))
	require.Less(t, len(e.Body), 512<<10)
	for _, stray := range []string{"LEAK", "no value", `\ufffd`} {
		require.NotContains(t, string(e.Body), stray)
	}
	var body struct {
		Instance, ArgocdURL string
		App                 struct {
			Metadata struct{ Name, Namespace, UID string }
		}
	}
	require.NoError(t, json.Unmarshal(e.Body, &body))
	object := &unstructured.Unstructured{Object: app}
	require.Equal(t, "main https://argocd.example.com", body.Instance+" "+body.ArgocdURL)
	require.Equal(t, []string{object.GetName(), object.GetNamespace(), string(object.GetUID())},
		[]string{body.App.Metadata.Name, body.App.Metadata.Namespace, body.App.Metadata.UID})
}

func TestAMessageArrivesOnGitHubAsItIs(t *testing.T) {
	recorder := newRecorder(t)
	engine := newEngine(t, recorder.URL)
	at := place{"shapes", "verbatim", pushed(t, "shapes/shop")}
	text := `cannot apply "shop": '<b>&amp;</b>' \ {{ .app }} $hawser-token Größe 🚢 日本語`

	say(t, engine, recorder, newApplication(t, at, phase("Failed"), message(text)))

	eventually(t, at, []string{"#1 failure verbatim: " + text})
}
