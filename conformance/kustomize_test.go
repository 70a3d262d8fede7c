package conformance

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/distribution/reference"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// edited is a kustomization before and after a promotion's edit, and what that edit says that it pins now.
type edited struct {
	Name, Image, Before, After string
	// After, with the edit undone; lacking where the file had no pin before.
	Undone string
	To     struct{ Tag, Digest string }
}

// Hawser's side: cli/conformance.ts has had src/promotions edit them, and wrote it down.
func editedByHawser(t *testing.T) (edits struct {
	Shapes, Generated []edited
	// What a name of an entry means by what src/promotions takes it for: ghcr.io/acme/shop, or not.
	Names []struct {
		Name  string
		Means bool
	}
}) {
	text, err := os.ReadFile(os.Getenv("HAWSER_KUSTOMIZATIONS"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &edits))
	return edits
}

// bystanders are in every base, with and without an entry: what an edit must leave alone.
var bystanders = []string{
	"shop", "ghcr.io/acme/shop", "ghcr.io/acme/shop-worker", "ghcr.io/acme", "shop:5000/acme/shop", "mirror.example.com/shop",
	"redis", "nginx", "web", "worker", "canary", "busybox",
}

func TestABuildAfterAnEditDiffersFromTheOneBeforeInThatImageAlone(t *testing.T) {
	edits := editedByHawser(t)
	require.Greater(t, len(edits.Shapes), 45)
	for _, edit := range edits.Shapes {
		t.Run(edit.Name, func(t *testing.T) { judge(t, edit) })
	}
	t.Run("500 generated ones", func(t *testing.T) {
		require.Len(t, edits.Generated, 500)
		unquoted := 0
		for _, edit := range edits.Generated {
			if judge(t, edit) {
				unquoted++
			}
		}
		t.Logf("%d of them could not be built before the edit, their tag being a number", unquoted)
		require.Less(t, unquoted, 250)
	})
}

func TestANameOfAnEntryMeansWhatHawserTakesItFor(t *testing.T) {
	names := editedByHawser(t).Names
	require.Greater(t, len(names), 25)
	for _, each := range names {
		t.Run(each.Name, func(t *testing.T) {
			entry, err := yaml.Marshal(types.Image{Name: each.Name, NewTag: "changed"})
			require.NoError(t, err)
			disk := filesys.MakeFsInMemory()
			require.NoError(t, disk.WriteFile("/deployment.yaml", []byte(deploymentOf("shop", []string{"ghcr.io/acme/shop"}))))
			indented := strings.ReplaceAll(strings.TrimSpace(string(entry)), "\n", "\n  ")
			require.NoError(t, disk.WriteFile("/kustomization.yaml", []byte("resources:\n- deployment.yaml\nimages:\n- "+indented+"\n")))
			built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(disk, "/")
			require.NoError(t, err)
			text, err := built.AsYaml()
			require.NoError(t, err)
			require.Equal(t, each.Means, strings.Contains(string(text), "image: ghcr.io/acme/shop:changed"), "of\n%s", text)
		})
	}
}

// It tells whether kustomize took the file as it was only with its tag in quotes.
func judge(t *testing.T, edit edited) (unquoted bool) {
	after, entries, err := build(edit.After)
	require.NoError(t, err, "after the edit of\n%s", edit.Before)
	before, old, err := build(edit.Before)
	if err != nil {
		unquoted = true
		require.ErrorContains(t, err, "into Go struct field Image.images.newTag of type string", "before the edit of\n%s", edit.Before)
		before, old, err = build(edit.Undone)
		require.NoError(t, err)
	}
	require.Len(t, entries, len(old))
	moved := 0
	for index, entry := range entries {
		if entry == old[index] {
			continue
		}
		moved++
		require.Contains(t, []string{inFull(t, entry.Name), inFull(t, entry.NewName)}, inFull(t, edit.Image))
		require.Equal(t, edit.To.Tag, entry.NewTag)
		require.Equal(t, edit.To.Digest, entry.Digest)
		pin(before, entry.Name, referenceOf(entry))
	}
	require.Positive(t, moved)
	require.Equal(t, asText(t, before), asText(t, after), "of\n%s", edit.Before)
	return unquoted
}

