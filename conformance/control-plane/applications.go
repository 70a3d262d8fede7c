package main

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"hawser.example/conformance/argocd"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Where the notifications controller writes what it has sent.
const notified = "notified.notifications.argoproj.io"

// reconcile makes a set's Applications, and shows them to the notifications controller.
func (p *plane) reconcile(set string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	said, err := p.instance.Reconcile(p.ctx, set)
	if err != nil {
		return err
	}
	if said != "" {
		tell(map[string]any{"trouble": set + ": " + said})
	}
	return p.mirror()
}

func (p *plane) mirror() error {
	wanted, err := p.instance.Applications(p.ctx)
	if err != nil {
		return err
	}
	shown, err := p.apps.List(p.ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	here := map[string]*unstructured.Unstructured{}
	for index := range shown.Items {
		here[shown.Items[index].GetName()] = &shown.Items[index]
	}
	for _, application := range wanted {
		if err := p.show(&application, here[application.Name]); err != nil {
			return err
		}
		delete(here, application.Name)
	}
	for name := range here {
		if err := p.apps.Delete(p.ctx, name, metav1.DeleteOptions{}); err != nil {
			return err
		}
		tell(map[string]any{"gone": name})
	}
	return nil
}

// show writes one as an API server keeps it: with an identity, and a generation that counts what changes in it.
func (p *plane) show(application *v1alpha1.Application, old *unstructured.Unstructured) error {
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(application)
	if err != nil {
		return err
	}
	object := &unstructured.Unstructured{Object: fields}
	unstructured.RemoveNestedField(object.Object, "status")
	object.SetResourceVersion("")
	if old == nil {
		p.made++
		object.SetUID(types.UID(fmt.Sprintf("uid-%d-of-%s", p.made, object.GetName())))
		object.SetCreationTimestamp(metav1.Now())
		object.SetGeneration(1)
		p.tellMade(object)
		return create(p.ctx, p.apps, "Application", object.Object)
	}
	isSame := reflect.DeepEqual(object.Object["spec"], old.Object["spec"])
	if isSame && reflect.DeepEqual(object.GetDeletionTimestamp() == nil, old.GetDeletionTimestamp() == nil) {
		return nil
	}
	changed := old.DeepCopy()
	changed.Object["spec"] = object.Object["spec"]
	annotations := object.GetAnnotations()
	if sent, ok := old.GetAnnotations()[notified]; ok {
		annotations[notified] = sent
	}
	changed.SetAnnotations(annotations)
	changed.SetDeletionTimestamp(object.GetDeletionTimestamp())
	if !isSame {
		changed.SetGeneration(old.GetGeneration() + 1)
		p.tellMade(changed)
	}
	if changed.GetDeletionTimestamp() != nil {
		tell(map[string]any{"deleting": changed.GetName()})
	}
	_, err = p.apps.Update(p.ctx, changed, metav1.UpdateOptions{})
	return err
}

func (p *plane) tellMade(object *unstructured.Unstructured) {
	images, _, _ := unstructured.NestedStringSlice(object.Object, "spec", "source", "kustomize", "images")
	tell(map[string]any{"made": map[string]any{"name": object.GetName(), "annotations": object.GetAnnotations(), "images": images}})
}

func create(ctx context.Context, resources dynamic.ResourceInterface, kind string, fields map[string]any) error {
	object := &unstructured.Unstructured{Object: fields}
	object.SetAPIVersion("argoproj.io/v1alpha1")
	object.SetKind(kind)
	object.SetResourceVersion("")
	_, err := resources.Create(ctx, object, metav1.CreateOptions{})
	return err
}

// synced writes what the application controller would after a sync.
func (p *plane) synced(said outcome) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	// The notifications controller writes to it as well.
	for {
		object, err := p.apps.Get(p.ctx, said.Application, metav1.GetOptions{})
		if err != nil {
			return err
		}
		object.SetGeneration(object.GetGeneration() + 1)
		object.Object["status"] = said.status(object)
		if _, err = p.apps.Update(p.ctx, object, metav1.UpdateOptions{}); !apierrors.IsConflict(err) {
			return err
		}
	}
}

func (o outcome) status(object *unstructured.Unstructured) map[string]any {
	source, _, _ := unstructured.NestedMap(object.Object, "spec", "source")
	images := []any{}
	for _, image := range o.Images {
		images = append(images, image)
	}
	if asked, _, _ := unstructured.NestedSlice(source, "kustomize", "images"); len(images) == 0 {
		images = asked
	}
	now := metav1.Now().UTC().Format(time.RFC3339)
	started, isSame := now, false
	if state, ok, _ := unstructured.NestedMap(object.Object, "status", "operationState"); ok && state["phase"] == "Running" {
		started, isSame = state["startedAt"].(string), true
	}
	state := map[string]any{
		"phase": o.Phase, "startedAt": started, "message": "successfully synced (all tasks run)",
		"operation": map[string]any{"initiatedBy": map[string]any{"automated": true}, "sync": map[string]any{"source": source}},
	}
	if o.Phase != "Running" || isSame {
		state["syncResult"] = map[string]any{"revision": manifests, "source": source, "resources": []any{map[string]any{
			"group": "apps", "version": "v1", "kind": "Deployment", "namespace": object.GetName(), "name": object.GetName(), "status": "Synced", "images": images,
		}}}
	}
	status := map[string]any{
		"operationState": state, "reconciledAt": now, "summary": map[string]any{"images": images},
		"sync":   map[string]any{"status": "Synced", "revision": manifests},
		"health": map[string]any{"status": o.Health, "lastTransitionTime": now},
	}
	if o.Phase != "Running" {
		state["finishedAt"] = now
	}
	return status
}

// A commit of the deployment repository.
const manifests = "dddddddddddddddddddddddddddddddddddddddd"

// gone is the application controller's last word: nothing is left, and the finalizer goes.
func (p *plane) gone(name string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	application := &v1alpha1.Application{}
	if err := p.instance.Get(p.ctx, client.ObjectKey{Namespace: argocd.Namespace, Name: name}, application); err != nil {
		return err
	}
	application.Finalizers = nil
	if err := p.instance.Update(p.ctx, application); err != nil {
		return err
	}
	return p.mirror()
}
