package conformance

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Everything that JSON, YAML, HTML, Go's templates or the engine's secrets could take for their own.
const difficult = "one or more objects failed to apply, reason: \"shop\" is invalid:\n\tspec.replicas: '<b>&amp;</b>' \\ ` {{ .app }} $hawser-token \u2028 \x01 Größe 🚢 日本語"

func nullsInLists(app application) {
	for _, path := range []string{"metadata.ownerReferences", "status.conditions", operationState + ".syncResult.resources"} {
		fields := strings.Split(path, ".")
		items, _, _ := unstructured.NestedSlice(app, fields...)
		// SetNestedField would copy the list as text where it holds null.
		parent, _, _ := unstructured.NestedFieldNoCopy(app, fields[:len(fields)-1]...)
		parent.(map[string]any)[fields[len(fields)-1]] = append([]any{nil}, items...)
	}
}

func multiSource(app application) {
	const manifests, kustomized = "9b1c2d3e4f5061728394a5b6c7d8e9f001122334", operationState + ".operation.sync.source.kustomize.images"
	images, _, _ := unstructured.NestedSlice(app, strings.Split(kustomized, ".")...)
	repository := "https://github.com/example-org/shop-deployment.git"
	sources := []any{
		map[string]any{"repoURL": "https://charts.example.com", "chart": "shop", "targetRevision": "1.4.2", "helm": map[string]any{"values": "LEAK", "valueFiles": []any{"$values/values.yaml"}}},
		map[string]any{"repoURL": repository, "targetRevision": "main", "ref": "values"},
		map[string]any{"repoURL": repository, "targetRevision": "main", "path": "overlays/preview", "name": "overlay", "kustomize": map[string]any{"images": images}},
	}
	revisions := []any{"1.4.2", manifests, manifests}
	several(
		unset("spec.source", operationState+".operation.sync.source", operationState+".operation.sync.revision", "status.sync.revision"),
		set("spec.sources", sources),
		set(operationState+".operation.sync.sources", sources),
		set(operationState+".operation.sync.revisions", revisions),
		set(operationState+".syncResult.revision", ""),
		set(operationState+".syncResult.revisions", revisions),
		set("status.sync.revisions", revisions),
	)(app)
}

func difficultMessages(app application) {
	several(
		phase("Failed"), health("Degraded"), message(difficult),
		set("status.health.message", difficult),
		set("status.conditions", []any{map[string]any{"type": "SyncError", "message": difficult}}),
		set(operationState+".syncResult.resources", []any{
			map[string]any{"kind": "Deployment", "name": "shop", "status": "SyncFailed", "message": difficult, "images": []any{"ghcr.io/example-org/shop:" + shaOf(app)}},
			map[string]any{"kind": "Job", "name": "migrate", "status": "Synced", "message": difficult, "hookType": "PreSync", "hookPhase": "Failed"},
			map[string]any{"kind": "Service", "name": "shop", "status": "Synced", "message": "unchanged"},
		}),
	)(app)
}

func partialOf3000(app application) {
	resources := make([]any, 3000)
	for number := range resources {
		resources[number] = map[string]any{"group": "apps", "kind": "Deployment", "name": fmt.Sprint("workload-", number)}
	}
	set(operationState+".operation.sync.resources", resources)(app)
}

// of3000 has that many of everything whose number grows with an application, each as long as it may get.
func of3000(app application) {
	name := func(number int) string {
		return fmt.Sprintf("registry.example.com:5000/example-org/%s/component-%d:1.0", strings.Repeat("long-name-", 12), number)
	}
	var resources, images, urls, conditions []any
	for number := range 3000 {
		resource := map[string]any{
			"group": "apps", "version": "v1", "kind": "Deployment", "namespace": "shop", "name": fmt.Sprint("workload-", number),
			"status": "Synced", "message": strings.Repeat("<configured> ", 80), "hookPhase": "Running", "syncPhase": "Sync",
			"images": []any{name(number), "docker.io/library/redis:7"},
		}
		if number%3 == 0 {
			resource["images"] = []any{"ghcr.io/example-org/shop:" + shaOf(app)}
		}
		if number%7 == 6 {
			resource["status"], resource["message"] = "SyncFailed", strings.Repeat("ü<&>\"\n", 5000)
		}
		resources = append(resources, resource)
		images = append(images, name(number))
		urls = append(urls, fmt.Sprintf("https://%d.example.com/", number))
		conditions = append(conditions, map[string]any{"type": "OrphanedResourceWarning", "message": strings.Repeat("<>&", 3000)})
	}
	several(
		set(operationState+".syncResult.resources", resources), set("status.summary.images", images),
		set("status.summary.externalURLs", urls), set("status.conditions", conditions),
	)(app)
}

func shaOf(app application) string {
	images, _, _ := unstructured.NestedStringSlice(app, "status", "summary", "images")
	_, sha, _ := strings.Cut(images[0], ":")
	return sha
}
