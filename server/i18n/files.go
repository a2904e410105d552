package i18n

// FileWords is what this face says.
type FileWords struct{}

var filesEN = FileWords{}

var filesES = FileWords{}