// Docker leaves out what is usual: `nginx` is `docker.io/library/nginx`.
func inFull(t *testing.T, name string) string {
	if name == "" {
		return ""
	}
	named, err := reference.ParseNormalizedNamed(name)
	require.NoError(t, err)
	return named.Name()
}

func referenceOf(entry types.Image) string {
	image := entry.NewName
	if image == "" {
		image = entry.Name
	}
	if entry.NewTag != "" {
		image += ":" + entry.NewTag
	}
	if entry.Digest != "" {
		image += "@" + entry.Digest
	}
	return image
}

// What kustomize makes of an overlay, and the entries that it reads there.
func build(overlay string) (resources []map[string]any, images []types.Image, err error) {
	kustomization := types.Kustomization{}
	if err := kustomization.Unmarshal([]byte(overlay)); err != nil {
		return nil, nil, err
	}
	if len(kustomization.Resources) == 0 {
		// Most shapes are no more than the lines that matter.
		kustomization.Resources = []string{"../../base"}
		whole, err := yaml.Marshal(kustomization)
		if err != nil {
			return nil, nil, err
		}
		overlay = string(whole)
	}
	disk := filesys.MakeFsInMemory()
	for path, text := range map[string]string{
		"/base/kustomization.yaml":                "resources:\n- all.yaml\n",
		"/base/all.yaml":                          base(kustomization.Images),
		"/overlays/production/kustomization.yaml": overlay,
		"/overlays/production/deployment.yaml":    deploymentOf("ours", []string{"ghcr.io/acme/shop", "redis"}),
		"/overlays/production/a.yaml":             "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: shop\nspec:\n  replicas: 3\n",
	} {
		if err := disk.WriteFile(path, []byte(text)); err != nil {
			return nil, nil, err
		}
	}
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(disk, "/overlays/production")
	if err != nil {
		return nil, nil, err
	}
	for _, resource := range built.Resources() {
		fields, err := resource.Map()
		if err != nil {
			return nil, nil, err
		}
		resources = append(resources, fields)
	}
	return resources, kustomization.Images, nil
}

// A Deployment, a CronJob that runs the same images first, and a text that only speaks of them.
func base(entries []types.Image) string {
	images := slices.Clone(bystanders)
	for _, entry := range entries {
		if !slices.Contains(images, entry.Name) {
			images = append(images, entry.Name)
		}
	}
	job := "apiVersion: batch/v1\nkind: CronJob\nmetadata:\n  name: nightly\nspec:\n  schedule: 0 3 * * *\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          initContainers:\n"
	text := "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: text\ndata:\n  image: ghcr.io/acme/shop:v1.4.0\n"
	return strings.Join([]string{deploymentOf("shop", images), job + containers("          ", images), text}, "---\n")
}

// Its spec.image is what one of the generated patches sets.
func deploymentOf(name string, images []string) string {
	return "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: " + name + "\nspec:\n  image: none\n  template:\n    spec:\n      containers:\n" + containers("      ", images)
}

// Each is named by the image that it is declared with.
func containers(indent string, images []string) string {
	text := strings.Builder{}
	for _, image := range images {
		fmt.Fprintf(&text, "%s- name: %q\n%s  image: %q\n", indent, image, indent, image+":v0.0.0")
	}
	return text.String()
}

// pin sets an image wherever the container is one that was declared with that name.
func pin(node any, declared, image string) {
	switch node := node.(type) {
	case []map[string]any:
		for _, each := range node {
			pin(each, declared, image)
		}
	case []any:
		for _, each := range node {
			pin(each, declared, image)
		}
	case map[string]any:
		if node["name"] == declared && node["image"] != nil {
			node["image"] = image
		}
		for _, each := range node {
			pin(each, declared, image)
		}
	}
}

func asText(t *testing.T, resources []map[string]any) string {
	text, err := yaml.Marshal(resources)
	require.NoError(t, err)
	return string(text)
}
