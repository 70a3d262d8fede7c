// Command control-plane is Argo CD as far as it makes Applications and tells of them: the ApplicationSet controller with its
// webhook, and the notifications controller, with the shipped configuration. What the application controller would do, it is told.
//
// It writes a line of JSON for whatever happens, the first one with the webhook's address, and reads its orders in the same way.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"

	"github.com/sirupsen/logrus"
)

// order is one of them: where everything is, what became of a sync, or that an Application's resources are gone.
type order struct {
	Connect *place
	Synced  *outcome
	Gone    string
}

type place struct {
	// The directory of the set.
	Gitops string
	// GitHub, and the App that lists it.
	GitHub, App, Installation, PrivateKey string
	WebhookSecret                         string
	// Where notifications go.
	Hawser, Token string
}

type outcome struct {
	Application, Phase, Health string
	// What it applied; without them, what the Application asks for.
	Images []string
}

func main() {
	if err := serve(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(ctx context.Context) error {
	// What matters of it is told.
	logrus.SetLevel(logrus.FatalLevel)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	plane := atomic.Pointer[plane]{}
	go func() {
		_ = http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
			ready := plane.Load()
			if ready == nil || request.URL.Path != "/api/webhook" {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			answer := &seen{ResponseWriter: w, status: http.StatusOK}
			ready.instance.ServeHTTP(answer, request)
			tell(map[string]any{"answered": answer.status})
		}))
	}()
	tell(map[string]any{"url": fmt.Sprintf("http://%s/api/webhook", listener.Addr())})

	orders := bufio.NewScanner(os.Stdin)
	orders.Buffer(nil, 1<<20)
	for orders.Scan() {
		asked := order{}
		if err := json.Unmarshal(orders.Bytes(), &asked); err != nil {
			return err
		}
		switch {
		case asked.Connect != nil:
			ready, err := connect(ctx, *asked.Connect)
			if err != nil {
				return err
			}
			plane.Store(ready)
			tell(map[string]any{"connected": true})
		case asked.Synced != nil:
			err = plane.Load().synced(*asked.Synced)
		case asked.Gone != "":
			err = plane.Load().gone(asked.Gone)
		}
		if err != nil {
			return err
		}
	}
	return orders.Err()
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
