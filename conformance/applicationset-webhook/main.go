// Command applicationset-webhook listens as Argo CD's ApplicationSet controller does, with its own handler, at /api/webhook.
// It writes a line of JSON for each call and each set that was marked for a refresh, the first one with its address.
//
//	WEBHOOK_SECRET=… PORT=7000 GITHUB_API_URL=http://127.0.0.1:8788/ go run ./applicationset-webhook
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"

	"github.com/sirupsen/logrus"
	"hawser.example/conformance/applicationsets"
)

func main() {
	if err := listen(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func listen() error {
	logrus.SetLevel(logrus.ErrorLevel)
	controller, err := applicationsets.New(context.Background(), os.Getenv("WEBHOOK_SECRET"), os.Getenv("GITHUB_API_URL"), func(set string) {
		tell(map[string]any{"marked": set})
	})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
	if err != nil {
		return err
	}
	tell(map[string]any{"url": fmt.Sprintf("http://%s/api/webhook", listener.Addr())})
	routes := http.NewServeMux()
	routes.HandleFunc("/api/webhook", func(w http.ResponseWriter, request *http.Request) {
		answer := &seen{ResponseWriter: w, status: http.StatusOK}
		controller.HandlerFunc(answer, request)
		tell(map[string]any{"answered": answer.status})
	})
	return http.Serve(listener, routes)
}

type seen struct {
	http.ResponseWriter
	status int
}

func (s *seen) WriteHeader(status int) {
	s.status = status
	s.ResponseWriter.WriteHeader(status)
}

var one sync.Mutex

func tell(what map[string]any) {
	one.Lock()
	defer one.Unlock()
	_ = json.NewEncoder(os.Stdout).Encode(what)
}
