package conformance

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"testing"

	"github.com/sirupsen/logrus"
	logtest "github.com/sirupsen/logrus/hooks/test"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime"
)

// Without these no ledger could be told whose word it is: 400, and the field is named.
var required = regexp.MustCompile(`^\.metadata(\.(name|namespace|uid|generation|annotations\.github\.com/(owner|repo|environment)))?$`)

var replacements = map[string]func(parent map[string]any, key string){
	"absent": func(parent map[string]any, key string) { delete(parent, key) },
	"null":   func(parent map[string]any, key string) { parent[key] = nil },
	"empty": func(parent map[string]any, key string) {
		switch parent[key].(type) {
		case map[string]any:
			parent[key] = map[string]any{}
		case []any:
			parent[key] = []any{}
		case string:
			parent[key] = ""
		}
	},
}

func TestNothingThatIsAbsentNullOrEmptyStopsANotification(t *testing.T) {
	logs := logtest.NewGlobal()
	t.Cleanup(func() { logrus.StandardLogger().ReplaceHooks(logrus.LevelHooks{}) })
	recorder := newRecorder(t)
	engine := newEngine(t, recorder.URL)
	sha := pushed(t, "nulls/shop")
	tried := 0
	for shape, change := range map[string]change{"single-source": several(), "first-running": firstRunning, "multi-source": multiSource, "difficult-messages": difficultMessages} {
		for what, replace := range replacements {
			app := application(runtime.DeepCopyJSON(newApplication(t, place{"nulls", shape + "-" + what, sha}, change)))
			eachNode(app, replace, func(path string) {
				tried++
				refused := required.MatchString(path) && !(what == "empty" && path == ".metadata.generation")
				name := fmt.Sprintf("%s: %s %s", shape, path, what)
				fired(t, engine, app)
				exchanges := recorder.during(func() {
					err := send(engine, app)
					require.Equal(t, refused, err != nil, "%s: %v", name, err)
				})
				if !refused {
					requireTaken(t, one(t, exchanges))
				} else {
					require.Equal(t, 400, one(t, exchanges).Status, name)
					require.Contains(t, exchanges[0].answer(t).Path, "app.metadata", name)
				}
				require.NotContains(t, string(exchanges[0].Body), "no value", name)
				for _, entry := range logs.AllEntries() {
					require.Greater(t, entry.Level, logrus.ErrorLevel, "%s: %s", name, entry.Message)
				}
				logs.Reset()
			})
		}
	}
	t.Logf("%d variants", tried)
	require.Greater(t, tried, 1000)
}

// eachNode calls back with the whole of app, once for every node in it, with that node replaced.
func eachNode(app map[string]any, replace func(parent map[string]any, key string), each func(path string)) {
	var walk func(path string, node any)
	walk = func(path string, node any) {
		switch node := node.(type) {
		case map[string]any:
			// A key that is deleted and put back while its map is ranged over may come twice.
			for _, key := range slices.Sorted(maps.Keys(node)) {
				value := node[key]
				replace(node, key)
				each(path + "." + key)
				node[key] = value
				walk(path+"."+key, value)
			}
		case []any:
			for place, value := range node {
				// An API server refuses a null where the definition says text.
				if _, text := value.(string); text {
					continue
				}
				node[place] = nil
				each(fmt.Sprintf("%s[%d]", path, place))
				node[place] = value
				walk(fmt.Sprintf("%s[%d]", path, place), value)
			}
		}
	}
	walk("", app)
}
