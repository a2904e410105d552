package i18n

// CommandWords is what this face says.
type CommandWords struct{}

var commandEN = CommandWords{}

var commandES = CommandWords{}
