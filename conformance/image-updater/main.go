// Command image-updater writes back to a git repository as Argo CD Image Updater does: its branch, its commit and its files, by
// the libraries that it uses itself. Its own code is no module that can be had; conformance/README.md says what is taken from it.
//
//	echo '{"repository": "/tmp/deployment.git", "application": "shop", "path": "overlays/production", "target": "kustomization",
//	  "writeBranch": "image-updater-{{range .Images}}{{.Name}}-{{.NewTag}}{{end}}",
//	  "images": [{"image": "ghcr.io/acme/shop:v1.5.0", "name": "acme/shop", "oldTag": "v1.4.0", "newTag": "v1.5.0"}]}' |
//	  go run ./image-updater
package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"text/template"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/util/git"
	"github.com/sirupsen/logrus"
)

type change struct {
	// As it stands in the Application's source, which Image Updater has changed before it writes back: `[old=]name[:tag][@digest]`.
	Image v1alpha1.KustomizeImage
	// What its templates know of it. Name is without the registry.
	Name, Alias, OldTag, NewTag string
}

type order struct {
	// Repository is what it clones and pushes to.
	Repository, Application, Path string
	// Target is kustomization, kustomization:<directory>, or empty: .argocd-source-<application>.yaml.
	Target, WriteBranch string
	Images              []change
	// Helm: what the file for the application holds in the place of Kustomize's images.
	Helm []v1alpha1.HelmParameter
}

// https://argocd-image-updater.readthedocs.io/en/stable/basics/update-methods/#changing-the-git-commit-message, the default.
const message = `build: automatic update of {{ .AppName }}

{{ range .AppChanges -}}
updates image {{ .Name }} tag '{{ .OldTag }}' to '{{ .NewTag }}'
{{ end -}}
`

func main() {
	logrus.SetLevel(logrus.ErrorLevel)
	if err := writeBack(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func writeBack() error {
	wanted := order{}
	if err := json.NewDecoder(os.Stdin).Decode(&wanted); err != nil {
		return err
	}
	clone, err := os.MkdirTemp("", "git-"+wanted.Application)
	if err != nil {
		return err
	}
	defer os.RemoveAll(clone)
	client, err := git.NewClientExt(wanted.Repository, clone, git.NopCreds{}, false, false, "", "")
	if err != nil {
		return err
	}
	branch, err := branchOf(wanted)
	if err != nil {
		return err
	}
	said, err := rendered(message, map[string]any{"AppName": wanted.Application, "AppChanges": wanted.Images})
	if err != nil {
		return err
	}
	for _, step := range []func() (string, error){
		func() (string, error) { return "", client.Init() },
		func() (string, error) { return "", client.Fetch("", 0) },
		func() (string, error) { return client.SetAuthor("argocd-image-updater", "noreply@argoproj.io") },
		func() (string, error) { return client.CheckoutOrNew(branch, "main", false) },
		func() (string, error) { return "", write(clone, wanted) },
		func() (string, error) { return client.CommitAndPush(branch, said) },
	} {
		if out, err := step(); err != nil {
			return fmt.Errorf("%s: %w", out, err)
		}
	}
	sha, err := client.CommitSHA()
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]string{"branch": branch, "sha": sha})
}

func branchOf(wanted order) (string, error) {
	hash := sha256.New()
	for _, each := range wanted.Images {
		fmt.Fprintf(hash, "%s-%s-%s,", each.Name, each.OldTag, each.NewTag)
	}
	name, err := rendered(wanted.WriteBranch, map[string]any{"Images": wanted.Images, "SHA256": fmt.Sprintf("%x", hash.Sum(nil))})
	return name[:min(len(name), 255)], err
}

func rendered(text string, facts any) (string, error) {
	parsed, err := template.New("").Parse(text)
	if err != nil {
		return "", err
	}
	built := strings.Builder{}
	err = parsed.Execute(&built, facts)
	return built.String(), err
}
