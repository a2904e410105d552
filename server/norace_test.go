//go:build !race

package server

// timed: what a story measures is what people would wait for.
const timed = true
