package reference

import (
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
	"github.com/stretchr/testify/require"
	sigsyaml "sigs.k8s.io/yaml"
)

// workflow is what the tests below ask about; actionlint reads all of it.
type workflow struct {
	path, text string
	// YAML 1.1 takes the key `on` for a truth.
	On          any `json:"true"`
	Permissions any
	Concurrency map[string]any
	Jobs        map[string]job
}

type job struct {
	Name, If    string
	Needs       []string
	Permissions map[string]string
	Uses        string
	With        map[string]any
	Secrets     any
	Environment any
	Timeout     int `json:"timeout-minutes"`
	Steps       []struct {
		Uses, Run string
		With      map[string]any
	}
}

// workflows are all of the set, and the templates as GitHub hands them out.
func workflows(t *testing.T) []workflow {
	found := []workflow{}
	for _, pattern := range []string{"*/.github/workflows/*.y*ml", ".github/workflow-templates/*.yaml"} {
		paths, err := filepath.Glob(filepath.Join(set, pattern))
		require.NoError(t, err)
		require.NotEmpty(t, paths, pattern)
		for _, path := range paths {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			each := workflow{path: path, text: strings.ReplaceAll(string(text), "$default-branch", "main")}
			require.NoError(t, sigsyaml.Unmarshal([]byte(each.text), &each), path)
			found = append(found, each)
		}
	}
	return found
}

func (w workflow) name() string {
	name, _ := filepath.Rel(set, w.path)
	return filepath.ToSlash(name)
}

func (w workflow) triggers() []string {
	switch on := w.On.(type) {
	case string:
		return []string{on}
	case map[string]any:
		return slices.Sorted(maps.Keys(on))
	}
	return nil
}

func (w workflow) isCalled() bool { return slices.Equal(w.triggers(), []string{"workflow_call"}) }

var own = regexp.MustCompile(`uses: \S+/\.github/(\.github/workflows|actions)/(\S+)@v1`)

// A repository of its own for each workflow, in which the organisation's are local: so that actionlint sees what they take.
func TestActionlintHasNothingAgainstAnyWorkflow(t *testing.T) {
	for _, each := range workflows(t) {
		t.Run(each.name(), func(t *testing.T) {
			root := t.TempDir()
			require.NoError(t, os.CopyFS(filepath.Join(root, "actions"), os.DirFS(filepath.Join(set, ".github/actions"))))
			require.NoError(t, os.CopyFS(filepath.Join(root, ".github/workflows"), os.DirFS(filepath.Join(set, ".github/.github/workflows"))))
			require.NoError(t, os.Mkdir(filepath.Join(root, ".git"), 0o755))
			// In the place of a reusable one, or of the like: another name would leave two of them.
			path := filepath.Join(root, ".github/workflows", filepath.Base(each.path))
			require.NoError(t, os.WriteFile(path, []byte(own.ReplaceAllString(each.text, "uses: ./$1/$2")), 0o644))
			linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{WorkingDir: root})
			require.NoError(t, err)

			faults, err := linter.LintFile(path, nil)

			require.NoError(t, err)
			require.Empty(t, faults)
		})
	}
}

func TestActionlintSeesWhatAReusableWorkflowTakes(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(root, ".github/workflows"), os.DirFS(filepath.Join(set, ".github/.github/workflows"))))
	require.NoError(t, os.Mkdir(filepath.Join(root, ".git"), 0o755))
	path := filepath.Join(root, ".github/workflows/wrong.yaml")
	require.NoError(t, os.WriteFile(path, []byte("on: push\njobs:\n  a:\n    uses: ./.github/workflows/deploy.yaml\n    with:\n      place: production\n"), 0o644))
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{WorkingDir: root})
	require.NoError(t, err)

	faults, err := linter.LintFile(path, nil)

	require.NoError(t, err)
	require.Len(t, faults, 2, "one input is missing, another one is unknown")
}

