package conformance

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestAWholeRolloutThroughArgoCDsController(t *testing.T) {
	c := newCluster(t)
	at := place{"rollouts", "whole", pushed(t, "rollouts/shop")}
	said := func(changes ...change) []string { return c.put(newApplication(t, at, changes...)) }
	gitHub := []string{}
	told := func(statuses ...string) {
		gitHub = append(gitHub, statuses...)
		eventually(t, at, gitHub)
	}

	require.Empty(t, said(unset("status")), "new")

	require.Equal(t, []string{"Running/Missing 202", "Running/Missing 200"}, said(firstRunning), "edge and level, in either order")
	told("#1 in_progress whole: rolling out")
	require.Empty(t, said(firstRunning), "a repeat")

	require.Equal(t, []string{"Running/Progressing 202"}, said(phase("Running"), health("Progressing")), "edge: health, and images")
	require.Equal(t, []string{"Running/Progressing 202"}, said(retried), "edge: a retry")
	told("#1 in_progress whole: retry 2 of 5")

	require.Empty(t, said(health("Progressing"), set("status.reconciledAt", "2026-08-22T10:00:05Z")), "not yet reconciled since it finished")
	require.Equal(t, []string{"Succeeded/Progressing 202", "Succeeded/Progressing 200"}, said(health("Progressing")))
	told("#1 in_progress whole: rolling out")
	require.Equal(t, []string{"Succeeded/Healthy 202", "Succeeded/Healthy 200"}, said())
	told("#1 success whole: healthy")

	require.Equal(t, []string{"deleted Succeeded/Healthy 202"}, said(deleted))
	told("#1 inactive whole was deleted")
	settled(t, at)
	require.Equal(t, gitHub, history(t, at))
}

func TestTwoReleasesOneAfterTheOther(t *testing.T) {
	c := newCluster(t)
	first := place{"rollouts", "releases", pushed(t, "rollouts/shop")}
	second := place{"rollouts", "releases", pushed(t, "rollouts/shop")}
	require.Len(t, c.put(newApplication(t, first)), 2)
	eventually(t, first, []string{"#1 success releases: healthy"})

	next := several(operationAt("2026-08-22T11:00:00Z"), set(operationState+".finishedAt", "2026-08-22T11:00:10Z"),
		set("status.health.lastTransitionTime", "2026-08-22T11:00:30Z"), set("status.reconciledAt", "2026-08-22T11:00:31Z"))
	c.put(newApplication(t, second, next, phase("Running")))
	eventually(t, second, []string{"#1 success releases: healthy", "#2 in_progress releases: rolling out"})
	c.put(newApplication(t, second, next))

	eventually(t, second, []string{
		"#1 success releases: healthy", "#1 inactive superseded by " + second.sha[:7],
		"#2 in_progress releases: rolling out", "#2 success releases: healthy",
	})
}

func TestAfterAFailedDeliveryTheLevelIsSentAgainAndTheEdgeIsNot(t *testing.T) {
	c := newCluster(t)
	at := place{"rollouts", "undelivered", pushed(t, "rollouts/shop")}
	failed := several(phase("Failed"), health("Healthy"))
	c.down(true)
	refused := c.put(newApplication(t, at, failed))
	c.down(false)
	require.Subset(t, []string{"Failed/Healthy 401"}, refused)
	require.Greater(t, len(refused), 1, "edge and level")

	require.Equal(t, []string{"Failed/Healthy 202"}, c.put(newApplication(t, at, failed)))

	eventually(t, at, []string{"#1 failure undelivered: one or more objects failed to apply"})
	require.Empty(t, c.put(newApplication(t, at, failed)), "delivered")
}

func TestADeletionIsSentUntilItArrives(t *testing.T) {
	c := newCluster(t)
	at := place{"rollouts", "gone", pushed(t, "rollouts/shop")}
	c.put(newApplication(t, at))
	eventually(t, at, []string{"#1 success gone: healthy"})
	c.down(true)
	require.Contains(t, c.put(newApplication(t, at, deleted)), "deleted Succeeded/Healthy 401")
	c.down(false)

	require.Equal(t, []string{"deleted Succeeded/Healthy 202"}, c.put(newApplication(t, at, deleted)))

	eventually(t, at, []string{"#1 success gone: healthy", "#1 inactive gone was deleted"})
}

func TestASecretThatIsMendedIsTakenUpWithoutARestart(t *testing.T) {
	c := newCluster(t, func(c configuration) { c.secret.Data["hawser-token"] = []byte("not-this-one-0123456789") })
	at := place{"rollouts", "mended", pushed(t, "rollouts/shop")}
	require.Contains(t, c.put(newApplication(t, at)), "Succeeded/Healthy 401")

	secret, err := c.argocd.kubernetes.CoreV1().Secrets(namespace).Get(background, secretName, metav1.GetOptions{})
	require.NoError(t, err)
	secret.Data["hawser-token"] = []byte(hawserToken)
	_, err = c.argocd.kubernetes.CoreV1().Secrets(namespace).Update(background, secret, metav1.UpdateOptions{})
	require.NoError(t, err)

	// The controller hears of the Secret when it does; until then it goes on with the old one.
	for deadline := time.Now().Add(patience); !slices.Contains(c.put(newApplication(t, at)), "Succeeded/Healthy 202"); {
		require.True(t, time.Now().Before(deadline), "the new token was never used")
	}
	eventually(t, at, []string{"#1 success mended: healthy"})
}

// What the shipped triggers cannot do: the one delivery fails, and the level had no reason to become false in between.
func TestASecondSuccessWhoseRunningWasMissedIsLostWithItsOneDelivery(t *testing.T) {
	c := newCluster(t)
	at := place{"rollouts", "lost", pushed(t, "rollouts/shop")}
	later := operationAt("2026-08-22T10:00:05Z")
	require.Len(t, c.put(newApplication(t, at)), 2)
	c.down(true)
	require.Equal(t, []string{"Succeeded/Healthy 401"}, c.put(newApplication(t, at, later)))
	c.down(false)

	require.Empty(t, c.put(newApplication(t, at, later)))
}

func TestAnApplicationThatIsNotAnnotatedIsLeftAlone(t *testing.T) {
	c := newCluster(t)
	at := place{"rollouts", "foreign", pushed(t, "rollouts/shop")}

	require.Empty(t, c.put(newApplication(t, at, set("metadata.annotations", map[string]any{"argocd.argoproj.io/refresh": "normal"}))))

	left, err := c.apps(namespace).Get(background, "foreign", metav1.GetOptions{})
	require.NoError(t, err)
	require.NotContains(t, left.GetAnnotations(), notified)
}

func TestSelfServiceAndApplicationsInAnyNamespace(t *testing.T) {
	c := newClusterOf(t, mode{selfService: true, namespaces: []string{"team-*"}})
	at := place{"rollouts", "any-namespace", pushed(t, "rollouts/shop")}
	inTeamA := set("metadata.namespace", "team-a")

	require.Equal(t, []string{"Succeeded/Healthy 202", "Succeeded/Healthy 200"}, c.put(newApplication(t, at, inTeamA)))

	eventually(t, at, []string{"#1 success any-namespace: healthy"})
	require.Equal(t, "https://argocd.example.com/applications/team-a/any-namespace", deploymentsTo(t, at)[0].Statuses[0].LogURL)
	require.Empty(t, c.put(newApplication(t, place{"rollouts", "stranger", at.sha}, set("metadata.namespace", "strangers"))))
}
