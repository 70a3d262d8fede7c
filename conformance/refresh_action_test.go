package conformance

import (
	"testing"
	"time"

	"github.com/argoproj/argo-cd/v3/common"
	"github.com/argoproj/argo-cd/v3/util/lua"
	"github.com/argoproj/argo-cd/v3/util/settings"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	kubefake "k8s.io/client-go/kubernetes/fake"
)

// shippedActions is Argo CD's machine for Lua, with the shipped argocd-cm as Argo CD's settings read it.
func shippedActions(t *testing.T) lua.VM {
	configMap := &corev1.ConfigMap{}
	read(t, shipped+"refresh/argocd-cm.yaml", configMap)
	require.Equal(t, common.ArgoCDConfigMapName, configMap.Name)
	overrides, err := settings.NewSettingsManager(t.Context(), kubefake.NewClientset(configMap), namespace).GetResourceOverrides()
	require.NoError(t, err)
	return lua.VM{ResourceOverrides: overrides}
}

func applicationSet(annotations map[string]any) *unstructured.Unstructured {
	metadata := map[string]any{"name": "shop", "namespace": namespace}
	if annotations != nil {
		metadata["annotations"] = annotations
	}
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "argoproj.io/v1alpha1", "kind": "ApplicationSet", "metadata": metadata,
		"spec": map[string]any{"generators": []any{map[string]any{"list": map[string]any{"elements": []any{}}}}},
	}}
}

func TestTheShippedActionIsFoundOnEveryApplicationSet(t *testing.T) {
	vm := shippedActions(t)
	scripts, err := vm.GetResourceActionDiscovery(applicationSet(nil))
	require.NoError(t, err)
	actions, err := vm.ExecuteResourceActionDiscovery(applicationSet(nil), scripts)
	require.NoError(t, err)
	require.Len(t, actions, 1)
	require.Equal(t, "refresh", actions[0].Name)
	require.False(t, actions[0].Disabled)
}

func TestTheShippedActionAsksForARefreshAndChangesNothingElse(t *testing.T) {
	for name, annotations := range map[string]map[string]any{
		"a set without annotations":             nil,
		"a set with others":                     {"owner": "a-team"},
		"a set that a webhook has marked":       {common.AnnotationApplicationSetRefresh: "true"},
		"a set that it has marked itself":       {common.AnnotationApplicationSetRefresh: "2026-01-01T00:00:00Z"},
		"a set with others, and a mark of both": {"owner": "a-team", common.AnnotationApplicationSetRefresh: "true"},
	} {
		t.Run(name, func(t *testing.T) {
			vm, set := shippedActions(t), applicationSet(annotations)
			action, err := vm.GetResourceAction(set, "refresh")
			require.NoError(t, err)
			before := time.Now().UTC().Truncate(time.Second)
			impacted, err := vm.ExecuteResourceAction(set.DeepCopy(), action.ActionLua, nil)
			require.NoError(t, err)
			require.Len(t, impacted, 1)
			require.EqualValues(t, lua.PatchOperation, impacted[0].K8SOperation)

			patched := impacted[0].UnstructuredObj
			marked, err := time.Parse(time.RFC3339, patched.GetAnnotations()[common.AnnotationApplicationSetRefresh])
			require.NoError(t, err, "the mark is no instant")
			require.WithinRange(t, marked, before, time.Now().UTC())
			wanted := set.DeepCopy()
			all := wanted.GetAnnotations()
			if all == nil {
				all = map[string]string{}
			}
			all[common.AnnotationApplicationSetRefresh] = patched.GetAnnotations()[common.AnnotationApplicationSetRefresh]
			wanted.SetAnnotations(all)
			require.Equal(t, wanted.Object, patched.Object)
		})
	}
}
