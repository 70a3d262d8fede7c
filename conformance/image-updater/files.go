package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	yaml "go.yaml.in/yaml/v2"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/types"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
)

func write(clone string, wanted order) error {
	kind, directory, _ := strings.Cut(wanted.Target, ":")
	if kind == "kustomization" {
		below := filepath.Join(wanted.Path, directory)
		if strings.HasPrefix(directory, "/") {
			below = directory
		}
		return writeKustomization(filepath.Join(clone, below), wanted.Images)
	}
	content := map[string]any{"helm": map[string]any{"parameters": wanted.Helm}}
	if wanted.Helm == nil {
		images := v1alpha1.KustomizeImages{}
		for _, each := range wanted.Images {
			images = append(images, each.Image)
		}
		content = map[string]any{"kustomize": map[string]any{"images": images}}
	}
	text, err := yaml.Marshal(content)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(clone, wanted.Path, ".argocd-source-"+wanted.Application+".yaml"), text, 0o600)
}

// The whole file is parsed and written anew: what else changes in it is kyaml's way of laying out.
func writeKustomization(directory string, images []change) error {
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		file := filepath.Join(directory, name)
		if _, err := os.Stat(file); err != nil {
			continue
		}
		return kyaml.UpdateFile(kyaml.FilterFunc(func(root *kyaml.RNode) (*kyaml.RNode, error) {
			list, err := root.Pipe(kyaml.LookupCreate(kyaml.SequenceNode, "images"))
			for _, each := range images {
				entry := entryOf(each.Image)
				text, failed := kyaml.Marshal(entry)
				err = errors.Join(err, failed)
				element := kyaml.MustParse(string(text)).YNode()
				err = errors.Join(err, list.PipeE(kyaml.ElementSetter{Element: element, Keys: []string{"name"}, Values: []string{entry.Name}}))
			}
			return root, err
		}), file)
	}
	return fmt.Errorf("no kustomization in %s", directory)
}

// Without a name to replace, the name is the image's own, and no newName is written.
func entryOf(image v1alpha1.KustomizeImage) types.Image {
	old, reference, isRenamed := strings.Cut(string(image), "=")
	if !isRenamed {
		reference = old
	}
	rest, digest, _ := strings.Cut(reference, "@")
	name, tag := rest, ""
	if colon := strings.LastIndex(rest, ":"); colon > strings.LastIndex(rest, "/") {
		name, tag = rest[:colon], rest[colon+1:]
	}
	if !isRenamed {
		return types.Image{Name: name, NewTag: tag, Digest: digest}
	}
	return types.Image{Name: old, NewName: name, NewTag: tag, Digest: digest}
}
