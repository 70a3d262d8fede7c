// Package conformance holds no code but tests: Argo CD's own code, with the shipped configuration, against Hawser.
package conformance