// The table of the reference set: what comes after what, by the names that people see at a commit.
func TestTheJobsComeInTheirOrder(t *testing.T) {
	for name, stages := range map[string][][]string{
		"integration": {{"Lint / Code", "Lint / Title", "Test / Code"}, {"Deploy / preview"}, {"Build / Image"}},
		"deployment": {
			{"Deploy / production", "Deploy / sandbox"}, {"Build / Image"},
			{"Release / Production", "Release / Provenance", "Release / Sandbox", "Release / Version"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			all := workflows(t)
			template := find(t, all, ".github/workflow-templates/"+name+".yaml")
			got := [][]string{}
			for key, each := range template.Jobs {
				stage := template.stage(key)
				for len(got) <= stage {
					got = append(got, nil)
				}
				called := find(t, all, ".github/.github/workflows/"+filepath.Base(strings.Split(each.Uses, "@")[0]))
				for _, inner := range called.Jobs {
					environment, _ := each.With["environment"].(string)
					got[stage] = append(got[stage], each.Name+" / "+strings.ReplaceAll(inner.Name, "${{ inputs.environment }}", environment))
				}
			}
			for _, stage := range got {
				slices.Sort(stage)
			}
			require.Equal(t, stages, got)
		})
	}
}

func find(t *testing.T, all []workflow, name string) workflow {
	at := slices.IndexFunc(all, func(w workflow) bool { return w.name() == name })
	require.GreaterOrEqual(t, at, 0, name)
	return all[at]
}

// stage is how many others come before a job, one after another.
func (w workflow) stage(key string) int {
	stage := 0
	for _, before := range w.Jobs[key].Needs {
		stage = max(stage, w.stage(before)+1)
	}
	return stage
}

var pinned = regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)

func TestEveryActionIsPinnedToACommitAndToOneOnly(t *testing.T) {
	commits := map[string]string{}
	texts := map[string]string{}
	for _, each := range workflows(t) {
		texts[each.name()] = each.text
	}
	actions, err := filepath.Glob(filepath.Join(set, "*/actions/*/action.y*ml"))
	require.NoError(t, err)
	for _, path := range actions {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		texts[path] = string(text)
	}
	for name, text := range texts {
		for _, found := range regexp.MustCompile(`uses: *(.+)`).FindAllStringSubmatch(text, -1) {
			if own.MatchString(found[0]) {
				require.True(t, strings.HasPrefix(found[1], here("example-org")+"/.github/"), "%s: %s", name, found[1])
				continue
			}
			require.Regexp(t, pinned, found[1], name)
			action, commit, _ := strings.Cut(found[1], "@")
			if known, ok := commits[action]; ok {
				require.Equal(t, known, commit, "%s: %s", name, action)
			}
			commits[action] = commit
		}
	}
	require.NotEmpty(t, commits)
}

// What a job may write, and nothing else is said of any: a caller grants what it calls.
func TestNoJobMayDoMoreThanItMust(t *testing.T) {
	writes := map[string][]string{
		".github/.github/workflows/build.yaml image":        {"packages"},
		".github/.github/workflows/deploy.yaml deployment":  {"deployments"},
		".github/.github/workflows/release.yaml sandbox":    {"id-token"},
		".github/.github/workflows/release.yaml provenance": {"attestations", "id-token", "packages"},
		".github/.github/workflows/release.yaml version":    {"contents", "issues", "pull-requests"},
		".github/.github/workflows/release.yaml production": {"id-token", "packages"},
	}
	writes[here("example-app-infra")+"/.github/workflows/plan.yaml plan"] = []string{"id-token"}
	writes[here("example-app-infra")+"/.github/workflows/apply.yaml apply"] = []string{"id-token"}
	// Here and in an application's repository.
	for _, place := range []string{".github/workflow-templates/", here("example-app") + "/.github/workflows/"} {
		writes[place+"labels.yaml labels"] = []string{"issues"}
		writes[place+"integration.yaml preview"] = []string{"deployments"}
		writes[place+"integration.yaml build"] = []string{"packages"}
		writes[place+"deployment.yaml production"] = []string{"deployments"}
		writes[place+"deployment.yaml sandbox"] = []string{"deployments"}
		writes[place+"deployment.yaml build"] = []string{"packages"}
		writes[place+"deployment.yaml release"] = []string{"attestations", "contents", "id-token", "issues", "packages", "pull-requests"}
	}
	for _, each := range workflows(t) {
		switch permissions := each.Permissions.(type) {
		case map[string]any:
			for scope, right := range permissions {
				require.Equal(t, "read", right, "%s: %s for all jobs", each.name(), scope)
			}
		default:
			t.Errorf("%s: permissions: %v", each.name(), permissions)
		}
		for key, job := range each.Jobs {
			got := []string{}
			for scope, right := range job.Permissions {
				if right == "write" {
					got = append(got, scope)
				}
			}
			require.ElementsMatch(t, writes[each.name()+" "+key], got, "%s %s", each.name(), key)
		}
	}
}

