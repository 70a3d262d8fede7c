package gateway

import (
	"fmt"
	"io/fs"
	"net"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/types"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"
	conformance "sigs.k8s.io/gateway-api/conformance"
)

const controller = "hawser.example/demo"

// cluster is what the manifests describe, without a cluster: the objects with the status that a controller and the kubelet
// would have written, and an HTTP server for each Deployment, in the place of its pods.
type cluster struct {
	objects   []client.Object
	manifests string
	// An address such as 10.96.0.1 of each Gateway and each pod, and the port on 127.0.0.1 that it is, by address:port.
	addresses map[types.NamespacedName]string
	ports     map[string]int
	pods      []*corev1.Pod
}

func newCluster(t *testing.T, files ...string) *cluster {
	c := &cluster{addresses: map[types.NamespacedName]string{}, ports: map[string]int{}}
	for _, file := range files {
		text, err := fs.ReadFile(conformance.Manifests, file)
		require.NoError(t, err)
		c.manifests += "\n---\n" + strings.ReplaceAll(string(text), "{GATEWAY_CLASS_NAME}", "demo")
	}
	for _, document := range strings.Split(c.manifests, "\n---\n") {
		// What the scheme doesn't know is of no concern to the mesh.
		if object, _, err := decoder.Decode([]byte(document), nil, nil); err == nil {
			c.objects = append(c.objects, object.(client.Object))
		}
	}
	for _, object := range c.objects {
		switch object := object.(type) {
		case *gatewayv1.Gateway:
			c.accept(object)
		case *gatewayv1.HTTPRoute:
			attach(object)
		case *appsv1.Deployment:
			c.run(t, object)
		}
	}
	for _, pod := range c.pods {
		c.objects = append(c.objects, pod)
	}
	return c
}

var scheme, decoder = func() (*runtime.Scheme, runtime.Decoder) {
	all := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, gatewayv1.Install, gatewayv1beta1.Install} {
		if err := add(all); err != nil {
			panic(err)
		}
	}
	return all, serializer.NewCodecFactory(all).UniversalDeserializer()
}()

func (c *cluster) address(of client.Object) string {
	address := fmt.Sprintf("10.96.%d.%d", len(c.addresses)/250, len(c.addresses)%250+1)
	c.addresses[client.ObjectKeyFromObject(of)] = address
	return address
}

func (c *cluster) accept(gateway *gatewayv1.Gateway) {
	kind := gatewayv1.IPAddressType
	gateway.Status.Addresses = []gatewayv1.GatewayStatusAddress{{Type: &kind, Value: c.address(gateway)}}
	gateway.Status.Conditions = conditions("Accepted", "Programmed")
	for _, listener := range gateway.Spec.Listeners {
		gateway.Status.Listeners = append(gateway.Status.Listeners, gatewayv1.ListenerStatus{
			Name: listener.Name, Conditions: conditions("Accepted", "Programmed", "ResolvedRefs"),
		})
	}
}

// attach has the references as an API server would have completed them.
func attach(route *gatewayv1.HTTPRoute) {
	for index := range route.Spec.ParentRefs {
		parent := &route.Spec.ParentRefs[index]
		if parent.Group == nil {
			group, kind := gatewayv1.Group(gatewayv1.GroupName), gatewayv1.Kind("Gateway")
			parent.Group, parent.Kind = &group, &kind
		}
		route.Status.Parents = append(route.Status.Parents, gatewayv1.RouteParentStatus{
			ParentRef: *parent, ControllerName: controller, Conditions: conditions("Accepted", "ResolvedRefs"),
		})
	}
}

func conditions(kinds ...string) (all []metav1.Condition) {
	for _, kind := range kinds {
		all = append(all, metav1.Condition{Type: kind, Status: metav1.ConditionTrue, Reason: kind})
	}
	return all
}

func (c *cluster) run(t *testing.T, deployment *appsv1.Deployment) {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{
		// As a ReplicaSet names it.
		Name: deployment.Name + "-5d8f7c9b64-x2k4q", Namespace: deployment.Namespace, Labels: deployment.Spec.Template.Labels,
	}}
	pod.Status.PodIP = c.address(pod)
	pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
	server := httptest.NewServer(echo(pod.Namespace, pod.Name))
	t.Cleanup(server.Close)
	for _, port := range []int{80, 8080, 3000} {
		c.ports[net.JoinHostPort(pod.Status.PodIP, strconv.Itoa(port))] = portOf(t, server.URL)
	}
	c.pods = append(c.pods, pod)
}

// podsOf is the port of a pod behind each Service.
func (c *cluster) podsOf(t *testing.T) map[string]int {
	found := map[string]int{}
	for _, service := range only[*corev1.Service](c) {
		for _, pod := range c.pods {
			selected := service.Spec.Selector != nil && labels.SelectorFromSet(service.Spec.Selector).Matches(labels.Set(pod.Labels))
			if pod.Namespace == service.Namespace && selected {
				found[client.ObjectKeyFromObject(service).String()] = c.ports[net.JoinHostPort(pod.Status.PodIP, "80")]
			}
		}
	}
	require.NotEmpty(t, found)
	return found
}

func only[Kind client.Object](c *cluster) (found []Kind) {
	for _, object := range c.objects {
		if one, ok := object.(Kind); ok {
			found = append(found, one)
		}
	}
	return found
}

func portOf(t *testing.T, address string) int {
	parsed, err := url.Parse(address)
	require.NoError(t, err)
	port, err := strconv.Atoi(parsed.Port())
	require.NoError(t, err)
	return port
}
