package chat

import (
	"context"
	"strconv"
	"strings"
)

// Resolve finds what a person means by a handle: one of their conversations, a
// room, or anyone who is known, whether or not they ever talked. A leading "@"
// or "#" is dropped and the rest folded as a nick is. NoConversation carries the
// nearest name as its hint.
//
// A group gives its handle up when somebody takes it for a nick, or for a room.
// Who is in it and goes on to type it would tell that somebody, or all in the room,
// what was meant for the group: Ambiguous, with the group's handle as its hint, unless
// it is typed with "@". Nobody else's doing makes a name Ambiguous but a group called
// like a person: whoever brings people into groups would take names from them.
func (a *Actor) Resolve(ctx context.Context, typed string) (Conversation, error) {
	handle := foldHandle(typed)
	if handle == "" {
		return Conversation{}, &Error{Code: NoConversation, Name: OneLine(typed, maxNick)}
	}
	if handle == Notes || handle == Handle(a.me.Nick) {
		return a.Conversation(ctx, Ref{ID: TalkID(a.me.ID, a.me.ID), Peer: a.me.ID})
	}
	c, err := a.s.Reader.ByHandle(ctx, a.me.ID, handle)
	exact := strings.HasPrefix(strings.TrimSpace(typed), "@")
	if err == nil && c.Kind == Room && c.ID != LobbyID && !handle.Left() && !exact {
		if moved, err := a.s.Reader.Moved(ctx, a.me.ID, handle); err != nil || moved != "" {
			return Conversation{}, ambiguous(handle, moved, WhyRoom, err)
		}
	}
	if CodeOf(err) != NoConversation && (err != nil || c.Kind != Talk || handle.Left()) {
		return a.seenNow(c), err
	}
	peer, err := a.s.Reader.PersonByNick(ctx, Nick(handle))
	if err == nil {
		if !exact {
			if group, err := a.namesake(ctx, handle); err != nil || group != "" {
				return Conversation{}, ambiguous(handle, group, "", err)
			}
		}
		return a.Conversation(ctx, Ref{ID: TalkID(a.me.ID, peer.ID), Peer: peer.ID})
	}
	if CodeOf(err) != NoPerson {
		return Conversation{}, err
	}
	return Conversation{}, &Error{Code: NoConversation, Name: OneLine(typed, maxNick), Hint: a.nearest(ctx, string(handle))}
}

// mostNamesakes is how many groups of one title are looked at.
const mostNamesakes = 9

// namesake is the handle of a group that the person is in and that went by a nick
// until somebody claimed it, or is called like one now; "" if there is none.
func (a *Actor) namesake(ctx context.Context, nick Handle) (Handle, error) {
	moved, err := a.s.Reader.Moved(ctx, a.me.ID, nick)
	if err != nil || moved != "" {
		return moved, err
	}
	for n := 2; n < 2+mostNamesakes; n++ {
		handle := Handle(string(nick) + "-" + strconv.Itoa(n))
		c, err := a.s.Reader.ByHandle(ctx, a.me.ID, handle)
		if CodeOf(err) == NoConversation {
			continue
		}
		if err != nil {
			return "", err
		}
		if c.Kind == Group && c.Member && HandleOf(c.Title) == nick {
			return handle, nil
		}
	}
	return "", nil
}

func ambiguous(handle, group Handle, why Why, err error) error {
	if err != nil {
		return err
	}
	return &Error{Code: Ambiguous, Name: string(handle), Hint: string(group), Why: why}
}

func foldHandle(typed string) Handle {
	s := strings.TrimLeft(strings.TrimSpace(typed), "@#")
	if len(s) > 4*maxNick {
		return ""
	}
	folded, ok := foldName(s)
	if !ok {
		return ""
	}
	return Handle(folded)
}

// Suggest lists handles and nicks that start with a prefix or hold it, the
// person's own conversations first; at most limit. What holds a character that
// no handle has suggests nothing.
func (a *Actor) Suggest(ctx context.Context, typed string, limit int) ([]Handle, error) {
	prefix := string(foldHandle(typed))
	if prefix == "" && strings.TrimSpace(typed) != "" {
		return nil, nil
	}
	convs, _, err := a.Conversations(ctx)
	if err != nil {
		return nil, err
	}
	var starts, holds []Handle
	seen := map[Handle]bool{}
	for _, c := range convs {
		seen[c.Handle] = true
		switch {
		case strings.HasPrefix(string(c.Handle), prefix):
			starts = append(starts, c.Handle)
		case strings.Contains(string(c.Handle), prefix):
			holds = append(holds, c.Handle)
		}
	}
	nicks, err := a.s.Reader.Nicks(ctx, prefix, limit)
	if err != nil {
		return nil, err
	}
	for _, n := range nicks {
		if h := Handle(n); !seen[h] && n != a.me.Nick {
			starts = append(starts, h)
		}
	}
	all := append(starts, holds...)
	return all[:min(len(all), limit)], nil
}

// nearest is the known name most like a mistyped one, "" if none is near.
func (a *Actor) nearest(ctx context.Context, typed string) string {
	var names []string
	if convs, _, err := a.Conversations(ctx); err == nil {
		for _, c := range convs {
			names = append(names, string(c.Handle))
		}
	}
	// Typing mistakes rarely hit the first letter; 2,000 names bound the search.
	if nicks, err := a.s.Reader.Nicks(ctx, typed[:1], 2000); err == nil {
		for _, n := range nicks {
			names = append(names, string(n))
		}
	}
	return Nearest(typed, names)
}

// Nearest is the name with the fewest typing mistakes (insert, drop, change or
// swap a letter) from typed: at most 2, or 1 for words of up to 3 letters; ""
// if none is that near.
func Nearest(typed string, names []string) string {
	best, most := "", 2
	if len(typed) <= 3 {
		most = 1
	}
	for _, name := range names {
		if d := mistakes(typed, name, most); d <= most && name != typed {
			best, most = name, d-1
		}
	}
	return best
}

// mistakes is the Damerau-Levenshtein distance (adjacent swaps count one) of
// two short ASCII names, or more than most when they differ too much in length.
func mistakes(a, b string, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most || most < 0 {
		return most + 1
	}
	prev2, prev, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], prev2[j-2]+1)
			}
		}
		prev2, prev, row = prev, row, prev2
	}
	return prev[len(b)]
}
