package conformance

import (
	"testing"
	"time"

	"github.com/argoproj/notifications-engine/pkg/api"
	"github.com/argoproj/notifications-engine/pkg/services"
	"github.com/argoproj/notifications-engine/pkg/subscriptions"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/yaml"
)

func TestWhatTheOptionsParseAs(t *testing.T) {
	for name, test := range map[string]struct{ old, text, fault string }{
		"as shipped":                  {"retryMax: 10", "retryMax: 10", ""},
		"a wait as text":              {"retryWaitMax: 5000000000", "retryWaitMax: 60s", "retryWaitMax"},
		"another wait as text":        {"retryWaitMin: 500000000", "retryWaitMin: 0.5s", "retryWaitMin"},
		"an idle time as nanoseconds": {"idleConnTimeout: 10s", "idleConnTimeout: 10000000000", "idleConnTimeout"},
		"attempts as text":            {"retryMax: 10", "retryMax: ten", "retryMax"},
	} {
		t.Run(name, func(t *testing.T) {
			c := shippedConfiguration(t, hawserURL)
			c.edit(t, "service.webhook.hawser", test.old, test.text)

			_, err := c.load(t)

			if test.fault == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, test.fault)
			}
		})
	}
}

// The engine takes any text here, and one that is no duration for none at all: such connections stay for ever.
func TestTheIdleTimeIsADurationThatGoKnows(t *testing.T) {
	var options services.WebhookOptions
	config := shippedConfiguration(t, hawserURL).configMap.Data["service.webhook.hawser"]
	require.NoError(t, yaml.Unmarshal([]byte(config), &options))

	idle, err := time.ParseDuration(options.IdleConnTimeout)

	require.NoError(t, err)
	require.Greater(t, idle, options.RetryWaitMax, "a retry uses the connection again")
	require.Equal(t, []time.Duration{500 * time.Millisecond, 5 * time.Second}, []time.Duration{options.RetryWaitMin, options.RetryWaitMax})
}

func TestOneMistakeAnywhereStopsEveryNotification(t *testing.T) {
	for key, text := range map[string]string{
		"template.other":        "message: '{{ .app'",
		"trigger.other":         "[{when: 'app.status ==', send: [hawser]}]",
		"context":               "instance: { nested: value }",
		"service.webhook.other": "retryWaitMin: 5s",
	} {
		c := shippedConfiguration(t, hawserURL)
		c.configMap.Data[key] = text

		_, err := c.load(t)

		require.Error(t, err, key)
	}
}

func TestSubscriptions(t *testing.T) {
	hawser := []services.Destination{{Service: "hawser"}}
	everything := services.Destinations{"hawser-edge": hawser, "hawser-level": hawser, "hawser-deleted": hawser}
	parsed := func(c configuration) *api.Config {
		config, err := api.ParseConfig(c.configMap, c.secret)
		require.NoError(t, err)
		return config
	}
	config := parsed(shippedConfiguration(t, hawserURL))
	require.Equal(t, everything, config.GetGlobalDestinations(nil), "all applications")

	for _, annotations := range []map[string]string{
		{"notifications.argoproj.io/subscribe.hawser": ""},
		{
			"notifications.argoproj.io/subscribe.hawser-edge.hawser":    "",
			"notifications.argoproj.io/subscribe.hawser-level.hawser":   "",
			"notifications.argoproj.io/subscribe.hawser-deleted.hawser": "",
		},
	} {
		annotated := subscriptions.NewAnnotations(annotations).GetDestinations(config.DefaultTriggers, config.ServiceDefaultTriggers)
		require.Equal(t, everything, annotated)
		both := config.GetGlobalDestinations(nil)
		both.Merge(annotated)
		require.Equal(t, everything, both.Dedup(), "subscribed in both ways is sent once")
	}

	narrow := shippedConfiguration(t, hawserURL)
	narrow.edit(t, "subscriptions", "# selector", "selector")
	config = parsed(narrow)
	require.Empty(t, config.GetGlobalDestinations(labels.Set{"app.kubernetes.io/part-of": "shop"}))
	require.Equal(t, everything, config.GetGlobalDestinations(labels.Set{"app.kubernetes.io/part-of": "shop", "environment": "preview"}))
}
