package projector

// The stories stand outside the package: chattest, which they use, imports it.
const (
	MaxBatch     = maxBatch
	EnoughEvents = enoughEvents
)

var AsOf = asOf

// Waiting is how many Awaits have not ended.
func (p *Projector) Waiting() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.waiting)
}
