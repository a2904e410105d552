// Package projector carries what the log and the shelf hold into the view, and
// what that changed to the followers.
//
// It does not know what an event means (the view does), how anything is stored,
// or who follows. It knows order: one goroutine applies batches, each in one
// transaction of the view that also stores how far it is; then the changes are
// published; then those who await a position are woken; then the view may tidy
// up. So whoever was told "stored at p" and awaited p finds it in the view and
// in the feed.
//
// An error of the view or of a tail stops the projector. It never goes on
// beyond an entry that was not applied, and no Await is left hanging: each is
// told why, at once.
//
// A view without room (chat.DiskFull) is no failure: the same batch is tried
// again until there is room, Awaits are told meanwhile, and Stuck says so to
// whoever accepts what is to be stored.
//
// On start the two copies are compared (Check): see Verdict.
package projector
