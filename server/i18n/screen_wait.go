package i18n

import "time"

// WaitWords say of a message that it still waits, and that there is nothing to do.
type WaitWords struct {
	SlowWaits func(until time.Time) string
	FastWaits func(until time.Time) string
	NotNow    string // it is not known whether it is stored
}

var waitEN = WaitWords{
	SlowWaits: func(until time.Time) string {
		return "slow mode: it goes out at " + until.Format("15:04:05") + " by itself"
	},
	FastWaits: func(until time.Time) string {
		return "too fast: it goes out at " + until.Format("15:04:05") + " by itself"
	},
	NotNow: "the server cannot do that now; your message goes out by itself",
}

var waitES = WaitWords{
	SlowWaits: func(until time.Time) string {
		return "modo lento: sale a las " + until.Format("15:04:05") + ", sin que hagas nada"
	},
	FastWaits: func(until time.Time) string {
		return "demasiado rápido: sale a las " + until.Format("15:04:05") + ", sin que hagas nada"
	},
	NotNow: "el servidor no puede ahora; tu mensaje sale sin que hagas nada",
}
