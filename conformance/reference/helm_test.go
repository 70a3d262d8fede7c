package reference

import (
	"testing"

	"github.com/argoproj/notifications-engine/pkg/api"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	sigsyaml "sigs.k8s.io/yaml"
)

// What of the chart argo/argo-cd these values go through; its templates were read (argo-helm, charts/argo-cd).
type chartValues struct {
	Configs struct {
		CM, RBAC map[string]string
	}
	Notifications struct {
		ArgocdURL                      string `json:"argocdUrl"`
		Context                        map[string]string
		Notifiers, Templates, Triggers map[string]string
		Subscriptions                  any
	}
	ExtraObjects []any
}

// notifications is templates/argocd-notifications/configmap.yaml.
func (v chartValues) notifications(t *testing.T) map[string]string {
	context := map[string]string{"argocdUrl": v.Notifications.ArgocdURL}
	for key, value := range v.Notifications.Context {
		context[key] = value
	}
	data := map[string]string{"context": toYAML(t, context), "subscriptions": toYAML(t, v.Notifications.Subscriptions)}
	for _, part := range []map[string]string{v.Notifications.Notifiers, v.Notifications.Templates, v.Notifications.Triggers} {
		for key, value := range part {
			data[key] = value
		}
	}
	return data
}

func toYAML(t *testing.T, value any) string {
	text, err := sigsyaml.Marshal(value)
	require.NoError(t, err)
	return string(text)
}

func shippedConfigMap(t *testing.T, path string) *corev1.ConfigMap {
	shipped := &corev1.ConfigMap{}
	read(t, "argo-config", "argocd/"+path, shipped)
	return shipped
}

func TestTheChartsValuesAreTheSameSettingsAsTheManifests(t *testing.T) {
	values := chartValues{}
	require.NoError(t, sigsyaml.UnmarshalStrict(textOf(t, "argo-config", "helm/values.yaml"), &values))

	require.Equal(t, shippedConfigMap(t, "refresh/argocd-cm.yaml").Data, values.Configs.CM)
	require.Equal(t, shippedConfigMap(t, "refresh/argocd-rbac-cm.yaml").Data, values.Configs.RBAC)
	var route any
	read(t, "argo-config", "argocd/webhook-route.yaml", &route)
	require.Equal(t, []any{route}, values.ExtraObjects)
}

// As the notifications engine reads them, since the chart writes lists and maps in its own way.
func TestTheChartsNotificationsAreTheSameForTheEngine(t *testing.T) {
	values := chartValues{}
	require.NoError(t, sigsyaml.UnmarshalStrict(textOf(t, "argo-config", "helm/values.yaml"), &values))
	secret := &corev1.Secret{Data: map[string][]byte{"hawser-token": []byte("a-token")}}
	shipped := shippedConfigMap(t, "notifications.yaml")
	charts := shipped.DeepCopy()
	charts.Data = values.notifications(t)

	wanted, err := api.ParseConfig(shipped, secret)
	require.NoError(t, err)
	got, err := api.ParseConfig(charts, secret)
	require.NoError(t, err)

	require.Equal(t, contextOf(t, shipped), contextOf(t, charts))
	// A service is a function here, which can't be compared: its text is.
	require.Equal(t, shipped.Data["service.webhook.hawser"], charts.Data["service.webhook.hawser"])
	require.Len(t, got.Services, len(wanted.Services))
	wanted.Services, got.Services = nil, nil
	require.Equal(t, wanted, got)
}

func contextOf(t *testing.T, configMap *corev1.ConfigMap) (context map[string]string) {
	require.NoError(t, sigsyaml.UnmarshalStrict([]byte(configMap.Data["context"]), &context))
	return context
}
