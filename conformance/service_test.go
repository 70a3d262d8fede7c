package conformance

import (
	"net/http"
	"testing"
	"time"

	"github.com/argoproj/notifications-engine/pkg/services"
	"github.com/stretchr/testify/require"
)

func TestWithoutAnythingInBetween(t *testing.T) {
	at := place{"doors", "direct", pushed(t, "doors/shop")}

	require.NoError(t, send(newEngine(t, hawserURL), newApplication(t, at)))

	eventually(t, at, []string{"#1 success direct: healthy"})
}

func TestAWrongWebhookNameIsTheGETThatHawserExplains(t *testing.T) {
	recorder := newRecorder(t)
	c := shippedConfiguration(t, recorder.URL)
	c.configMap.Data["service.webhook.other"] = c.configMap.Data["service.webhook.hawser"]
	engine, err := c.load(t)
	require.NoError(t, err)
	app := newApplication(t, place{"doors", "wrong-name", pushed(t, "doors/shop")})

	exchanges := recorder.during(func() {
		err = engine.Send(app, []string{"hawser"}, services.Destination{Service: "other"})
	})

	require.ErrorContains(t, err, "failed with error code 405")
	require.ErrorContains(t, err, "webhook.<name>", "the explanation stands in the controller's log")
	require.Equal(t, "GET", one(t, exchanges).Method)
	require.Empty(t, exchanges[0].Body)
}

func TestWhatHawserRefusesIsRefusedOnceAndForAReason(t *testing.T) {
	for name, test := range map[string]struct {
		edit   func(t *testing.T, c configuration)
		app    change
		status int
		says   string
	}{
		"the Secret lacks the token": {
			edit: func(_ *testing.T, c configuration) { delete(c.secret.Data, "hawser-token") }, status: 401, says: "no credential that is known here",
		},
		"another token": {
			edit: func(_ *testing.T, c configuration) {
				c.secret.Data["hawser-token"] = []byte("another-token-0123456789")
			}, status: 401, says: "no credential that is known here",
		},
		"another instance's name": {
			edit: func(t *testing.T, c configuration) { c.edit(t, "context", "instance: main", "instance: other") }, status: 403, says: "may not speak for that",
		},
		"a repository of others":  {app: annotate(map[string]string{"owner": "others"}), status: 403, says: "may not speak for that"},
		"some of the annotations": {app: unset("metadata.annotations"), status: 400, says: "github.com/owner"},
		"another path": {
			edit: func(t *testing.T, c configuration) {
				c.edit(t, "service.webhook.hawser", "/argocd/notifications", "/argocd/notification")
			}, status: 404, says: "nothing lives here",
		},
	} {
		t.Run(name, func(t *testing.T) {
			recorder := newRecorder(t)
			c := shippedConfiguration(t, recorder.URL)
			if test.edit != nil {
				test.edit(t, c)
			}
			engine, err := c.load(t)
			require.NoError(t, err)
			app := newApplication(t, place{"doors", "refused", pushed(t, "doors/shop")})
			if test.app != nil {
				test.app(app)
			}
			if test.status == 400 {
				annotate(map[string]string{"repo": "shop"})(app)
			}

			exchanges := recorder.during(func() { err = send(engine, app) })

			require.ErrorContains(t, err, "failed with error code")
			require.ErrorContains(t, err, test.says)
			require.Equal(t, test.status, one(t, exchanges).Status)
		})
	}
}

func TestATokenWithALineBreakIsNotSent(t *testing.T) {
	recorder := newRecorder(t)
	c := shippedConfiguration(t, recorder.URL)
	c.secret.Data["hawser-token"] = []byte(hawserToken + "\n")
	engine, err := c.load(t)
	require.NoError(t, err)

	exchanges := recorder.during(func() { err = send(engine, newApplication(t, place{"doors", "line-break", pushed(t, "doors/shop")})) })

	require.ErrorContains(t, err, `invalid header field value for "Authorization"`)
	require.Empty(t, exchanges)
}

func TestAFaultOnTheWayIsTriedAgainAtTheIntervalsGiven(t *testing.T) {
	recorder := newRecorder(t)
	engine := newEngine(t, recorder.URL)
	at := place{"doors", "faulty-way", pushed(t, "doors/shop")}
	recorder.answerInstead(func(number int, w http.ResponseWriter) bool {
		if number < 3 {
			w.WriteHeader(http.StatusBadGateway)
		}
		return number < 3
	})

	began := time.Now()
	exchanges := recorder.during(func() { require.NoError(t, send(engine, newApplication(t, at))) })

	require.GreaterOrEqual(t, time.Since(began), 3500*time.Millisecond, "0.5, 1 and 2 s")
	require.Len(t, exchanges, 4)
	for _, exchange := range exchanges {
		require.Equal(t, string(exchanges[0].Body), string(exchange.Body))
		require.Equal(t, exchanges[0].Header, exchange.Header)
	}
	require.Equal(t, 202, exchanges[3].Status)
}

// Hawser's own 503 says Retry-After; the engine obeys it, whatever its own intervals are, eleven times in all.
func TestAnAnswerThatNamesItsTimeIsObeyed(t *testing.T) {
	recorder := newRecorder(t)
	engine := newEngine(t, recorder.URL)
	recorder.answerInstead(func(_ int, w http.ResponseWriter) bool {
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(http.StatusServiceUnavailable)
		return true
	})

	var err error
	began := time.Now()
	exchanges := recorder.during(func() {
		err = send(engine, newApplication(t, place{"doors", "unavailable", pushed(t, "doors/shop")}))
	})

	require.ErrorContains(t, err, "giving up after 11 attempt(s)")
	require.Len(t, exchanges, 11)
	require.Less(t, time.Since(began), 10*time.Second)
}

// Answered, but the answer is lost: what Hawser committed is a duplicate the second time.
func TestALostAnswerDoublesNothing(t *testing.T) {
	recorder := newRecorder(t)
	at := place{"doors", "lost-answer", pushed(t, "doors/shop")}
	app := newApplication(t, at)
	require.NoError(t, send(newEngine(t, hawserURL), app))

	exchanges := recorder.during(func() { require.NoError(t, send(newEngine(t, recorder.URL), app)) })

	require.Equal(t, 200, one(t, exchanges).Status)
	require.True(t, exchanges[0].answer(t).Duplicate)
	eventually(t, at, []string{"#1 success lost-answer: healthy"})
}
