package i18n

// ServerWords is what this face says.
type ServerWords struct{}

var serverEN = ServerWords{}

var serverES = ServerWords{}
