package tui

import (
	"context"
	"log/slog"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"charla/server/chat"
	"charla/server/command"
	"charla/server/i18n"
	"charla/tui/dialog"
	"charla/tui/pane"
	"charla/tui/sidebar"
	"charla/tui/terminal"
	"charla/tui/theme"
)

// Config is everything a screen is made of.
type Config struct {
	Actor *chat.Actor
	Words *i18n.Words
	// Host and Port are how this person's computer reaches the server; they
	// stand in the lines charla offers for a shell. HostKeys are for /config.
	Host     string
	Port     int
	HostKeys []string
	// HostKey is the fingerprint of the first; Access is how the session came in.
	HostKey string
	Access  command.Access
	Program command.Program // for /admin; nil: it cannot be asked
	// Client is the version line of the SSH client: Windows' own quotes
	// otherwise.
	Client string
	// Notice is said once, at the top of the first conversation; "" is none.
	Notice string
	// New: this person was here never before and gets the hints.
	New bool
	// ASCII draws with nothing beyond ASCII. It is also done where the client
	// sends a locale that is not UTF-8, and by a setting (/ascii).
	ASCII bool
	// Loc is the zone of the times shown; nil is the server's own.
	Loc *time.Location
	// Shared is what all screens of the server have in common; nil shares with none.
	Shared *Shared
	Log    *slog.Logger
}

// Shared is what all screens of a server have in common.
type Shared = pane.Shared

// NewShared returns an empty one.
func NewShared() *Shared { return pane.NewShared() }

// maxWindows is how many conversations can be open: Esc 1 to Esc 9.
const maxWindows = 9

// waitForServer bounds one call of the actor.
const waitForServer = 20 * time.Second

// Model is one person's screen. Everything in it belongs to the goroutine that
// calls Update and Frame.
type Model struct {
	cfg    Config
	actor  *chat.Actor
	me     chat.Person
	ctx    context.Context
	cancel context.CancelFunc
	feed   chat.Follower
	addr   address

	words    *i18n.Words
	settings chat.Settings
	palette  theme.Palette
	profile  colorprofile.Profile
	look     pane.Look
	barLook  sidebar.Look
	bar      sidebar.Bar
	paint    painted

	width, height int
	arranged      arrangement
	dirty         bool // arrange again
	total         int  // unread messages, as of the frame being drawn
	reordered     bool // order is not what listed was made of
	opened        bool // the first answer of the server came
	opening       bool

	talks   map[chat.ConversationID]*talk
	order   []*talk // newest change first
	listed  []*talk // of these the ones in the list
	windows []*window
	focus   int
	zoom    bool
	sidebar sidebarMode

	mode     mode
	menuTurn uint32          // of how often the menu was opened: late ends are of another
	letter   tea.KeyPressMsg // pressed in the menu; done if no other came with it
	switcher *dialog.Switcher
	page     *dialog.Page
	info     *info  // of the page about a conversation, open or not
	picker   picker // of the list of people, open or not
	ask      *question
	secret   *secret // asks for what is not shown
	warnings warnings
	reports  reports
	flash    string
	complete completion
	suggest  uint32 // what the switcher asked for last
	answered uint32 // and what was answered
	going    bool   // a conversation is being opened; keys wait
	held     []tea.Msg
	blinded  time.Time // until then what is typed is dropped; see blind

	online   []chat.UserID // who is here, when they are few
	hereAt   uint64        // the version of who is here
	typesAt  uint64        // the version of who types
	sightsAt uint64        // the version of who shows it to whom
	names    map[chat.UserID]chat.Nick
	renamed  bool                 // look at the labels again
	asked    map[chat.UserID]bool // names under way

	focused     focusState
	lastKey     time.Time
	lastBell    time.Time
	toldTyping  time.Time
	toldIn      *window
	ctrlC       time.Time
	ctrlD       time.Time
	typingArmed bool
	lastPath    string
	layoutSaved string
	draftArmed  bool
	layoutArmed bool
	clockArmed  bool
	dragTold    bool
	hintsDone   map[string]bool
	cmds        []tea.Cmd
	quitting    bool
}

// focusState is what is known of the terminal's focus.
type focusState uint8

const (
	focusUnknown focusState = iota
	focusGained
	focusLost
)

// mode is what keys mean.
type mode uint8

const (
	compose mode = iota
	menu
	selecting
	bare
)

var _ terminal.Model = (*Model)(nil)

