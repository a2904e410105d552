// Package chattest lets tests act as several people without a disk, a network
// or a screen, and holds the suites that every Log, Shelf and View must pass.
// It knows no NATS, no SQL and no SSH; it is imported by tests alone.
//
// Log and View are the ports in memory: slow, small and obviously right.
// World wires them to the real service, projector and hub.
package chattest
