package terminal

import (
	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
)

// emit translates an event as Bubble Tea does. What the terminal was not asked
// for (the clipboard, device attributes, unknown sequences) is dropped.
func (g *gate) emit(event uv.Event) {
	if several, ok := event.(uv.MultiEvent); ok {
		for _, e := range several {
			g.emit(e)
		}
		return
	}
	if msg := translate(event); msg != nil {
		g.out = append(g.out, msg)
	}
}

func translate(event uv.Event) tea.Msg {
	switch e := event.(type) {
	case uv.KeyPressEvent:
		return tea.KeyPressMsg(e)
	case uv.KeyReleaseEvent:
		return tea.KeyReleaseMsg(e)
	case uv.MouseClickEvent:
		return tea.MouseClickMsg(e)
	case uv.MouseReleaseEvent:
		return tea.MouseReleaseMsg(e)
	case uv.MouseWheelEvent:
		return tea.MouseWheelMsg(e)
	case uv.MouseMotionEvent:
		return tea.MouseMotionMsg(e)
	case uv.FocusEvent:
		return tea.FocusMsg(e)
	case uv.BlurEvent:
		return tea.BlurMsg(e)
	case uv.BackgroundColorEvent:
		return BackgroundMsg{Dark: e.IsDark()}
	case uv.DarkColorSchemeEvent:
		return BackgroundMsg{Dark: true}
	case uv.LightColorSchemeEvent:
		return BackgroundMsg{Dark: false}
	case uv.ModeReportEvent:
		return tea.ModeReportMsg(e)
	case uv.TerminalVersionEvent:
		return tea.TerminalVersionMsg(e)
	case uv.KeyboardEnhancementsEvent:
		return tea.KeyboardEnhancementsMsg(e)
	}
	return nil
}
