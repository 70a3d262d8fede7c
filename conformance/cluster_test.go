package conformance

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	argocontroller "github.com/argoproj/argo-cd/v3/notification_controller/controller"
	"github.com/argoproj/notifications-engine/pkg/controller"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/dynamic"
)

// Where the controller writes what it has sent.
const notified = "notified.notifications.argoproj.io"

// cluster runs Argo CD's own notifications controller over an API server that is a fake.
type cluster struct {
	t        *testing.T
	argocd   argocd
	recorder *recorder
	seen     int
	barriers int
	versions map[string]int64
}

// mode is how an administrator runs the controller: the zero one as it comes.
type mode struct {
	selfService bool
	namespaces  []string
}

func newCluster(t *testing.T, edits ...func(c configuration)) *cluster {
	return newClusterOf(t, mode{}, edits...)
}

func newClusterOf(t *testing.T, mode mode, edits ...func(c configuration)) *cluster {
	recorder := newRecorder(t)
	c := shippedConfiguration(t, recorder.URL)
	for _, edit := range edits {
		edit(c)
	}
	argocd := newArgoCD(t, c)
	ctx, cancel := context.WithCancel(background)
	controller := argocontroller.NewController(argocd.kubernetes, argocd.dynamic, argocd.service, namespace, mode.namespaces, "",
		controller.NewMetricsRegistry("argocd"), secretName, configMapName, mode.selfService)
	require.NoError(t, controller.Init(ctx))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		controller.Run(ctx, 1)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return &cluster{t: t, argocd: argocd, recorder: recorder, versions: map[string]int64{}}
}

func (c *cluster) apps(namespace string) dynamic.ResourceInterface {
	return c.argocd.dynamic.Resource(applications).Namespace(namespace)
}

// put writes the application as Argo CD would, and keeps what the notifications controller wrote to it. It answers what
// was sent because of it, as phase, health and status.
func (c *cluster) put(app application) []string {
	c.write(app)
	c.quiet()
	exchanges, _ := c.recorder.since(c.seen)
	c.seen += len(exchanges)
	sent := []string{}
	for _, exchange := range exchanges {
		if said, ok := c.spoken(exchange); ok {
			sent = append(sent, said)
		}
	}
	return sent
}

func (c *cluster) write(app application) {
	object := &unstructured.Unstructured{Object: runtime.DeepCopyJSON(app)}
	c.versions[object.GetName()]++
	object.SetGeneration(c.versions[object.GetName()])
	apps := c.apps(object.GetNamespace())
	old, err := apps.Get(background, object.GetName(), metav1.GetOptions{})
	if err != nil {
		_, err = apps.Create(background, object, metav1.CreateOptions{})
		require.NoError(c.t, err)
		return
	}
	if state, ok := old.GetAnnotations()[notified]; ok {
		annotations := object.GetAnnotations()
		annotations[notified] = state
		object.SetAnnotations(annotations)
	}
	_, err = apps.Update(background, object, metav1.UpdateOptions{})
	require.NoError(c.t, err)
}

// quiet waits until the controller has nothing left to do. It has one worker and one queue: when it sends an application
// that was written last, it has looked at all before. A pass may leave another behind it, hence until one adds nothing.
func (c *cluster) quiet() {
	for before := -1; ; {
		exchanges := c.barrier()
		if exchanges == before {
			return
		}
		before = exchanges
	}
}

// barrier answers how many exchanges there were that were not of a barrier.
func (c *cluster) barrier() int {
	c.barriers++
	name := fmt.Sprint("barrier-", c.barriers)
	c.write(newApplication(c.t, place{"rollouts", name, ""}, unset("status"), deleted))
	for deadline := time.After(patience); ; {
		exchanges, news := c.recorder.since(0)
		others, reached := 0, false
		for _, exchange := range exchanges {
			app := c.app(exchange)
			reached = reached || app.GetName() == name
			if !isBarrier(app) {
				others++
			}
		}
		if reached {
			return others
		}
		select {
		case <-news:
		case <-deadline:
			require.Fail(c.t, "the controller did not come to "+name)
		}
	}
}

func isBarrier(app *unstructured.Unstructured) bool {
	return strings.HasPrefix(app.GetName(), "barrier-")
}

func (c *cluster) app(e exchange) *unstructured.Unstructured {
	var body struct{ App map[string]any }
	require.NoError(c.t, json.Unmarshal(e.Body, &body), string(e.Body))
	return &unstructured.Unstructured{Object: body.App}
}

func (c *cluster) spoken(e exchange) (string, bool) {
	app := c.app(e)
	if isBarrier(app) {
		return "", false
	}
	said, _ := nested(app.Object, "status", "operationState", "phase")
	if health, ok := nested(app.Object, "status", "health", "status"); ok {
		said += "/" + health
	}
	if app.GetDeletionTimestamp() != nil {
		said = "deleted " + said
	}
	return fmt.Sprintf("%s %d", said, e.Status), true
}

// down lets nothing through: 401 is refused without the retries that a fault would have, so that no test has to wait.
func (c *cluster) down(down bool) {
	c.recorder.answerInstead(func(_ int, w http.ResponseWriter) bool {
		if down {
			w.WriteHeader(http.StatusUnauthorized)
		}
		return down
	})
}
