// Package gateway runs the Gateway API's own conformance tests against the mesh of the demo (local/mesh): the test functions of
// their module with their manifests, over HTTP. There is no cluster; what stands in its place is in cluster_test.go.
package gateway
