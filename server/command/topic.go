package command

import (
	"slices"

	"charla/server/chat"
	"charla/server/i18n"
)

// Topic is what some commands are about, as the help heads them.
type Topic struct {
	Name     string                          // for programs
	Head     func(*i18n.CommandWords) string // for people
	Commands []Command
}

// topics is a function because the help speaks of them and is in one.
func topics() []Topic {
	return []Topic{
		{"messages", func(w *i18n.CommandWords) string { return w.Topics.Messages }, []Command{send, read, tail, search, list, files, mute, unmute, report, helpCommand()}},
		{"groups", func(w *i18n.CommandWords) string { return w.Topics.Groups }, groupCommands},
		{"people", func(w *i18n.CommandWords) string { return w.Topics.People }, slices.Concat([]Command{who}, talkCommands, privacyCommands)},
		{"entry", func(w *i18n.CommandWords) string { return w.Topics.Entry }, slices.Concat([]Command{whoami, register}, identityCommands, []Command{config})},
		{"server", func(w *i18n.CommandWords) string { return w.Topics.Server }, slices.Concat(adminCommands, serverCommands, []Command{adminHelp()})},
	}
}

// The commands by topic; each list stands with its topic.
var (
	groupCommands = []Command{
		groupNew, groupAdd, groupLeave, groupRemove, groupRole, groupMute, groupUnmute, groupHandOver,
		info, groupRename, topic, groupWriters, groupExpiry, slow, groupCode, rooms, join, roomNew,
	}
	identityCommands = []Command{keyList, keyAdd, keyRemove, passphraseSet, passphraseRemove, signout, link, invite}
	adminCommands    = []Command{
		adminOwner, adminRank, adminPeople, adminWarn, adminSilence, adminUnsilence, adminKick, adminBan, adminUnban, adminBans,
		adminReports, adminCloseReport, adminAudit, adminForget, adminFree, adminCode, adminInvite, adminCodes, adminRevoke,
	}
	serverCommands = []Command{adminStatus, adminReload}
)

// ShownTo lists by topic what the help of somebody of that rank names unasked; a
// topic that has nothing for them is left out.
func ShownTo(rank chat.Rank) []Topic {
	var shown []Topic
	for _, t := range topics() {
		t.Commands = slices.DeleteFunc(slices.Clone(t.Commands), func(c Command) bool { return c.For != nil && !c.For(rank) })
		if len(t.Commands) > 0 {
			shown = append(shown, t)
		}
	}
	return shown
}

// For whom commands are that are not for everybody.
var (
	lookers   = chat.Rank.LooksAfter
	owners    = func(r chat.Rank) bool { return r.Appoints(chat.RankMember) }
	gatherers = func(r chat.Rank) bool { return r.Lets(chat.GroupCreated{}) }
	openers   = func(r chat.Rank) bool { return r.Lets(chat.RoomOpened{}) }
)
