package reference

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// organisation is a GitHub that is a fake, with one account on it. What a repository holds is the shipped one's, or `paths`.
type organisation struct {
	t            *testing.T
	url, login   string
	repositories []repository
	pulls        map[string][]pull
	down         bool
	mu           sync.Mutex
	calls        []string
}

type repository struct {
	name     string
	archived bool
	// Of one that is made up; none: it is read from the set.
	paths []string
}

type pull struct {
	number             int
	branch, sha, label string
}

func newOrganisation(t *testing.T, repositories ...repository) *organisation {
	o := &organisation{t: t, login: here("example-org"), repositories: repositories, pulls: map[string][]pull{}}
	routes := http.NewServeMux()
	routes.HandleFunc("POST /app/installations/{id}/access_tokens", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
		o.say(w, map[string]any{"token": "a-token", "expires_at": "2100-01-01T00:00:00Z"})
	})
	routes.HandleFunc("GET /api/v3/orgs/{org}/repos", o.list)
	routes.HandleFunc("GET /api/v3/repos/{org}/{name}/branches/main", o.branch)
	routes.HandleFunc("GET /api/v3/repos/{org}/{name}/contents/{path...}", o.contents)
	routes.HandleFunc("GET /api/v3/repos/{org}/{name}/pulls", o.pullRequests)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		o.mu.Lock()
		o.calls = append(o.calls, strings.TrimPrefix(request.URL.Path, "/api/v3"))
		o.mu.Unlock()
		if o.down {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		routes.ServeHTTP(w, request)
	}))
	t.Cleanup(server.Close)
	o.url = server.URL
	return o
}

func (o *organisation) say(w http.ResponseWriter, what any) {
	require.NoError(o.t, json.NewEncoder(w).Encode(what))
}

func (o *organisation) list(w http.ResponseWriter, _ *http.Request) {
	listed := []map[string]any{}
	for _, each := range o.repositories {
		listed = append(listed, map[string]any{
			"name": each.name, "owner": map[string]any{"login": o.login}, "default_branch": "main", "archived": each.archived,
			"clone_url": o.clone(each.name), "ssh_url": "git@github.com:" + o.login + "/" + each.name + ".git",
		})
	}
	o.say(w, listed)
}

func (o *organisation) clone(name string) string {
	return "https://github.com/" + o.login + "/" + name + ".git"
}

func (o *organisation) branch(w http.ResponseWriter, _ *http.Request) {
	o.say(w, map[string]any{"name": "main", "commit": map[string]any{"sha": strings.Repeat("d", 40)}})
}

func (o *organisation) contents(w http.ResponseWriter, request *http.Request) {
	if !slices.Contains(o.directories(request.PathValue("name")), request.PathValue("path")) {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	o.say(w, []any{})
}

func (o *organisation) pullRequests(w http.ResponseWriter, request *http.Request) {
	name := request.PathValue("name")
	if !slices.ContainsFunc(o.repositories, func(r repository) bool { return r.name == name }) {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	listed := []map[string]any{}
	for _, each := range o.pulls[name] {
		listed = append(listed, map[string]any{
			"number": each.number, "title": "A title", "user": map[string]any{"login": "ada"},
			"head": map[string]any{"ref": each.branch, "sha": each.sha}, "base": map[string]any{"ref": "main"},
			"labels": []map[string]any{{"name": each.label}},
		})
	}
	o.say(w, listed)
}

// directories lists what a repository holds, as the repository server does for the generators.
func (o *organisation) directories(name string) []string {
	at := slices.IndexFunc(o.repositories, func(r repository) bool { return r.name == name })
	if at < 0 {
		return nil
	}
	if o.repositories[at].paths != nil {
		return o.repositories[at].paths
	}
	root := filepath.Join(set, name)
	found := []string{}
	require.NoError(o.t, fs.WalkDir(os.DirFS(root), ".", func(at string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && at != "." {
			found = append(found, path.Clean(at))
		}
		return err
	}))
	return found
}

// asked lists the calls since it was asked last.
func (o *organisation) asked() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	calls := o.calls
	o.calls = nil
	return calls
}

func privateKey(t *testing.T) string {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
}
