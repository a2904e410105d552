package chat

import "context"

// MayReload is nil if the person may see how the server is doing and have it read
// its settings again.
func (a *Actor) MayReload(ctx context.Context) error { return a.mayDo(ctx, reloads) }
