package conformance

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"hawser.example/conformance/applicationsets"
)

const webhookSecret = "the-secret-of-the-webhook"

// listener is the ApplicationSet controller's webhook, and what it has marked.
type listener struct {
	t      *testing.T
	url    string
	marked chan string
}

func newListener(t *testing.T) *listener {
	l := &listener{t: t, marked: make(chan string, 100)}
	controller, err := applicationsets.New(t.Context(), webhookSecret, "", func(set string) { l.marked <- set })
	require.NoError(t, err)
	server := httptest.NewServer(controller)
	t.Cleanup(server.Close)
	l.url = server.URL
	return l
}

// refreshCall has the shape that Hawser gives its calls.
func refreshCall(api, repository string) []byte {
	owner, name, _ := strings.Cut(repository, "/")
	body, _ := json.Marshal(map[string]any{
		"action": "synchronize",
		"repository": map[string]any{
			"name": name, "full_name": repository, "url": api + "/repos/" + repository, "owner": map[string]any{"login": owner},
		},
	})
	return body
}

func signed(body []byte, secret string) http.Header {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return http.Header{
		"Content-Type":        {"application/json"},
		"X-Github-Event":      {"pull_request"},
		"X-Hub-Signature-256": {"sha256=" + hex.EncodeToString(mac.Sum(nil))},
	}
}

func (l *listener) send(method string, header http.Header, body []byte) int {
	request, err := http.NewRequestWithContext(l.t.Context(), method, l.url+"/api/webhook", strings.NewReader(string(body)))
	require.NoError(l.t, err)
	request.Header = header
	response, err := http.DefaultClient.Do(request)
	require.NoError(l.t, err)
	require.NoError(l.t, response.Body.Close())
	return response.StatusCode
}

// handled answers what has been marked so far: one worker handles the calls one after another.
func (l *listener) handled() []string {
	barrier := refreshCall("https://api.github.com", "barrier/barrier")
	require.Equal(l.t, http.StatusOK, l.send(http.MethodPost, signed(barrier, webhookSecret), barrier))
	marked := []string{}
	for {
		select {
		case set := <-l.marked:
			if set == "barrier" {
				return marked
			}
			marked = append(marked, set)
		case <-l.t.Context().Done():
			l.t.Fatal("the barrier was never marked")
		}
	}
}

func TestARefreshCallMarksTheSetsOfItsRepositoryAndNoOther(t *testing.T) {
	for repository, sets := range map[string][]string{
		"acme/shop":    {"shop", "shop-among-others", "shop-written-otherwise", "whole-organisation"},
		"acme/mobile":  {"mobile", "shop-among-others", "whole-organisation"},
		"other/shop":   {"shop-of-another-owner"},
		"acme/unknown": {},
	} {
		t.Run(repository, func(t *testing.T) {
			l := newListener(t)
			body := refreshCall("https://api.github.com", repository)
			require.Equal(t, http.StatusOK, l.send(http.MethodPost, signed(body, webhookSecret), body))
			require.ElementsMatch(t, sets, l.handled())
		})
	}
}

func TestACallFromAnotherGitHubMarksTheSetsOfThatGitHub(t *testing.T) {
	l := newListener(t)
	body := refreshCall("https://github.example.com/api/v3", "acme/shop")
	require.Equal(t, http.StatusOK, l.send(http.MethodPost, signed(body, webhookSecret), body))
	require.Equal(t, []string{"shop-of-another-github"}, l.handled())
}

func TestARefreshCallThatIsNotSignedAsItShouldIsRefusedAndMarksNothing(t *testing.T) {
	body := refreshCall("https://api.github.com", "acme/shop")
	without := signed(body, webhookSecret)
	without.Del("X-Hub-Signature-256")
	capitals := signed(body, webhookSecret)
	capitals.Set("X-Hub-Signature-256", "sha256="+strings.ToUpper(strings.TrimPrefix(capitals.Get("X-Hub-Signature-256"), "sha256=")))
	form := signed(body, webhookSecret)
	another := signed(body, webhookSecret)
	another.Set("X-Github-Event", "issues")
	for name, call := range map[string]struct {
		method string
		header http.Header
		body   []byte
		status int
	}{
		"with another secret":      {http.MethodPost, signed(body, "another-secret"), body, http.StatusBadRequest},
		"with a new line after it": {http.MethodPost, signed(body, webhookSecret+"\n"), body, http.StatusBadRequest},
		"of another body":          {http.MethodPost, form, append([]byte(" "), body...), http.StatusBadRequest},
		"without a signature":      {http.MethodPost, without, body, http.StatusBadRequest},
		"in capitals":              {http.MethodPost, capitals, body, http.StatusBadRequest},
		"of another event":         {http.MethodPost, another, body, http.StatusBadRequest},
		"with another method":      {http.MethodPut, signed(body, webhookSecret), body, http.StatusMethodNotAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			l := newListener(t)
			require.Equal(t, call.status, l.send(call.method, call.header, call.body))
			require.Empty(t, l.handled())
		})
	}
}
