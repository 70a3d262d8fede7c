// Package conformance holds no code but tests: Argo CD's own notifications, with the shipped configuration, against Hawser.
package conformance