// What the reference organisation before this one did, or what lets others in.
func TestNoWorkflowHasTheseFaults(t *testing.T) {
	for _, each := range workflows(t) {
		t.Run(each.name(), func(t *testing.T) {
			require.NotContains(t, each.text, "pull_request_target")
			require.NotContains(t, each.text, "workflow_run")
			if !each.isCalled() {
				require.NotEmpty(t, each.Concurrency, "two runs of the same")
			}
			for key, job := range each.Jobs {
				require.Nil(t, job.Environment, "%s: GitHub would make a deployment of its own", key)
				require.NotEqual(t, "inherit", job.Secrets, key)
				if job.Uses == "" {
					require.NotZero(t, job.Timeout, "%s: runs for six hours", key)
				}
				if slices.Contains(each.triggers(), "pull_request") {
					require.NotEqual(t, "write", job.Permissions["contents"], key)
					if job.Permissions["id-token"] == "write" {
						// A plan reads the cloud; only who may push a branch gets as far.
						require.Equal(t, here("example-app-infra")+"/.github/workflows/plan.yaml", each.name())
						require.Equal(t, "github.event.pull_request.head.repo.full_name == github.repository", job.If)
					}
				}
				for _, step := range job.Steps {
					require.NotContains(t, step.Run, "${{", "%s: somebody's text in a script", key)
					if strings.HasPrefix(step.Uses, "actions/checkout@") {
						require.Equal(t, false, step.With["persist-credentials"], "%s: the token stays on the disk", key)
					}
				}
			}
		})
	}
}

// Not even one: GitHub's own token publishes, and its OIDC token speaks to Hawser. What is left is the App of release-please.
func TestNoSecretIsAskedForButTheReleasesApp(t *testing.T) {
	for _, each := range workflows(t) {
		for _, found := range regexp.MustCompile(`secrets\.[\w-]+`).FindAllString(each.text, -1) {
			require.Equal(t, "secrets.private-key", found, each.name())
			require.Equal(t, ".github/.github/workflows/release.yaml", each.name())
		}
	}
}

func TestEveryTemplateHasItsProperties(t *testing.T) {
	templates, err := filepath.Glob(filepath.Join(set, ".github/workflow-templates/*.yaml"))
	require.NoError(t, err)
	require.Len(t, templates, 3)
	for _, path := range templates {
		text, err := os.ReadFile(strings.TrimSuffix(path, ".yaml") + ".properties.json")
		require.NoError(t, err)
		properties := struct {
			Name, Description, IconName string
			Categories                  []string
			FilePatterns                []string
		}{}
		require.NoError(t, json.Unmarshal(text, &properties))
		require.NotEmpty(t, properties.Name, path)
		require.NotEmpty(t, properties.Description, path)
		require.Regexp(t, `^octicon [a-z-]+$`, properties.IconName, path)
		require.NotEmpty(t, properties.Categories, path)
		for _, pattern := range properties.FilePatterns {
			_, err := regexp.Compile(pattern)
			require.NoError(t, err, path)
		}
	}
}

// An application's workflows are what the templates give it.
func TestTheApplicationHasTheTemplates(t *testing.T) {
	paths, err := filepath.Glob(fileOf("example-app", ".github/workflows/*.yaml"))
	require.NoError(t, err)
	for _, path := range paths {
		template := textOf(t, ".github", "workflow-templates/"+filepath.Base(path))
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, strings.ReplaceAll(string(template), "$default-branch", "main"), string(text))
	}
}
