package gateway

import (
	"bufio"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/gateway-api/conformance/tests"
	meshtests "sigs.k8s.io/gateway-api/conformance/tests/mesh"
	"sigs.k8s.io/gateway-api/conformance/utils/config"
	"sigs.k8s.io/gateway-api/conformance/utils/roundtripper"
	"sigs.k8s.io/gateway-api/conformance/utils/suite"
)

func TestTheirOwnTestsOfGatewaysPassOnTheDemosMesh(t *testing.T) {
	for _, name := range []string{
		"HTTPRouteMatching", "HTTPRouteMatchingAcrossRoutes", "HTTPRouteHeaderMatching", "HTTPRouteMethodMatching",
		"HTTPRouteQueryParamMatching", "HTTPRouteExactPathMatching", "HTTPRoutePathMatchOrder", "HTTPRouteSimpleSameNamespace",
		"HTTPRouteCrossNamespace", "HTTPRouteRequestHeaderModifier", "HTTPRouteResponseHeaderModifier",
		"HTTPRouteBackendRequestHeaderModifier", "HTTPRouteNamedRule", "HTTPRouteWeight",
	} {
		t.Run(name, func(t *testing.T) { conforms(t, named(t, tests.ConformanceTests, name), "base/manifests.yaml") })
	}
}

func TestTheirOwnTestsOfMeshesPassOnTheDemosMesh(t *testing.T) {
	for _, name := range []string{
		"MeshBasic", "MeshConsumerRoute", "MeshFrontend", "MeshFrontendHostname", "MeshHTTPRouteBackendRequestHeaderModifier",
		"MeshHTTPRouteMatching", "MeshHTTPRouteNamedRule", "MeshHTTPRouteQueryParamMatching", "MeshHTTPRouteRequestHeaderModifier",
		"MeshHTTPRouteSimpleSameNamespace", "MeshHTTPRouteWeight", "MeshPorts", "MeshTrafficSplit",
	} {
		t.Run(name, func(t *testing.T) { conforms(t, named(t, meshtests.MeshConformanceTests, name), "mesh/manifests.yaml") })
	}
}

func named(t *testing.T, all []suite.ConformanceTest, name string) suite.ConformanceTest {
	for _, test := range all {
		if test.ShortName == name {
			return test
		}
	}
	require.Failf(t, "missing", "their module has no %s", name)
	return suite.ConformanceTest{}
}

func conforms(t *testing.T, test suite.ConformanceTest, base string) {
	c := newCluster(t, append([]string{base}, test.Manifests...)...)
	mesh := serve(t, c)
	api := httptest.NewServer(apiServer(func(pod *corev1.Pod, arguments []string) string {
		return ask(&http.Transport{DisableKeepAlives: true, DialContext: mesh.dialer(pod.Namespace)}, arguments)
	}))
	t.Cleanup(api.Close)
	reached := &rest.Config{Host: api.URL}
	clients, err := kubernetes.NewForConfig(reached)
	require.NoError(t, err)
	timeouts := config.DefaultTimeoutConfig()
	// Nothing has to converge: what is wrong stays wrong.
	timeouts.MaxTimeToConsistency = 3 * time.Second
	timeouts.RequiredConsecutiveSuccesses = 2
	timeouts.DefaultPollInterval = 10 * time.Millisecond
	timeouts.RouteMustHaveParents = time.Second

	// Its parts may run side by side, and end when this function has.
	t.Cleanup(func() { require.Positive(t, mesh.dialled.Load(), "no request came to the mesh") })
	test.Test(t, &suite.ConformanceTestSuite{
		Client:         fake.NewClientBuilder().WithScheme(scheme).WithObjects(c.objects...).Build(),
		Clientset:      clients,
		RestConfig:     reached,
		RoundTripper:   &roundtripper.DefaultRoundTripper{TimeoutConfig: timeouts, CustomDialContext: mesh.dialer("")},
		ControllerName: controller,
		TimeoutConfig:  timeouts,
	})
}

// Where a request is met, as the demo's mesh has it.
type met struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Port      int    `json:"port"`
	Section   string `json:"section"`
	From      string `json:"from,omitempty"`
}

type mesh struct {
	cluster *cluster
	ports   map[met]int
	dialled atomic.Int32
}

// serve runs the demo's mesh, in a process of its own, with the manifests as they are in the module.
func serve(t *testing.T, c *cluster) *mesh {
	mets := []met{}
	for _, gateway := range only[*gatewayv1.Gateway](c) {
		for _, listener := range gateway.Spec.Listeners {
			mets = append(mets, met{Kind: "Gateway", Namespace: gateway.Namespace, Name: gateway.Name, Port: int(listener.Port), Section: string(listener.Name)})
		}
	}
	for _, service := range only[*corev1.Service](c) {
		for _, namespace := range only[*corev1.Namespace](c) {
			for _, port := range service.Spec.Ports {
				mets = append(mets, met{Kind: "Service", Namespace: service.Namespace, Name: service.Name, Port: int(port.Port), From: namespace.Name})
			}
		}
	}
	order, err := json.Marshal(map[string]any{"manifests": c.manifests, "pods": c.podsOf(t), "mets": mets})
	require.NoError(t, err)

	running := exec.Command("node", "../../cli/serve-mesh.ts")
	running.Stderr = os.Stderr
	input, err := running.StdinPipe()
	require.NoError(t, err)
	output, err := running.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, running.Start())
	t.Cleanup(func() {
		input.Close()
		require.NoError(t, running.Wait())
	})
	_, err = input.Write(append(order, '\n'))
	require.NoError(t, err)
	answer, err := bufio.NewReader(output).ReadBytes('\n')
	require.NoError(t, err)
	ports := []int{}
	require.NoError(t, json.Unmarshal(answer, &ports))

	served := &mesh{cluster: c, ports: map[met]int{}}
	for index, each := range mets {
		served.ports[each] = ports[index]
		// Of listeners of one port the first one is taken: their host names are not asked for.
		gateway := net.JoinHostPort(c.addresses[types.NamespacedName{Namespace: each.Namespace, Name: each.Name}], strconv.Itoa(each.Port))
		if _, known := c.ports[gateway]; each.Kind == "Gateway" && !known {
			c.ports[gateway] = ports[index]
		}
	}
	return served
}

// dialer leads an address of the cluster to where it is on this machine, for a pod of that namespace. Names are those of
// Services: `echo` of the same namespace, `echo.other` of another one. Pods are reached past the mesh.
func (m *mesh) dialer(from string) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		number, _ := strconv.Atoi(port)
		local, known := m.cluster.ports[address]
		if !known {
			name, namespace, elsewhere := strings.Cut(host, ".")
			if !elsewhere {
				namespace = from
			}
			local = m.ports[met{Kind: "Service", Namespace: namespace, Name: name, Port: number, From: from}]
		}
		m.dialled.Add(1)
		return (&net.Dialer{}).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", strconv.Itoa(local)))
	}
}
