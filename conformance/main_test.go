package conformance

import (
	"fmt"
	"os"
	"testing"

	"github.com/sirupsen/logrus"
)

// Where the stack under test is; the command starts it, on free ports.
var (
	hawserURL     = os.Getenv("HAWSER_URL")
	hawserToken   = os.Getenv("HAWSER_TOKEN")
	operatorToken = os.Getenv("HAWSER_OPERATOR_TOKEN")
	githubURL     = os.Getenv("GITHUB_URL")
)

func TestMain(m *testing.M) {
	for _, name := range []string{
		"HAWSER_URL", "HAWSER_TOKEN", "HAWSER_OPERATOR_TOKEN", "GITHUB_URL", "HAWSER_SLUGS", "HAWSER_KUSTOMIZATIONS",
	} {
		if os.Getenv(name) == "" {
			fmt.Fprintf(os.Stderr, "%s is not set: these tests need the stack that `npm run conformance` starts\n", name)
			os.Exit(1)
		}
	}
	// The engine tells every pass; what matters of it is asked for where it matters.
	logrus.SetLevel(logrus.ErrorLevel)
	os.Exit(m.Run())
}
