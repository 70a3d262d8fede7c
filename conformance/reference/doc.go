// Package reference holds no code but tests: the reference set under gitops, judged by the tools that read it.
package reference
