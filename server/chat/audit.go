package chat

import "context"

// Audit lists what those who look after the server decided before a position (0:
// up to now), the newest first, at most limit. Nobody can change it: it is read
// from the log.
func (a *Actor) Audit(ctx context.Context, before Position, limit int) (_ []Decision, err error) {
	defer wrap(&err, "audit")
	if err := a.mayDo(ctx, audits); err != nil {
		return nil, err
	}
	return a.s.Reader.Audit(ctx, before, limit)
}

// KindOf is what an event of that body is called in the log.
func KindOf(b Body) string { return b.kind() }
