package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// menuFor is how long the menu waits for its letter. An Esc of long ago must
// not make a command of the next word.
const menuFor = 2 * time.Second

// Messages of the menu, with the turn they are of.
type (
	menuEndMsg uint32
	letterMsg  uint32
)

// openMenu makes the next letter a command.
func (m *Model) openMenu() {
	m.mode = menu
	m.menuTurn++
	m.letter = tea.KeyPressMsg{}
	m.after(menuFor, menuEndMsg(m.menuTurn))
}

// menuKey takes the letter after Esc. One that means nothing is written.
func (m *Model) menuKey(name string, k tea.KeyPressMsg) bool {
	if m.letter.Text != "" {
		return m.notAlone(k)
	}
	if m.isLetter(name) {
		// What came with the same read is seen before the answer of a command:
		// then it was a word, and no command.
		m.letter = k
		turn := letterMsg(m.menuTurn)
		m.do(func() tea.Msg { return turn })
		return true
	}
	m.mode = compose
	switch name {
	case "esc":
	case "left", "up":
		m.nextFocus(-1)
	case "right", "down":
		m.nextFocus(1)
	default:
		return false
	}
	return true
}

// notAlone takes the key that came together with a letter: two letters are
// text, and any other key comes after the command.
func (m *Model) notAlone(k tea.KeyPressMsg) bool {
	letter := m.letter
	m.letter = tea.KeyPressMsg{}
	m.mode = compose
	if isText(k) {
		m.write(letter.String(), letter)
		return false
	}
	m.command(letter.String())
	m.key(k)
	return true
}

func (m *Model) isLetter(name string) bool {
	if isDigit(name) {
		return true
	}
	for _, b := range bindings() {
		if b.letter == name {
			return true
		}
	}
	return false
}

func isDigit(name string) bool { return len(name) == 1 && name[0] >= '1' && name[0] <= '9' }

// onLetter does the command of a letter that came alone.
func (m *Model) onLetter(turn letterMsg) {
	if m.mode != menu || uint32(turn) != m.menuTurn || m.letter.Text == "" {
		return
	}
	letter := m.letter
	m.letter = tea.KeyPressMsg{}
	m.mode = compose
	m.command(letter.String())
}

// command does what a letter of the menu stands for.
func (m *Model) command(letter string) {
	if isDigit(letter) {
		m.setFocus(int(letter[0] - '1'))
		return
	}
	for _, b := range bindings() {
		if b.letter == letter {
			m.run(b, "")
			return
		}
	}
}

// onMenuEnd closes a menu that nobody used.
func (m *Model) onMenuEnd(turn menuEndMsg) {
	if m.mode == menu && uint32(turn) == m.menuTurn {
		m.mode = compose
	}
}
