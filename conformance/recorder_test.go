package conformance

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// exchange is one request of the engine, and what it was answered.
type exchange struct {
	Method, Path string
	Header       http.Header
	Body         []byte
	Status       int
	Answer       string
}

// recorder stands on the way from the engine to Hawser, passes everything on, and remembers it.
type recorder struct {
	*httptest.Server
	mu        sync.Mutex
	exchanges []exchange
	news      chan struct{}
	// Answers in Hawser's place where it returns true.
	instead func(number int, w http.ResponseWriter) bool
}

func newRecorder(t *testing.T) *recorder {
	r := &recorder{news: make(chan struct{})}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		answer := r.answer(request, body)
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *recorder) answer(request *http.Request, body []byte) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	r.mu.Lock()
	number, instead := len(r.exchanges), r.instead
	r.mu.Unlock()
	if instead == nil || !instead(number, answer) {
		pass(request, body, answer)
	}

	r.mu.Lock()
	defer r.mu.Unlock()
	r.exchanges = append(r.exchanges, exchange{request.Method, request.URL.Path, request.Header.Clone(), body, answer.Code, answer.Body.String()})
	close(r.news)
	r.news = make(chan struct{})
	return answer
}

func pass(request *http.Request, body []byte, answer *httptest.ResponseRecorder) {
	onward, err := http.NewRequestWithContext(request.Context(), request.Method, hawserURL+request.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		answer.WriteHeader(http.StatusBadGateway)
		return
	}
	onward.Header = request.Header.Clone()
	// So that the transport unpacks the answer: it does so only where it has asked for gzip itself.
	onward.Header.Del("Accept-Encoding")
	response, err := http.DefaultTransport.RoundTrip(onward)
	if err != nil {
		answer.WriteHeader(http.StatusBadGateway)
		return
	}
	defer response.Body.Close()
	for name, values := range response.Header {
		answer.Header()[name] = values
	}
	answer.WriteHeader(response.StatusCode)
	_, _ = io.Copy(answer, response.Body)
}

// since lists what came after the first `seen`, and a channel that closes at the next one.
func (r *recorder) since(seen int) ([]exchange, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]exchange(nil), r.exchanges[seen:]...), r.news
}

func (r *recorder) answerInstead(instead func(number int, w http.ResponseWriter) bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.instead = instead
}

// during lists the exchanges that `do` leads to.
func (r *recorder) during(do func()) []exchange {
	r.mu.Lock()
	seen := len(r.exchanges)
	r.mu.Unlock()
	do()
	exchanges, _ := r.since(seen)
	return exchanges
}

// One answers for a test in which there is exactly one.
func one(t *testing.T, exchanges []exchange) exchange {
	require.Len(t, exchanges, 1)
	return exchanges[0]
}
