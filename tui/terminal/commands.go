package terminal

import (
	"reflect"

	tea "charm.land/bubbletea/v2"
)

// wrap makes a command safe: a panic ends this session only and is logged, not
// printed, and what would reach for the server's own terminal or processes is
// swallowed. Commands inside a batch or a sequence are wrapped too.
func (s *session) wrap(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer func() {
			if r := recover(); r != nil {
				s.panicked("command", r)
				msg = tea.QuitMsg{}
			}
		}()
		return s.result(cmd())
	}
}

// result looks at what a command returned.
func (s *session) result(msg tea.Msg) tea.Msg {
	switch msg := msg.(type) {
	case nil, tea.QuitMsg, tea.InterruptMsg:
		return msg
	case tea.BatchMsg:
		batch := make(tea.BatchMsg, len(msg))
		for i, cmd := range msg {
			batch[i] = s.wrap(cmd)
		}
		return batch
	case tea.SuspendMsg, tea.RawMsg, tea.WindowSizeMsg:
		return nil
	}
	t := reflect.TypeOf(msg)
	if t.PkgPath() != teaPath {
		return msg
	}
	if t.Kind() == reflect.Slice && t.Elem() == cmdType { // tea.Sequence's private type
		return s.wrapSequence(msg)
	}
	if t == clearType {
		return repaintOrder{}
	}
	if first := t.Name()[0]; first >= 'a' && first <= 'z' {
		// An order to Bubble Tea itself: run a process on the server's terminal
		// (Exec), write to the output that is discarded, ask the terminal.
		s.log.Warn("a command of Bubble Tea has no effect in a session", "message", t.Name())
		return nil
	}
	return msg
}

var (
	cmdType   = reflect.TypeFor[tea.Cmd]()
	clearType = reflect.TypeOf(tea.ClearScreen())
	teaPath   = reflect.TypeFor[tea.QuitMsg]().PkgPath()
)

func (s *session) wrapSequence(msg tea.Msg) tea.Msg {
	old := reflect.ValueOf(msg)
	list := reflect.MakeSlice(old.Type(), old.Len(), old.Len())
	for i := range old.Len() {
		wrapped := s.wrap(old.Index(i).Interface().(tea.Cmd))
		list.Index(i).Set(reflect.ValueOf(wrapped))
	}
	return list.Interface()
}
