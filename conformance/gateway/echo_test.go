package gateway

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/streaming/pkg/httpstream"
	"k8s.io/streaming/pkg/httpstream/spdy"
	"sigs.k8s.io/gateway-api/conformance/utils/roundtripper"
)

// echo answers as their echo server does: with what it was asked, and in whose name.
func echo(namespace, pod string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, pair := range strings.Split(r.Header.Get("X-Echo-Set-Header"), ",") {
			if name, value, ok := strings.Cut(strings.TrimSpace(pair), ":"); ok {
				w.Header().Add(name, value)
			}
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(roundtripper.CapturedRequest{
			Path: r.RequestURI, Host: r.Host, Method: r.Method, Protocol: r.Proto, Headers: r.Header, Namespace: namespace, Pod: pod,
		})
	})
}

// apiServer has the one route of the Kubernetes API that the tests of meshes need: it runs their client in a pod. What the
// client prints is `run`'s.
func apiServer(run func(pod *corev1.Pod, arguments []string) string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v1/namespaces/{namespace}/pods/{name}/exec", func(w http.ResponseWriter, r *http.Request) {
		pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: r.PathValue("namespace"), Name: r.PathValue("name")}}
		if _, err := httpstream.Handshake(r, w, []string{"v4.channel.k8s.io"}); err != nil {
			return
		}
		streams := make(chan httpstream.Stream, 3)
		connection := spdy.NewResponseUpgrader().UpgradeResponse(w, r, func(stream httpstream.Stream, _ <-chan struct{}) error {
			streams <- stream
			return nil
		})
		if connection == nil {
			return
		}
		defer connection.Close()
		// Output, errors of the command, and how it ended.
		named := map[string]httpstream.Stream{}
		for len(named) < 3 {
			stream := <-streams
			defer stream.Close()
			named[stream.Headers().Get(corev1.StreamType)] = stream
		}
		io.WriteString(named[corev1.StreamTypeStdout], run(pod, r.URL.Query()["command"]))
		json.NewEncoder(named[corev1.StreamTypeError]).Encode(metav1.Status{Status: metav1.StatusSuccess})
	})
	return mux
}

// ask is what `client URL --method=GET -H name:value --count=2` prints, their echo server's own client.
func ask(transport http.RoundTripper, arguments []string) string {
	method, headers, count := http.MethodGet, http.Header{}, 1
	for index, argument := range arguments[2:] {
		if name, value, ok := strings.Cut(argument, ":"); ok && arguments[index+1] == "-H" {
			headers.Add(name, value)
		}
		if named, ok := strings.CutPrefix(argument, "--method="); ok {
			method = named
		}
		if number, ok := strings.CutPrefix(argument, "--count="); ok {
			count, _ = strconv.Atoi(number)
		}
	}
	address, err := url.Parse(arguments[1])
	if err != nil {
		return err.Error()
	}
	answers := []string{}
	for range count {
		request := &http.Request{Method: method, URL: address, Header: headers.Clone(), Host: headers.Get("Host")}
		answers = append(answers, asked(transport, request))
	}
	return strings.Join(answers, "\n\n")
}

func asked(transport http.RoundTripper, request *http.Request) string {
	response, err := transport.RoundTrip(request)
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	said := roundtripper.CapturedRequest{}
	json.NewDecoder(response.Body).Decode(&said)
	lines := []string{fmt.Sprintf("StatusCode=%d", response.StatusCode), "Hostname=" + said.Pod}
	for name, values := range response.Header {
		lines = append(lines, fmt.Sprintf("ResponseHeader=%s:%s", name, strings.Join(values, ",")))
	}
	for name, values := range said.Headers {
		lines = append(lines, fmt.Sprintf("RequestHeader=%s:%s", name, strings.Join(values, ",")))
	}
	return strings.Join(lines, "\n")
}
