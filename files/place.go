package files

import (
	"errors"
	"path"
	"strings"

	"github.com/pkg/sftp"
	"golang.org/x/text/unicode/norm"

	"charla/server/chat"
)

// maxPath bounds what is looked at of a path; longer ones name nothing.
const maxPath = 4096

// place is where a path leads: the root, a conversation's folder, or a name in it.
type place struct {
	root bool
	conv chat.Conversation
	name string // as asked, in NFC; "" for the folder
}

// key is a name in a conversation as this session asked for it.
type key struct {
	conv chat.ConversationID
	name string
}

func (p place) key() key { return key{p.conv.ID, p.name} }

// parts splits a path. macOS asks for names in NFD: everything here is NFC.
func parts(p string) (handle, name string, err error) {
	if len(p) > maxPath {
		return "", "", errNoFile
	}
	handle, name, _ = strings.Cut(strings.Trim(path.Clean("/"+p), "/"), "/")
	if strings.Contains(name, "/") {
		return "", "", errNoFile
	}
	return handle, norm.NFC.String(name), nil
}

// locate finds where a path leads. Whether there is a file of that name is not
// asked; whether there is such a conversation is.
func (s *session) locate(p string) (place, error) {
	handle, name, err := parts(p)
	if err != nil {
		return place{}, err
	}
	if handle == "" {
		return place{root: true}, nil
	}
	conv, err := s.actor.Resolve(s.ctx, handle)
	if err != nil {
		return place{}, err
	}
	if conv.Blocked {
		return place{}, &chat.Error{Code: chat.YouBlocked, Name: string(conv.Handle)}
	}
	if !conv.Member && (conv.Kind != chat.Room || conv.Barred) {
		return place{}, &chat.Error{Code: chat.NoConversation, Name: shown(handle)}
	}
	return place{conv: conv, name: name}, nil
}

// locateFile is locate for what has to be a file.
func (s *session) locateFile(p string) (place, error) {
	at, err := s.locate(p)
	switch {
	case err != nil:
		return at, err
	case at.root:
		return at, quiet(sftp.ErrSSHFxFailure)
	case at.name == "":
		return at, failure(s.words.Files.IsConversation(string(at.conv.Handle)))
	}
	return at, nil
}

// locateNew is locateFile for a file about to be written. What people try is to
// put it into the root, so that refusal says what to type instead.
func (s *session) locateNew(p string) (place, error) {
	at, err := s.locateFile(p)
	if err == nil {
		return at, nil
	}
	handle, name, split := parts(p)
	switch {
	case split != nil && len(p) <= maxPath:
		return at, failure(s.words.Files.NoFolders)
	case split != nil || chat.CodeOf(err) != chat.NoConversation:
		return at, err
	case name != "": // somebody means to send: no program looks by writing
		return at, &refusal{status: sftp.ErrSSHFxNoSuchFile, sentence: s.words.Error(err)}
	case litter(handle):
		return at, quiet(sftp.ErrSSHFxPermissionDenied)
	case chat.AsError(err).Hint != "":
		return at, err
	}
	if !strings.Contains(handle, ".") { // "scp photo.jpg nadie/" comes as a file nadie in the root
		return at, denied(s.words.Files.NoFolder(shown(handle)))
	}
	return at, denied(s.words.Files.Choose(shown(handle), s.someHandle()))
}

// someHandle is whom the person most likely means: who they last talked with,
// else anybody.
func (s *session) someHandle() string {
	convs, _, err := s.actor.Conversations(s.ctx)
	for _, c := range convs {
		if c.Kind == chat.Talk && c.Peer != s.actor.Me().ID && !c.Request || c.Kind == chat.Group && c.Member {
			return string(c.Handle)
		}
	}
	names, err2 := s.actor.Suggest(s.ctx, "", 8)
	if err != nil || err2 != nil {
		s.log.Warn("suggest a conversation", "err", errors.Join(err, err2))
	}
	for _, h := range names {
		if h != chat.Lobby && h != chat.Notes {
			return string(h)
		}
	}
	return string(chat.Lobby)
}
