package reference

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/argoproj/argo-cd/v3/util/lua"
	argosettings "github.com/argoproj/argo-cd/v3/util/settings"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"hawser.example/conformance/argocd"
	kubefake "k8s.io/client-go/kubernetes/fake"
)

// call sends what GitHub, or Hawser in its shape, sends; the handler answers before it has looked.
func call(t *testing.T, instance *argocd.Instance, event string, payload map[string]any) {
	body, err := json.Marshal(payload)
	require.NoError(t, err)
	mac := hmac.New(sha256.New, []byte(webhookSecret))
	mac.Write(body)
	request := httptest.NewRequest(http.MethodPost, "/api/webhook", bytes.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Github-Event", event)
	request.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	answer := httptest.NewRecorder()
	instance.ServeHTTP(answer, request)
	require.Equal(t, http.StatusOK, answer.Code, answer.Body.String())
}

func (o *organisation) pullRequestOf(name string) map[string]any {
	return map[string]any{"action": "synchronize", "repository": map[string]any{
		"name": name, "url": o.url + "/repos/" + o.login + "/" + name, "owner": map[string]any{"login": o.login},
	}}
}

func (o *organisation) pushTo(name, branch string) map[string]any {
	return map[string]any{"ref": "refs/heads/" + branch, "repository": map[string]any{
		"html_url": "https://github.com/" + o.login + "/" + name, "default_branch": "main",
	}}
}

func TestTheWebhookRefreshesTheSetsThatAnEventIsAbout(t *testing.T) {
	o := everything(t)
	app, deployment := here("example-app"), here("example-app-deployment")
	for name, test := range map[string]struct {
		event   string
		payload map[string]any
		marked  []string
	}{
		"a pull request of the application":             {"pull_request", o.pullRequestOf(app), []string{"previews"}},
		"a pull request of the deployment repository":   {"pull_request", o.pullRequestOf(deployment), []string{}},
		"a pull request of an application without one":  {"pull_request", o.pullRequestOf("another"), []string{}},
		"a push to the deployment repository":           {"push", o.pushTo(deployment, "main"), []string{"applications"}},
		"a push to a branch of it":                      {"push", o.pushTo(deployment, "image-updater-v1.5.0"), []string{}},
		"a push to an add-on":                           {"push", o.pushTo("gateway-api-addon", "main"), []string{"addons"}},
		"a push to the application, which is no source": {"push", o.pushTo(app, "main"), []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			instance := newInstance(t, o)

			call(t, instance, test.event, test.payload)
			// One worker handles the calls one after another: a set that is marked by a later call tells that this one is done.
			call(t, instance, "push", o.pushTo("opentelemetry-addon", "main"))

			require.EventuallyWithT(t, func(c *assert.CollectT) {
				marked, err := instance.Marked(t.Context())
				require.NoError(c, err)
				require.Contains(c, marked, "addons")
				require.ElementsMatch(c, test.marked, without(marked, "addons", test.marked))
			}, 10*time.Second, 10*time.Millisecond)
		})
	}
}

// without leaves a name out, unless it is among the wanted.
func without(names []string, name string, wanted []string) []string {
	left := []string{}
	for _, each := range names {
		if each != name || contains(wanted, name) {
			left = append(left, each)
		}
	}
	return left
}

func contains(names []string, name string) bool {
	for _, each := range names {
		if each == name {
			return true
		}
	}
	return false
}

func TestTheShippedActionIsFoundOnEveryShippedSet(t *testing.T) {
	settings := shippedConfigMap(t, "refresh/argocd-cm.yaml")
	overrides, err := argosettings.NewSettingsManager(t.Context(), kubefake.NewClientset(settings), argocd.Namespace).GetResourceOverrides()
	require.NoError(t, err)
	vm := lua.VM{ResourceOverrides: overrides}
	for _, name := range sets {
		object := unstructuredOf(t, shippedSet(t, name))
		scripts, err := vm.GetResourceActionDiscovery(object)
		require.NoError(t, err)
		actions, err := vm.ExecuteResourceActionDiscovery(object, scripts)
		require.NoError(t, err)
		require.Len(t, actions, 1, name)
		require.Equal(t, "refresh", actions[0].Name)
	}
}
