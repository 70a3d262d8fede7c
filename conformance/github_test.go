package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	patience = 30 * time.Second
	turn     = 25 * time.Millisecond
)

type deployment struct {
	SHA         string `json:"sha"`
	Environment string `json:"environment"`
	Statuses    []struct {
		State          string `json:"state"`
		Description    string `json:"description"`
		LogURL         string `json:"log_url"`
		EnvironmentURL string `json:"environment_url"`
	} `json:"statuses"`
}

// pushed pushes a commit as a person would.
func pushed(t *testing.T, repository string) string {
	var made struct {
		SHA string `json:"sha"`
	}
	call(t, http.MethodPost, githubURL+"/_emulator/commits", map[string]string{"repository": repository, "message": t.Name()}, &made)
	require.Len(t, made.SHA, 40)
	return made.SHA
}

func deploymentsTo(t *testing.T, at place) []deployment {
	var all, those []deployment
	call(t, http.MethodGet, githubURL+"/_emulator/deployments?repository="+url.QueryEscape(at.repository()), nil, &all)
	for _, each := range all {
		if each.Environment == at.environment {
			those = append(those, each)
		}
	}
	return those
}

// history is what GitHub was told of a place: for each deployment its statuses, oldest first.
func history(t *testing.T, at place) []string {
	told := []string{}
	for number, each := range deploymentsTo(t, at) {
		for _, status := range each.Statuses {
			told = append(told, fmt.Sprintf("#%d %s %s", number+1, status.State, status.Description))
		}
	}
	return told
}

// settled waits until Hawser owes GitHub nothing of the repository: what has not been written now never will be, unless
// time or another word brings it about.
func settled(t *testing.T, at place) {
	require.Eventually(t, func() bool {
		var ledger struct {
			Outbox struct{ Pending, Dead []json.RawMessage }
		}
		call(t, http.MethodGet, hawserURL+"/api/repositories/"+at.repository(), nil, &ledger)
		require.Empty(t, ledger.Outbox.Dead, "dead letters")
		return len(ledger.Outbox.Pending) == 0
	}, patience, turn)
}

// eventually waits for a history that time has a part in.
func eventually(t *testing.T, at place, want []string) {
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		require.Equal(c, want, history(t, at))
	}, patience, turn)
}

func call(t *testing.T, method, address string, body, into any) {
	text, err := json.Marshal(body)
	require.NoError(t, err)
	request, err := http.NewRequest(method, address, bytes.NewReader(text))
	require.NoError(t, err)
	if body == nil {
		request.Body, request.ContentLength = nil, 0
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+operatorToken)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Less(t, response.StatusCode, 300, "%s %s: %s", method, address, answer)
	require.NoError(t, json.Unmarshal(answer, into))
}

// eventuallyEndsAs waits for the newest deployment's state; "" is none, for which it is enough that nothing is owed.
func eventuallyEndsAs(t *testing.T, at place, state string) {
	if state == "" {
		settled(t, at)
		require.Empty(t, history(t, at))
		return
	}
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		deployments := deploymentsTo(t, at)
		require.Len(c, deployments, 1)
		require.NotEmpty(c, deployments[0].Statuses)
		require.Equal(c, state, deployments[0].Statuses[len(deployments[0].Statuses)-1].State)
		require.Equal(c, at.sha, deployments[0].SHA)
	}, patience, turn)
	settled(t, at)
}