// New makes the screen of one session and starts following the news. The
// session ends with ctx; the caller calls Close after the terminal has ended.
func New(ctx context.Context, c Config) *Model {
	ctx, cancel := context.WithCancel(ctx)
	if c.Loc == nil {
		c.Loc = time.Local
	}
	if c.Shared == nil {
		c.Shared = NewShared()
	}
	m := &Model{
		cfg: c, actor: c.Actor, me: c.Actor.Me(), ctx: ctx, cancel: cancel, feed: c.Actor.Follow(), words: c.Words, profile: colorprofile.ANSI256,
		talks: map[chat.ConversationID]*talk{}, names: map[chat.UserID]chat.Nick{}, asked: map[chat.UserID]bool{},
		hintsDone: map[string]bool{}, lastKey: c.Actor.Now(),
	}
	m.addr = address{nick: m.me.Nick, host: c.Host, port: c.Port, windows: isWindows(c.Client)}
	m.look = pane.Look{Loc: c.Loc, Me: m.me.ID, Nick: string(m.me.Nick), Order: m.fetchOrder}
	m.restyle()
	return m
}

// Wake tells when there is news; it is given to the terminal.
func (m *Model) Wake() <-chan struct{} { return m.feed.Wake() }

// Close ends the session: what was sent and not yet acknowledged is sent to the
// end, drafts, windows and marks are saved. What was refused becomes the draft.
// Update is not called any more.
func (m *Model) Close(ctx context.Context) {
	m.cancel()
	m.feed.Close()
	for _, t := range m.talks {
		left := m.sendRest(ctx, t)
		draft, changed := unsent(t.Draft, left...), len(left) > 0
		if w := m.windowOf(t.ID); w != nil {
			w.takeBack(left...)
			draft, changed = w.unsaved()
		}
		if !changed {
			continue
		}
		if err := m.actor.SaveDraft(ctx, t.Ref(), draft); err != nil {
			m.cfg.Log.Warn("leaving: a draft was not saved", "user", m.me.ID, "err", err)
		}
	}
	if raw := m.encodeLayout(); m.opened && raw != m.layoutSaved {
		if err := m.actor.SaveLayout(ctx, widthClass(m.width), []byte(raw)); err != nil {
			m.cfg.Log.Warn("leaving: the windows were not saved", "user", m.me.ID, "err", err)
		}
	}
	m.actor.Flush()
}

// Init implements tea.Model. The session opens with the first size.
func (m *Model) Init() tea.Cmd { return nil }

// View implements tea.Model for where there is no painter.
func (m *Model) View() tea.View {
	f := &terminal.Frame{}
	f.Reset(m.width, m.height)
	m.Frame(f)
	return tea.NewView(f.String())
}

// do adds a command to what Update returns.
func (m *Model) do(cmd tea.Cmd) {
	if cmd != nil {
		m.cmds = append(m.cmds, cmd)
	}
}

// ask the server: f runs outside of Update, with a deadline, and ends with the
// session.
func (m *Model) io(f func(ctx context.Context) tea.Msg) {
	parent := m.ctx
	m.do(func() tea.Msg {
		ctx, cancel := context.WithTimeout(parent, waitForServer)
		defer cancel()
		return f(ctx)
	})
}

// after sends msg in a while, unless the session ends before.
func (m *Model) after(d time.Duration, msg tea.Msg) { m.do(terminal.After(d, msg)) }

// now is the server's clock.
func (m *Model) now() time.Time { return m.actor.Now() }

// restyle makes the looks anew: of another theme, language or way to count.
func (m *Model) restyle() {
	palette := m.palette
	switch {
	case m.profile <= colorprofile.ASCII: // NO_COLOR, or a terminal without
		palette = theme.Mono
	case m.profile == colorprofile.ANSI: // sixteen
		palette = theme.Neutral
	}
	t := theme.New(palette, m.cfg.ASCII || m.settings.ASCII)
	if l, ok := i18n.Parse(m.settings.Language); ok {
		m.words = i18n.For(l)
	}
	m.look.Theme, m.look.Words = t, &m.words.Screen
	m.look.Text.Ellipsis = t.Glyphs.Ellipsis
	m.look.Bare = m.mode == bare
	m.look.Gen++
	m.barLook = sidebar.Look{Theme: t, Text: m.look.Text, Words: &m.words.Screen, Line: m.lineOf, When: m.whenOf, Row: m.sharedRow, Gen: m.look.Gen}
	m.dirty = true
}

// Words are those of the language the person chose; to be asked after the
// terminal has ended.
func (m *Model) Words() *i18n.Words { return m.words }

// screen are the words of this face.
func (m *Model) screen() *i18n.ScreenWords { return &m.words.Screen }

// fetchOrder is the line that fetches a message's file, for this reader.
func (m *Model) fetchOrder(msg *chat.Message) string {
	t := m.talks[msg.Conversation]
	if t == nil || msg.File == nil || t.Request || m.visits() {
		return ""
	}
	return m.addr.fetch(t.Handle, msg.File.Name)
}
