package conformance

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// step is a word of an application, and what GitHub is told because of it; @ is the application's name.
type step struct {
	says change
	told []string
}

func told(says change, statuses ...string) step { return step{says, statuses} }

const rollingOut = "#1 in_progress @: rolling out"

var (
	crashLoop  = several(health("Degraded"), set("status.health.message", "crash loop"))
	oneService = []any{map[string]any{"kind": "Service", "name": "shop"}}
)

// Row by row the table "Which state" of README.md, with everything rendered and sent by the engine.
var mapping = []struct {
	name  string
	steps []step
}{
	{"never-synced", []step{told(unset(operationState)), told(several(unset(operationState), deleted))}},
	{"running", []step{told(phase("Running"), rollingOut)}},
	{"blocked", []step{
		told(several(phase("Running"), message("Sync operation blocked by sync window")), "#1 queued @: waiting for a sync window"),
		told(phase("Running"), rollingOut),
	}},
	{"retried", []step{told(phase("Running"), rollingOut), told(retried, "#1 in_progress @: retry 2 of 5")}},
	{"terminated", []step{
		told(phase("Running"), rollingOut),
		told(phase("Terminating")),
		told(several(phase("Failed"), message("Operation terminated")), "#1 failure @: Operation terminated"),
	}},
	{"healthy", []step{told(phase("Succeeded"), "#1 success @: healthy")}},
	{"settling", []step{told(olderHealth("Healthy"), rollingOut, "#1 success @: healthy")}},
	{"progressing", []step{told(health("Progressing"), rollingOut), told(health("Healthy"), "#1 success @: healthy")}},
	{"missing", []step{told(health("Missing"), rollingOut)}},
	{"suspended", []step{told(health("Suspended"), "#1 in_progress @: suspended")}},
	{"degraded", []step{
		told(crashLoop, rollingOut, "#1 failure @: crash loop"),
		told(health("Unknown")),
		told(health("Healthy"), "#1 success @: healthy"),
	}},
	{"failed", []step{told(phase("Running"), rollingOut), told(phase("Failed"), "#1 failure @: one or more objects failed to apply")}},
	{"errored", []step{told(phase("Error"), "#1 error @: ComparisonError: failed to generate manifests")}},
	{"deleted", []step{told(phase("Running"), rollingOut), told(several(phase("Running"), deleted), "#1 inactive @ was deleted")}},
	{"after-success", []step{told(health("Healthy"), "#1 success @: healthy"), told(crashLoop), told(health("Progressing"))}},
	{"dry-run", []step{told(set(operationState+".operation.sync.dryRun", true))}},
	{"partial", []step{told(set(operationState+".operation.sync.resources", oneService))}},
}

func TestGitHubEndsAsTheMappingSays(t *testing.T) {
	recorder := newRecorder(t)
	engine := newEngine(t, recorder.URL)
	sha := pushed(t, "mapping/shop")
	for _, row := range mapping {
		t.Run(row.name, func(t *testing.T) {
			at := place{"mapping", row.name, sha}
			want := []string{}
			for number, step := range row.steps {
				say(t, engine, recorder, newApplication(t, at, step.says, set("metadata.generation", int64(number+1))))
				for _, status := range step.told {
					want = append(want, strings.ReplaceAll(status, "@", row.name))
				}
				eventually(t, at, want)
			}
			settled(t, at)

			require.Equal(t, want, history(t, at))
			for _, deployment := range deploymentsTo(t, at) {
				require.Equal(t, sha, deployment.SHA)
				require.Equal(t, "https://argocd.example.com/applications/argocd/"+row.name, deployment.Statuses[0].LogURL)
				require.Equal(t, "https://feat-basket.example-preview.dev/", deployment.Statuses[0].EnvironmentURL)
			}
		})
	}
}
