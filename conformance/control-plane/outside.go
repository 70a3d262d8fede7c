package main

import (
	"context"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/argoproj/argo-cd/v3/applicationset/services"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
)

// enterprise is a GitHub whose API is below /api/v3, where the generators' client looks for any that is not github.com.
func enterprise(github string) string {
	at, err := url.Parse(github)
	if err != nil {
		panic(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(request *httputil.ProxyRequest) {
		request.SetURL(at)
		request.Out.URL.Path = path.Clean(strings.TrimPrefix(request.In.URL.Path, "/api/v3"))
		request.Out.URL.RawPath = ""
		request.Out.Host = at.Host
	}}
	return httptest.NewServer(http.Handler(proxy)).URL + "/"
}

// onThisMachine takes the shipped address for one that the engine replaces.
func onThisMachine(service string) string {
	before, after, _ := strings.Cut(service, "https://")
	_, rest, _ := strings.Cut(after, "/")
	return before + "$hawser-url/" + rest
}

// onDisk stands in for the repository server: the repositories of the set, as they are.
type onDisk struct {
	services.Repos
	gitops string
}

func (o onDisk) GetDirectories(_ context.Context, repository, _, _ string, _ bool, _ *v1alpha1.SourceIntegrity) ([]string, error) {
	root := filepath.Join(o.gitops, strings.TrimSuffix(path.Base(repository), ".git"))
	found := []string{}
	err := fs.WalkDir(os.DirFS(root), ".", func(at string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && at != "." {
			found = append(found, at)
		}
		return err
	})
	return found, err
}
