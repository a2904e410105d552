// Package limit holds the budgets of people and addresses. It knows no SSH, no
// messages and no commands: whoever spends says for whom, on what and how much.
package limit

import (
	"time"

	"charla/server/chat"
)

// Unlimited grants everything; for --no-limits and tests.
func Unlimited() chat.Limiter { return unlimited{} }

type unlimited struct{}

// Take is chat.Limiter.
func (unlimited) Take(chat.UserID, chat.Budget, int) (time.Duration, bool) { return 0, true }
