// Package tui is the full screen of one person: conversations side by side, a
// list of them, a composer in each.
//
// It knows no SSH, no SQL, no log and no other person's screen. All it may do
// is what a chat.Actor may. Model is the only tea.Model; panes, list, composer
// and dialogs are plain structs with verbs. State changes in Update alone;
// whatever may wait (reading a page, sending, saving) happens in a Cmd, whose
// answer says what it was asked for, so that a late one does no harm. News come
// by one follower: the terminal says NewsMsg, and Update folds what Next gives.
package tui
