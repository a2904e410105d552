// Package chat is the heart of charla: its words, what can happen, who may do
// what, and the actor through which every face acts.
//
// It knows no SSH, no SFTP, no screen, no SQL and no NATS. What it needs from
// the world it declares as ports (ports.go) and receives in New.
//
// The road of a message: a face calls a method of an Actor; the actor asks the
// permission table, cleans the text, and appends an event to the Log; the
// projector tails the log, applies events to the View in one transaction and
// hands the applied changes to the Feed; the Feed wakes the followers, who read
// at their own pace. Whoever sends sees their own line by the same road.
package chat
